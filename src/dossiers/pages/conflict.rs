//! Two people wrote the same thing at once: both texts, or both files, and a choice for each.

use serde::Serialize;

use super::{Found, Opened, already_submitted, open};
use crate::base::ids::{AttachmentId, DossierId};
use crate::calls::definition::{FieldKind, Section, SectionKind};
use crate::dossiers::actions::keep_piece;
use crate::dossiers::drafts::{self, Attachment, Typed};
use crate::dossiers::form::{in_words, keep_known, keep_unasked, questions};
use crate::dossiers::receipt::show_size;
use crate::dossiers::sight::for_applicant;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Form, Visit};

const MINE: &str = "la-mienne";
const THEIRS: &str = "l-autre";
const BOTH: &str = "les-deux";

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct Versus {
    name: String,
    legend: String,
    error: String,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct Kept {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct ConflictView {
    title: String,
    who: String,
    when: String,
    action: String,
    version: i64,
    reload_href: String,
    fields: Vec<Versus>,
    /// What was sent, to be sent again with the choices.
    kept: Vec<Kept>,
    summary: Vec<FieldError>,
}

fn choice_name(field: &str) -> String {
    format!("choix-{field}")
}

/// What was sent, with what the page did not ask.
fn sent_text(opened: &Opened, section: &Section, sent: &Typed) -> Typed {
    let definition = &opened.call.definition;
    let asked = opened.draft.content.years(definition);
    let saved = opened.draft.section(&section.code).typed;
    keep_unasked(definition, section, asked, keep_known(definition, section, sent), &saved)
}

/// Names of the fields that the two texts answer differently.
fn differing(opened: &Opened, section: &Section, yours: &Typed, saved: &Typed) -> Vec<String> {
    let asked = questions(&opened.call.definition, section).into_iter().map(|question| question.name);
    asked.filter(|name| yours.get(name) != saved.get(name)).collect()
}

/// Both texts of a section, side by side. Nothing is saved; nothing is lost.
pub(super) fn page(
    visit: &Visit,
    opened: &Opened,
    section: &Section,
    sent: &Typed,
    wrong: &[FieldError],
) -> Result<Answer, Fault> {
    let definition = &opened.call.definition;
    let saved = opened.draft.section(&section.code);
    let yours = sent_text(opened, section, sent);
    let names = differing(opened, section, &yours, &saved.typed);
    let labels = questions(definition, section);
    let may_join = |name: &str| {
        let kind = section.fields.iter().find(|field| field.code == name).map(|field| field.kind);
        kind == Some(FieldKind::Text) && yours.contains_key(name) && saved.typed.contains_key(name)
    };
    let fields = names.iter().map(|name| {
        let text = |typed: &Typed| {
            let words = in_words(definition, section, name, typed);
            if words.is_empty() { "Non renseigné".to_owned() } else { words }
        };
        let chosen = visit.form.text(&choice_name(name));
        // Who wrote something where the other wrote nothing is taken at their word, until told otherwise.
        let only = match (yours.contains_key(name), saved.typed.contains_key(name)) {
            (true, false) => MINE,
            (false, true) => THEIRS,
            _ => "",
        };
        let option = |value: &str, label: String, hint: String| Choice {
            checked: chosen == value || (chosen.is_empty() && only == value),
            value: value.to_owned(),
            label,
            hint,
        };
        let mut options = vec![
            option(MINE, "Garder la vôtre".to_owned(), text(&yours)),
            option(THEIRS, format!("Garder celle de {}", saved.saved_by), text(&saved.typed)),
        ];
        if may_join(name) {
            options.push(option(BOTH, "Garder les deux, l’une après l’autre".to_owned(), String::new()));
        }
        Versus {
            legend: labels.iter().find(|q| q.name == *name).map_or(String::new(), |q| q.label.clone()),
            error: wrong.iter().find(|e| e.field == choice_name(name)).map_or(String::new(), |e| e.message.clone()),
            name: choice_name(name),
            options,
        }
    });
    let kept = yours
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| Kept { name: name.clone(), value: value.clone() }));
    let view = ConflictView {
        title: section.title.clone(),
        who: saved.saved_by.clone(),
        when: saved.saved_at.unwrap_or(visit.now).short(opened.call.zone()),
        action: opened.section_path(&section.code),
        version: saved.version,
        reload_href: opened.section_path(&section.code),
        fields: fields.collect(),
        kept: kept.collect(),
        summary: wrong.to_vec(),
    };
    let status = if wrong.is_empty() { 409 } else { 422 };
    let answer =
        Answer::page(format!("Deux réponses différentes – {}", section.title), "dossiers/conflict.html", &view)?;
    Ok(opened.crumbs(answer).status(status))
}

