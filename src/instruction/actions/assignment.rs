//! Giving a dossier to an instructor, and taking it back.

use super::{complete_if_ready, messages};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, DossierId};
use crate::base::text::clean_line;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, Event, State};
use crate::fault::{Fault, Mistakes};
use crate::instruction::store::{self, Instructor};
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
    let chosen = instructors(op.conn, &call)?
        .into_iter()
        .find(|i| i.account == instructor)
        .ok_or_else(|| Fault::invalid("instructor", NOT_AN_INSTRUCTOR))?;
    let mut mistakes = Mistakes::default();
    if let Some(why) = obstacle(op.conn, &call, &view.dossier, &chosen)? {
        mistakes.add("instructor", why);
    }
    if due_at.is_some_and(|due| due <= op.now) {
        mistakes.add("due", PAST);
    }
    mistakes.finish()?;
    let (id, moved) = give(op, actor, &call, &view.dossier, &chosen, due_at)?;
    messages::tell_instructor(op, &call, &moved, &chosen, due_at)?;
    Ok(id)
}

pub(super) const NOT_AN_INSTRUCTOR: &str = "Choisissez un instructeur de cet appel dans la liste.";
pub(super) const PAST: &str = "Choisissez une date à venir, ou laissez la date vide.";

/// Who may be given dossiers of a call, by surname.
pub(super) fn instructors(conn: &mut Conn, call: &Call) -> Result<Vec<Instructor>, Fault> {
    let allowed = &call.definition.instruction.institutions;
    let mut holders = store::holders(conn, call.id, Role::Instructor)?;
    holders.retain(|i| allowed.is_empty() || allowed.contains(&i.institution_code));
    Ok(holders)
}

/// Why a person may not be given a dossier, as a sentence.
pub(super) fn obstacle(
    conn: &mut Conn,
    call: &Call,
    dossier: &Dossier,
    chosen: &Instructor,
) -> Result<Option<String>, Fault> {
    let assignments = store::assignments_of(conn, dossier.id)?;
    let mut active = assignments.iter().filter(|a| a.is_active());
    let name = &chosen.name;
    Ok(if store::is_member(conn, dossier.organisation, chosen.account)? {
        Some(format!("{name} est membre de l’organisme porteur."))
    } else if store::recused_from(conn, dossier.id)?.contains(&chosen.account) {
        Some(format!("{name} s’est déporté de ce dossier."))
    } else if active.clone().any(|a| a.account == chosen.account) {
        Some(format!("{name} instruit déjà ce dossier."))
    } else if call.definition.instruction.distinct_institutions && active.any(|a| a.institution == chosen.institution) {
        Some(format!(
            "Un instructeur de l’institution {} lit déjà ce dossier\u{A0}: choisissez une autre institution.",
            chosen.institution_name
        ))
    } else {
        None
    })
}

/// Moves the dossier and writes the assignment with its journal entry; the mail is the caller's.
pub(super) fn give(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    dossier: &Dossier,
    chosen: &Instructor,
    due_at: Option<Instant>,
) -> Result<(AssignmentId, Dossier), Fault> {
    if dossiers::get(op.conn, dossier.id)?.state == State::Instructed {
        dossiers::advance(op, dossier.id, Event::ReopenInstruction)?;
    }
    let moved = dossiers::advance(op, dossier.id, Event::Assign)?;
    let id = store::insert_assignment(op.conn, dossier.id, chosen, due_at, actor.id, op.now)?;
    op.record(
        Entry::new("instruction.assign", format!("Dossier affecté à {} ({})", chosen.name, chosen.institution_name))
            .call(call.id)
            .dossier(dossier.id),
    );
    Ok((id, moved))
}

/// An instructor gives a dossier back for another reason than an interest; it returns to the manager's list.
///
/// # Errors
/// [`Fault::NotFound`] without an active assignment; [`Fault::Refused`] once the review is submitted;
/// [`Fault::Invalid`] without a reason.
pub fn refuse_assignment(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, reason: &str) -> Result<(), Fault> {
    dossiers::hold(op.conn, dossier)?;
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::Instructor)?;
    let assignment = store::active_assignment(op.conn, dossier, actor.id)?;
    if assignment.submitted_at.is_some() {
        return Err(Fault::refused("Votre avis est rendu\u{A0}: il ne change plus."));
    }
    let mut mistakes = Mistakes::default();
    let empty = "Dites en une phrase pourquoi, par exemple «\u{202F}Ce sujet sort de ma compétence.\u{202F}»";
    let reason = mistakes.line("refusal", reason, 300, empty);
    mistakes.finish()?;
    store::refuse_assignment(op.conn, assignment.id, &reason, op.now)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    messages::tell_managers_refused(op, &call, &view.dossier, &actor.name(), &reason)?;
    op.record(
        Entry::new("instruction.refuse", "Affectation refusée par l’instructeur")
            .call(call.id)
            .dossier(dossier)
            .reason(reason),
    );
    complete_if_ready(op, dossier)?;
    Ok(())
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
