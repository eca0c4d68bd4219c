//! Declaring interests before reading a dossier.

use super::{complete_if_ready, messages};
use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::base::text::clean;
use crate::calls;
use crate::dossiers;
use crate::fault::{Fault, Mistakes};
use crate::instruction::store;
use crate::journal::Entry;
use crate::service::Operation;

/// Why an assignment ended, when its holder withdrew.
const RECUSED: &str = "Déport déclaré";

/// `conflict` holds what ties the instructor or correspondent to the applicant: the assignment ends and the dossier closes to them.
/// Saying the same thing twice changes nothing.
///
/// # Errors
/// [`Fault::NotFound`] for who neither instructs the dossier nor speaks for a department asked; [`Fault::Refused`] when a conflict
/// was declared before and is now denied;
/// [`Fault::Invalid`] for a conflict without a word on it.
pub fn declare_interests(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    conflict: Option<&str>,
) -> Result<(), Fault> {
    dossiers::hold(op.conn, dossier)?;
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    if !view.through(Role::Instructor) && !view.through(Role::Correspondent) {
        return Err(Fault::NotFound);
    }
    let assignment =
        store::assignments_of(op.conn, dossier)?.into_iter().find(|a| a.account == actor.id && a.is_active());
    let before = store::declaration_of(op.conn, dossier, actor.id)?;
    match &before {
        Some(before) if before.conflict && conflict.is_none() => {
            return Err(Fault::refused(
                "Vous avez déjà déclaré un lien d’intérêts sur ce dossier. Pour changer cette réponse, écrivez au gestionnaire.",
            ));
        }
        Some(before) if before.conflict == conflict.is_some() => {
            op.record(
                Entry::new("interests.repeat", "Déclaration d’intérêts envoyée deux fois, sans effet")
                    .call(view.dossier.call)
                    .dossier(dossier),
            );
            return Ok(());
        }
        _ => {}
    }
    let detail = conflict.map(clean).unwrap_or_default();
    let mut mistakes = Mistakes::default();
    if conflict.is_some() && detail.is_empty() {
        mistakes.add(
            "detail",
            "Dites en une phrase quel est ce lien, par exemple «\u{202F}J’ai été salariée de l’organisme jusqu’en 2020.\u{202F}»",
        );
    } else if detail.chars().count() > 1_000 {
        mistakes.add("detail", "Raccourcissez ce texte à 1\u{202F}000 caractères au plus.");
    }
    mistakes.finish()?;
    if before.is_some() {
        // A tie found out later closes the dossier as one declared at once.
        store::declare_conflict(op.conn, dossier, actor.id, &detail, op.now)?;
    } else {
        store::insert_declaration(op.conn, dossier, actor.id, conflict.is_some(), &detail, op.now)?;
    }
    if conflict.is_none() {
        op.record(
            Entry::new("interests.none", "Absence de lien d’intérêts déclarée")
                .call(view.dossier.call)
                .dossier(dossier),
        );
        return Ok(());
    }
    if let Some(assignment) = &assignment {
        store::end_assignment(op.conn, assignment.id, RECUSED, op.now)?;
    }
    // What the tie is stays in the declaration, for the managers.
    op.record(
        Entry::new("interests.recuse", "Déport déclaré")
            .call(view.dossier.call)
            .dossier(dossier)
            .reason("Lien d’intérêts"),
    );
    let call = calls::of_dossier(op.conn, dossier)?;
    messages::tell_managers_recused(op, &call, &view.dossier, &actor.name(), assignment.is_some())?;
    complete_if_ready(op, dossier)?;
    Ok(())
}
