//! Taking down a note or a reply, after a confirmation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{code, crumbs, list_path, note_path};
use crate::base::ids::{PracticeNoteId, PracticeReplyId};
use crate::base::text::clean_line;
use crate::fault::{Fault, FieldError};
use crate::followup::actions::notes::{self as actions, Circle};
use crate::followup::store::notes::Note;
use crate::followup::store::replies::Reply;
use crate::web::{Answer, Visit};

const REASON_MAX: usize = 500;

#[derive(Serialize)]
struct ConfirmView {
    heading: &'static str,
    what: String,
    action: String,
    back: String,
    version: i64,
    /// Somebody else wrote it: the reason is due, and sent.
    moderates: bool,
    reason: String,
    submit: &'static str,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

fn reason(visit: &Visit) -> Result<String, Fault> {
    let reason = clean_line(visit.form.text("reason"));
    if reason.chars().count() > REASON_MAX {
        return Err(Fault::invalid("reason", format!("Raccourcissez ce motif à {REASON_MAX} caractères au plus.")));
    }
    Ok(reason)
}

fn read_note(visit: &Visit) -> Result<(Circle, Note), Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let id: PracticeNoteId = visit.param("note")?;
    let (circle, note, _) = visit.read(|conn| actions::read(conn, actor, &code, id))?;
    if circle.may_withdraw(&note) { Ok((circle, note)) } else { Err(Fault::NotFound) }
}

fn read_reply(visit: &Visit) -> Result<(Circle, Note, Reply), Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (note, reply): (PracticeNoteId, PracticeReplyId) = (visit.param("note")?, visit.param("reply")?);
    let (circle, note, reply) = visit.read(|conn| actions::read_reply(conn, actor, &code, note, reply))?;
    if circle.may_withdraw_reply(&reply) { Ok((circle, note, reply)) } else { Err(Fault::NotFound) }
}

fn page(circle: &Circle, note: &Note, view: &ConfirmView) -> Result<Answer, Fault> {
    Ok(crumbs(Answer::page(view.heading, "followup/notes/withdraw.html", view)?, circle)
        .crumb(note.text.title.clone(), note_path(circle, note.id))
        .crumb(view.heading, ""))
}

fn note_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let (circle, note) = read_note(visit)?;
    let back = note_path(&circle, note.id);
    let view = ConfirmView {
        heading: "Retirer la fiche",
        what: note.text.title.clone(),
        action: format!("{back}/retirer"),
        back,
        version: note.version,
        moderates: circle.moderates(Some(note.dossier), note.written_by),
        reason: visit.form.text("reason").to_owned(),
        submit: "Retirer la fiche",
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
    };
    page(&circle, &note, &view)
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    note_page(visit, Vec::new())
}

pub(super) fn note(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (circle, note) = read_note(visit)?;
    let version = visit.form.text("version").parse().unwrap_or(0);
    let answered = reason(visit)
        .and_then(|reason| visit.perform(|op| actions::withdraw(op, actor, &code, note.id, version, &reason)));
    match answered {
        Ok(()) => Ok(Answer::redirect(list_path(&circle)).flash("Fiche retirée.")),
        Err(fault) => visit.with_mistakes(fault, note_page),
    }
}

fn reply_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let (circle, note, reply) = read_reply(visit)?;
    let back = note_path(&circle, note.id);
    let view = ConfirmView {
        heading: "Retirer la réponse",
        what: reply.body.clone(),
        action: format!("{back}/reponses/{}/retirer", reply.id),
        back,
        version: reply.version,
        moderates: Some(reply.written_by) != visit.actor.as_ref().map(|actor| actor.id),
        reason: visit.form.text("reason").to_owned(),
        submit: "Retirer la réponse",
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
    };
    page(&circle, &note, &view)
}

pub(super) fn confirm_reply(visit: &Visit) -> Result<Answer, Fault> {
    reply_page(visit, Vec::new())
}

pub(super) fn reply(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (circle, note, reply) = read_reply(visit)?;
    let version = visit.form.text("version").parse().unwrap_or(0);
    let answered = reason(visit).and_then(|reason| {
        visit.perform(|op| actions::withdraw_reply(op, actor, &code, (note.id, reply.id), version, &reason))
    });
    match answered {
        Ok(()) => Ok(Answer::redirect(note_path(&circle, note.id)).flash("Réponse retirée.")),
        Err(fault) => visit.with_mistakes(fault, reply_page),
    }
}
