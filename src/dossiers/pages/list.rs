//! « Mes dossiers », and what they expect of their writers.

use std::collections::HashMap;

use serde::Serialize;

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::CallId;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::completion;
use crate::dossiers::listing::{self, Criteria, Listed, Order, Scope};
use crate::dossiers::model::State;
use crate::dossiers::sight::{for_staff, of_applicant};
use crate::dossiers::store::Dossier;
use crate::fault::Fault;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Expected, Filter, ListRequest, ListView, Visit};

#[derive(Serialize)]
struct Row {
    href: String,
    title: String,
    call: String,
    organisation: String,
    reference: String,
    status: &'static str,
    tone: &'static str,
    changed: String,
    next: String,
}

#[derive(Serialize)]
struct View {
    list: ListView,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Projet", "titre"),
    Column::sorted("Organisme", "organisme"),
    Column::plain("Appel"),
    Column::plain("État"),
    Column::sorted("Modifié le", "date"),
    Column::plain("À faire"),
];

/// The states as the applicant reads them, each with all it stands for.
fn states_said(label: &str) -> Vec<State> {
    State::ALL.iter().copied().filter(|state| state.label_for_applicant() == label).collect()
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let mut said: Vec<&str> = Vec::new();
    for label in State::ALL.iter().map(|state| state.label_for_applicant()) {
        if !said.contains(&label) {
            said.push(label);
        }
    }
    let options = said.into_iter().map(|label| (label.to_owned(), label.to_owned()));
    let filters = vec![Filter::new("etat", "État", "Tous les états", options)];
    let request = ListRequest::read(visit, COLUMNS, filters).sorted_by("date", true);
    let (order, descending) = request.order();
    let criteria = Criteria {
        states: request.chosen("etat").map(states_said).unwrap_or_default(),
        words: request.words(),
        order: match order {
            "titre" => Order::Title,
            "organisme" => Order::Organisation,
            _ => Order::Updated,
        },
        descending,
        ..Criteria::default()
    };
    let (total, listed) = visit.read(|conn| {
        let scope = Scope::Applicant(actor);
        let total = listing::count(conn, scope, &criteria)?;
        let mut calls: HashMap<CallId, Call> = HashMap::new();
        let mut listed = Vec::new();
        for row in listing::rows(conn, scope, &criteria, request.window(total))? {
            let id = row.dossier.call;
            let call = match calls.get(&id) {
                Some(call) => call.clone(),
                None => calls.entry(id).or_insert(calls::by_id(conn, id)?).clone(),
            };
            listed.push((row, call));
        }
        Ok((total, listed))
    })?;
    if let Some(format) = request.format() {
        return table(&listed, visit.now).answer(format, visit.now);
    }
    let rows = listed.into_iter().map(|(row, call)| Row {
        href: super::path(row.dossier.id),
        title: row.dossier.title_or_untitled().to_owned(),
        organisation: row.applicant,
        reference: row.dossier.reference_or_draft(),
        status: row.dossier.state.label_for_applicant(),
        tone: row.dossier.state.tone_for_applicant(),
        changed: row.dossier.updated_at.day(call.zone()),
        next: next(&row.dossier, &call, visit.now),
        call: call.title,
    });
    let view = View { list: request.view(total, "dossier", "dossiers"), rows: rows.collect() };
    Answer::page("Mes dossiers", "dossiers/list.html", &view)
}

fn table(listed: &[(Listed, Call)], now: Instant) -> Table {
    let columns =
        ["Référence", "Projet", "Organisme", "Appel", "Demande (€)", "État", "Déposé le", "Modifié le", "À faire"];
    let mut table = Table::new("Mes dossiers", &columns);
    for (row, call) in listed {
        let dossier = &row.dossier;
        table.push(vec![
            dossier.reference_or_draft().into(),
            dossier.title_or_untitled().into(),
            row.applicant.as_str().into(),
            call.title.as_str().into(),
            dossier.requested.into(),
            dossier.state.label_for_applicant().into(),
            Cell::day(dossier.submitted_at, call.zone()),
            Cell::day(Some(dossier.updated_at), call.zone()),
            next(dossier, call, now).into(),
        ]);
    }
    table
}

/// What the applicant does next, or waits for.
pub(super) fn next(dossier: &Dossier, call: &Call, now: Instant) -> String {
    match dossier.state {
        State::Draft if call.is_open(now) => {
            format!("À compléter et à déposer au plus tard le {}.", call.closes_at.long(call.zone()))
        }
        State::Draft => format!(
            "L’appel est clos depuis le {}\u{202F}: ce brouillon ne peut plus être déposé.",
            call.closes_at.date(call.zone())
        ),
        State::Submitted => {
            "Rien à faire pour l’instant\u{202F}: le service vérifie que le dossier est complet.".to_owned()
        }
        State::Incomplete => {
            "Des compléments vous sont demandés\u{202F}: ouvrez le dossier pour y répondre.".to_owned()
        }
        State::AwardNotified
        | State::WaitlistNotified
        | State::RejectionNotified
        | State::IneligibilityNotified
        | State::NonShortlistingNotified => "La décision vous est notifiée\u{202F}: lisez le courrier.".to_owned(),
        State::Agreed => "L’acte attributif est pris\u{202F}: le premier versement suivra.".to_owned(),
        State::InProgress => "Le projet est en cours\u{202F}: renseignez vos indicateurs.".to_owned(),
        State::Withdrawn => "Le dossier est retiré.".to_owned(),
        _ => "Rien à faire pour l’instant\u{202F}: la décision vous sera notifiée.".to_owned(),
    }
}

/// Unanswered requests shown to a manager.
const MOST_LATE: i64 = 20;

/// Drafts to finish while their call is open, dossiers to complete; for managers, requests left without an answer.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for dossier in of_applicant(conn, actor)? {
        if !matches!(dossier.state, State::Draft | State::Incomplete) {
            continue;
        }
        let call = calls::of_dossier(conn, dossier.id)?;
        if let Some(request) = completion::pending(conn, dossier.id)? {
            let late = if request.is_late(now) { "En retard\u{A0}: attendu" } else { "Au plus tard" };
            expected.push(Expected {
                label: format!("Compléter le dossier «\u{202F}{}\u{202F}»", dossier.title_or_untitled()),
                href: super::path(dossier.id),
                detail: format!("{late} le {}", request.due_at.long(call.zone())),
                due: Some(request.due_at),
            });
        } else if call.is_open(now) {
            let title = dossier.title_or_untitled();
            expected.push(Expected {
                label: format!("Compléter et déposer le dossier «\u{202F}{title}\u{202F}»"),
                href: super::path(dossier.id),
                detail: format!("Au plus tard le {}", call.closes_at.long(call.zone())),
                due: Some(call.closes_at),
            });
        }
    }
    let managed = actor.calls_with(&[Role::CallManager]);
    for (id, due) in completion::late(conn, &managed, now, MOST_LATE)? {
        let Ok(view) = for_staff(conn, actor, id) else { continue };
        let call = calls::of_dossier(conn, id)?;
        expected.push(Expected {
            label: format!("Décider de la suite du dossier {}", view.dossier.reference_or_draft()),
            href: format!("/dossiers/{id}/completer"),
            detail: format!("Compléments attendus le {}, sans réponse", due.date(call.zone())),
            due: Some(due),
        });
    }
    Ok(expected)
}
