//! Rows of financial reports and closures.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use jiff::civil::Date;

use super::acts::{ByDossier, Recording, by_dossier, read_date, taken_meanwhile};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::{closures, financial_report_lines, financial_reports};
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::funding::rules::Side;

/// What the project cost and brought in the end.
#[derive(Clone, Debug)]
pub struct FinancialReport {
    id: i64,
    pub received_on: Date,
    pub comment: String,
    /// By side and class of the chart of accounts; a class left out was not reported.
    pub realised: BTreeMap<(Side, String), Cents>,
    pub version: i64,
}

/// How one authority's part of a dossier ended.
#[derive(Clone, Debug)]
pub struct Closure {
    pub authority: InstitutionId,
    pub given_up: Cents,
    pub kept: Cents,
    pub reason: String,
    pub recorded_at: Instant,
}

/// # Errors
/// When the database refuses.
pub fn reports_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<HashMap<DossierId, FinancialReport>, Fault> {
    let rows = financial_reports::table
        .filter(listed(financial_reports::dossier_id, dossiers))
        .select((
            financial_reports::dossier_id,
            financial_reports::id,
            financial_reports::received_on,
            financial_reports::comment,
            financial_reports::version,
        ))
        .load::<(DossierId, i64, String, String, i64)>(conn)?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let mut realised: HashMap<i64, BTreeMap<(Side, String), Cents>> = HashMap::new();
    let ids: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let lines = financial_report_lines::table
        .filter(listed(financial_report_lines::report_id, ids))
        .select((
            financial_report_lines::report_id,
            financial_report_lines::side,
            financial_report_lines::class,
            financial_report_lines::realised_cents,
        ))
        .load::<(i64, Side, String, Cents)>(conn)?;
    for (report, side, class, amount) in lines {
        realised.entry(report).or_default().insert((side, class), amount);
    }
    rows.into_iter()
        .map(|(dossier, id, received_on, comment, version)| {
            let realised = realised.remove(&id).unwrap_or_default();
            Ok((dossier, FinancialReport { id, received_on: read_date(&received_on)?, comment, realised, version }))
        })
        .collect()
}

/// Writes the report over the one that was read, if any.
pub(in crate::funding) fn save_report(
    conn: &mut Conn,
    recording: &Recording,
    before: Option<&FinancialReport>,
    received_on: Date,
    comment: &str,
    realised: &BTreeMap<(Side, String), Cents>,
) -> Result<(), Fault> {
    let words = (
        financial_reports::received_on.eq(received_on.to_string()),
        financial_reports::comment.eq(comment),
        financial_reports::recorded_by.eq(recording.by),
        financial_reports::recorded_at.eq(recording.at),
    );
    let id = match before {
        None => diesel::insert_into(financial_reports::table)
            .values((words, financial_reports::dossier_id.eq(recording.dossier)))
            .returning(financial_reports::id)
            .get_result::<i64>(conn)
            .map_err(taken_meanwhile)?,
        Some(before) => {
            let row = financial_reports::table
                .filter(financial_reports::id.eq(before.id))
                .filter(financial_reports::version.eq(before.version));
            let changed =
                diesel::update(row).set((words, financial_reports::version.eq(before.version + 1))).execute(conn)?;
            if changed != 1 {
                return Err(Fault::Stale);
            }
            diesel::delete(financial_report_lines::table.filter(financial_report_lines::report_id.eq(before.id)))
                .execute(conn)?;
            before.id
        }
    };
    for ((side, class), amount) in realised {
        diesel::insert_into(financial_report_lines::table)
            .values((
                financial_report_lines::report_id.eq(id),
                financial_report_lines::side.eq(*side),
                financial_report_lines::class.eq(class),
                financial_report_lines::realised_cents.eq(*amount),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// # Errors
/// When the database refuses.
pub fn closures_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<ByDossier<Closure>, Fault> {
    let rows = closures::table
        .filter(listed(closures::dossier_id, dossiers))
        .order(closures::id)
        .select((
            closures::dossier_id,
            closures::authority_id,
            closures::given_up_cents,
            closures::kept_cents,
            closures::reason,
            closures::recorded_at,
        ))
        .load::<(DossierId, InstitutionId, Cents, Cents, String, Instant)>(conn)?;
    by_dossier(rows.into_iter().map(|(dossier, authority, given_up, kept, reason, recorded_at)| {
        Ok((dossier, Closure { authority, given_up, kept, reason, recorded_at }))
    }))
}

pub(in crate::funding) fn insert_closure(
    conn: &mut Conn,
    recording: &Recording,
    authority: InstitutionId,
    given_up: Cents,
    kept: Cents,
    reason: &str,
) -> Result<(), Fault> {
    diesel::insert_into(closures::table)
        .values((
            closures::dossier_id.eq(recording.dossier),
            closures::authority_id.eq(authority),
            closures::given_up_cents.eq(given_up),
            closures::kept_cents.eq(kept),
            closures::reason.eq(reason),
            closures::recorded_by.eq(recording.by),
            closures::recorded_at.eq(recording.at),
        ))
        .execute(conn)
        .map_err(taken_meanwhile)?;
    Ok(())
}
