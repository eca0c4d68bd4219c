//! Keeping a member out of one dossier.

use super::{managed, refuse_sealed};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, SessionId};
use crate::calls;
use crate::committee::model::Recusal;
use crate::committee::{recusals, store};
use crate::dossiers;
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug)]
pub struct NewRecusal {
    /// The member who leaves: oneself, or any member when the manager records it.
    pub account: AccountId,
    pub reason: String,
    /// When the member left; absent: now.
    pub left_at: Option<Instant>,
}

/// Keeps a member out of one dossier, for good.
///
/// # Errors
/// [`Fault::Invalid`] without reason or for an hour yet to come; [`Fault::Refused`] when the session is sealed or the
/// member is out already.
pub fn recuse(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    dossier: DossierId,
    new: &NewRecusal,
) -> Result<(), Fault> {
    let session = store::lock(op.conn, session)?;
    let call = calls::by_id(op.conn, session.call)?;
    let by = if new.account == actor.id { Role::CommitteeMember } else { Role::CallManager };
    actor.require_in(call.id, &[by])?;
    dossiers::for_staff(op.conn, actor, dossier)?.require(by)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    let seat = board.seats.iter().find(|s| s.account == Some(new.account)).ok_or(Fault::NotFound)?;
    if board.is_recused(dossier, Some(new.account)) {
        return Err(Fault::refused(format!("{} est déjà en déport sur ce dossier.", seat.name)));
    }
    let mut mistakes = Mistakes::default();
    let reason = mistakes.line(
        "reason",
        &new.reason,
        500,
        "Saisissez le motif, par exemple\u{A0}: administrateur de l’association.",
    );
    if new.left_at.is_some_and(|at| at > op.now) {
        mistakes.add("left_at", "L’heure de sortie ne peut pas être à venir.");
    }
    mistakes.finish()?;
    let left_at = Some(new.left_at.unwrap_or(op.now));
    let recusal = Recusal { dossier, account: new.account, reason: reason.clone(), left_at, returned_at: None };
    recusals::insert(op.conn, session.id, &recusal, op.now)?;
    let text = format!("{} se déporte du dossier {}", seat.name, item.dossier.reference_or_draft());
    op.record(Entry::new("committee.recuse", text).call(call.id).dossier(dossier).reason(reason));
    Ok(())
}

/// Notes that a member came back into the room, the dossier being closed: the minutes say when. They stay recused.
///
/// # Errors
/// [`Fault::Refused`] when the session is closed or nobody left; [`Fault::Invalid`] for an hour before the exit or yet
/// to come.
pub fn record_return(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    dossier: DossierId,
    account: AccountId,
    returned_at: Option<Instant>,
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::CallManager)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    let recusal = board.recusal(dossier, account).ok_or(Fault::NotFound)?;
    let Some(left_at) = recusal.left_at else {
        return Err(Fault::refused("Ce membre n’a pas pris part au dossier\u{202F}: il n’en est pas sorti."));
    };
    let at = returned_at.unwrap_or(op.now);
    if at < left_at || at > op.now {
        return Err(Fault::invalid("returned_at", "L’heure de retour suit l’heure de sortie et n’est pas à venir."));
    }
    recusals::set_return(op.conn, session.id, dossier, account, at)?;
    let name = board.seats.iter().find(|s| s.account == Some(account)).map_or("Un membre", |s| s.name.as_str());
    let text = format!("{name} revient en séance après le dossier {}", item.dossier.reference_or_draft());
    op.record(Entry::new("committee.return", text).call(call.id).dossier(dossier));
    Ok(())
}
