//! Taking a dossier back: what it means, why, and only then.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::ids::DossierId;
use crate::calls;
use crate::dossiers::actions::{self, MAX_REASON};
use crate::dossiers::model::{Event, State};
use crate::dossiers::rules::allows;
use crate::dossiers::sight::for_member;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    call: String,
    path: String,
    reason: String,
    max: u32,
    summary: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (dossier, call) = visit.read(|conn| Ok((for_member(conn, actor, id)?, calls::of_dossier(conn, id)?)))?;
    let path = super::path(id);
    if !allows(dossier.state, Event::Withdraw, &call.definition.stages) {
        return Ok(Answer::redirect(path).flash_as("info", cannot(dossier.state)));
    }
    let view = View {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        call: call.title.clone(),
        path: path.clone(),
        reason: visit.form.text("reason").to_owned(),
        max: MAX_REASON,
        errors: super::by_field(&summary),
        summary,
    };
    let answer = Answer::page(format!("Retirer le dossier {}", view.reference), "dossiers/withdraw.html", &view)?;
    Ok(answer.crumb("Mes dossiers", "/mes-dossiers").crumb(dossier.title_or_untitled(), path))
}

fn cannot(state: State) -> &'static str {
    match state {
        State::Withdrawn => "Ce dossier est déjà retiré.",
        State::Draft => "Ce dossier n’est pas déposé\u{202F}: il n’y a rien à retirer.",
        state if state.is_notified() => "La décision est notifiée\u{202F}: écrivez au service chargé de l’appel.",
        _ => "Ce dossier ne peut plus être retiré d’ici\u{202F}: écrivez au service chargé de l’appel.",
    }
}

pub(super) fn withdraw(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let path = super::path(id);
    match visit.perform(|op| actions::withdraw(op, actor, id, visit.form.text("reason"))) {
        Ok(_) => Ok(Answer::redirect(path).flash("Le dossier est retiré. Un message vous le confirme.")),
        Err(Fault::Refused(_) | Fault::Stale) => {
            // A second click finds it withdrawn; anything else is said by its state.
            let state = visit.read(|conn| for_member(conn, actor, id))?.state;
            Ok(Answer::redirect(path).flash_as("info", cannot(state)))
        }
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
