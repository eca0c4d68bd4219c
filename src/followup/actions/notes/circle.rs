//! Those who share their practice in a call, and what each may do.

use std::collections::HashSet;

use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, DossierId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::followup::store::notes::Note;
use crate::followup::store::replies::Reply;

/// What one person may do among those who share their practice in a call.
#[derive(Debug)]
pub struct Circle {
    pub call: Call,
    /// Funded dossiers in whose name this person writes.
    pub own: Vec<Dossier>,
    pub agent: bool,
    /// Moderates and retains.
    pub manager: bool,
    closed: HashSet<DossierId>,
    account: AccountId,
}

/// The funded projects of a call and its agents; a project whose award was terminated is no longer one of them.
///
/// # Errors
/// [`Fault::NotFound`] for anybody else.
pub fn circle(conn: &mut Conn, actor: &Actor, code: &str) -> Result<Circle, Fault> {
    let call = calls::by_code(conn, code)?;
    let own: Vec<Dossier> = dossiers::of_organisations(conn, &actor.organisations)?
        .into_iter()
        .filter(|dossier| dossier.call == call.id)
        .filter(|dossier| dossier.state.is_awarded() && dossier.state != State::Terminated)
        .collect();
    let agent = actor.grants.iter().any(|grant| grant.call == call.id);
    if !agent && own.is_empty() {
        return Err(Fault::NotFound);
    }
    let mut closed = if agent { dossiers::closed_by_interest(conn, actor, call.id)? } else { HashSet::new() };
    for dossier in &own {
        closed.remove(&dossier.id);
    }
    let manager = actor.holds_in(call.id, &[Role::CallManager]);
    Ok(Circle { call, own, agent, manager, closed, account: actor.id })
}

impl Circle {
    #[must_use]
    pub fn closed(&self) -> Vec<DossierId> {
        self.closed.iter().copied().collect()
    }

    #[must_use]
    pub fn sees(&self, dossier: Option<DossierId>) -> bool {
        dossier.is_none_or(|dossier| !self.closed.contains(&dossier))
    }

    pub(super) fn owns(&self, dossier: DossierId) -> bool {
        self.own.iter().any(|own| own.id == dossier)
    }

    /// Members of the project that wrote it.
    #[must_use]
    pub fn may_edit(&self, note: &Note) -> bool {
        note.withdrawn_at.is_none() && self.owns(note.dossier)
    }

    #[must_use]
    pub fn may_withdraw(&self, note: &Note) -> bool {
        note.withdrawn_at.is_none() && (self.owns(note.dossier) || self.manager)
    }

    /// Nobody but its author changes a reply.
    #[must_use]
    pub fn may_edit_reply(&self, reply: &Reply) -> bool {
        reply.withdrawn_at.is_none() && reply.written_by == self.account
    }

    #[must_use]
    pub fn may_withdraw_reply(&self, reply: &Reply) -> bool {
        reply.withdrawn_at.is_none() && (reply.written_by == self.account || self.manager)
    }

    /// A manager who takes down what somebody else wrote says why.
    #[must_use]
    pub fn moderates(&self, dossier: Option<DossierId>, author: AccountId) -> bool {
        author != self.account && !dossier.is_some_and(|dossier| self.owns(dossier))
    }
}
