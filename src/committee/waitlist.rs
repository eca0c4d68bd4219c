//! The waiting list of a call, whatever the sessions that filled it.

use diesel::prelude::*;

use super::model::{Asked, SessionState, Verdict};
use super::store;
use crate::base::ids::{CallId, DossierId, DossierVersionId, SessionId};
use crate::base::money::Cents;
use crate::calls;
use crate::db::Conn;
use crate::db::schema::{committee_opinions, committee_sessions};
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::ledger;

/// A dossier that the committee put on the waiting list, and what it asks.
#[derive(Clone, Debug)]
pub struct WaitlistLine {
    /// One dossier a rank in the call; kept after notification, promotion or the end of the list.
    pub rank: i64,
    pub dossier: Dossier,
    pub session: SessionId,
    pub motive: String,
    /// By line and year.
    pub requested: Vec<Asked>,
}

impl WaitlistLine {
    /// Still waiting: neither promoted, nor told that the list is closed, nor withdrawn.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        matches!(self.dossier.state, State::Opined | State::Waitlisted | State::WaitlistNotified)
    }

    #[must_use]
    pub fn total(&self) -> Cents {
        self.requested.iter().map(|asked| asked.requested).sum()
    }
}

/// Every line of sealed sessions, by rank. No right is checked here: leave out what the reader may not see.
///
/// # Errors
/// When the database refuses.
pub fn waitlist(conn: &mut Conn, call: CallId) -> Result<Vec<WaitlistLine>, Fault> {
    let call = calls::by_id(conn, call)?;
    let rows = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call.id))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .filter(committee_opinions::outcome.eq(Verdict::Waitlisted))
        .order((committee_opinions::waitlist_rank, committee_opinions::id))
        .select((
            committee_opinions::waitlist_rank.assume_not_null(),
            committee_opinions::dossier_id,
            committee_opinions::session_id,
            committee_opinions::motive,
            committee_opinions::dossier_version_id,
        ))
        .load::<(i64, DossierId, SessionId, String, DossierVersionId)>(conn)?;
    let mut known = dossiers::by_ids(conn, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let mut versions = dossiers::excerpts_by_ids(conn, &rows.iter().map(|row| row.4).collect::<Vec<_>>())?;
    let funding = ledger::lines_of_call(conn, call.id)?;
    let mut lines = Vec::new();
    for (rank, dossier, session, motive, version) in rows {
        let Some(dossier) = known.remove(&dossier).filter(|dossier| dossier.state != State::Withdrawn) else {
            continue;
        };
        let version = versions.remove(&version).ok_or(Fault::NotFound)?;
        let requested =
            store::asked_on(&funding, &call, |funder, year| version.requested_of(&call.definition, funder, year));
        lines.push(WaitlistLine { rank, dossier, session, motive, requested });
    }
    Ok(lines)
}
