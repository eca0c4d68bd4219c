//! « Mes dossiers », and what they expect of their writers.

use std::collections::HashMap;

use serde::Serialize;

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId};
use crate::calls::{self, Call};
use crate::db::{Conn, Window};
use crate::dossiers::completion;
use crate::dossiers::listing::{self, Criteria, Listed, Order, Scope};
use crate::dossiers::model::State;
use crate::dossiers::store::Dossier;
use crate::fault::Fault;
use crate::web::export::{Cell, Table};
use crate::web::list::{Column, Filter, ListRequest, ListView as Listing};
use crate::web::{Answer, Expected, Visit};

#[derive(Serialize)]
struct Card {
    href: String,
    title: String,
    call: String,
    organisation: String,
    reference: String,
    status: &'static str,
    tone: &'static str,
    next: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    title: String,
    call: String,
    organisation: String,
    requested: String,
    submitted: String,
    status: &'static str,
    tone: &'static str,
    next: String,
}

#[derive(Serialize)]
struct ListView {
    /// Drafts, and dossiers to complete.
    waiting: Vec<Card>,
    list: Listing,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Référence", "reference"),
    Column::sorted("Projet", "titre"),
    Column::plain("Appel"),
    Column::sorted("Organisme", "organisme"),
    Column::number("Demande\u{A0}(€)", "demande"),
    Column::sorted("Déposé\u{A0}le", "date"),
    Column::plain("État"),
];

/// Drafts and dossiers to complete shown above the list, at most.
const MOST_WAITING: i64 = 50;

/// States in the applicant's words: those that read alike are one.
fn told_states() -> Vec<(&'static str, Vec<State>)> {
    let mut told: Vec<(&str, Vec<State>)> = Vec::new();
    for state in State::ALL.iter().copied().filter(|state| *state != State::Draft) {
        let label = state.label_for_applicant();
        match told.iter_mut().find(|(known, _)| *known == label) {
            Some((_, states)) => states.push(state),
            None => told.push((label, vec![state])),
        }
    }
    told
}

fn criteria(request: &ListRequest) -> Criteria {
    let (order, descending) = request.order();
    let told = told_states();
    let wanted = request.chosen("etat").unwrap_or_default();
    let states = told.iter().filter(|(label, _)| wanted.is_empty() || *label == wanted);
    Criteria {
        states: states.flat_map(|(_, states)| states.iter().copied()).collect(),
        words: request.words(),
        order: match order {
            "reference" => Order::Reference,
            "titre" => Order::Title,
            "organisme" => Order::Organisation,
            "demande" => Order::Requested,
            _ => Order::Submitted,
        },
        descending,
        ..Criteria::default()
    }
}

/// The calls of some rows, each read once.
fn calls_of(conn: &mut Conn, rows: &[Listed]) -> Result<HashMap<CallId, Call>, Fault> {
    let mut found = HashMap::new();
    for row in rows {
        if let std::collections::hash_map::Entry::Vacant(place) = found.entry(row.dossier.call) {
            place.insert(calls::by_id(conn, row.dossier.call)?);
        }
    }
    Ok(found)
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let options = told_states().into_iter().map(|(label, _)| (label.to_owned(), label.to_owned()));
    let filters = vec![Filter::new("etat", "État", "Tous les états", options)];
    let request = ListRequest::read(visit, COLUMNS, filters).sorted_by("date", true);
    let scope = Scope::Applicant(actor);
    let (waiting, total, rows, calls) = visit.read(|conn| {
        let criteria = criteria(&request).read(conn, scope)?;
        let waiting = Criteria {
            states: vec![State::Draft, State::Incomplete],
            order: Order::Updated,
            descending: true,
            ..Criteria::default()
        };
        let window = Window { offset: 0, limit: MOST_WAITING };
        let waiting = listing::rows(conn, scope, &waiting, window)?;
        let total = listing::count(conn, scope, &criteria)?;
        let rows = listing::page(conn, scope, &criteria, request.window(total), total)?;
        let mut calls = calls_of(conn, &waiting)?;
        calls.extend(calls_of(conn, &rows)?);
        Ok((waiting, total, rows, calls))
    })?;
    if let Some(format) = request.format() {
        return table(&rows, &calls).answer(format, visit.now);
    }
    let view = ListView {
        waiting: waiting.into_iter().filter_map(|row| card(row, &calls, visit.now)).collect(),
        list: request.view(total, "dossier déposé", "dossiers déposés"),
        rows: rows.into_iter().filter_map(|listed| row(listed, &calls, visit.now)).collect(),
    };
    Answer::page("Mes dossiers", "dossiers/list.html", &view)
}

