//! Giving a dossier to an instructor, and taking it back.

use super::{complete_if_ready, messages};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, DossierId};
use crate::base::text::clean_line;
use crate::calls;
use crate::dossiers::{self, Event, State};
use crate::fault::{Fault, Mistakes};
use crate::instruction::store;
use crate::journal::Entry;
use crate::service::Operation;

/// Gives a dossier to an instructor. A dossier already instructed is reopened for the new reading.
///
/// # Errors
/// [`Fault::Invalid`] when the person may not read this dossier, with the reason; [`Fault::Refused`] by the engine.
pub fn assign(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    instructor: AccountId,
    due_at: Option<Instant>,
) -> Result<AssignmentId, Fault> {
    dossiers::hold(op.conn, dossier)?;
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let rules = &call.definition.instruction;
    let chosen = store::holders(op.conn, call.id, Role::Instructor)?
        .into_iter()
        .find(|i| i.account == instructor)
        .filter(|i| rules.institutions.is_empty() || rules.institutions.contains(&i.institution_code))
        .ok_or_else(|| Fault::invalid("instructor", "Choisissez un instructeur de cet appel dans la liste."))?;
    let active: Vec<_> = store::assignments_of(op.conn, dossier)?.into_iter().filter(|a| a.is_active()).collect();
    let mut mistakes = Mistakes::default();
    if active.iter().any(|a| a.account == instructor) {
        mistakes.add("instructor", format!("{} instruit déjà ce dossier.", chosen.name));
    } else if rules.distinct_institutions && active.iter().any(|a| a.institution == chosen.institution) {
        mistakes.add(
            "instructor",
            format!(
                "Un instructeur de l’institution {} lit déjà ce dossier\u{A0}: choisissez une autre institution.",
                chosen.institution_name
            ),
        );
    }
    if store::is_member(op.conn, view.dossier.organisation, instructor)? {
        mistakes.add("instructor", format!("{} est membre de l’organisme porteur.", chosen.name));
    } else if store::recused_from(op.conn, dossier)?.contains(&instructor) {
        mistakes.add("instructor", format!("{} s’est déporté de ce dossier.", chosen.name));
    }
    if due_at.is_some_and(|due| due <= op.now) {
        mistakes.add("due", "Choisissez une date à venir, ou laissez la date vide.");
    }
    mistakes.finish()?;
    if view.dossier.state == State::Instructed {
        dossiers::advance(op, dossier, Event::ReopenInstruction)?;
    }
    let moved = dossiers::advance(op, dossier, Event::Assign)?;
    let id = store::insert_assignment(op.conn, dossier, &chosen, due_at, actor.id, op.now)?;
    op.record(
        Entry::new("instruction.assign", format!("Dossier affecté à {} ({})", chosen.name, chosen.institution_name))
            .call(call.id)
            .dossier(dossier),
    );
    messages::tell_instructor(op, &call, &moved, &chosen, due_at)?;
    Ok(id)
}

/// Takes a dossier back from an instructor whose review is not in. A submitted review stays with the dossier.
///
/// # Errors
/// [`Fault::Refused`] once the review is submitted; [`Fault::Invalid`] without a reason.
pub fn end_assignment(
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
    if found.submitted_at.is_some() {
        return Err(Fault::refused("L’avis est rendu\u{A0}: il reste au dossier et l’affectation ne se retire plus."));
    }
    let mut mistakes = Mistakes::default();
    let reason = clean_line(reason);
    if reason.is_empty() {
        mistakes.add(
            format!("reason-{assignment}"),
            "Saisissez le motif du retrait, par exemple «\u{202F}Absence prolongée\u{202F}».",
        );
    } else if reason.chars().count() > 300 {
        mistakes.add(format!("reason-{assignment}"), "Raccourcissez le motif à 300 caractères au plus.");
    }
    mistakes.finish()?;
    store::end_assignment(op.conn, assignment, &reason, op.now)?;
    let name = store::names(op.conn, &[found.account])?.remove(&found.account).unwrap_or_default();
    op.record(
        Entry::new("instruction.unassign", format!("Dossier retiré à {name}"))
            .call(view.dossier.call)
            .dossier(dossier)
            .reason(reason),
    );
    complete_if_ready(op, dossier)?;
    Ok(())
}
