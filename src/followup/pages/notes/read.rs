//! One note, its replies, and answering.

use std::collections::BTreeMap;

use serde::Serialize;

use super::list::axis_label;
use super::{code, crumbs, list_path, note_path};
use crate::base::ids::{PracticeNoteId, PracticeReplyId};
use crate::base::text::clean;
use crate::fault::{Fault, FieldError};
use crate::followup::actions::notes::{self as actions, Circle};
use crate::followup::store::notes::{self, Note};
use crate::followup::store::replies::Reply;
use crate::web::{Answer, Visit};

const REPLY_MAX: usize = 2000;

#[derive(Serialize)]
struct ReplyView {
    who: String,
    in_name_of: String,
    when: String,
    iso: String,
    edited: bool,
    body: String,
    withdrawn: bool,
    reason: String,
    edit_href: String,
    withdraw_href: String,
}

#[derive(Serialize)]
struct NoteView {
    path: String,
    title: String,
    project: String,
    organisation: String,
    axis: String,
    when: String,
    iso: String,
    edited: String,
    situation: String,
    practice: String,
    lesson: String,
    quotable: bool,
    retained: bool,
    withdrawn: bool,
    reason: String,
    may_edit: bool,
    may_withdraw: bool,
    may_retain: bool,
    list: String,
    replies: Vec<ReplyView>,
    draft: String,
    reply_max: usize,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

fn show_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let id: PracticeNoteId = visit.param("note")?;
    let (circle, note, replies) = visit.read(|conn| {
        let (circle, note, replies) = actions::read(conn, actor, &code, id)?;
        let replies = presented(conn, &circle, &note, replies)?;
        Ok((circle, note, replies))
    })?;
    let zone = circle.call.zone();
    let withdrawn = note.withdrawn_at.is_some();
    let shown = |text: &str| if withdrawn { String::new() } else { text.to_owned() };
    let view = NoteView {
        path: note_path(&circle, note.id),
        title: note.text.title.clone(),
        project: note.project.clone(),
        organisation: note.organisation.clone(),
        axis: axis_label(&circle, &note.text.axis),
        when: note.written_at.date(zone),
        iso: note.written_at.iso_date(zone),
        edited: note.edited_at.map(|at| at.date(zone)).unwrap_or_default(),
        situation: shown(&note.text.situation),
        practice: shown(&note.text.practice),
        lesson: shown(&note.text.lesson),
        quotable: note.text.quotable,
        retained: note.retained_at.is_some(),
        withdrawn,
        reason: note.withdrawal_reason.clone(),
        may_edit: circle.may_edit(&note),
        may_withdraw: circle.may_withdraw(&note),
        may_retain: circle.manager && !withdrawn && (note.text.quotable || note.retained_at.is_some()),
        list: list_path(&circle),
        replies: if withdrawn { Vec::new() } else { replies },
        draft: visit.form.text("body").to_owned(),
        reply_max: REPLY_MAX,
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
    };
    let title = note.text.title.clone();
    Ok(crumbs(Answer::page(title.clone(), "followup/notes/note.html", &view)?, &circle).crumb(title, ""))
}

fn presented(
    conn: &mut crate::db::Conn,
    circle: &Circle,
    note: &Note,
    replies: Vec<Reply>,
) -> Result<Vec<ReplyView>, Fault> {
    let dossiers: Vec<_> = replies.iter().filter_map(|reply| reply.dossier).collect();
    let agents: Vec<_> = replies.iter().filter(|r| r.dossier.is_none()).map(|reply| reply.written_by).collect();
    let organisations = notes::organisations_of(conn, &dossiers)?;
    let institutions = notes::institutions_of(conn, &agents)?;
    let zone = circle.call.zone();
    Ok(replies
        .into_iter()
        .map(|reply| {
            let path = format!("{}/reponses/{}", note_path(circle, note.id), reply.id);
            let name = match reply.dossier {
                Some(dossier) => organisations.get(&dossier),
                None => institutions.get(&reply.written_by),
            };
            let withdrawn = reply.withdrawn_at.is_some();
            ReplyView {
                in_name_of: name.cloned().unwrap_or_default(),
                when: reply.written_at.short(zone),
                iso: reply.written_at.iso(),
                edited: reply.edited_at.is_some(),
                edit_href: if circle.may_edit_reply(&reply) { format!("{path}/modifier") } else { String::new() },
                withdraw_href: if circle.may_withdraw_reply(&reply) {
                    format!("{path}/retirer")
                } else {
                    String::new()
                },
                withdrawn,
                body: if withdrawn { String::new() } else { reply.body },
                reason: reply.withdrawal_reason,
                who: reply.author,
            }
        })
        .collect())
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    show_page(visit, Vec::new())
}

