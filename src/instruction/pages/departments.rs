//! Asking the departments for their opinion, for a whole call; who answered, department by department.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::review::by_field;
use crate::base::clock::{Instant, parse_date};
use crate::base::ids::DossierId;
use crate::base::text::count;
use crate::calls::definition::reference::department_label;
use crate::calls::{self, Call};
use crate::dossiers::{self, Dossier, State};
use crate::fault::{Fault, FieldError};
use crate::instruction::actions::{self, takes_territorial_opinions};
use crate::instruction::store;
use crate::web::export::Table;
use crate::web::{Answer, Format, Visit};

#[derive(Serialize)]
struct Row {
    department: String,
    correspondents: String,
    asked: usize,
    given: usize,
    late: usize,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
    checked: bool,
}

#[derive(Serialize)]
struct View {
    call: String,
    code: String,
    path: String,
    rows: Vec<Row>,
    states: Vec<Choice>,
    due: String,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

/// Dossiers looked at in one go.
const MOST: i64 = 2_000;

struct Facts {
    call: Call,
    /// Dossiers whose departments may still be asked.
    open: Vec<Dossier>,
    rows: Vec<Row>,
}

fn facts(visit: &Visit) -> Result<Facts, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, super::MANAGERS)?;
        let states: Vec<State> =
            State::ALL.iter().copied().filter(|state| takes_territorial_opinions(*state)).collect();
        let ids = store::in_states(conn, call.id, &states, MOST)?;
        let open: Vec<Dossier> = dossiers::visible_among(conn, actor, call.id, &ids, super::MANAGERS)?
            .into_iter()
            .map(|view| view.dossier)
            .collect();
        let asked = store::territorial_in_call(conn, call.id, None)?;
        let ids: Vec<DossierId> = asked.iter().map(|t| t.dossier).collect();
        let seen: HashSet<DossierId> = dossiers::visible_among(conn, actor, call.id, &ids, super::MANAGERS)?
            .into_iter()
            .map(|view| view.dossier.id)
            .collect();
        let people = store::correspondents(conn, call.id)?;
        let rows = call
            .definition
            .eligibility
            .departments
            .iter()
            .map(|code| {
                let of: Vec<_> = asked.iter().filter(|t| t.department == *code && seen.contains(&t.dossier)).collect();
                let names: Vec<&str> =
                    people.iter().filter(|(d, _)| d == code).map(|(_, person)| person.name.as_str()).collect();
                Row {
                    department: department_label(code),
                    correspondents: names.join(", "),
                    asked: of.len(),
                    given: of.iter().filter(|t| !t.is_due()).count(),
                    late: of.iter().filter(|t| t.is_late(visit.now)).count(),
                }
            })
            .collect();
        Ok(Facts { call, open, rows })
    })
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    match Format::asked(&visit.query) {
        Some(format) => export(&facts(visit)?).answer(format, visit.now),
        None => page(visit, Vec::new()),
    }
}

fn export(facts: &Facts) -> Table {
    let mut sheet = Table::new(
        format!("Avis des départements {}", facts.call.code),
        &["Département", "Correspondants", "Demandés", "Rendus", "En retard"],
    );
    for row in &facts.rows {
        sheet.push(vec![
            row.department.as_str().into(),
            row.correspondents.as_str().into(),
            row.asked.into(),
            row.given.into(),
            row.late.into(),
        ]);
    }
    sheet
}

fn page(visit: &Visit, mistakes: Vec<FieldError>) -> Result<Answer, Fault> {
    let Facts { call, open, rows } = facts(visit)?;
    let ticked = visit.form.all("state");
    let states = State::ALL
        .iter()
        .filter_map(|state| {
            let number = open.iter().filter(|d| d.state == *state).count();
            (number > 0).then(|| Choice {
                value: state.code(),
                label: format!("{} ({})", state.label(), count(number, "dossier", "dossiers")),
                checked: ticked.contains(&state.code()),
            })
        })
        .collect();
    let view = View {
        path: format!("/appels/{}/gestion/departements", call.code),
        call: call.title.clone(),
        code: call.code.clone(),
        rows,
        states,
        due: visit.form.text("due").to_owned(),
        errors: by_field(&mistakes),
        error_list: mistakes,
    };
    Ok(Answer::page(format!("Avis des départements – {}", call.title), "instruction/departments.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion")
        .crumb(&call.code, format!("/appels/{}/gestion", call.code)))
}

/// A day typed in a form, to its last second; `None` when left empty.
pub(super) fn read_due(visit: &Visit, zone: &str) -> Result<Option<Instant>, Fault> {
    let typed = visit.form.text("due").trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let bad = || Fault::invalid("due", "Saisissez une date, par exemple 15/01/2027, ou laissez vide.");
    let date = parse_date(typed).ok_or_else(bad)?;
    Instant::from_civil(&format!("{date}T23:59:59"), zone).map(Some).map_err(|_| bad())
}

pub(super) fn ask(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let Facts { call, open, .. } = facts(visit)?;
    let states: Vec<State> = visit.form.all("state").into_iter().filter_map(State::from_code).collect();
    let due = read_due(visit, call.zone());
    let done = match due {
        Err(fault) => Err(fault),
        Ok(_) if states.is_empty() => Err(Fault::invalid(
            "state",
            "Choisissez au moins un état\u{A0}: les dossiers dans cet état seront soumis aux départements.",
        )),
        Ok(due) => {
            let wanted: Vec<DossierId> = open.iter().filter(|d| states.contains(&d.state)).map(|d| d.id).collect();
            visit.perform(|op| actions::ask_departments(op, actor, call.id, &wanted, due))
        }
    };
    match done {
        Ok(asked) => {
            let tone = if asked.silent.is_empty() { "success" } else { "warning" };
            let to = format!("/appels/{}/gestion/departements", call.code);
            Ok(Answer::redirect(to).flash_as(tone, asked.to_string()))
        }
        Err(Fault::Refused(why)) => {
            Ok(Answer::redirect(format!("/appels/{}/gestion/departements", call.code)).flash_as("info", why))
        }
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
