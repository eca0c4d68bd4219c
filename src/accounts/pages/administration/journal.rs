//! The journal of the whole service, for administrators. Entries about a dossier are read with the dossier, by whom
//! its call lets in: here only its acts of administration are.

use serde::Serialize;

use super::page;
use crate::base::clock::PARIS;
use crate::fault::Fault;
use crate::journal::{self, Read};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] =
    &[Column::sorted("Date", "date"), Column::plain("Auteur"), Column::plain("Acte"), Column::plain("Motif")];

/// The first part of an action's code, and how it is called on the page.
const MATTERS: [(&str, &str); 10] = [
    ("account", "Comptes"),
    ("agent", "Rattachements"),
    ("role", "Rôles"),
    ("institution", "Institutions"),
    ("organisation", "Organismes"),
    ("delegation", "Délégations"),
    ("call", "Appels"),
    ("mail", "Courriels"),
    ("funding_line", "Lignes de financement"),
    ("envelope", "Enveloppes"),
];

#[derive(Serialize)]
struct Row {
    when: String,
    who: String,
    what: String,
    why: String,
}

#[derive(Serialize)]
struct View {
    list: ListView,
    rows: Vec<Row>,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let matters = MATTERS.map(|(code, label)| (code.to_owned(), label.to_owned()));
    let filters = vec![Filter::new("matiere", "Matière", "Toutes les matières", matters)];
    let request = ListRequest::read(visit, COLUMNS, filters).without_search().sorted_by("date", true);
    let matter = request.chosen("matiere");
    let (total, entries) = visit.read(|conn| {
        let total = journal::count_administration(conn, matter)?;
        Ok((total, journal::administration(conn, matter, request.order().1, request.window(total))?))
    })?;
    if let Some(format) = request.format() {
        return table(&entries).answer(format, visit.now);
    }
    let rows = entries.into_iter().map(|entry| Row {
        when: entry.at.short(PARIS),
        who: entry.actor_name,
        what: entry.summary,
        why: entry.reason,
    });
    let view = View { list: request.view(total, "acte", "actes"), rows: rows.collect() };
    page("Journal", "administration/journal.html", &view)
}

fn table(entries: &[Read]) -> Table {
    let mut table = Table::new("Journal", &["N°", "Date", "Auteur", "Acte", "Motif", "Code"]);
    for entry in entries {
        table.push(vec![
            entry.sequence.into(),
            Cell::day(Some(entry.at), PARIS),
            entry.actor_name.as_str().into(),
            entry.summary.as_str().into(),
            entry.reason.as_str().into(),
            entry.action.as_str().into(),
        ]);
    }
    table
}
