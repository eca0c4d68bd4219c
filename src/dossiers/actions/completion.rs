//! Asking for completion, answering it with a new version, giving it up.

use diesel::prelude::*;

use super::advance;
use super::submission::{acknowledge, freeze, set_targets};
use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::base::text::{clean, fold_for_index};
use crate::calls::{self, Call};
use crate::db::schema::{attachments, dossier_sections, dossiers};
use crate::db::{among, outside};
use crate::dossiers::completion::{self, Asked, Completion};
use crate::dossiers::content;
use crate::dossiers::drafts;
use crate::dossiers::mails::{self, Words, named};
use crate::dossiers::model::{Event, State};
use crate::dossiers::sight::{for_member, for_staff};
use crate::dossiers::store::{self, Dossier};
use crate::dossiers::tags::tag;
use crate::dossiers::validate::Problem;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::journal::Entry;
use crate::notify;
use crate::service::Operation;

/// Longest message, in characters.
pub const MAX_MESSAGE: u32 = 2_000;

/// Asks the applicant to complete sections or pieces by a day; the dossier waits meanwhile.
///
/// # Errors
/// [`Fault::Invalid`] with what to correct; [`Fault::Refused`] by the engine; [`Fault::NotFound`] for anyone but a
/// manager of the call.
pub fn request_completion(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    asked: &Asked,
) -> Result<Dossier, Fault> {
    let view = for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let asked = Asked { message: clean(&asked.message), ..asked.clone() };
    check(op, &call, &asked)?;
    let version = store::current_version(op.conn, &view.dossier)?;
    let moved = advance(op, dossier, Event::RequestCompletion)?;
    completion::insert(op.conn, dossier, version.id, &asked, actor.id, op.now)?;
    let (list, due) = (asked.targets.labels(&call.definition), asked.due_at.long(call.zone()));
    let words = Words {
        kind: "dossier.completion",
        subject: format!("Dossier {}\u{A0}: des compléments sont demandés", moved.reference_or_draft()),
        text: format!(
            "Il manque des éléments au dossier {}. Ce qui est demandé\u{A0}:\n\n{}\n\n{}\n\n\
             Répondez au plus tard le {due}, à cette adresse\u{A0}:\n{}\n\n\
             Le délai au terme duquel le silence vaut rejet est suspendu jusqu’à votre réponse (article L. 114-5 du code des \
             relations entre le public et l’administration).",
            named(&moved),
            list.iter().map(|label| format!("- {label}")).collect::<Vec<_>>().join("\n"),
            asked.message,
            op.url(&format!("/mes-dossiers/{dossier}")),
        ),
    };
    let recipients = mails::applicants(op.conn, &version)?;
    let own = format!("/mes-dossiers/{dossier}");
    mails::send(op, &call, &moved, &recipients, &words, &own)?;
    notify::tell_organisation(op, moved.organisation, words.kind, &words.subject, &own)?;
    let entry =
        Entry::new("dossier.completion", format!("Compléments demandés pour le {due}\u{A0}: {}", list.join(", ")));
    op.record(entry.call(call.id).dossier(dossier).reason(asked.message).for_everyone());
    Ok(moved)
}

fn check(op: &Operation<'_>, call: &Call, asked: &Asked) -> Result<(), Fault> {
    let mut mistakes = Mistakes::default();
    let known_section = |code: &String| call.definition.section(code).is_some();
    let known_piece = |code: &String| call.definition.piece(code).is_some();
    if asked.targets.is_empty() {
        mistakes.add("section", "Cochez au moins une rubrique ou une pièce à compléter.");
    } else if !asked.targets.sections.iter().all(known_section) || !asked.targets.pieces.iter().all(known_piece) {
        mistakes.add("section", "Choisissez parmi les rubriques et les pièces de l’appel.");
    }
    if asked.message.is_empty() {
        mistakes.add(
            "message",
            "Dites ce qui manque, par exemple «\u{202F}Le relevé d’identité bancaire n’est pas au nom de l’organisme.\u{202F}»",
        );
    } else if asked.message.chars().count() > MAX_MESSAGE as usize {
        mistakes.add("message", format!("Raccourcissez le message à {MAX_MESSAGE} caractères au plus."));
    }
    if asked.due_at <= op.now {
        mistakes.add("due", "Choisissez un jour à venir, pour laisser le temps de répondre.");
    }
    mistakes.finish()
}

