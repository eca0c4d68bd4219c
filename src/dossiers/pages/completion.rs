//! The manager asks for completion: what, why, by when; and gives the request up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::Role;
use crate::base::clock::{Instant, parse_date};
use crate::base::ids::DossierId;
use crate::calls::definition::SectionKind;
use crate::calls::{self, Call};
use crate::dossiers::actions::{self, MAX_MESSAGE};
use crate::dossiers::completion::{self as requests, Asked, Completion, Targets};
use crate::dossiers::content::notification_section;
use crate::dossiers::model::Event;
use crate::dossiers::rules::allows;
use crate::dossiers::sight::{StaffView, for_staff};
use crate::dossiers::store;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct RequestView {
    asked: String,
    due: String,
    labels: Vec<String>,
    message: String,
    status: &'static str,
    tone: &'static str,
    pending: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    path: String,
    back: String,
    may_ask: bool,
    why_not: String,
    sections: Vec<Choice>,
    pieces: Vec<Choice>,
    message: String,
    due: String,
    max: u32,
    requests: Vec<RequestView>,
    versions_href: String,
    reason: String,
    summary: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

struct Facts {
    view: StaffView,
    call: Call,
    requests: Vec<Completion>,
    versions: i64,
    pieces: Vec<String>,
}

fn facts(visit: &Visit) -> Result<Facts, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| {
        let view = for_staff(conn, actor, id)?;
        view.require(Role::CallManager)?;
        let call = calls::of_dossier(conn, id)?;
        let version = store::current_version(conn, &view.dossier)?;
        let filed_on = view.dossier.submitted_at.unwrap_or(visit.now).in_zone(call.zone()).date();
        let form = &version.content.applicant.legal_form;
        let asked = call.definition.pieces_for(form, filed_on, version.content.requested(&call.definition));
        let given = |code: &str| version.content.pieces.iter().any(|piece| piece.piece == code);
        let pieces = call
            .definition
            .pieces
            .iter()
            .filter(|piece| given(&piece.code) || asked.iter().any(|p| p.code == piece.code))
            .map(|piece| piece.code.clone())
            .collect();
        Ok(Facts { requests: requests::of_dossier(conn, id)?, versions: version.number, view, call, pieces })
    })
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let facts = facts(visit)?;
    let (dossier, definition, zone) = (&facts.view.dossier, &facts.call.definition, facts.call.zone());
    let ticked = |field: &str, code: &str| visit.form.all(field).contains(&code);
    let may_ask = allows(dossier.state, Event::RequestCompletion, &definition.stages);
    let pending = facts.requests.iter().any(Completion::is_pending);
    let sections = definition.sections.iter().filter(|section| section.kind != SectionKind::Pieces);
    let back = format!("/dossiers/{}/gestion", dossier.id);
    let view = View {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        path: format!("/dossiers/{}/completer", dossier.id),
        back: back.clone(),
        may_ask,
        why_not: if may_ask || pending {
            String::new()
        } else {
            format!(
                "Le dossier est dans l’état «\u{202F}{}\u{202F}»\u{A0}: des compléments ne se demandent qu’avant la recevabilité.",
                dossier.state.label().to_lowercase()
            )
        },
        sections: sections
            .map(|section| Choice {
                value: section.code.clone(),
                label: section.title.clone(),
                hint: if notification_section(definition) == section.code {
                    "Avec la manière d’être notifié.".to_owned()
                } else {
                    String::new()
                },
                checked: ticked("section", &section.code),
            })
            .collect(),
        pieces: definition
            .pieces
            .iter()
            .filter(|piece| facts.pieces.contains(&piece.code))
            .map(|piece| Choice {
                value: piece.code.clone(),
                label: piece.label.clone(),
                hint: String::new(),
                checked: ticked("piece", &piece.code),
            })
            .collect(),
        message: visit.form.text("message").to_owned(),
        due: visit.form.text("due").to_owned(),
        max: MAX_MESSAGE,
        requests: facts
            .requests
            .iter()
            .rev()
            .map(|request| request_view(request, definition, zone, visit.now))
            .collect(),
        versions_href: if facts.versions > 1 { format!("/dossiers/{}/versions", dossier.id) } else { String::new() },
        reason: visit.form.text("reason").to_owned(),
        errors: super::by_field(&summary),
        summary,
    };
    let answer = Answer::page(format!("Compléments – {}", view.reference), "dossiers/completion.html", &view)?.desk();
    Ok(answer
        .crumb("Gestion", "/gestion")
        .crumb(&facts.call.code, format!("/appels/{}/gestion", facts.call.code))
        .crumb(view.reference, back))
}

fn request_view(
    request: &Completion,
    definition: &crate::calls::definition::CallDefinition,
    zone: &str,
    now: Instant,
) -> RequestView {
    let (status, tone) = match (request.answered_at, request.cancelled_at) {
        (Some(_), _) => ("Répondue", "success"),
        (_, Some(_)) => ("Retirée", "neutral"),
        _ if request.is_late(now) => ("En retard", "danger"),
        _ => ("En attente de réponse", "warning"),
    };
    RequestView {
        asked: request.asked_at.short(zone),
        due: request.due_at.long(zone),
        labels: request.targets.labels(definition),
        message: request.message.clone(),
        status,
        tone,
        pending: request.is_pending(),
    }
}

pub(super) fn request(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let zone = facts(visit)?.call.zone().to_owned();
    let all = |field: &str| visit.form.all(field).into_iter().map(str::to_owned).collect();
    let targets = Targets { sections: all("section"), pieces: all("piece") };
    // A day runs to its last second.
    let due = parse_date(visit.form.text("due").trim())
        .and_then(|date| Instant::from_civil(&format!("{date}T23:59:59"), &zone).ok());
    let Some(due_at) = due else {
        let mut mistakes = Mistakes::default();
        mistakes.add("due", "Saisissez le dernier jour pour répondre, par exemple 15/01/2027.");
        return page(visit, mistakes.into_vec()).map(|answer| answer.status(422));
    };
    let asked = Asked { targets, message: visit.form.text("message").to_owned(), due_at };
    match visit.perform(|op| actions::request_completion(op, actor, id, &asked)) {
        Ok(_) => Ok(Answer::redirect(format!("/dossiers/{id}/completer"))
            .flash("La demande est envoyée. Le dossier attend la réponse de son porteur.")),
        // A second click finds the request of the first.
        Err(Fault::Refused(_) | Fault::Stale) => Ok(page(visit, Vec::new())?.status(409)),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub(super) fn cancel(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    match visit.perform(|op| actions::cancel_completion(op, actor, id, visit.form.text("reason"))) {
        Ok(_) => Ok(Answer::redirect(format!("/dossiers/{id}/completer"))
            .flash("La demande est retirée. Le dossier reprend son cours tel qu’il a été déposé.")),
        Err(Fault::Refused(_) | Fault::Stale) => Ok(page(visit, Vec::new())?.status(409)),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
