//! Rows of indicators and of their reported values.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::civil::Date;

use super::rules;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierVersionId, IndicatorId};
use crate::db::Conn;
use crate::db::schema::{accounts, indicator_values, indicators};
use crate::fault::Fault;

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
    pub observed_on: Date,
    pub value: i64,
    pub comment: String,
    pub reported_by: String,
    pub reported_at: Instant,
}

impl Indicator {
    /// The value that counts; nothing when none was reported.
    #[must_use]
    pub fn latest(&self) -> Option<&Value> {
        rules::latest(&self.values, |value| value.observed_on)
    }
}

/// The indicators of a version, in the order of the dossier.
///
/// # Errors
/// When the database refuses.
pub fn of_version(conn: &mut Conn, version: DossierVersionId) -> Result<Vec<Indicator>, Fault> {
    let rows = indicators::table
        .filter(indicators::dossier_version_id.eq(version))
        .order(indicators::id)
        .select((indicators::id, indicators::code, indicators::label, indicators::unit, indicators::target))
        .load::<(IndicatorId, String, String, String, i64)>(conn)?;
    let ids: Vec<IndicatorId> = rows.iter().map(|row| row.0).collect();
    let reported = indicator_values::table
        .inner_join(accounts::table)
        .filter(indicator_values::indicator_id.eq_any(ids))
        .order(indicator_values::id)
        .select((
            indicator_values::indicator_id,
            indicator_values::observed_on,
            indicator_values::value,
            indicator_values::comment,
            accounts::given_name,
            accounts::surname,
            indicator_values::reported_at,
        ))
        .load::<(IndicatorId, String, i64, String, String, String, Instant)>(conn)?;
    let mut values: HashMap<IndicatorId, Vec<Value>> = HashMap::new();
    for (indicator, observed_on, value, comment, given_name, surname, reported_at) in reported {
        let observed_on = observed_on.parse().map_err(|e| Fault::internal(format!("stored date: {e}")))?;
        let reported_by = format!("{given_name} {surname}");
        values.entry(indicator).or_default().push(Value { observed_on, value, comment, reported_by, reported_at });
    }
    Ok(rows
        .into_iter()
        .map(|(id, code, label, unit, target)| Indicator {
            id,
            code,
            label,
            unit,
            target,
            values: values.remove(&id).unwrap_or_default(),
        })
        .collect())
}

/// Makes two reports of one indicator wait for each other, so that a double click is seen.
pub(super) fn hold(conn: &mut Conn, id: IndicatorId) -> Result<(), Fault> {
    diesel::update(indicators::table.filter(indicators::id.eq(id)))
        .set(indicators::target.eq(indicators::target))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_value(
    conn: &mut Conn,
    id: IndicatorId,
    new: &super::actions::NewValue,
    by: AccountId,
    at: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(indicator_values::table)
        .values((
            indicator_values::indicator_id.eq(id),
            indicator_values::observed_on.eq(new.observed_on.to_string()),
            indicator_values::value.eq(new.value),
            indicator_values::comment.eq(&new.comment),
            indicator_values::reported_by.eq(by),
            indicator_values::reported_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}
