//! Every act: orders, agreements and what amends them.

use serde::Serialize;

use super::{call_filter, code_of, crumbs, purviews};
use crate::fault::Fault;
use crate::funding::rules::ActKind;
use crate::funding::store::{self, ListedAct, Listing};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Date", "date"),
    Column::plain("Forme"),
    Column::plain("Référence"),
    Column::plain("Autorité"),
    Column::plain("Appel"),
    Column::plain("Dossier"),
    Column::plain("Organisme"),
    Column::number("Montant\u{A0}(€)", "montant"),
];

#[derive(Serialize)]
struct Row {
    date: String,
    kind: &'static str,
    reference: String,
    authority: String,
    call: String,
    dossier: String,
    title: String,
    href: String,
    organisation: String,
    amount: String,
}

#[derive(Serialize)]
struct View {
    list: ListView,
    rows: Vec<Row>,
}

fn form_of(act: &ListedAct) -> &'static str {
    if act.amends.is_some() { act.kind.amending_label() } else { act.kind.label() }
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (all, kept) = purviews(visit)?;
    let kinds = Filter::new(
        "forme",
        "Forme",
        "Toutes les formes",
        ActKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())),
    );
    let request = ListRequest::read(visit, COLUMNS, vec![call_filter(&all), kinds]).sorted_by("date", true);
    let (order, descending) = request.order();
    let listing = Listing {
        words: request.words(),
        kind: request.chosen("forme").and_then(ActKind::from_code),
        by_amount: order == "montant",
        by_date: order == "date",
        descending,
        ..Listing::default()
    };
    let (total, acts) = visit.read(|conn| {
        let total = store::count_acts(conn, actor, &kept, &listing)?;
        Ok((total, store::listed_acts(conn, actor, &kept, &listing, request.window(total))?))
    })?;
    if let Some(format) = request.format() {
        let columns = [
            "Date",
            "Forme",
            "Référence",
            "Autorité",
            "Appel",
            "Dossier",
            "Projet",
            "Organisme",
            "SIRET",
            "Montant (€)",
            "État du dossier",
        ];
        let mut table = Table::new("Actes", &columns);
        for act in &acts {
            table.push(vec![
                Cell::Date(act.dated_on),
                form_of(act).into(),
                act.act_reference.as_str().into(),
                act.authority_name.as_str().into(),
                code_of(&kept, act.call).into(),
                act.reference.as_str().into(),
                act.title.as_str().into(),
                act.organisation.as_str().into(),
                act.siret.clone().into(),
                act.amount.into(),
                act.state.label().into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    let view = View {
        list: request.view(total, "acte", "actes"),
        rows: acts
            .into_iter()
            .map(|act| Row {
                date: act.dated_on.strftime("%d/%m/%Y").to_string(),
                kind: form_of(&act),
                authority: act.authority_name,
                call: code_of(&kept, act.call),
                href: format!("/dossiers/{}/financement", act.dossier),
                dossier: act.reference,
                title: act.title,
                organisation: act.organisation,
                amount: act.amount.plain(),
                reference: act.act_reference,
            })
            .collect(),
    };
    let answer = Answer::page("Actes", "funding/list_acts.html", &view)?;
    Ok(crumbs(answer, visit, "Actes"))
}
