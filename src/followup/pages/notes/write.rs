//! Writing a note and changing it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{code, crumbs, list_path, note_path};
use crate::base::ids::{DossierId, PracticeNoteId};
use crate::base::text::{clean, clean_line};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::followup::actions::notes::{self as actions, Circle};
use crate::followup::store::notes::{Note, NoteText};
use crate::web::{Answer, Visit};

const TITLE_MAX: usize = 120;
const TEXT_MAX: usize = 4000;

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct WriteView {
    heading: &'static str,
    action: String,
    back: String,
    version: i64,
    /// Projects to write for; empty when there is no choice to make.
    projects: Vec<Choice>,
    project: String,
    axes: Vec<Choice>,
    title: String,
    situation: String,
    practice: String,
    lesson: String,
    quotable: bool,
    /// What somebody else saved meanwhile; empty otherwise.
    theirs: Vec<Theirs>,
    text_max: usize,
    submit: &'static str,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Theirs {
    key: &'static str,
    value: String,
}

fn view(visit: &Visit, circle: &Circle, note: Option<&Note>, errors: Vec<FieldError>) -> WriteView {
    let sent = !visit.form.is_empty();
    let stored = note.map(|note| note.text.clone()).unwrap_or_default();
    let typed = |field: &str, stored: &str| {
        if sent { visit.form.text(field).to_owned() } else { stored.to_owned() }
    };
    let axis = typed("axis", &stored.axis);
    let none = Choice { value: String::new(), label: "Aucun axe en particulier".to_owned(), selected: axis.is_empty() };
    let axes = circle.call.definition.axes.list.iter().map(|known| Choice {
        value: known.code.clone(),
        label: known.label.clone(),
        selected: known.code == axis,
    });
    let chosen = visit.form.text("dossier");
    let projects: Vec<Choice> = circle
        .own
        .iter()
        .map(|own| Choice {
            value: own.id.to_string(),
            label: own.title_or_untitled().to_owned(),
            selected: own.id.to_string() == chosen,
        })
        .collect();
    WriteView {
        heading: if note.is_some() { "Modifier la fiche" } else { "Écrire une fiche de pratique" },
        action: note.map_or_else(
            || format!("{}/nouvelle", list_path(circle)),
            |note| format!("{}/modifier", note_path(circle, note.id)),
        ),
        back: note.map_or_else(|| list_path(circle), |note| note_path(circle, note.id)),
        version: note.map_or(0, |note| note.version),
        project: projects.first().map(|project| project.value.clone()).unwrap_or_default(),
        projects: if note.is_none() && projects.len() > 1 { projects } else { Vec::new() },
        axes: std::iter::once(none).chain(axes).collect(),
        title: typed("title", &stored.title),
        situation: typed("situation", &stored.situation),
        practice: typed("practice", &stored.practice),
        lesson: typed("lesson", &stored.lesson),
        quotable: if sent { visit.form.checked("quotable") } else { stored.quotable },
        theirs: Vec::new(),
        text_max: TEXT_MAX,
        submit: if note.is_some() { "Enregistrer la fiche" } else { "Partager la fiche" },
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
    }
}

fn typed(visit: &Visit, circle: &Circle) -> Result<NoteText, Fault> {
    let mut mistakes = Mistakes::default();
    let title = mistakes.line(
        "title",
        visit.form.text("title"),
        TITLE_MAX,
        "Donnez un titre, par exemple « Aller au pied des immeubles ».",
    );
    let mut text = |field: &str, empty: &str| {
        let text = clean(visit.form.text(field));
        if text.is_empty() {
            mistakes.add(field, empty);
        } else if text.chars().count() > TEXT_MAX {
            mistakes.add(field, format!("Raccourcissez ce texte à {TEXT_MAX} caractères au plus."));
        }
        text
    };
    let situation = text("situation", "Décrivez la situation de départ, en quelques lignes.");
    let practice = text("practice", "Dites comment vous vous y prenez, en quelques lignes.");
    let lesson = text("lesson", "Dites ce que vous en retenez, en quelques lignes.");
    let axis = clean_line(visit.form.text("axis"));
    if !axis.is_empty() && circle.call.definition.axis(&axis).is_none() {
        mistakes.add("axis", "Choisissez un axe de la liste.");
    }
    mistakes.finish()?;
    Ok(NoteText { axis, title, situation, practice, lesson, quotable: visit.form.checked("quotable") })
}

