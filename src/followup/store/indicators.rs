//! Rows of indicators and of their reported values.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierVersionId, IndicatorId};
use crate::calls::definition::IndicatorTotal;
use crate::db::schema::{accounts, indicator_departments, indicator_values, indicators};
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::followup::rules;

/// An indicator of a frozen submission, with every value reported so far.
#[derive(Clone, Debug)]
pub struct Indicator {
    pub id: IndicatorId,
    pub code: String,
    pub label: String,
    pub unit: String,
    pub target: i64,
    /// In the order reported.
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub id: i64,
    pub period: i32,
    /// Absent: not measured, and the comment says why.
    pub value: Option<i64>,
    pub comment: String,
    /// Why it corrects the one before; empty for a first value.
    pub reason: String,
    pub departments: Vec<(String, i64)>,
    pub reported_by: String,
    pub reported_at: Instant,
    pub replaced: bool,
}

impl Indicator {
    /// The value that counts for a period; nothing when none was reported.
    #[must_use]
    pub fn in_period(&self, period: i32) -> Option<&Value> {
        self.values.iter().find(|value| value.period == period && !value.replaced)
    }

    /// Current values, in the order of periods.
    #[must_use]
    pub fn current(&self) -> Vec<&Value> {
        let mut current: Vec<&Value> = self.values.iter().filter(|value| !value.replaced).collect();
        current.sort_by_key(|value| value.period);
        current
    }

    /// The figure compared with the target.
    #[must_use]
    pub fn reached(&self, rule: IndicatorTotal) -> Option<i64> {
        rules::total(rule, self.current().iter().map(|value| value.value))
    }
}

/// The indicators of a version, in the order of the dossier.
///
/// # Errors
/// When the database refuses.
pub fn of_version(conn: &mut Conn, version: DossierVersionId) -> Result<Vec<Indicator>, Fault> {
    Ok(of_versions(conn, &[version])?.remove(&version).unwrap_or_default())
}

type ValueRow = (i64, IndicatorId, i32, Option<i64>, String, String, String, String, Instant, Option<Instant>);

/// The indicators of several versions, with one query a table.
///
/// # Errors
/// When the database refuses.
pub fn of_versions(
    conn: &mut Conn,
    versions: &[DossierVersionId],
) -> Result<HashMap<DossierVersionId, Vec<Indicator>>, Fault> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = indicators::table
        .filter(listed(indicators::dossier_version_id, versions))
        .order(indicators::id)
        .select((
            indicators::dossier_version_id,
            indicators::id,
            indicators::code,
            indicators::label,
            indicators::unit,
            indicators::target,
        ))
        .load::<(DossierVersionId, IndicatorId, String, String, String, i64)>(conn)?;
    let ids: Vec<IndicatorId> = rows.iter().map(|row| row.1).collect();
    let mut values = values_of(conn, &ids)?;
    let mut all: HashMap<DossierVersionId, Vec<Indicator>> = HashMap::new();
    for (version, id, code, label, unit, target) in rows {
        let values = values.remove(&id).unwrap_or_default();
        all.entry(version).or_default().push(Indicator { id, code, label, unit, target, values });
    }
    Ok(all)
}

fn values_of(conn: &mut Conn, ids: &[IndicatorId]) -> Result<HashMap<IndicatorId, Vec<Value>>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let reported = indicator_values::table
        .inner_join(accounts::table)
        .filter(listed(indicator_values::indicator_id, ids))
        .order(indicator_values::id)
        .select((
            indicator_values::id,
            indicator_values::indicator_id,
            indicator_values::period,
            indicator_values::value,
            indicator_values::comment,
            indicator_values::reason,
            accounts::given_name,
            accounts::surname,
            indicator_values::reported_at,
            indicator_values::replaced_at,
        ))
        .load::<ValueRow>(conn)?;
    let mut told: HashMap<i64, Vec<(String, i64)>> = HashMap::new();
    let departments = indicator_departments::table
        .inner_join(indicator_values::table)
        .filter(listed(indicator_values::indicator_id, ids))
        .order(indicator_departments::department)
        .select((indicator_departments::value_id, indicator_departments::department, indicator_departments::people))
        .load::<(i64, String, i64)>(conn)?;
    for (value, department, people) in departments {
        told.entry(value).or_default().push((department, people));
    }
    let mut values: HashMap<IndicatorId, Vec<Value>> = HashMap::new();
    for (id, indicator, period, value, comment, reason, given_name, surname, reported_at, replaced_at) in reported {
        values.entry(indicator).or_default().push(Value {
            id,
            period,
            value,
            comment,
            reason,
            departments: told.remove(&id).unwrap_or_default(),
            reported_by: format!("{given_name} {surname}"),
            reported_at,
            replaced: replaced_at.is_some(),
        });
    }
    Ok(values)
}

/// Makes two reports of one dossier wait for each other, so that a double click is seen.
pub(in crate::followup) fn hold(conn: &mut Conn, version: DossierVersionId) -> Result<(), Fault> {
    diesel::update(indicators::table.filter(indicators::dossier_version_id.eq(version)))
        .set(indicators::target.eq(indicators::target))
        .execute(conn)?;
    Ok(())
}

pub(in crate::followup) struct NewRow<'a> {
    pub indicator: IndicatorId,
    pub period: i32,
    pub value: Option<i64>,
    pub comment: &'a str,
    pub reason: &'a str,
    pub departments: &'a [(String, i64)],
}

/// Adds a value; the one it corrects stays, marked as replaced.
pub(in crate::followup) fn insert_value(
    conn: &mut Conn,
    new: &NewRow<'_>,
    by: AccountId,
    at: Instant,
) -> Result<(), Fault> {
    diesel::update(
        indicator_values::table
            .filter(indicator_values::indicator_id.eq(new.indicator))
            .filter(indicator_values::period.eq(new.period))
            .filter(indicator_values::replaced_at.is_null()),
    )
    .set(indicator_values::replaced_at.eq(at))
    .execute(conn)?;
    let value: i64 = diesel::insert_into(indicator_values::table)
        .values((
            indicator_values::indicator_id.eq(new.indicator),
            indicator_values::period.eq(new.period),
            indicator_values::value.eq(new.value),
            indicator_values::comment.eq(new.comment),
            indicator_values::reason.eq(new.reason),
            indicator_values::reported_by.eq(by),
            indicator_values::reported_at.eq(at),
        ))
        .returning(indicator_values::id)
        .get_result(conn)?;
    for (department, people) in new.departments {
        diesel::insert_into(indicator_departments::table)
            .values((
                indicator_departments::value_id.eq(value),
                indicator_departments::department.eq(department),
                indicator_departments::people.eq(people),
            ))
            .execute(conn)?;
    }
    Ok(())
}
