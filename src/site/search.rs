//! Search across the dossiers of every call an agent works for. What they do not see is not found, nor counted.

use serde::Serialize;

use crate::access::{Permission, Role};
use crate::base::ids::CallId;
use crate::calls::{self, Call};
use crate::dossiers::State;
use crate::dossiers::listing::{self, Criteria, Listed, Order, Scope};
use crate::fault::Fault;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Page, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Référence", "reference"),
    Column::sorted("Projet", "titre"),
    Column::sorted("Porteur", "porteur"),
    Column::plain("Appel"),
    Column::plain("État"),
    Column::sorted("Déposé\u{A0}le", "date"),
];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![Page::get("/recherche", Permission::SignedIn, show)]
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    title: String,
    applicant: String,
    call: String,
    status: &'static str,
    tone: &'static str,
    submitted: String,
}

#[derive(Serialize)]
struct View {
    /// Whether the person also applies: their own dossiers are searched elsewhere.
    applies: bool,
    list: ListView,
    rows: Vec<Row>,
}

fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    if !actor.is_agent() {
        // One's own dossiers are a list that searches by itself.
        return Ok(Answer::redirect(visit.path_and_query().replacen("/recherche", "/mes-dossiers", 1)));
    }
    let (request, calls, total, rows) = visit.read(|conn| {
        let mut calls = calls::list(conn)?;
        calls.retain(|call| actor.grants.iter().any(|grant| grant.call == call.id));
        let request = ListRequest::read(visit, COLUMNS, filters(&calls)).sorted_by("date", true);
        let scope = Scope::Staff(actor, Role::ALL);
        let criteria = criteria(&request, &calls).read(conn, scope)?;
        let total = listing::count(conn, scope, &criteria)?;
        let rows = listing::page(conn, scope, &criteria, request.window(total), total)?;
        Ok((request, calls, total, rows))
    })?;
    let of = |id: CallId| calls.iter().find(|call| call.id == id);
    if let Some(format) = request.format() {
        return table(&rows, of).answer(format, visit.now);
    }
    let view = View {
        applies: !actor.organisations.is_empty(),
        list: request.view(total, "dossier trouvé", "dossiers trouvés"),
        rows: rows.iter().map(|row| show_row(row, of(row.dossier.call))).collect(),
    };
    Ok(Answer::page("Rechercher un dossier", "site/search.html", &view)?.desk())
}

fn filters(calls: &[Call]) -> Vec<Filter> {
    let states = State::ALL.iter().filter(|state| **state != State::Draft);
    vec![
        Filter::new("appel", "Appel", "Tous vos appels", calls.iter().map(|c| (c.code.clone(), c.title.clone()))),
        Filter::new(
            "etat",
            "État",
            "Tous les états",
            states.map(|state| (state.code().to_owned(), state.label().to_owned())),
        ),
    ]
}

fn criteria(request: &ListRequest, calls: &[Call]) -> Criteria {
    let (order, descending) = request.order();
    Criteria {
        call: request.chosen("appel").and_then(|code| calls.iter().find(|call| call.code == code)).map(|call| call.id),
        states: request.chosen("etat").and_then(State::from_code).into_iter().collect(),
        words: request.words(),
        order: match order {
            "reference" => Order::Reference,
            "titre" => Order::Title,
            "porteur" => Order::Organisation,
            _ => Order::Submitted,
        },
        descending,
        ..Criteria::default()
    }
}

fn show_row(row: &Listed, call: Option<&Call>) -> Row {
    let dossier = &row.dossier;
    Row {
        href: format!("/dossiers/{}", dossier.id),
        reference: dossier.reference_or_draft(),
        title: dossier.title_or_untitled().to_owned(),
        applicant: row.applicant.clone(),
        call: call.map(|call| call.code.clone()).unwrap_or_default(),
        status: dossier.state.label(),
        tone: dossier.state.tone(),
        submitted: call.and_then(|call| Some(dossier.submitted_at?.day(call.zone()))).unwrap_or_default(),
    }
}

fn table<'c>(rows: &[Listed], of: impl Fn(CallId) -> Option<&'c Call>) -> Table {
    let mut table = Table::new("Recherche", &["Référence", "Projet", "Porteur", "Appel", "État", "Déposé le"]);
    for row in rows {
        let (dossier, call) = (&row.dossier, of(row.dossier.call));
        table.push(vec![
            dossier.reference_or_draft().into(),
            dossier.title_or_untitled().into(),
            row.applicant.as_str().into(),
            call.map(|call| call.code.as_str()).into(),
            dossier.state.label().into(),
            call.map_or(Cell::Empty, |call| Cell::day(dossier.submitted_at, call.zone())),
        ]);
    }
    table
}