fn new_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let circle = visit.read(|conn| actions::circle(conn, actor, &code))?;
    if circle.own.is_empty() {
        return Err(Fault::NotFound);
    }
    let view = view(visit, &circle, None, errors);
    Ok(crumbs(Answer::page("Écrire une fiche de pratique", "followup/notes/write.html", &view)?, &circle)
        .crumb("Écrire une fiche", ""))
}

pub(super) fn new(visit: &Visit) -> Result<Answer, Fault> {
    new_page(visit, Vec::new())
}

pub(super) fn create(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let circle = visit.read(|conn| actions::circle(conn, actor, &code))?;
    if circle.own.is_empty() {
        return Err(Fault::NotFound);
    }
    let answered = typed(visit, &circle).and_then(|text| {
        let dossier: DossierId = visit
            .form
            .text("dossier")
            .parse()
            .map_err(|_| Fault::invalid("dossier", "Choisissez le projet au nom duquel vous écrivez."))?;
        match visit.perform(|op| actions::write(op, actor, &code, dossier, &text)) {
            Ok(id) => Ok(Answer::redirect(note_path(&circle, id))
                .flash("Fiche partagée avec les projets financés et les agents de l’appel.")),
            Err(Fault::Stale) => match visit.read(|conn| actions::already_written(conn, actor, dossier, &text))? {
                Some(id) => Ok(Answer::redirect(note_path(&circle, id))
                    .flash_as("info", "Cette fiche est partagée, une seule fois.")),
                None => Err(Fault::Stale),
            },
            Err(fault) => Err(fault),
        }
    });
    match answered {
        Err(fault) => visit.with_mistakes(fault, new_page),
        done => done,
    }
}

fn own_note(visit: &Visit) -> Result<(Circle, Note), Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let id: PracticeNoteId = visit.param("note")?;
    let (circle, note, _) = visit.read(|conn| actions::read(conn, actor, &code, id))?;
    if circle.may_edit(&note) { Ok((circle, note)) } else { Err(Fault::NotFound) }
}

fn edit_page(visit: &Visit, errors: Vec<FieldError>, conflict: bool) -> Result<Answer, Fault> {
    let (circle, note) = own_note(visit)?;
    let mut view = view(visit, &circle, Some(&note), errors);
    if conflict {
        let text = &note.text;
        view.theirs = [
            ("Titre", &text.title),
            ("Situation", &text.situation),
            ("Pratique", &text.practice),
            ("Ce que nous en retenons", &text.lesson),
        ]
        .into_iter()
        .map(|(key, value)| Theirs { key, value: value.clone() })
        .collect();
    }
    Ok(crumbs(Answer::page("Modifier la fiche", "followup/notes/write.html", &view)?, &circle)
        .crumb(note.text.title.clone(), note_path(&circle, note.id))
        .crumb("Modifier", ""))
}

pub(super) fn edit(visit: &Visit) -> Result<Answer, Fault> {
    edit_page(visit, Vec::new(), false)
}

pub(super) fn save(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (circle, note) = own_note(visit)?;
    let version = visit.form.text("version").parse().unwrap_or(0);
    let answered = typed(visit, &circle).and_then(|text| {
        let done = Answer::redirect(note_path(&circle, note.id));
        if note.text == text {
            return Ok(done.flash_as("info", "La fiche dit déjà cela."));
        }
        visit.perform(|op| actions::edit(op, actor, &code, note.id, version, &text))?;
        Ok(done.flash("Fiche enregistrée."))
    });
    match answered {
        // Both texts are shown; saving again keeps the reader's.
        Err(Fault::Stale) => edit_page(visit, Vec::new(), true).map(|answer| answer.status(409)),
        Err(fault) => visit.with_mistakes(fault, |visit, errors| edit_page(visit, errors, false)),
        done => done,
    }
}