fn typed(visit: &Visit) -> Result<String, Fault> {
    let body = clean(visit.form.text("body"));
    if body.is_empty() {
        return Err(Fault::invalid("body", "Écrivez votre réponse."));
    }
    if body.chars().count() > REPLY_MAX {
        return Err(Fault::invalid("body", format!("Raccourcissez cette réponse à {REPLY_MAX} caractères au plus.")));
    }
    Ok(body)
}

pub(super) fn reply(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let id: PracticeNoteId = visit.param("note")?;
    let (circle, ..) = visit.read(|conn| actions::read(conn, actor, &code, id))?;
    let done = Answer::redirect(format!("{}#reponses", note_path(&circle, id)));
    let answered =
        typed(visit).and_then(|body| match visit.perform(|op| actions::reply(op, actor, &code, id, &body)) {
            Ok(()) => Ok(done.flash("Réponse publiée.")),
            Err(Fault::Stale) if visit.read(|conn| actions::already_replied(conn, actor, id, &body))? => {
                Ok(done.flash_as("info", "Cette réponse est publiée, une seule fois."))
            }
            Err(fault) => Err(fault),
        });
    match answered {
        Err(fault) => visit.with_mistakes(fault, show_page),
        done => done,
    }
}

#[derive(Serialize)]
struct EditView {
    note_title: String,
    action: String,
    back: String,
    version: i64,
    body_text: String,
    /// What was saved meanwhile; empty otherwise.
    theirs: String,
    reply_max: usize,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

fn own_reply(visit: &Visit) -> Result<(Circle, Note, Reply), Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (note, reply): (PracticeNoteId, PracticeReplyId) = (visit.param("note")?, visit.param("reply")?);
    let (circle, note, reply) = visit.read(|conn| actions::read_reply(conn, actor, &code, note, reply))?;
    if circle.may_edit_reply(&reply) { Ok((circle, note, reply)) } else { Err(Fault::NotFound) }
}

fn edit_page(visit: &Visit, errors: Vec<FieldError>, conflict: bool) -> Result<Answer, Fault> {
    let (circle, note, reply) = own_reply(visit)?;
    let back = note_path(&circle, note.id);
    let view = EditView {
        note_title: note.text.title.clone(),
        action: format!("{back}/reponses/{}/modifier", reply.id),
        version: reply.version,
        theirs: if conflict { reply.body.clone() } else { String::new() },
        body_text: visit.form.get("body").map_or(reply.body, str::to_owned),
        reply_max: REPLY_MAX,
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
        back: back.clone(),
    };
    Ok(crumbs(Answer::page("Modifier la réponse", "followup/notes/reply.html", &view)?, &circle)
        .crumb(note.text.title, back)
        .crumb("Modifier la réponse", ""))
}

pub(super) fn edit_reply(visit: &Visit) -> Result<Answer, Fault> {
    edit_page(visit, Vec::new(), false)
}

pub(super) fn save_reply(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (circle, note, reply) = own_reply(visit)?;
    let version = visit.form.text("version").parse().unwrap_or(0);
    let answered = typed(visit).and_then(|body| {
        let done = Answer::redirect(format!("{}#reponses", note_path(&circle, note.id)));
        if body == reply.body {
            return Ok(done.flash_as("info", "La réponse dit déjà cela."));
        }
        visit.perform(|op| actions::edit_reply(op, actor, &code, (note.id, reply.id), version, &body))?;
        Ok(done.flash("Réponse modifiée."))
    });
    match answered {
        Err(Fault::Stale) => edit_page(visit, Vec::new(), true).map(|answer| answer.status(409)),
        Err(fault) => visit.with_mistakes(fault, |visit, errors| edit_page(visit, errors, false)),
        done => done,
    }
}
