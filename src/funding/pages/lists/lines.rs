//! The ledger lines behind a figure.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{call_filter, code_of, crumbs, purviews};
use crate::base::money::Cents;
use crate::calls::definition::reference::department_label;
use crate::fault::Fault;
use crate::funding::store::{self, EnvelopeRow, Movement, Narrowing, Purview};
use crate::ledger::EntryKind;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Date", "date"),
    Column::plain("Appel"),
    Column::plain("Ligne et année"),
    Column::plain("Nature"),
    Column::plain("Dossier"),
    Column::plain("Décision"),
    Column::plain("Motif"),
    Column::plain("Par"),
    Column::number("Montant\u{A0}(€)", "montant"),
];

/// Which lines make a figure, and with which sign.
const FIGURES: &[(&str, &str, &[(EntryKind, i64)])] = &[
    ("vote", "Voté", &[(EntryKind::Vote, 1)]),
    ("reservation", "Réservé", &[(EntryKind::Reservation, 1)]),
    ("engagement", "Engagé", &[(EntryKind::Commitment, 1)]),
    ("versement", "Versé", &[(EntryKind::Payment, 1)]),
    ("reste", "Reste à verser", &[(EntryKind::Commitment, 1), (EntryKind::Payment, -1)]),
    ("disponible", "Disponible", &[(EntryKind::Vote, 1), (EntryKind::Reservation, -1), (EntryKind::Commitment, -1)]),
];

#[derive(Serialize)]
struct Row {
    when: String,
    iso: String,
    call: String,
    slot: String,
    kind: &'static str,
    reference: String,
    title: String,
    href: String,
    decision: String,
    reason: String,
    author: String,
    amount: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    total: String,
    list: ListView,
    rows: Vec<Row>,
    partial: bool,
}

fn filters(all: &Purview, kept: &Purview, envelopes: &[EnvelopeRow]) -> Vec<Filter> {
    let funders: BTreeSet<(String, String)> =
        envelopes.iter().map(|e| (e.funder_name.clone(), e.funder.to_string())).collect();
    let years: BTreeSet<i32> = envelopes.iter().map(|e| e.year).collect();
    let departments: BTreeSet<String> =
        kept.calls.iter().flat_map(|call| call.definition.eligibility.departments.iter().cloned()).collect();
    let axes = kept.calls.iter().flat_map(|call| {
        call.definition.axes.list.iter().map(|axis| {
            (format!("{}/{}", call.code, axis.code), format!("{} – {} ({})", axis.code, axis.label, call.code))
        })
    });
    vec![
        Filter::new(
            "montant",
            "Montant",
            "Tous les mouvements",
            FIGURES.iter().map(|(code, label, _)| ((*code).to_owned(), (*label).to_owned())),
        ),
        call_filter(all),
        Filter::new("financeur", "Financeur", "Tous les financeurs", funders.into_iter().map(|(n, id)| (id, n))),
        Filter::new("annee", "Année", "Toutes les années", years.into_iter().map(|y| (y.to_string(), y.to_string()))),
        Filter::new(
            "departement",
            "Département",
            "Tous les départements",
            departments.into_iter().map(|d| (d.clone(), department_label(&d))),
        ),
        Filter::new("axe", "Axe", "Tous les axes", axes),
    ]
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (all, mut kept) = purviews(visit)?;
    let envelopes = visit.read(|conn| store::envelope_rows(conn, &all.ids()))?;
    let request =
        ListRequest::read(visit, COLUMNS, filters(&all, &kept, &envelopes)).without_search().sorted_by("date", false);
    let figure = request.chosen("montant").and_then(|code| FIGURES.iter().find(|(known, ..)| *known == code));
    let signs: &[(EntryKind, i64)] = figure.map_or(&[], |(_, _, signs)| signs);
    let axis = request.chosen("axe").and_then(|value| value.split_once('/'));
    if let Some((call, _)) = axis {
        kept.calls.retain(|known| known.code == call);
    }
    let (order, descending) = request.order();
    let narrowing = Narrowing {
        kinds: signs.iter().map(|(kind, _)| *kind).collect(),
        funder: request.chosen("financeur").and_then(|id| id.parse().ok()),
        year: request.chosen("annee").and_then(|year| year.parse().ok()),
        department: request.chosen("departement").map(str::to_owned),
        axis: axis.map(|(_, code)| code.to_owned()),
        by_amount: order == "montant",
        descending,
    };
    let (total, sums, rows) = visit.read(|conn| {
        let total = store::count_movements(conn, &kept, &narrowing)?;
        let sums = store::sums_of_movements(conn, &kept, &narrowing)?;
        let rows = store::movements(conn, actor, &kept, &narrowing, request.window(total))?;
        Ok((total, sums, rows))
    })?;
    let sign = |kind: EntryKind| signs.iter().find(|(of, _)| *of == kind).map_or(1, |(_, sign)| *sign);
    let signed = |line: &Movement| Cents(line.amount.0 * sign(line.kind));
    if let Some(format) = request.format() {
        let labels: Vec<&str> = COLUMNS.iter().map(|column| column.label).collect();
        let mut table = Table::new("Lignes de financement", &labels);
        for line in &rows {
            let zone = kept.call(line.call).map_or(crate::base::clock::PARIS, |call| call.zone());
            table.push(vec![
                Cell::day(Some(line.recorded_at), zone),
                code_of(&kept, line.call).into(),
                format!("{}, {}", line.line, line.year).into(),
                line.kind.label().into(),
                format!("{} {}", line.reference, line.title).trim().into(),
                line.decision.clone().into(),
                line.reason.as_str().into(),
                line.author.clone().into(),
                signed(line).into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    let sum: Cents = signs.iter().map(|(kind, sign)| Cents(sums.get(kind).copied().unwrap_or_default().0 * sign)).sum();
    let title = figure.map_or("Lignes de financement", |(_, label, _)| label);
    let view = View {
        title: title.to_owned(),
        total: if figure.is_some() { sum.to_string() } else { String::new() },
        list: request.view(total, "ligne", "lignes"),
        rows: rows
            .iter()
            .map(|line| {
                let zone = kept.call(line.call).map_or(crate::base::clock::PARIS, |call| call.zone());
                Row {
                    when: line.recorded_at.short(zone),
                    iso: line.recorded_at.iso(),
                    call: code_of(&kept, line.call),
                    slot: format!("{}, {}", line.line, line.year),
                    kind: line.kind.label(),
                    reference: line.reference.clone(),
                    title: line.title.clone(),
                    href: line
                        .dossier
                        .filter(|_| line.open)
                        .map(|id| format!("/dossiers/{id}/financement"))
                        .unwrap_or_default(),
                    decision: line.decision.clone().unwrap_or_default(),
                    reason: line.reason.clone(),
                    author: line.author.clone().unwrap_or_else(|| "Console d’administration".to_owned()),
                    amount: signed(line).plain(),
                }
            })
            .collect(),
        partial: !kept.closed.is_empty(),
    };
    let answer = Answer::page(title, "funding/list_lines.html", &view)?;
    Ok(crumbs(answer, visit, title))
}
