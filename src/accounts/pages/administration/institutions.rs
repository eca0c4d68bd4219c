//! Institutions: list, add, change.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{by_field, page};
use crate::accounts::actions::{self, NewInstitution};
use crate::accounts::store;
use crate::base::text::fold;
use crate::fault::{Fault, FieldError};
use crate::web::export::Table;
use crate::web::{Answer, Column, ListRequest, ListView, Visit};

#[derive(Serialize)]
struct Row {
    code: String,
    name: String,
    short_name: String,
    agents: usize,
    href: String,
}

#[derive(Serialize)]
struct List {
    list: ListView,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Code", "code"),
    Column::sorted("Nom", "nom"),
    Column::plain("Nom court"),
    Column::number("Agents", "agents"),
];

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let (institutions, agents) = visit.read(|conn| Ok((store::institutions(conn)?, store::agents(conn, None)?)))?;
    let request = ListRequest::read(visit, COLUMNS, Vec::new()).sorted_by("code", false);
    let mut rows: Vec<Row> = institutions
        .into_iter()
        .filter(|i| request.finds(&format!("{} {} {}", i.code, i.name, i.short_name)))
        .map(|i| Row {
            agents: agents.iter().filter(|a| a.institution == i.id).count(),
            href: format!("/administration/institutions/{}", i.id),
            code: i.code,
            name: i.name,
            short_name: i.short_name,
        })
        .collect();
    match request.order().0 {
        "nom" => rows.sort_by_cached_key(|row| fold(&row.name)),
        "agents" => rows.sort_by_key(|row| row.agents),
        _ => {}
    }
    if request.order().1 {
        rows.reverse();
    }
    let (total, rows) = request.slice(rows);
    if let Some(format) = request.format() {
        let mut table = Table::new("Institutions", &["Code", "Nom", "Nom court", "Agents"]);
        for row in rows {
            table.push(vec![row.code.into(), row.name.into(), row.short_name.into(), row.agents.into()]);
        }
        return table.answer(format, visit.now);
    }
    let view = List { list: request.view(total, "institution", "institutions"), rows };
    page("Institutions", "administration/institutions.html", &view)
}

#[derive(Serialize)]
struct Agent {
    name: String,
    quality: String,
    service: String,
    href: String,
}

#[derive(Serialize)]
struct InstitutionForm {
    title: String,
    path: String,
    /// Given once: call files use it.
    fixed_code: String,
    code: String,
    name: String,
    short_name: String,
    address: String,
    agents: Vec<Agent>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_new(visit: &Visit) -> Result<Answer, Fault> {
    new_page(visit, Vec::new())
}

fn new_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let text = |name| visit.form.text(name).to_owned();
    let view = InstitutionForm {
        title: "Ajouter une institution".to_owned(),
        path: visit.path.clone(),
        fixed_code: String::new(),
        code: text("code"),
        name: text("name"),
        short_name: text("short_name"),
        address: text("address"),
        agents: Vec::new(),
        errors: by_field(&summary),
        summary,
    };
    form_page(&view)
}

fn form_page(view: &InstitutionForm) -> Result<Answer, Fault> {
    let answer = page(&view.title, "administration/institution.html", view)?;
    Ok(answer.crumb("Institutions", "/administration/institutions"))
}

pub(super) fn add(visit: &Visit) -> Result<Answer, Fault> {
    let text = |name| visit.form.text(name).to_owned();
    let new = NewInstitution {
        code: text("code"),
        name: text("name"),
        short_name: text("short_name"),
        address: text("address"),
        demonstration: false,
    };
    match visit.perform(|op| actions::add_institution(op, &new)) {
        Ok(_) => Ok(Answer::redirect("/administration/institutions").flash("L’institution est ajoutée.")),
        Err(fault) => visit.with_mistakes(fault, new_page),
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    change_page(visit, Vec::new())
}

fn change_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let id = visit.param("institution")?;
    let (saved, agents) = visit.read(|conn| Ok((store::institution(conn, id)?, store::agents(conn, None)?)))?;
    let typed = |name: &str, saved: String| visit.form.get(name).map_or(saved, str::to_owned);
    let agents = agents.into_iter().filter(|a| a.institution == id).map(|a| Agent {
        name: format!("{} {}", a.given_name, a.surname),
        quality: a.quality,
        service: a.service,
        href: format!("/administration/personnes/{}", a.account),
    });
    let view = InstitutionForm {
        title: saved.name.clone(),
        path: visit.path.clone(),
        fixed_code: saved.code,
        code: String::new(),
        name: typed("name", saved.name),
        short_name: typed("short_name", saved.short_name),
        address: typed("address", saved.address),
        agents: agents.collect(),
        errors: by_field(&summary),
        summary,
    };
    form_page(&view)
}

pub(super) fn change(visit: &Visit) -> Result<Answer, Fault> {
    let id = visit.param("institution")?;
    let text = |name| visit.form.text(name);
    let change =
        visit.perform(|op| actions::change_institution(op, id, text("name"), text("short_name"), text("address")));
    match change {
        Ok(()) => Ok(Answer::redirect(visit.path.clone()).flash("Les modifications sont enregistrées.")),
        Err(fault) => visit.with_mistakes(fault, change_page),
    }
}
