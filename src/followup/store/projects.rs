//! The funded projects of a call as its agents list and count them; a dossier closed to the reader is in no row and in no sum.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use super::periods::{awarded_states, running_states};
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId, DossierVersionId, IndicatorId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::schema::{
    dossiers, followup_periods, indicator_departments, indicator_values, indicators, ledger_entries, organisations,
};
use crate::db::{Conn, Window, among, outside};
use crate::dossiers::{State, tagged, tags};
use crate::fault::Fault;
use crate::followup::rules::total;
use crate::ledger::EntryKind;

/// A funded project in a list.
#[derive(Clone, Debug, Queryable)]
pub struct Project {
    pub id: DossierId,
    pub reference: Option<String>,
    pub title: String,
    pub organisation: String,
    pub state: State,
    pub version: Option<DossierVersionId>,
}

/// Which projects a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// At least one report is late.
    pub late: bool,
    /// Code of a department the project acts in.
    pub department: Option<String>,
    /// Folded words, each in the dossier or in the name of its organisation.
    pub words: Vec<String>,
    pub order: Order,
    pub descending: bool,
    /// Never shown to this reader.
    pub closed: HashSet<DossierId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Reference,
    Title,
    Organisation,
}

/// A macro because the query's type differs between a count and a load.
macro_rules! funded {
    ($call:expr, $wanted:expr, $now:expr) => {{
        let mut query = dossiers::table
            .inner_join(organisations::table)
            .filter(dossiers::call_id.eq($call))
            .filter(among(dossiers::state, awarded_states()))
            .filter(outside(dossiers::id, $wanted.closed.iter().copied().collect::<Vec<DossierId>>()))
            .into_boxed();
        if $wanted.late {
            let late = followup_periods::table
                .filter(followup_periods::reported_at.is_null())
                .filter(followup_periods::due_at.lt($now))
                .select(followup_periods::dossier_id);
            query = query.filter(among(dossiers::state, running_states())).filter(dossiers::id.eq_any(late));
        }
        if let Some(department) = &$wanted.department {
            query = query.filter(dossiers::id.eq_any(tagged(tags::DEPARTMENT, department.clone())));
        }
        for word in &$wanted.words {
            let pattern = format!("%{}%", word.replace('%', "").replace('_', ""));
            query =
                query.filter(dossiers::search_text.like(pattern.clone()).or(organisations::search_text.like(pattern)));
        }
        query
    }};
}

/// How many projects a list would show in all.
pub(in crate::followup) fn count(conn: &mut Conn, call: CallId, wanted: &Wanted, now: Instant) -> Result<i64, Fault> {
    Ok(funded!(call, wanted, now).count().get_result(conn)?)
}

/// One window of a list.
pub(in crate::followup) fn rows(
    conn: &mut Conn,
    call: CallId,
    wanted: &Wanted,
    now: Instant,
    window: Window,
) -> Result<Vec<Project>, Fault> {
    let query = funded!(call, wanted, now);
    let query = match (wanted.order, wanted.descending) {
        (Order::Reference, false) => query.order((dossiers::reference.asc(), dossiers::id.asc())),
        (Order::Reference, true) => query.order((dossiers::reference.desc(), dossiers::id.asc())),
        (Order::Title, false) => query.order((dossiers::search_text.asc(), dossiers::id.asc())),
        (Order::Title, true) => query.order((dossiers::search_text.desc(), dossiers::id.asc())),
        (Order::Organisation, false) => query.order((organisations::search_text.asc(), dossiers::id.asc())),
        (Order::Organisation, true) => query.order((organisations::search_text.desc(), dossiers::id.asc())),
    };
    Ok(query
        .offset(window.offset)
        .limit(window.limit)
        .select((
            dossiers::id,
            dossiers::reference,
            dossiers::title,
            organisations::name,
            dossiers::state,
            dossiers::current_version_id,
        ))
        .load(conn)?)
}

/// Whether a funded dossier of the call has no period written yet.
pub(in crate::followup) fn has_unopened(conn: &mut Conn, call: CallId) -> Result<bool, Fault> {
    Ok(dossiers::table
        .left_join(followup_periods::table)
        .filter(followup_periods::id.is_null())
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, awarded_states()))
        .select(dossiers::id)
        .first::<DossierId>(conn)
        .optional()?
        .is_some())
}

/// One project's share in the territory.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    pub departments: Vec<String>,
    pub committed: Cents,
    /// Current values of the indicator of people reached, in the order of periods, with what was told by department.
    pub reach: Vec<(Option<i64>, Vec<(String, i64)>)>,
}

