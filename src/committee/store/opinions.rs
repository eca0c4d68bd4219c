//! Rows of opinions, prepared and sealed.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId, DossierVersionId, EnvelopeId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::committee::model::{Opinion, SessionState};
use crate::db::Conn;
use crate::db::schema::{committee_opinions, committee_sessions};
use crate::dossiers::{self, Outcome};
use crate::fault::Fault;

type OpinionRow = (
    OpinionId,
    SessionId,
    DossierId,
    DossierVersionId,
    Outcome,
    Option<i64>,
    Option<Cents>,
    Option<EnvelopeId>,
    String,
    String,
    i64,
    Instant,
);

pub(in crate::committee) fn opinions(conn: &mut Conn, session: SessionId) -> Result<Vec<Opinion>, Fault> {
    let rows: Vec<OpinionRow> = committee_opinions::table
        .filter(committee_opinions::session_id.eq(session))
        .order(committee_opinions::id)
        .select((
            committee_opinions::id,
            committee_opinions::session_id,
            committee_opinions::dossier_id,
            committee_opinions::dossier_version_id,
            committee_opinions::outcome,
            committee_opinions::waitlist_rank,
            committee_opinions::amount_cents,
            committee_opinions::envelope_id,
            committee_opinions::debate,
            committee_opinions::motive,
            committee_opinions::version,
            committee_opinions::recorded_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, session, dossier, dossier_version, outcome, rank, amount, envelope, debate, motive, version, at)| {
            Opinion {
                id,
                session,
                dossier,
                dossier_version,
                outcome,
                rank,
                amount,
                envelope,
                debate,
                motive,
                version,
                recorded_at: at,
            }
        })
        .collect())
}

/// Dossiers already on the call's waitlist at a rank, but for one.
pub(in crate::committee) fn waitlisted_at(
    conn: &mut Conn,
    call: CallId,
    rank: i64,
    but: DossierId,
) -> Result<Vec<dossiers::Dossier>, Fault> {
    let ids = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call))
        .filter(committee_opinions::waitlist_rank.eq(rank))
        .filter(committee_opinions::dossier_id.ne(but))
        .select(committee_opinions::dossier_id)
        .load::<DossierId>(conn)?;
    let mut found = Vec::new();
    for id in ids {
        let dossier = dossiers::get(conn, id)?;
        if dossier.state != dossiers::State::Withdrawn {
            found.push(dossier);
        }
    }
    Ok(found)
}

/// The committee's opinion as sealed, and where it was given.
#[derive(Clone, Debug)]
pub struct SealedOpinion {
    pub id: OpinionId,
    pub session: SessionId,
    pub session_number: i64,
    pub held_at: Instant,
    pub outcome: Outcome,
    pub amount: Option<Cents>,
    pub envelope: Option<EnvelopeId>,
    pub rank: Option<i64>,
    pub motive: String,
    pub debate: String,
    pub version: DossierVersionId,
}

/// What a decision is taken on; nothing before the session is sealed. Without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn sealed_opinion(conn: &mut Conn, dossier: DossierId) -> Result<Option<SealedOpinion>, Fault> {
    let row = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_opinions::dossier_id.eq(dossier))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .order(committee_opinions::id.desc())
        .select((
            (
                committee_opinions::id,
                committee_sessions::id,
                committee_sessions::number,
                committee_sessions::held_at,
                committee_opinions::outcome,
            ),
            (
                committee_opinions::amount_cents,
                committee_opinions::envelope_id,
                committee_opinions::waitlist_rank,
                committee_opinions::motive,
                committee_opinions::debate,
                committee_opinions::dossier_version_id,
            ),
        ))
        .first::<(
            (OpinionId, SessionId, i64, Instant, Outcome),
            (Option<Cents>, Option<EnvelopeId>, Option<i64>, String, String, DossierVersionId),
        )>(conn)
        .optional()?;
    Ok(row.map(
        |((id, session, session_number, held_at, outcome), (amount, envelope, rank, motive, debate, version))| {
            SealedOpinion {
                id,
                session,
                session_number,
                held_at,
                outcome,
                amount,
                envelope,
                rank,
                motive,
                debate,
                version,
            }
        },
    ))
}
