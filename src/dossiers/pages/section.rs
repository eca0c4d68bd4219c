//! One section of the form: everything sent is saved first, then what is wrong with it is shown.

use super::section_view::{Conflict, Shown, next_path, page};
use super::{Found, Opened, already_submitted, open};
use crate::base::ids::AttachmentId;
use crate::calls::definition::{Section, SectionKind};
use crate::dossiers::actions::{attach_piece, remove_piece, save_section};
use crate::dossiers::content::PARTNER_FIELDS;
use crate::dossiers::drafts::{Typed, typed_text};
use crate::dossiers::form::{differences, keep_known};
use crate::dossiers::validate::piece_field;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Form, Visit};

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let opened = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    let code: String = visit.param("section")?;
    let section = opened.call.definition.section(&code).ok_or(Fault::NotFound)?;
    let saved = opened.draft.section(&code);
    let typed = if saved.version == 0 { suggested(visit, section)? } else { saved.typed.clone() };
    let mut errors = if visit.query.checked("corriger") { field_errors(&opened, &code) } else { Vec::new() };
    if saved.version == 0 {
        // What is suggested is there to be confirmed, not missing.
        errors.retain(|error| typed_text(&typed, &error.field).is_empty());
    }
    page(visit, &opened, section, Shown { saved, typed, errors, conflict: None, may_skip: false })
}

/// Before the first save, the writer is taken for the contact.
fn suggested(visit: &Visit, section: &Section) -> Result<Typed, Fault> {
    let mut typed = Typed::new();
    if section.kind == SectionKind::Identity {
        let actor = visit.actor()?;
        typed.insert("contact_name".to_owned(), vec![actor.name()]);
        typed.insert("contact_email".to_owned(), vec![actor.email.clone()]);
    }
    Ok(typed)
}

fn field_errors(opened: &Opened, code: &str) -> Vec<FieldError> {
    opened
        .problems_in(code)
        .map(|problem| FieldError { field: problem.field.clone(), message: problem.message.clone() })
        .collect()
}

pub(super) fn save(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let before = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    let code: String = visit.param("section")?;
    let section = before.call.definition.section(&code).ok_or(Fault::NotFound)?;
    let id = before.dossier.id;
    let mut file_errors = Vec::new();
    if section.kind == SectionKind::Pieces {
        file_errors = save_pieces(visit, &before)?;
        if visit.form.checked("retirer") && file_errors.is_empty() {
            return Ok(Answer::redirect(before.section_path(&code)).flash("La pièce est retirée."));
        }
    } else {
        let mut sent = sent(&visit.form);
        if let Some(slot) = visit.form.get("retirer_partenaire") {
            sent.retain(|name, _| !PARTNER_FIELDS.iter().any(|(field, _)| *name == format!("{field}-{slot}")));
        }
        let read_version = visit.form.text("version").parse().unwrap_or(0);
        match visit.perform(|op| save_section(op, actor, id, &code, &sent, read_version)) {
            Ok(()) => {}
            Err(Fault::Stale) => return conflict_page(visit, section, &sent),
            Err(other) => return Err(other),
        }
    }
    let after = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    if visit.form.checked("plus_tard") && file_errors.is_empty() {
        return Ok(Answer::redirect(after.path()).flash(format!(
            "La rubrique «\u{202F}{}\u{202F}» est enregistrée. Vous pouvez revenir quand vous voulez.",
            section.title
        )));
    }
    if visit.form.checked("ajouter_partenaire") {
        let next =
            format!("{}?ajouter=oui#field-partner-name-{}", after.section_path(&code), after.partners_typed() + 1);
        return Ok(Answer::redirect(next));
    }
    if visit.form.get("retirer_partenaire").is_some() {
        return Ok(Answer::redirect(after.section_path(&code)).flash("Le partenaire est retiré."));
    }
    let mut errors = field_errors(&after, &code);
    errors.retain(|error| !file_errors.iter().any(|other| other.field == error.field));
    file_errors.extend(errors);
    if file_errors.is_empty() {
        let said = format!("La rubrique «\u{202F}{}\u{202F}» est enregistrée.", section.title);
        return Ok(Answer::redirect(next_path(&after, &code)).flash(said));
    }
    let saved = after.draft.section(&code);
    let typed = saved.typed.clone();
    let shown = Shown { saved, typed, errors: file_errors, conflict: None, may_skip: true };
    Ok(page(visit, &after, section, shown)?.status(422))
}

/// Every field of the form by name.
fn sent(form: &Form) -> Typed {
    let mut typed = Typed::new();
    for (name, value) in form.fields() {
        typed.entry(name.clone()).or_default().push(value.clone());
    }
    typed
}

/// Keeps each good file, whatever the others are.
fn save_pieces(visit: &Visit, opened: &Opened) -> Result<Vec<FieldError>, Fault> {
    let actor = visit.actor()?;
    let id = opened.dossier.id;
    let mut errors = Vec::new();
    for piece in &opened.call.definition.pieces {
        let Some(upload) = visit.form.upload(&piece_field(&piece.code)) else { continue };
        match visit.perform(|op| attach_piece(op, actor, id, &piece.code, &upload.file_name, &upload.bytes)) {
            Ok(_) => {}
            Err(Fault::Invalid(found)) => errors.extend(found),
            Err(other) => return Err(other),
        }
    }
    if let Some(attachment) = visit.form.get("retirer") {
        let attachment: AttachmentId = attachment.parse().map_err(|_| Fault::NotFound)?;
        // Removed already, by a first click: the same end.
        if opened.draft.attachments.iter().any(|a| a.id == attachment) {
            visit.perform(|op| remove_piece(op, actor, id, attachment))?;
        }
    }
    Ok(errors)
}

/// Shows both texts; the form keeps what was sent and, sent again, replaces the other knowingly.
fn conflict_page(visit: &Visit, section: &Section, sent: &Typed) -> Result<Answer, Fault> {
    let Found::Draft(opened) = open(visit)? else { return Err(Fault::Stale) };
    let definition = &opened.call.definition;
    let saved = opened.draft.section(&section.code);
    let yours = keep_known(definition, section, sent);
    let conflict = Conflict {
        who: saved.saved_by.clone(),
        when: saved.saved_at.unwrap_or(visit.now).short(opened.call.zone()),
        differences: differences(definition, section, &yours, &saved.typed),
    };
    let shown = Shown { saved, typed: yours, errors: Vec::new(), conflict: Some(conflict), may_skip: false };
    Ok(page(visit, &opened, section, shown)?.status(409))
}
