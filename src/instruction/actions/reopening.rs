//! Giving a submitted review back to its author, until the dossier is put before the committee.

use super::messages;
use crate::access::{Actor, Role};
use crate::base::ids::{AssignmentId, DossierId};
use crate::dossiers::{self, Event, State};
use crate::fault::{Fault, Mistakes};
use crate::instruction::store;
use crate::journal::Entry;
use crate::service::Operation;

/// What was submitted stays, frozen; the review becomes a draft again and its author is told why.
///
/// # Errors
/// [`Fault::Refused`] once the dossier is on the committee's agenda, or when the review is not in; [`Fault::Invalid`]
/// without a reason.
pub fn reopen_review(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    assignment: AssignmentId,
    reason: &str,
) -> Result<(), Fault> {
    dossiers::hold(op.conn, dossier)?;
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let found = store::assignments_of(op.conn, dossier)?
        .into_iter()
        .find(|a| a.id == assignment && a.is_active())
        .ok_or(Fault::NotFound)?;
    if found.account == actor.id {
        return Err(Fault::refused("Votre propre avis ne peut être rouvert que par un autre gestionnaire."));
    }
    if !matches!(view.dossier.state, State::UnderInstruction | State::Instructed) {
        return Err(Fault::refused(format!(
            "Un avis ne se rouvre plus une fois le dossier inscrit au comité\u{A0}: ce dossier est dans l’état «\u{202F}{}\u{202F}».",
            view.dossier.state.label().to_lowercase()
        )));
    }
    let review = store::review_of_assignment(op.conn, assignment)?
        .filter(|review| review.submitted_at.is_some())
        .ok_or_else(|| Fault::refused("Cet avis n’est pas rendu\u{A0}: il est déjà modifiable par son auteur."))?;
    let mut mistakes = Mistakes::default();
    let empty = "Saisissez le motif, par exemple «\u{202F}Montant à revoir après la nouvelle version\u{202F}».";
    let reason = mistakes.line(&format!("reopening-{assignment}"), reason, 300, empty);
    mistakes.finish()?;
    store::reopen_review(op.conn, review.id, review.version)?;
    store::mark_reopened(op.conn, review.id, actor.id, &reason, op.now)?;
    if view.dossier.state == State::Instructed {
        dossiers::advance(op, dossier, Event::ReopenInstruction)?;
    }
    let author = store::person(op.conn, found.account, found.institution)?;
    op.record(
        Entry::new("review.reopen", format!("Avis de {} rouvert", author.name))
            .call(view.dossier.call)
            .dossier(dossier)
            .reason(reason.clone()),
    );
    messages::tell_reopened(op, &view.dossier, &author, &reason)
}