/// Submits what was completed as a new version, which replaces the one in force.
///
/// # Errors
/// [`Fault::Refused`] when nothing is asked, or nothing has changed; [`Fault::Invalid`] with what is missing, fields
/// written `section/field`; [`Fault::NotFound`] for anyone but a member of the organisation.
pub fn answer_completion(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<Dossier, Fault> {
    let row = for_member(op.conn, actor, dossier)?;
    drafts::take(op.conn, dossier, &[State::Incomplete], op.now)?;
    let request = required(op, dossier)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let draft = content::assemble(op.conn, &call.definition, &row)?;
    let problems = draft.problems(&call.definition, content::filing_day(&row, &call, op.now));
    if !problems.is_empty() {
        let error = |p: Problem| FieldError { field: format!("{}/{}", p.section, p.field), message: p.message };
        return Err(Fault::Invalid(problems.into_iter().map(error).collect()));
    }
    let before = store::current_version(op.conn, &row)?;
    if before.content == draft.content {
        return Err(Fault::refused(
            "Rien n’a changé depuis la demande\u{202F}: complétez ce qui est demandé, puis répondez.",
        ));
    }
    let version = freeze(op, actor, dossier, &call, &draft.content)?;
    let content = &draft.content;
    let search_text =
        fold_for_index(&format!("{} {} {}", content.title(), content.applicant.name, row.reference_or_draft()));
    diesel::update(dossiers::table.filter(dossiers::id.eq(dossier)))
        .set((
            dossiers::title.eq(content.title()),
            dossiers::search_text.eq(search_text),
            dossiers::requested_cents.eq(Some(content.requested(&call.definition))),
            dossiers::current_version_id.eq(Some(version.0)),
        ))
        .execute(op.conn)?;
    tag(op.conn, dossier, content)?;
    set_targets(op, dossier, version, &call, content)?;
    completion::close_answered(op.conn, request.id, version, op.now)?;
    let moved = advance(op, dossier, Event::AnswerCompletion)?;
    acknowledge(op, actor, &moved, &call)?;
    let words = Words {
        kind: "dossier.completed",
        subject: format!("Dossier {}\u{A0}: compléments reçus", moved.reference_or_draft()),
        text: format!(
            "L’organisme {} a répondu à la demande de compléments sur le dossier {}. La nouvelle version et ses \
             différences se lisent à cette adresse\u{A0}:\n{}",
            content.applicant.name,
            named(&moved),
            op.url(&format!("/dossiers/{dossier}/versions")),
        ),
    };
    let recipients = mails::managers(op.conn, call.id)?;
    mails::send(op, &call, &moved, &recipients, &words, &format!("/dossiers/{dossier}/versions"))?;
    let number = before.number + 1;
    let entry = Entry::new("dossier.completed", format!("Compléments déposés\u{A0}: version {number} du dossier"));
    op.record(entry.call(call.id).dossier(dossier).for_everyone());
    Ok(moved)
}

/// Gives the request up: the version in force stands, and what was being written goes back to it.
///
/// # Errors
/// [`Fault::Refused`] when nothing is asked; [`Fault::Invalid`] without a reason; [`Fault::NotFound`] for anyone but a
/// manager of the call.
pub fn cancel_completion(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    reason: &str,
) -> Result<Dossier, Fault> {
    let view = for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let mut mistakes = Mistakes::default();
    let reason =
        mistakes.line("reason", reason, 300, "Dites pourquoi la demande est retirée, par exemple pièce retrouvée.");
    mistakes.finish()?;
    store::hold(op.conn, dossier)?;
    let request = required(op, dossier)?;
    let moved = advance(op, dossier, Event::CancelCompletion)?;
    restore(op, dossier, &request)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let version = store::current_version(op.conn, &view.dossier)?;
    let words = Words {
        kind: "dossier.completion_cancelled",
        subject: format!("Dossier {}\u{A0}: rien n’est plus à compléter", moved.reference_or_draft()),
        text: format!(
            "La demande de compléments sur le dossier {} est retirée. Motif\u{A0}: {reason}\n\n\
             Le dossier reste tel que vous l’avez déposé, et son examen continue.",
            named(&moved),
        ),
    };
    let recipients = mails::applicants(op.conn, &version)?;
    let own = format!("/mes-dossiers/{dossier}");
    mails::send(op, &call, &moved, &recipients, &words, &own)?;
    notify::tell_organisation(op, moved.organisation, words.kind, &words.subject, &own)?;
    let entry = Entry::new("dossier.completion_cancelled", "Demande de compléments retirée");
    op.record(entry.call(call.id).dossier(dossier).reason(reason).for_everyone());
    Ok(moved)
}

fn required(op: &mut Operation<'_>, dossier: DossierId) -> Result<Completion, Fault> {
    completion::pending(op.conn, dossier)?
        .ok_or_else(|| Fault::refused("Aucune demande de compléments n’est en cours sur ce dossier."))
}

/// Puts the draft back as it was when the request left.
fn restore(op: &mut Operation<'_>, dossier: DossierId, request: &Completion) -> Result<(), Fault> {
    for (code, saved) in drafts::sections(op.conn, dossier)? {
        let before = request.snapshot.sections.get(&code).cloned().unwrap_or_default();
        if before != saved.typed {
            diesel::update(
                dossier_sections::table
                    .filter(dossier_sections::dossier_id.eq(dossier))
                    .filter(dossier_sections::section.eq(&code)),
            )
            .set((
                dossier_sections::answers.eq(serde_json::to_string(&before)?),
                dossier_sections::version.eq(dossier_sections::version + 1),
            ))
            .execute(op.conn)?;
        }
    }
    let of_dossier = attachments::table.filter(attachments::dossier_id.eq(dossier));
    let kept = request.snapshot.attachments.clone();
    diesel::update(of_dossier.filter(among(attachments::id, kept.clone())))
        .set(attachments::removed_at.eq(None::<crate::base::clock::Instant>))
        .execute(op.conn)?;
    diesel::update(of_dossier.filter(outside(attachments::id, kept)).filter(attachments::removed_at.is_null()))
        .set(attachments::removed_at.eq(Some(op.now)))
        .execute(op.conn)?;
    Ok(())
}
