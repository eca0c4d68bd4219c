//! The call manager's desk: every dossier of a call, where it stands and what to do next.

use std::collections::HashMap;

use serde::Serialize;

use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::base::text::count;
use crate::calls::definition::Stage;
use crate::calls::definition::reference::department_label;
use crate::calls::{self, Call};
use crate::dossiers::listing::{self, Criteria, Order, Scope};
use crate::dossiers::{self, Dossier, State, Tags};
use crate::fault::Fault;
use crate::instruction::store::{self, Held};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

#[derive(Serialize)]
struct CallRow {
    href: String,
    title: String,
    code: String,
    dossiers: String,
    closing: String,
}

#[derive(Serialize)]
struct CallsView {
    calls: Vec<CallRow>,
}

/// The calls one manages; straight to the only one.
pub(super) fn calls(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let rows = visit.read(|conn| {
        let mut rows = Vec::new();
        for id in actor.calls_with(super::MANAGERS) {
            let call = calls::by_id(conn, id)?;
            let states = listing::count_by_state(conn, actor, super::MANAGERS, id)?;
            let visible: i64 = states.iter().map(|(_, number)| number).sum();
            rows.push(CallRow {
                href: format!("/appels/{}/gestion", call.code),
                dossiers: count(usize::try_from(visible).unwrap_or_default(), "dossier déposé", "dossiers déposés"),
                closing: call.closes_at.long(call.zone()),
                title: call.title,
                code: call.code,
            });
        }
        Ok(rows)
    })?;
    if let [only] = rows.as_slice() {
        return Ok(Answer::redirect(&only.href));
    }
    Ok(Answer::page("Gestion des appels", "instruction/calls.html", &CallsView { calls: rows })?.desk())
}

#[derive(Serialize)]
struct StateCount {
    label: String,
    count: i64,
    href: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    read_href: String,
    reference: String,
    title: String,
    applicant: String,
    axes: String,
    departments: String,
    requested: String,
    submitted: String,
    status: &'static str,
    tone: &'static str,
    reviews: String,
    next: String,
}

#[derive(Serialize)]
struct View {
    call: String,
    code: String,
    base: String,
    total: String,
    counts: Vec<StateCount>,
    list: ListView,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Référence", "reference"),
    Column::sorted("Projet", "titre"),
    Column::sorted("Porteur", "porteur"),
    Column::plain("Axes"),
    Column::plain("Dép."),
    Column::number("Demande\u{A0}(€)", "demande"),
    Column::sorted("Déposé\u{A0}le", "date"),
    Column::plain("État"),
    Column::number("Avis rendus", ""),
    Column::plain("À faire"),
];

/// A dossier with what the list shows of it.
struct Item {
    dossier: Dossier,
    applicant: String,
    tags: Tags,
    assignments: Vec<Held>,
}

impl Item {
    fn submitted_reviews(&self) -> usize {
        self.assignments.iter().filter(|a| a.submitted_at.is_some()).count()
    }
}

/// The filters of a call's dossiers: the states that are there, the call's axes and departments.
fn filters(call: &Call, states: &[(State, i64)]) -> Vec<Filter> {
    let definition = &call.definition;
    vec![
        Filter::new(
            "etat",
            "État",
            "Tous les états",
            states.iter().map(|(state, _)| (state.code().to_owned(), state.label().to_owned())),
        ),
        Filter::new(
            "axe",
            "Axe",
            "Tous les axes",
            definition.axes.list.iter().map(|a| (a.code.clone(), format!("{} – {}", a.code, a.label))),
        ),
        Filter::new(
            "departement",
            "Département",
            "Tous les départements",
            definition.eligibility.departments.iter().map(|d| (d.clone(), department_label(d))),
        ),
    ]
}

