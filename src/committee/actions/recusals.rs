//! Keeping a member out of one dossier.

use super::refuse_sealed;
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
    let recusal = Recusal { dossier, account: new.account, reason: reason.clone(), left_at };
    recusals::insert(op.conn, session.id, &recusal, op.now)?;
    let text = format!("{} se déporte du dossier {}", seat.name, item.dossier.reference_or_draft());
    op.record(Entry::new("committee.recuse", text).call(call.id).dossier(dossier).reason(reason));
    Ok(())
}
