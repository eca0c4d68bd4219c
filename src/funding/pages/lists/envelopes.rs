//! Envelopes with what they hold.

use serde::Serialize;

use super::{call_filter, code_of, crumbs, purviews};
use crate::base::money::Cents;
use crate::fault::Fault;
use crate::funding::store::{self, EnvelopeRow};
use crate::ledger::EntryKind;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::plain("Appel"),
    Column::sorted("Année", "annee"),
    Column::sorted("Financeur", "financeur"),
    Column::sorted("Ligne", "ligne"),
    Column::number("Voté\u{A0}(€)", "vote"),
    Column::number("Réservé\u{A0}(€)", ""),
    Column::number("Engagé\u{A0}(€)", "engage"),
    Column::number("Versé\u{A0}(€)", ""),
    Column::number("Disponible\u{A0}(€)", "disponible"),
    Column::plain("Origine du montant"),
];

struct Item {
    envelope: EnvelopeRow,
    voted: Option<Cents>,
    reserved: Cents,
    committed: Cents,
    paid: Cents,
}

impl Item {
    fn available(&self) -> Option<Cents> {
        self.voted.map(|voted| voted - self.reserved - self.committed)
    }
}

#[derive(Serialize)]
struct Row {
    call: String,
    year: i32,
    funder: String,
    line: String,
    href: String,
    amounts: Vec<String>,
    source: String,
}

#[derive(Serialize)]
struct View {
    list: ListView,
    rows: Vec<Row>,
    partial: bool,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let (all, kept) = purviews(visit)?;
    let (envelopes, sums) =
        visit.read(|conn| Ok((store::envelope_rows(conn, &kept.ids())?, store::sums_by_envelope(conn, &kept)?)))?;
    let request = ListRequest::read(visit, COLUMNS, vec![call_filter(&all)]);
    let mut items: Vec<Item> = envelopes
        .into_iter()
        .filter(|e| request.finds(&format!("{} {} {}", e.line_name, e.funder_name, e.year)))
        .map(|envelope| {
            let sum = |kind| sums.iter().find(|(id, k, _)| (*id, *k) == (envelope.id, kind)).map(|(.., a)| *a);
            Item {
                voted: sum(EntryKind::Vote).filter(|_| envelope.voted.is_some()),
                reserved: sum(EntryKind::Reservation).unwrap_or_default(),
                committed: sum(EntryKind::Commitment).unwrap_or_default(),
                paid: sum(EntryKind::Payment).unwrap_or_default(),
                envelope,
            }
        })
        .collect();
    let (order, descending) = request.order();
    match order {
        "annee" => items.sort_by_key(|i| i.envelope.year),
        "financeur" => items.sort_by_key(|i| i.envelope.funder_name.to_lowercase()),
        "ligne" => items.sort_by_key(|i| i.envelope.line_name.to_lowercase()),
        "vote" => items.sort_by_key(|i| i.voted),
        "engage" => items.sort_by_key(|i| i.committed),
        "disponible" => items.sort_by_key(Item::available),
        _ => {}
    }
    if descending {
        items.reverse();
    }
    let (total, items) = request.slice(items);
    if let Some(format) = request.format() {
        let labels: Vec<&str> = COLUMNS.iter().map(|column| column.label).collect();
        let mut table = Table::new("Enveloppes", &labels);
        for item in &items {
            table.push(vec![
                code_of(&kept, item.envelope.call).into(),
                Cell::Integer(i64::from(item.envelope.year)),
                item.envelope.funder_name.as_str().into(),
                item.envelope.line_name.as_str().into(),
                item.voted.into(),
                item.reserved.into(),
                item.committed.into(),
                item.paid.into(),
                item.available().into(),
                item.envelope.source.as_str().into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    let plain = |amount: Option<Cents>| amount.map(Cents::plain).unwrap_or_default();
    let view = View {
        list: request.view(total, "enveloppe", "enveloppes"),
        rows: items
            .iter()
            .map(|item| Row {
                call: code_of(&kept, item.envelope.call),
                year: item.envelope.year,
                funder: item.envelope.funder_name.clone(),
                line: item.envelope.line_name.clone(),
                href: format!("/enveloppes/{}", item.envelope.id),
                amounts: vec![
                    plain(item.voted),
                    item.reserved.plain(),
                    item.committed.plain(),
                    item.paid.plain(),
                    plain(item.available()),
                ],
                source: item.envelope.source.clone(),
            })
            .collect(),
        partial: !kept.closed.is_empty(),
    };
    let answer = Answer::page("Enveloppes", "funding/list_envelopes.html", &view)?;
    Ok(crumbs(answer, visit, "Enveloppes"))
}
