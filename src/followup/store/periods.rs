//! Rows of the reports that are due. They are computed from frozen submissions, so that they may be made again.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::civil::Date;

use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId};
use crate::calls;
use crate::db::schema::{dossiers, followup_periods, followup_reminders};
use crate::db::{Conn, among, listed};
use crate::dossiers::{self as files, State};
use crate::fault::Fault;
use crate::followup::periods::{Period, of_project};

/// A period with what was reported on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPeriod {
    pub period: Period,
    /// Absent while an indicator has no answer.
    pub reported_at: Option<Instant>,
}

/// States in which a project has been funded: what it reported stays readable after its end.
pub(in crate::followup) fn awarded_states() -> Vec<State> {
    State::ALL.iter().copied().filter(|state| state.is_awarded()).collect()
}

/// States in which reports are owed.
pub(in crate::followup) fn running_states() -> Vec<State> {
    State::ALL.iter().copied().filter(|state| state.is_running()).collect()
}

/// Writes the periods of awarded dossiers that have none yet, some at a time; answers how many dossiers that was.
///
/// # Errors
/// When the database refuses.
pub(in crate::followup) fn open(conn: &mut Conn, only: Option<CallId>, most: i64) -> Result<usize, Fault> {
    let mut query = dossiers::table
        .left_join(followup_periods::table)
        .filter(followup_periods::id.is_null())
        .filter(among(dossiers::state, awarded_states()))
        .order(dossiers::id)
        .limit(most)
        .select(dossiers::id)
        .into_boxed();
    if let Some(call) = only {
        query = query.filter(dossiers::call_id.eq(call));
    }
    let missing = query.load::<DossierId>(conn)?;
    for id in &missing {
        open_for(conn, *id)?;
    }
    Ok(missing.len())
}

/// Writes the periods of one dossier unless they are there.
///
/// # Errors
/// When the database refuses.
pub(in crate::followup) fn open_for(conn: &mut Conn, id: DossierId) -> Result<(), Fault> {
    files::hold(conn, id)?;
    let known = followup_periods::table.filter(followup_periods::dossier_id.eq(id)).count().get_result::<i64>(conn)?;
    if known > 0 {
        return Ok(());
    }
    let call = calls::of_dossier(conn, id)?;
    let dossier = files::get(conn, id)?;
    let version = files::current_version(conn, &dossier)?;
    for period in of_project(&call.definition, &version.content) {
        diesel::insert_into(followup_periods::table)
            .values((
                followup_periods::dossier_id.eq(id),
                followup_periods::number.eq(period.number),
                followup_periods::starts_on.eq(period.starts_on.to_string()),
                followup_periods::ends_on.eq(period.ends_on.to_string()),
                followup_periods::due_at.eq(period.due_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

type Row = (DossierId, i32, String, String, Instant, Option<Instant>);

fn stored(row: Row) -> Result<(DossierId, StoredPeriod), Fault> {
    let (dossier, number, starts_on, ends_on, due_at, reported_at) = row;
    let day = |text: &str| text.parse::<Date>().map_err(|e| Fault::internal(format!("stored date: {e}")));
    let period = Period { number, starts_on: day(&starts_on)?, ends_on: day(&ends_on)?, due_at };
    Ok((dossier, StoredPeriod { period, reported_at }))
}

/// The periods of a dossier, in order.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Vec<StoredPeriod>, Fault> {
    Ok(of_dossiers(conn, &[dossier])?.remove(&dossier).unwrap_or_default())
}

/// The periods of several dossiers, each in order.
///
/// # Errors
/// When the database refuses.
pub(in crate::followup) fn of_dossiers(
    conn: &mut Conn,
    ids: &[DossierId],
) -> Result<HashMap<DossierId, Vec<StoredPeriod>>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = followup_periods::table
        .filter(listed(followup_periods::dossier_id, ids))
        .order((followup_periods::dossier_id, followup_periods::number))
        .select((
            followup_periods::dossier_id,
            followup_periods::number,
            followup_periods::starts_on,
            followup_periods::ends_on,
            followup_periods::due_at,
            followup_periods::reported_at,
        ))
        .load::<Row>(conn)?;
    let mut all: HashMap<DossierId, Vec<StoredPeriod>> = HashMap::new();
    for row in rows {
        let (dossier, period) = stored(row)?;
        all.entry(dossier).or_default().push(period);
    }
    Ok(all)
}

/// Marks a period as reported on.
pub(in crate::followup) fn set_reported(
    conn: &mut Conn,
    dossier: DossierId,
    number: i32,
    at: Instant,
) -> Result<(), Fault> {
    diesel::update(
        followup_periods::table
            .filter(followup_periods::dossier_id.eq(dossier))
            .filter(followup_periods::number.eq(number))
            .filter(followup_periods::reported_at.is_null()),
    )
    .set(followup_periods::reported_at.eq(at))
    .execute(conn)?;
    Ok(())
}

/// Periods of a call's running projects that are not reported on, due after `from` and until `until`, for which this
/// reminder has not left.
pub(in crate::followup) fn to_remind(
    conn: &mut Conn,
    call: CallId,
    step: i32,
    (from, until): (Instant, Instant),
    most: i64,
) -> Result<Vec<(DossierId, StoredPeriod)>, Fault> {
    followup_periods::table
        .inner_join(dossiers::table)
        .left_join(
            followup_reminders::table.on(followup_reminders::dossier_id
                .eq(followup_periods::dossier_id)
                .and(followup_reminders::period.eq(followup_periods::number))
                .and(followup_reminders::step.eq(step))),
        )
        .filter(followup_reminders::id.is_null())
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, running_states()))
        .filter(followup_periods::reported_at.is_null())
        .filter(followup_periods::due_at.gt(from))
        .filter(followup_periods::due_at.le(until))
        .order((followup_periods::due_at, followup_periods::id))
        .limit(most)
        .select((
            followup_periods::dossier_id,
            followup_periods::number,
            followup_periods::starts_on,
            followup_periods::ends_on,
            followup_periods::due_at,
            followup_periods::reported_at,
        ))
        .load::<Row>(conn)?
        .into_iter()
        .map(stored)
        .collect()
}

/// Which reminders have left for a dossier: period and step, in order.
///
/// # Errors
/// When the database refuses.
pub fn reminders_sent(conn: &mut Conn, dossier: DossierId) -> Result<Vec<(i32, i32)>, Fault> {
    Ok(followup_reminders::table
        .filter(followup_reminders::dossier_id.eq(dossier))
        .order((followup_reminders::period, followup_reminders::step))
        .select((followup_reminders::period, followup_reminders::step))
        .load(conn)?)
}

/// Notes that a reminder leaves; false when it has left already.
pub(in crate::followup) fn take_reminder(
    conn: &mut Conn,
    dossier: DossierId,
    period: i32,
    step: i32,
    at: Instant,
) -> Result<bool, Fault> {
    let sent = reminders_sent(conn, dossier)?;
    if sent.contains(&(period, step)) {
        return Ok(false);
    }
    diesel::insert_into(followup_reminders::table)
        .values((
            followup_reminders::dossier_id.eq(dossier),
            followup_reminders::period.eq(period),
            followup_reminders::step.eq(step),
            followup_reminders::sent_at.eq(at),
        ))
        .execute(conn)?;
    Ok(true)
}
