//! One section of the form: everything sent is saved first, then what is wrong with it is shown.

use serde::Serialize;

use super::conflict;
use super::section_view::{Shown, next_path, page};
use super::{Found, Opened, already_submitted, open};
use crate::base::ids::AttachmentId;
use crate::calls;
use crate::calls::definition::{Section, SectionKind};
use crate::dossiers::actions::{Attached, NewFile, attach_file, remove_piece, save_section};
use crate::dossiers::content::PARTNER_FIELDS;
use crate::dossiers::drafts::{self, Typed, typed_text};
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
    if !opened.opens(&code) {
        return Ok(not_asked(&opened));
    }
    let saved = opened.draft.section(&code);
    let typed = if saved.version == 0 { suggested(visit, section)? } else { saved.typed.clone() };
    let mut errors = if visit.query.checked("corriger") { field_errors(&opened, &code) } else { Vec::new() };
    if saved.version == 0 {
        // What is suggested is there to be confirmed, not missing.
        errors.retain(|error| typed_text(&typed, &error.field).is_empty());
    }
    page(visit, &opened, section, Shown { saved, typed, errors, may_skip: false })
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

/// Sends who would change what is not asked back to what is.
fn not_asked(opened: &Opened) -> Answer {
    Answer::redirect(opened.path())
        .flash_as("info", "Cette rubrique n’est pas à compléter\u{202F}: elle reste telle que vous l’avez déposée.")
}

fn field_errors(opened: &Opened, code: &str) -> Vec<FieldError> {
    opened
        .problems_in(code)
        .map(|problem| FieldError { field: problem.field.clone(), message: problem.message.clone() })
        .collect()
}

pub(super) fn save(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let by_itself = visit.form.checked(AUTOSAVE);
    let before = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(_) if by_itself => return Ok(told("Ce dossier est déposé\u{202F}: il ne se modifie plus.")),
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    let code: String = visit.param("section")?;
    let section = before.call.definition.section(&code).ok_or(Fault::NotFound)?;
    if !before.opens(&code) {
        return Ok(if by_itself { told("Cette rubrique n’est pas à compléter.") } else { not_asked(&before) });
    }
    let id = before.dossier.id;
    let mut file_errors = Vec::new();
    if section.kind == SectionKind::Pieces {
        let (errors, aside) = save_pieces(visit, &before)?;
        file_errors = errors;
        if let Some(aside) = aside {
            return Ok(Answer::redirect(format!("{}/pieces/{aside}/choisir", before.path())));
        }
        if visit.form.checked("retirer") && file_errors.is_empty() {
            return Ok(Answer::redirect(before.section_path(&code)).flash("La pièce est retirée."));
        }
    } else {
        let mut sent = sent(&visit.form);
        if let Some(slot) = visit.form.get("retirer_partenaire") {
            sent.retain(|name, _| !PARTNER_FIELDS.iter().any(|(field, _)| *name == format!("{field}-{slot}")));
        }
        let read_version = visit.form.text("version").parse().unwrap_or(0);
        if visit.form.checked("conflit") && before.draft.section(&code).version == read_version {
            match conflict::settle(&before, section, &visit.form, &sent) {
                Ok(settled) => sent = settled,
                Err(missing) => return conflict::page(visit, &before, section, &sent, &missing),
            }
        }
        match visit.perform(|op| save_section(op, actor, id, &code, &sent, read_version)) {
            Ok(()) if by_itself => return saved_by_itself(visit, &code),
            Ok(()) => {}
            Err(Fault::Stale) if by_itself => {
                let who = &before.draft.section(&code).saved_by;
                return Ok(told(&format!(
                    "{who} a enregistré cette rubrique entre-temps. Vos réponses restent dans la page\u{202F}: appuyez sur \
                     «\u{202F}Enregistrer et continuer\u{202F}» pour comparer les deux."
                )));
            }
            Err(Fault::Stale) => {
                return match open(visit)? {
                    Found::Draft(opened) => conflict::page(visit, &opened, section, &sent, &[]),
                    Found::Submitted(dossier) => Ok(already_submitted(&dossier)),
                };
            }
            Err(other) => return Err(other),
        }
        if visit.form.checked("conflit") {
            return Ok(
                Answer::redirect(before.section_path(&code)).flash("Vos choix sont enregistrés. Relisez la rubrique.")
            );
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
    let shown = Shown { saved, typed, errors: file_errors, may_skip: true };
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

/// Name of the field that says that the page saves by itself, without leaving it.
const AUTOSAVE: &str = "enregistrement_auto";

#[derive(Serialize)]
struct Saved {
    version: i64,
    said: String,
}

fn saved_by_itself(visit: &Visit, code: &str) -> Result<Answer, Fault> {
    let id = visit.param("dossier")?;
    let (saved, call) = visit.read(|conn| Ok((drafts::section(conn, id, code)?, calls::of_dossier(conn, id)?)))?;
    let at = visit.now.in_zone(call.zone());
    let said = format!("Enregistré automatiquement à {}\u{A0}h\u{A0}{:02}.", at.hour(), at.minute());
    Ok(Answer::json(serde_json::to_value(Saved { version: saved.version, said })?))
}

/// What keeps the page from saving by itself.
fn told(said: &str) -> Answer {
    Answer::json(serde_json::json!({ "said": said })).status(409)
}

/// Keeps each good file, whatever the others are; answers the mistakes, and the first file kept aside.
fn save_pieces(visit: &Visit, opened: &Opened) -> Result<(Vec<FieldError>, Option<AttachmentId>), Fault> {
    let actor = visit.actor()?;
    let id = opened.dossier.id;
    let (mut errors, mut aside) = (Vec::new(), None);
    for piece in &opened.call.definition.pieces {
        let Some(upload) = visit.form.upload(&piece_field(&piece.code)) else { continue };
        let seen = visit.form.get(&format!("vu-{}", piece.code));
        let file = NewFile {
            piece: &piece.code,
            file_name: &upload.file_name,
            bytes: &upload.bytes,
            over: seen.map(|id| id.parse::<AttachmentId>().ok()),
        };
        match visit.perform(|op| attach_file(op, actor, id, &file)) {
            Ok(Attached::InPlace(_)) => {}
            Ok(Attached::Beside(other)) => aside = aside.or(Some(other)),
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
    Ok((errors, aside))
}