/// Departments, money and people of every funded project of a call, with one query a table.
pub(in crate::followup) fn footprints(
    conn: &mut Conn,
    call: CallId,
    closed: &HashSet<DossierId>,
    reach: &str,
) -> Result<Vec<Footprint>, Fault> {
    let versions = dossiers::table
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, awarded_states()))
        .select((dossiers::id, dossiers::current_version_id))
        .load::<(DossierId, Option<DossierVersionId>)>(conn)?;
    let mut all: BTreeMap<DossierId, Footprint> =
        versions.iter().filter(|(id, _)| !closed.contains(id)).map(|(id, _)| (*id, Footprint::default())).collect();
    let ids: Vec<DossierId> = all.keys().copied().collect();
    for (id, tags) in crate::dossiers::tags(conn, &ids)? {
        if let Some(footprint) = all.get_mut(&id) {
            footprint.departments = tags.departments;
        }
    }
    let commitments = ledger_entries::table
        .inner_join(dossiers::table)
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, awarded_states()))
        .filter(ledger_entries::kind.eq(EntryKind::Commitment))
        .select((dossiers::id, ledger_entries::amount_cents))
        .load::<(DossierId, Cents)>(conn)?;
    for (id, amount) in commitments {
        if let Some(footprint) = all.get_mut(&id) {
            footprint.committed += amount;
        }
    }
    for (id, values) in people(conn, call, reach)? {
        if let Some(footprint) = all.get_mut(&id) {
            footprint.reach = values;
        }
    }
    Ok(all.into_values().collect())
}

type Told = Vec<(Option<i64>, Vec<(String, i64)>)>;

fn people(conn: &mut Conn, call: CallId, reach: &str) -> Result<HashMap<DossierId, Told>, Fault> {
    let rows = indicator_values::table
        .inner_join(indicators::table.inner_join(dossiers::table))
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, awarded_states()))
        .filter(dossiers::current_version_id.eq(indicators::dossier_version_id.nullable()))
        .filter(indicators::code.eq(reach))
        .filter(indicator_values::replaced_at.is_null())
        .order((dossiers::id, indicator_values::period))
        .select((dossiers::id, indicator_values::id, indicator_values::value))
        .load::<(DossierId, i64, Option<i64>)>(conn)?;
    let divided = indicator_departments::table
        .inner_join(indicator_values::table.inner_join(indicators::table.inner_join(dossiers::table)))
        .filter(dossiers::call_id.eq(call))
        .filter(indicators::code.eq(reach))
        .filter(indicator_values::replaced_at.is_null())
        .select((indicator_departments::value_id, indicator_departments::department, indicator_departments::people))
        .load::<(i64, String, i64)>(conn)?;
    let mut by_value: HashMap<i64, Vec<(String, i64)>> = HashMap::new();
    for (value, department, people) in divided {
        by_value.entry(value).or_default().push((department, people));
    }
    let mut all: HashMap<DossierId, Told> = HashMap::new();
    for (dossier, id, value) in rows {
        all.entry(dossier).or_default().push((value, by_value.remove(&id).unwrap_or_default()));
    }
    Ok(all)
}

/// What the funded projects of a call told of one indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndicatorOutcome {
    /// Projects that chose it, and those that told a value.
    pub projects: usize,
    pub told: usize,
    pub at_target: usize,
    pub sum: i64,
}

/// Outcomes by indicator code.
pub(in crate::followup) fn outcomes(
    conn: &mut Conn,
    call: &Call,
    closed: &[DossierId],
) -> Result<HashMap<String, IndicatorOutcome>, Fault> {
    let chosen = indicators::table
        .inner_join(dossiers::table)
        .filter(dossiers::call_id.eq(call.id))
        .filter(among(dossiers::state, awarded_states()))
        .filter(dossiers::current_version_id.eq(indicators::dossier_version_id.nullable()))
        .filter(outside(dossiers::id, closed.to_vec()))
        .select((indicators::id, indicators::code, indicators::target))
        .load::<(IndicatorId, String, i64)>(conn)?;
    let told = indicator_values::table
        .inner_join(indicators::table.inner_join(dossiers::table))
        .filter(dossiers::call_id.eq(call.id))
        .filter(among(dossiers::state, awarded_states()))
        .filter(indicator_values::replaced_at.is_null())
        .order((indicator_values::indicator_id, indicator_values::period))
        .select((indicator_values::indicator_id, indicator_values::value))
        .load::<(IndicatorId, Option<i64>)>(conn)?;
    let mut values: HashMap<IndicatorId, Vec<Option<i64>>> = HashMap::new();
    for (indicator, value) in told {
        values.entry(indicator).or_default().push(value);
    }
    let mut all: HashMap<String, IndicatorOutcome> = HashMap::new();
    for (id, code, target) in chosen {
        let rule = call.definition.indicator(&code).map(|choice| choice.total).unwrap_or_default();
        let reached = total(rule, values.remove(&id).unwrap_or_default());
        let outcome = all.entry(code).or_default();
        outcome.projects += 1;
        if let Some(reached) = reached {
            outcome.told += 1;
            outcome.sum = outcome.sum.saturating_add(reached);
            outcome.at_target += usize::from(reached >= target);
        }
    }
    Ok(all)
}
