//! Every payment, late ones told apart.

use serde::Serialize;

use super::{call_filter, code_of, crumbs, purviews};
use crate::fault::Fault;
use crate::funding::store::{self, Listing};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Versé\u{A0}le", "date"),
    Column::plain("Référence"),
    Column::plain("Appel"),
    Column::plain("Dossier"),
    Column::plain("Organisme"),
    Column::plain("Ligne et année"),
    Column::plain("Dû le"),
    Column::plain("Délai"),
    Column::number("Montant\u{A0}(€)", "montant"),
];

#[derive(Serialize)]
struct Row {
    date: String,
    reference: String,
    call: String,
    dossier: String,
    title: String,
    href: String,
    organisation: String,
    slot: String,
    due: String,
    late: bool,
    amount: String,
}

#[derive(Serialize)]
struct View {
    list: ListView,
    rows: Vec<Row>,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (all, kept) = purviews(visit)?;
    let envelopes = visit.read(|conn| store::envelope_rows(conn, &all.ids()))?;
    let mut years: Vec<i32> = envelopes.iter().map(|envelope| envelope.year).collect();
    years.dedup();
    let filters = vec![
        call_filter(&all),
        Filter::new("annee", "Année", "Toutes les années", years.into_iter().map(|y| (y.to_string(), y.to_string()))),
        Filter::new("delai", "Délai", "Tous", [("retard".to_owned(), "Versés en retard".to_owned())]),
    ];
    let request = ListRequest::read(visit, COLUMNS, filters).sorted_by("date", true);
    let (order, descending) = request.order();
    let listing = Listing {
        words: request.words(),
        late: request.chosen("delai").is_some(),
        year: request.chosen("annee").and_then(|year| year.parse().ok()),
        by_amount: order == "montant",
        by_date: order == "date",
        descending,
        ..Listing::default()
    };
    let (total, payments) = visit.read(|conn| {
        let total = store::count_payments(conn, actor, &kept, &listing)?;
        Ok((total, store::listed_payments(conn, actor, &kept, &listing, request.window(total))?))
    })?;
    if let Some(format) = request.format() {
        let columns = [
            "Versé le",
            "Référence",
            "Appel",
            "Dossier",
            "Projet",
            "Organisme",
            "SIRET",
            "Ligne",
            "Année",
            "Acte",
            "Dû le",
            "En retard",
            "Montant (€)",
        ];
        let mut table = Table::new("Versements", &columns);
        for payment in &payments {
            table.push(vec![
                Cell::Date(payment.paid_on),
                payment.payment_reference.as_str().into(),
                code_of(&kept, payment.call).into(),
                payment.reference.as_str().into(),
                payment.title.as_str().into(),
                payment.organisation.as_str().into(),
                payment.siret.clone().into(),
                payment.line.as_str().into(),
                Cell::Integer(i64::from(payment.year)),
                payment.act_reference.as_str().into(),
                Cell::Date(payment.due_by),
                if payment.paid_on > payment.due_by { "oui" } else { "non" }.into(),
                payment.amount.into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    let day = |date: jiff::civil::Date| date.strftime("%d/%m/%Y").to_string();
    let view = View {
        list: request.view(total, "versement", "versements"),
        rows: payments
            .into_iter()
            .map(|payment| Row {
                date: day(payment.paid_on),
                call: code_of(&kept, payment.call),
                href: format!("/dossiers/{}/financement", payment.dossier),
                slot: format!("{}, {}", payment.line, payment.year),
                due: day(payment.due_by),
                late: payment.paid_on > payment.due_by,
                amount: payment.amount.plain(),
                reference: payment.payment_reference,
                dossier: payment.reference,
                title: payment.title,
                organisation: payment.organisation,
            })
            .collect(),
    };
    let answer = Answer::page("Versements", "funding/list_payments.html", &view)?;
    Ok(crumbs(answer, visit, "Versements"))
}
