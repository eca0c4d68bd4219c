//! The plan over several years: each line and year of the calls, then each funded dossier.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{call_filter, code_of, crumbs, purviews};
use crate::base::ids::{CallId, FundingLineId};
use crate::base::money::Cents;
use crate::fault::Fault;
use crate::funding::store::{self, PlanItem};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Dossier", "dossier"),
    Column::sorted("Organisme", "organisme"),
    Column::plain("Autorité"),
    Column::plain("Ligne"),
    Column::sorted("Année", "annee"),
    Column::number("Demandé\u{A0}(€)", ""),
    Column::number("Réservé\u{A0}(€)", ""),
    Column::number("Engagé\u{A0}(€)", "engage"),
    Column::number("Prévu sous réserve\u{A0}(€)", "prevu"),
    Column::number("Versé\u{A0}(€)", "verse"),
    Column::number("Reste à verser\u{A0}(€)", "reste"),
];

#[derive(Serialize)]
struct Row {
    reference: String,
    title: String,
    href: String,
    organisation: String,
    authority: String,
    line: String,
    year: i32,
    amounts: Vec<String>,
}

#[derive(Serialize)]
struct SlotRow {
    call: String,
    year: i32,
    authority: String,
    line: String,
    amounts: Vec<String>,
    yearly: bool,
}

#[derive(Serialize)]
struct View {
    slots: Vec<SlotRow>,
    list: ListView,
    rows: Vec<Row>,
    partial: bool,
}

fn amounts(item: &PlanItem) -> Vec<String> {
    let plain = |amount: Cents| if amount.is_zero() { String::new() } else { amount.plain() };
    vec![
        item.requested.map(Cents::plain).unwrap_or_default(),
        plain(item.reserved),
        plain(item.committed),
        plain(item.planned),
        plain(item.paid),
        plain(item.committed - item.paid),
    ]
}

/// The dossiers of each line and year put together.
fn by_slot(items: &[PlanItem]) -> Vec<PlanItem> {
    let mut slots: BTreeMap<(CallId, i32, FundingLineId), PlanItem> = BTreeMap::new();
    for item in items {
        let key = (item.call, item.year, item.line);
        let Some(sum) = slots.get_mut(&key) else {
            slots.insert(key, item.clone());
            continue;
        };
        sum.requested = match (sum.requested, item.requested) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
        };
        sum.reserved += item.reserved;
        sum.committed += item.committed;
        sum.planned += item.planned;
        sum.paid += item.paid;
    }
    slots.into_values().collect()
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (all, kept) = purviews(visit)?;
    let items = visit.read(|conn| store::plan_items(conn, actor, &kept))?;
    let mut years: Vec<i32> = items.iter().map(|item| item.year).collect();
    years.sort_unstable();
    years.dedup();
    let years = Filter::new(
        "annee",
        "Année",
        "Toutes les années",
        years.into_iter().map(|year| (year.to_string(), year.to_string())),
    );
    let request = ListRequest::read(visit, COLUMNS, vec![call_filter(&all), years]);
    let slots = by_slot(&items);
    let year: Option<i32> = request.chosen("annee").and_then(|year| year.parse().ok());
    let mut items: Vec<PlanItem> = items
        .into_iter()
        .filter(|item| year.is_none_or(|year| item.year == year))
        .filter(|item| {
            request.finds(&format!("{} {} {} {}", item.reference, item.title, item.organisation, item.line_name))
        })
        .collect();
    let (order, descending) = request.order();
    match order {
        "dossier" => items.sort_by_key(|item| item.reference.clone()),
        "organisme" => items.sort_by_key(|item| crate::base::text::fold(&item.organisation)),
        "annee" => items.sort_by_key(|item| item.year),
        "engage" => items.sort_by_key(|item| item.committed),
        "prevu" => items.sort_by_key(|item| item.planned),
        "verse" => items.sort_by_key(|item| item.paid),
        "reste" => items.sort_by_key(|item| item.committed - item.paid),
        _ => {}
    }
    if descending {
        items.reverse();
    }
    let (total, items) = request.slice(items);
    if let Some(format) = request.format() {
        return table(&items).answer(format, visit.now);
    }
    let view = View {
        slots: slots
            .iter()
            .map(|slot| SlotRow {
                call: code_of(&kept, slot.call),
                year: slot.year,
                authority: slot.authority.clone(),
                line: slot.line_name.clone(),
                amounts: amounts(slot),
                yearly: slot.planned.is_positive(),
            })
            .collect(),
        list: request.view(total, "ligne du plan", "lignes du plan"),
        rows: items
            .iter()
            .map(|item| Row {
                reference: item.reference.clone(),
                title: item.title.clone(),
                href: format!("/dossiers/{}/financement", item.dossier),
                organisation: item.organisation.clone(),
                authority: item.authority.clone(),
                line: item.line_name.clone(),
                year: item.year,
                amounts: amounts(item),
            })
            .collect(),
        partial: !kept.closed.is_empty(),
    };
    let answer = Answer::page("Plan pluriannuel", "funding/list_plan.html", &view)?;
    Ok(crumbs(answer, visit, "Plan pluriannuel"))
}

fn table(items: &[PlanItem]) -> Table {
    let columns = [
        "Dossier",
        "Projet",
        "Organisme",
        "Autorité",
        "Financeur",
        "Ligne",
        "Année",
        "Demandé (€)",
        "Réservé (€)",
        "Engagé (€)",
        "Prévu sous réserve (€)",
        "Versé (€)",
        "Reste à verser (€)",
    ];
    let mut table = Table::new("Plan pluriannuel", &columns);
    for item in items {
        table.push(vec![
            item.reference.as_str().into(),
            item.title.as_str().into(),
            item.organisation.as_str().into(),
            item.authority.as_str().into(),
            item.funder.as_str().into(),
            item.line_name.as_str().into(),
            Cell::Integer(i64::from(item.year)),
            item.requested.into(),
            item.reserved.into(),
            item.committed.into(),
            item.planned.into(),
            item.paid.into(),
            (item.committed - item.paid).into(),
        ]);
    }
    table
}