fn criteria(call: &Call, request: &ListRequest) -> Criteria {
    let (order, descending) = request.order();
    Criteria {
        call: Some(call.id),
        states: request.chosen("etat").and_then(State::from_code).into_iter().collect(),
        axis: request.chosen("axe").map(str::to_owned),
        department: request.chosen("departement").map(str::to_owned),
        words: request.words(),
        order: match order {
            "reference" => Order::Reference,
            "titre" => Order::Title,
            "porteur" => Order::Organisation,
            "demande" => Order::Requested,
            _ => Order::Submitted,
        },
        descending,
        ..Criteria::default()
    }
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, states, request, total, items) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, super::MANAGERS)?;
        let states = listing::count_by_state(conn, actor, super::MANAGERS, call.id)?;
        let request = ListRequest::read(visit, COLUMNS, filters(&call, &states)).sorted_by("date", false);
        let scope = Scope::Staff(actor, super::MANAGERS);
        let criteria = criteria(&call, &request).read(conn, scope)?;
        let total = listing::count(conn, scope, &criteria)?;
        let rows = listing::page(conn, scope, &criteria, request.window(total), total)?;
        let ids: Vec<DossierId> = rows.iter().map(|row| row.dossier.id).collect();
        let mut tags = dossiers::tags(conn, &ids)?;
        let mut assignments: HashMap<DossierId, Vec<Held>> = HashMap::new();
        for assignment in store::active_on(conn, &ids)? {
            assignments.entry(assignment.dossier).or_default().push(assignment);
        }
        let items: Vec<Item> = rows
            .into_iter()
            .map(|row| Item {
                applicant: row.applicant,
                tags: tags.remove(&row.dossier.id).unwrap_or_default(),
                assignments: assignments.remove(&row.dossier.id).unwrap_or_default(),
                dossier: row.dossier,
            })
            .collect();
        Ok((call, states, request, total, items))
    })?;
    if let Some(format) = request.format() {
        return table(&call, &items, visit.now).answer(format, visit.now);
    }
    let path = format!("/appels/{}/gestion", call.code);
    let all: i64 = states.iter().map(|(_, number)| number).sum();
    let view = View {
        call: call.title.clone(),
        code: call.code.clone(),
        base: path.clone(),
        total: count(usize::try_from(all).unwrap_or_default(), "dossier déposé", "dossiers déposés"),
        counts: states
            .iter()
            .map(|(state, number)| StateCount {
                label: state.label().to_owned(),
                count: *number,
                href: format!("{path}?etat={}", state.code()),
            })
            .collect(),
        list: request.view(total, "dossier", "dossiers"),
        rows: items.iter().map(|item| row(item, &call, visit.now)).collect(),
    };
    Ok(Answer::page(format!("Gestion – {}", call.title), "instruction/manage_call.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion"))
}

fn row(item: &Item, call: &Call, now: Instant) -> Row {
    let dossier = &item.dossier;
    let read_href = super::path(dossier.id);
    Row {
        href: format!("{read_href}/gestion"),
        read_href,
        reference: dossier.reference_or_draft(),
        title: dossier.title.clone(),
        applicant: item.applicant.clone(),
        axes: item.tags.axes.join(", "),
        departments: item.tags.departments.join(", "),
        requested: dossier.requested.map_or(String::new(), |r| r.plain()),
        submitted: dossier.submitted_at.map_or(String::new(), |at| at.day(call.zone())),
        status: dossier.state.label(),
        tone: dossier.state.tone(),
        reviews: if item.assignments.is_empty() {
            String::new()
        } else {
            format!("{} sur {}", item.submitted_reviews(), item.assignments.len())
        },
        next: next_action(item, call, now),
    }
}

fn table(call: &Call, items: &[Item], now: Instant) -> Table {
    let mut table = Table::new(
        format!("Dossiers {}", call.code),
        &[
            "Référence",
            "Projet",
            "Porteur",
            "Axes",
            "Départements",
            "Demande (€)",
            "Déposé le",
            "État",
            "Avis rendus",
            "Avis demandés",
            "À faire",
        ],
    );
    for item in items {
        let dossier = &item.dossier;
        table.push(vec![
            dossier.reference_or_draft().into(),
            dossier.title.as_str().into(),
            item.applicant.as_str().into(),
            item.tags.axes.join(", ").into(),
            item.tags.departments.join(", ").into(),
            dossier.requested.into(),
            Cell::day(dossier.submitted_at, call.zone()),
            dossier.state.label().into(),
            item.submitted_reviews().into(),
            item.assignments.len().into(),
            next_action(item, call, now).into(),
        ]);
    }
    table
}

/// What the manager does next with a dossier, or waits for.
fn next_action(item: &Item, call: &Call, now: Instant) -> String {
    let needed = usize::try_from(call.definition.instruction.reviewers_per_dossier).unwrap_or(usize::MAX);
    match item.dossier.state {
        State::Submitted => "Vérifier la recevabilité".to_owned(),
        State::Eligible if call.definition.has_stage(Stage::Shortlisting) => "Présélectionner ou non".to_owned(),
        State::Eligible | State::Shortlisted => "Affecter à des instructeurs".to_owned(),
        State::UnderInstruction if item.assignments.len() < needed => {
            format!("Affecter encore {}", count(needed - item.assignments.len(), "instructeur", "instructeurs"))
        }
        State::UnderInstruction => {
            let due = item.assignments.iter().filter(|a| a.is_due()).count();
            let late = item.assignments.iter().filter(|a| a.is_late(now)).count();
            let late = if late > 0 { format!(", {late} en retard") } else { String::new() };
            format!("Attendre {due}\u{A0}avis{late}")
        }
        State::Instructed => "Inscrire au comité".to_owned(),
        _ => String::new(),
    }
}
