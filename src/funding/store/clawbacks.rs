//! Rows of clawbacks.

use diesel::prelude::*;
use jiff::civil::Date;

use super::acts::{ByDossier, Recording, by_dossier, read_date, read_optional_date, taken_meanwhile};
use crate::base::ids::{ClawbackId, DossierId, EnvelopeId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::clawbacks;
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::funding::rules::ClawbackState;

/// Money asked back of a beneficiary.
#[derive(Clone, Debug)]
pub struct Clawback {
    pub id: ClawbackId,
    pub dossier: DossierId,
    pub authority: InstitutionId,
    pub envelope: EnvelopeId,
    pub state: ClawbackState,
    pub asked: Cents,
    pub reason: String,
    pub noticed_on: Date,
    pub observations_until: Date,
    pub observations: String,
    pub ordered: Option<Cents>,
    pub ordered_on: Option<Date>,
    pub reference: Option<String>,
    pub received_on: Option<Date>,
    pub abandoned_on: Option<Date>,
    pub abandoned_reason: String,
    pub version: i64,
}

impl Clawback {
    /// What it takes, or would take, from what was paid.
    #[must_use]
    pub fn amount(&self) -> Cents {
        self.ordered.unwrap_or(self.asked)
    }
}

type Row = (
    (ClawbackId, DossierId, InstitutionId, EnvelopeId, ClawbackState, Cents, String),
    (String, String, String, Option<Cents>, Option<String>, Option<String>),
    (Option<String>, Option<String>, String, i64),
);

/// In the order recorded.
///
/// # Errors
/// When the database refuses.
pub fn clawbacks_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<ByDossier<Clawback>, Fault> {
    let rows = clawbacks::table
        .filter(listed(clawbacks::dossier_id, dossiers))
        .order(clawbacks::id)
        .select((
            (
                clawbacks::id,
                clawbacks::dossier_id,
                clawbacks::authority_id,
                clawbacks::envelope_id,
                clawbacks::state,
                clawbacks::asked_cents,
                clawbacks::reason,
            ),
            (
                clawbacks::noticed_on,
                clawbacks::observations_until,
                clawbacks::observations,
                clawbacks::ordered_cents,
                clawbacks::ordered_on,
                clawbacks::reference,
            ),
            (clawbacks::received_on, clawbacks::abandoned_on, clawbacks::abandoned_reason, clawbacks::version),
        ))
        .load::<Row>(conn)?;
    by_dossier(rows.into_iter().map(|(asked, ordered, ended)| {
        Ok((
            asked.1,
            Clawback {
                id: asked.0,
                dossier: asked.1,
                authority: asked.2,
                envelope: asked.3,
                state: asked.4,
                asked: asked.5,
                reason: asked.6,
                noticed_on: read_date(&ordered.0)?,
                observations_until: read_date(&ordered.1)?,
                observations: ordered.2,
                ordered: ordered.3,
                ordered_on: read_optional_date(ordered.4.as_ref())?,
                reference: ordered.5,
                received_on: read_optional_date(ended.0.as_ref())?,
                abandoned_on: read_optional_date(ended.1.as_ref())?,
                abandoned_reason: ended.2,
                version: ended.3,
            },
        ))
    }))
}

pub(in crate::funding) struct NoticeRecord<'a> {
    pub authority: InstitutionId,
    pub envelope: EnvelopeId,
    pub asked: Cents,
    pub reason: &'a str,
    pub noticed_on: Date,
    pub observations_until: Date,
}

pub(in crate::funding) fn insert_clawback(
    conn: &mut Conn,
    recording: &Recording,
    notice: &NoticeRecord<'_>,
) -> Result<ClawbackId, Fault> {
    Ok(diesel::insert_into(clawbacks::table)
        .values((
            clawbacks::dossier_id.eq(recording.dossier),
            clawbacks::authority_id.eq(notice.authority),
            clawbacks::envelope_id.eq(notice.envelope),
            clawbacks::state.eq(ClawbackState::Noticed),
            clawbacks::asked_cents.eq(notice.asked),
            clawbacks::reason.eq(notice.reason),
            clawbacks::noticed_on.eq(notice.noticed_on.to_string()),
            clawbacks::observations_until.eq(notice.observations_until.to_string()),
            clawbacks::recorded_by.eq(recording.by),
            clawbacks::recorded_at.eq(recording.at),
        ))
        .returning(clawbacks::id)
        .get_result(conn)?)
}

/// What a turn of the procedure writes.
pub(in crate::funding) enum Turn<'a> {
    Order { amount: Cents, on: Date, reference: &'a str, observations: &'a str },
    Receive { on: Date },
    Abandon { on: Date, reason: &'a str },
}

/// Writes a turn when nobody has taken another since the clawback was shown.
pub(in crate::funding) fn turn_clawback(conn: &mut Conn, clawback: &Clawback, turn: &Turn<'_>) -> Result<(), Fault> {
    let row = clawbacks::table
        .filter(clawbacks::id.eq(clawback.id))
        .filter(clawbacks::version.eq(clawback.version))
        .filter(clawbacks::state.eq(clawback.state));
    let version = clawbacks::version.eq(clawback.version + 1);
    let changed = match turn {
        Turn::Order { amount, on, reference, observations } => diesel::update(row)
            .set((
                version,
                clawbacks::state.eq(ClawbackState::Ordered),
                clawbacks::ordered_cents.eq(Some(*amount)),
                clawbacks::ordered_on.eq(Some(on.to_string())),
                clawbacks::reference.eq(Some(*reference)),
                clawbacks::observations.eq(*observations),
            ))
            .execute(conn),
        Turn::Receive { on } => diesel::update(row)
            .set((
                version,
                clawbacks::state.eq(ClawbackState::Received),
                clawbacks::received_on.eq(Some(on.to_string())),
            ))
            .execute(conn),
        Turn::Abandon { on, reason } => diesel::update(row)
            .set((
                version,
                clawbacks::state.eq(ClawbackState::Abandoned),
                clawbacks::abandoned_on.eq(Some(on.to_string())),
                clawbacks::abandoned_reason.eq(*reason),
            ))
            .execute(conn),
    };
    if changed.map_err(taken_meanwhile)? == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub(in crate::funding) fn clawback_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(clawbacks::table.filter(clawbacks::reference.eq(Some(reference))).count().get_result::<i64>(conn)? > 0)
}