fn card(listed: Listed, calls: &HashMap<CallId, Call>, now: Instant) -> Option<Card> {
    let Listed { dossier, applicant } = listed;
    let call = calls.get(&dossier.call)?;
    Some(Card {
        href: super::path(dossier.id),
        title: dossier.title_or_untitled().to_owned(),
        call: call.title.clone(),
        organisation: applicant,
        reference: dossier.reference_or_draft(),
        status: dossier.state.label_for_applicant(),
        tone: dossier.state.tone_for_applicant(),
        next: next(&dossier, call, now),
    })
}

fn row(listed: Listed, calls: &HashMap<CallId, Call>, now: Instant) -> Option<Row> {
    let Listed { dossier, applicant } = listed;
    let call = calls.get(&dossier.call)?;
    Some(Row {
        href: super::path(dossier.id),
        reference: dossier.reference_or_draft(),
        title: dossier.title_or_untitled().to_owned(),
        call: call.title.clone(),
        organisation: applicant,
        requested: dossier.requested.map_or(String::new(), |amount| amount.plain()),
        submitted: dossier.submitted_at.map_or(String::new(), |at| at.day(call.zone())),
        status: dossier.state.label_for_applicant(),
        tone: dossier.state.tone_for_applicant(),
        next: next(&dossier, call, now),
    })
}

fn table(rows: &[Listed], calls: &HashMap<CallId, Call>) -> Table {
    let mut table =
        Table::new("Mes dossiers", &["Référence", "Projet", "Appel", "Organisme", "Demande (€)", "Déposé le", "État"]);
    for Listed { dossier, applicant } in rows {
        let Some(call) = calls.get(&dossier.call) else { continue };
        table.push(vec![
            dossier.reference_or_draft().into(),
            dossier.title.clone().into(),
            call.title.clone().into(),
            applicant.clone().into(),
            dossier.requested.map_or(Cell::Empty, Cell::Cents),
            Cell::day(dossier.submitted_at, call.zone()),
            dossier.state.label_for_applicant().into(),
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
    let unfinished = Criteria { states: vec![State::Draft, State::Incomplete], ..Criteria::default() };
    let all = Window { offset: 0, limit: i64::MAX };
    let unfinished = listing::rows(conn, Scope::Applicant(actor), &unfinished, all)?;
    let late = completion::late(conn, actor, now, MOST_LATE)?;
    let ids: Vec<DossierId> = unfinished.iter().map(|row| row.dossier.id).chain(late.iter().map(|l| l.0)).collect();
    let calls = calls::of_dossiers(conn, &ids)?;
    let pending = completion::pending_on(conn, &ids)?;
    for Listed { dossier, .. } in unfinished {
        let Some(call) = calls.get(&dossier.id) else { continue };
        if let Some(request) = pending.get(&dossier.id) {
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
    for (id, due, reference) in late {
        let Some(call) = calls.get(&id) else { continue };
        expected.push(Expected {
            label: format!("Décider de la suite du dossier {}", reference.unwrap_or_default()),
            href: format!("/dossiers/{id}/completer"),
            detail: format!("Compléments attendus le {}, sans réponse", due.date(call.zone())),
            due: Some(due),
        });
    }
    Ok(expected)
}
