//! The committee's sealed opinion on a dossier.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{DossierId, DossierVersionId, EnvelopeId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{committee_opinions, committee_sessions};
use crate::dossiers::Outcome;
use crate::fault::Fault;

#[derive(Clone, Debug, Queryable)]
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

/// # Errors
/// When the database refuses.
pub fn sealed_opinion(conn: &mut Conn, dossier: DossierId) -> Result<Option<SealedOpinion>, Fault> {
    Ok(committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_opinions::dossier_id.eq(dossier))
        .filter(committee_sessions::state.eq("sealed"))
        .order(committee_sessions::sealed_at.desc())
        .select((
            committee_opinions::id,
            committee_opinions::session_id,
            committee_sessions::number,
            committee_sessions::held_at,
            committee_opinions::outcome,
            committee_opinions::amount_cents,
            committee_opinions::envelope_id,
            committee_opinions::waitlist_rank,
            committee_opinions::motive,
            committee_opinions::debate,
            committee_opinions::dossier_version_id,
        ))
        .first(conn)
        .optional()?)
}
