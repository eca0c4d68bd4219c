//! Writing a review, and submitting it for good.

use super::complete_if_ready;
use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::base::text::clean;
use crate::calls;
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::instruction::model::{CriterionInput, ReviewInput};
use crate::instruction::proposals::{self, Asked};
use crate::instruction::rules;
use crate::instruction::store::{self, Assignment};
use crate::journal::Entry;
use crate::service::Operation;

/// The instructor's own assignment, their interests declared, on a dossier still under instruction.
fn desk(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<(Dossier, Assignment), Fault> {
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::Instructor)?;
    let assignment = store::active_assignment(op.conn, dossier, actor.id)?;
    if store::declaration_of(op.conn, dossier, actor.id)?.is_none() {
        return Err(Fault::refused("Déclarez d’abord vos liens d’intérêts sur ce dossier."));
    }
    Ok((view.dossier, assignment))
}

fn refuse_unless_under_instruction(dossier: &Dossier) -> Result<(), Fault> {
    if dossier.state == State::UnderInstruction {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "L’instruction de ce dossier n’est pas ouverte\u{A0}: il est dans l’état «\u{202F}{}\u{202F}».",
        dossier.state.label().to_lowercase()
    )))
}

fn cleaned(input: &ReviewInput, asked: &[Asked<'_>]) -> ReviewInput {
    let scores = input
        .scores
        .iter()
        .map(|(code, answer)| (code.clone(), CriterionInput { mark: answer.mark, comment: clean(&answer.comment) }))
        .filter(|(_, answer)| *answer != CriterionInput::default())
        .collect();
    ReviewInput {
        scores,
        opinion: input.opinion,
        proposed: proposals::tidied(asked, &input.proposed),
        comment: clean(&input.comment),
    }
}

/// Saves a draft, whatever is still missing, and answers its new version. `read` is the version the author was
/// shown, 0 before the first save. The same draft sent twice is saved once.
///
/// # Errors
/// [`Fault::Stale`] when it was saved elsewhere in between; [`Fault::Refused`] once submitted.
pub fn save_review(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    input: &ReviewInput,
    read: i64,
) -> Result<i64, Fault> {
    dossiers::hold(op.conn, dossier)?;
    let (dossier, assignment) = desk(op, actor, dossier)?;
    let existing = store::review_of_assignment(op.conn, assignment.id)?;
    if existing.as_ref().is_some_and(|r| r.submitted_at.is_some()) {
        return Err(Fault::refused("Votre avis est rendu\u{A0}: il ne change plus."));
    }
    refuse_unless_under_instruction(&dossier)?;
    let version = dossiers::current_version(op.conn, &dossier)?;
    let call = calls::of_dossier(op.conn, dossier.id)?;
    let axes: Vec<String> = version.content.many("axes").into_iter().map(str::to_owned).collect();
    let criteria = call.definition.criteria_for_axes(&axes);
    let input = cleaned(input, &proposals::asked(&call.definition, &version.content));
    let mistakes = rules::draft_mistakes(&call.definition, &criteria, &input);
    if !mistakes.is_empty() {
        return Err(Fault::Invalid(mistakes));
    }
    op.record(Entry::new("review.save", "Brouillon d’avis enregistré").call(call.id).dossier(dossier.id));
    match existing {
        None if read == 0 => {
            store::insert_review(op.conn, &assignment, version.id, &input, op.now)?;
            Ok(1)
        }
        None => Err(Fault::Stale),
        Some(review) if review.input == input => Ok(review.version),
        Some(review) => {
            store::update_review(op.conn, review.id, read, version.id, &input)?;
            Ok(read.saturating_add(1))
        }
    }
}

/// Submits the review as last saved, for good. `read` is the version the author checked.
///
/// # Errors
/// [`Fault::Invalid`] with everything still missing; [`Fault::Stale`] when the draft changed since it was checked;
/// [`Fault::Refused`] once submitted.
pub fn submit_review(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, read: i64) -> Result<(), Fault> {
    // Of two last reviews at once, the second sees the first and closes the instruction.
    dossiers::hold(op.conn, dossier)?;
    let (dossier, assignment) = desk(op, actor, dossier)?;
    let review = store::review_of_assignment(op.conn, assignment.id)?
        .ok_or_else(|| Fault::refused("Votre avis est vide\u{A0}: notez d’abord les critères."))?;
    if review.submitted_at.is_some() {
        return Err(Fault::refused("Votre avis est déjà rendu."));
    }
    refuse_unless_under_instruction(&dossier)?;
    let version = dossiers::version_by_id(op.conn, review.dossier_version)?;
    if dossier.current_version != Some(version.id) {
        return Err(Fault::refused(
            "Le porteur a déposé une nouvelle version\u{A0}: relisez-la et enregistrez votre avis avant de le rendre.",
        ));
    }
    let call = calls::of_dossier(op.conn, dossier.id)?;
    let axes: Vec<String> = version.content.many("axes").into_iter().map(str::to_owned).collect();
    let criteria = call.definition.criteria_for_axes(&axes);
    let asked = proposals::asked(&call.definition, &version.content);
    rules::check_submission(&call.definition, &criteria, &review.input, &asked)?;
    store::mark_submitted(op.conn, review.id, read, op.now)?;
    let number = store::insert_submission(op.conn, &review, op.now)?;
    let again = if number > 1 { "à nouveau " } else { "" };
    op.record(
        Entry::new("review.submit", format!("Avis rendu {again}sur la version {} du dossier", version.number))
            .call(call.id)
            .dossier(dossier.id),
    );
    complete_if_ready(op, dossier.id)?;
    Ok(())
}
