//! Choosing the call in which a former dossier is taken up again.

use serde::Serialize;

use crate::base::ids::{CallId, DossierId};
use crate::calls;
use crate::dossiers::actions::copy_draft;
use crate::dossiers::sight::for_member;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    path: String,
    calls: Vec<Choice>,
    error: String,
    summary: Vec<FieldError>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, "")
}

fn page(visit: &Visit, error: &str) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (dossier, open) = visit.read(|conn| {
        let dossier = for_member(conn, actor, id)?;
        Ok((dossier, calls::list(conn)?.into_iter().filter(|call| call.is_open(visit.now)).collect::<Vec<_>>()))
    })?;
    let path = super::path(id);
    let only = open.len() == 1;
    let view = View {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        path: path.clone(),
        calls: open
            .into_iter()
            .map(|call| Choice {
                value: call.id.to_string(),
                hint: format!("À déposer au plus tard le {}.", call.closes_at.long(call.zone())),
                checked: only || visit.form.text("call") == call.id.to_string(),
                label: call.title,
            })
            .collect(),
        error: error.to_owned(),
        summary: if error.is_empty() {
            Vec::new()
        } else {
            vec![FieldError { field: "call".to_owned(), message: error.to_owned() }]
        },
    };
    let answer = Answer::page(format!("Reprendre le dossier {}", view.reference), "dossiers/copy.html", &view)?;
    Ok(answer.crumb("Mes dossiers", "/mes-dossiers").crumb(dossier.title_or_untitled(), path))
}

pub(super) fn copy(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let Some(call) = visit.form.get("call").and_then(|id| id.parse::<CallId>().ok()) else {
        return Ok(page(visit, "Choisissez l’appel dans lequel reprendre ce dossier.")?.status(422));
    };
    let draft = visit.perform(|op| copy_draft(op, actor, id, call))?;
    Ok(Answer::redirect(super::path(draft)).flash(
        "Un brouillon reprend vos réponses. Le budget, les indicateurs, les pièces et les attestations sont à remplir.",
    ))
}