/// What is to be saved once each difference is settled, or the choices that are missing.
pub(super) fn settle(opened: &Opened, section: &Section, form: &Form, sent: &Typed) -> Result<Typed, Vec<FieldError>> {
    let saved = opened.draft.section(&section.code).typed;
    let yours = sent_text(opened, section, sent);
    let mut settled = yours.clone();
    let mut missing = Vec::new();
    for name in differing(opened, section, &yours, &saved) {
        match form.text(&choice_name(&name)) {
            MINE => {}
            THEIRS => {
                settled.remove(&name);
                settled.extend(saved.get(&name).map(|values| (name, values.clone())));
            }
            BOTH => {
                let texts = [yours.get(&name), saved.get(&name)].into_iter().flatten().flatten().cloned();
                settled.insert(name.clone(), vec![texts.collect::<Vec<_>>().join("\n\n")]);
            }
            _ => missing
                .push(FieldError {
                    field: choice_name(&name), message: "Choisissez la réponse à garder.".to_owned()
                }),
        }
    }
    if missing.is_empty() { Ok(settled) } else { Err(missing) }
}

#[derive(Serialize)]
struct FileView {
    title: String,
    label: String,
    action: String,
    name: &'static str,
    options: Vec<Choice>,
    files: Vec<FileLink>,
    error: String,
    summary: Vec<FieldError>,
    back: String,
}

#[derive(Serialize)]
struct FileLink {
    name: String,
    href: String,
    detail: String,
}

/// The two files sent for one piece.
pub(super) fn show_files(visit: &Visit) -> Result<Answer, Fault> {
    files_page(visit, "")
}

/// The file in place, if any, and the one kept aside.
fn rivals(visit: &Visit) -> Result<(Attachment, Option<Attachment>), Fault> {
    let actor = visit.actor()?;
    let (dossier, id): (DossierId, AttachmentId) = (visit.param("dossier")?, visit.param("attachment")?);
    visit.read(|conn| {
        for_applicant(conn, actor, dossier)?;
        let aside = drafts::all_attachments(conn, dossier)?.into_iter().find(|a| a.id == id).ok_or(Fault::NotFound)?;
        let there = drafts::attachments(conn, dossier)?.into_iter().find(|a| a.piece == aside.piece);
        Ok((aside, there))
    })
}

fn files_page(visit: &Visit, error: &str) -> Result<Answer, Fault> {
    let opened = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    let (aside, there) = rivals(visit)?;
    let definition = &opened.call.definition;
    let section = definition.section_of_kind(SectionKind::Pieces).map_or("", |section| section.code.as_str());
    let back = opened.section_path(section);
    let Some(there) = there.filter(|there| there.id != aside.id) else {
        return Ok(Answer::redirect(back));
    };
    let detail =
        |a: &Attachment| format!("{}, envoyé le {}", show_size(a.byte_size), a.uploaded_at.short(opened.call.zone()));
    let option = |a: &Attachment, label: &str| Choice {
        value: a.id.to_string(),
        label: format!("{label}\u{A0}: {}", a.file_name),
        hint: detail(a),
        checked: false,
    };
    let link = |a: &Attachment| FileLink {
        name: a.file_name.clone(),
        href: format!("{}/pieces/{}", opened.path(), a.id),
        detail: detail(a),
    };
    let view = FileView {
        title: definition.piece(&aside.piece).map_or(aside.piece.clone(), |piece| piece.label.clone()),
        label: "Quel fichier gardez-vous\u{202F}?".to_owned(),
        action: visit.path.clone(),
        name: "garder",
        options: vec![option(&there, "Celui qui était arrivé avant"), option(&aside, "Celui que vous venez d’envoyer")],
        files: vec![link(&there), link(&aside)],
        error: error.to_owned(),
        summary: if error.is_empty() {
            Vec::new()
        } else {
            vec![FieldError { field: "garder".to_owned(), message: error.to_owned() }]
        },
        back,
    };
    let answer = Answer::page(format!("Deux fichiers – {}", view.title), "dossiers/conflict_files.html", &view)?;
    Ok(opened.crumbs(answer))
}

pub(super) fn choose_file(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let opened = match open(visit)? {
        Found::Draft(opened) => opened,
        Found::Submitted(dossier) => return Ok(already_submitted(&dossier)),
    };
    let (aside, there) = rivals(visit)?;
    let chosen = visit.form.get("garder").and_then(|id| id.parse::<AttachmentId>().ok());
    let among = |id: &AttachmentId| *id == aside.id || there.as_ref().is_some_and(|there| there.id == *id);
    let Some(chosen) = chosen.filter(among) else {
        return Ok(files_page(visit, "Choisissez le fichier à garder.")?.status(422));
    };
    visit.perform(|op| keep_piece(op, actor, opened.dossier.id, chosen))?;
    let section = opened.call.definition.section_of_kind(SectionKind::Pieces);
    let back = section.map_or_else(|| opened.path(), |section| opened.section_path(&section.code));
    Ok(Answer::redirect(back).flash("Le fichier choisi est joint au dossier."))
}
