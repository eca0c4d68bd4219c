//! The essential data of grants (décret 2017-779), in the columns of the SCDL schema « subventions » 2.1.1: one row per
//! authority and beneficiary.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{call_filter, crumbs, purviews};
use crate::base::ids::{DossierId, InstitutionId};
use crate::base::money::Cents;
use crate::db::{Conn, Window};
use crate::fault::Fault;
use crate::funding::store::{self, ListedAct, Listing, Purview};
use crate::web::form::encode;
use crate::web::{Answer, Column, ListRequest, ListView, Visit};

pub(super) const HEADER: [&str; 16] = [
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
];

const COLUMNS: &[Column] = &[
    Column::sorted("Acte du", "date"),
    Column::plain("Attribuant"),
    Column::plain("Bénéficiaire"),
    Column::plain("Objet"),
    Column::number("Montant\u{A0}(€)", "montant"),
    Column::plain("À publier avant le"),
    Column::plain("État"),
];

/// Months after its signature in which a grant is published.
const PUBLICATION_MONTHS: i64 = 3;

/// One authority's grant to one beneficiary, by its acts.
struct Grant {
    first: ListedAct,
    amount: Cents,
    siret: Option<String>,
    instalments: usize,
    last_year: i32,
    /// Of all that the acts of the dossier grant, in hundredths, never nought.
    hundredths: i64,
    call_title: String,
}

impl Grant {
    /// What is missing for the row to be published.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.siret.is_none() {
            missing.push("SIRET de l’attribuant");
        }
        if self.first.siret.is_none() && self.first.rna.is_none() {
            missing.push("SIRET ou RNA du bénéficiaire");
        }
        missing
    }

    fn publish_by(&self) -> Option<Date> {
        self.first.dated_on.checked_add(jiff::Span::new().months(PUBLICATION_MONTHS)).ok()
    }

    fn fields(&self) -> [String; 16] {
        let act = &self.first;
        let (condition, dates) = if self.instalments > 1 {
            ("échelonné", format!("{}/{}-12-31", act.dated_on, self.last_year.max(i32::from(act.dated_on.year()))))
        } else {
            ("unique", act.dated_on.to_string())
        };
        let cents = self.amount.0;
        [
            act.authority_name.clone(),
            self.siret.clone().unwrap_or_default(),
            act.dated_on.to_string(),
            act.act_reference.clone(),
            act.organisation.clone(),
            act.siret.clone().unwrap_or_default(),
            act.rna.clone().unwrap_or_default(),
            act.title.chars().take(256).collect(),
            format!("{}.{:02}", cents / 100, cents % 100),
            "aide en numéraire".to_owned(),
            condition.to_owned(),
            dates,
            String::new(),
            "non".to_owned(),
            if self.hundredths >= 100 { "1".to_owned() } else { format!("0.{:02}", self.hundredths) },
            self.call_title.clone(),
        ]
    }
}

fn grants(conn: &mut Conn, visit: &Visit, kept: &Purview, words: Vec<String>) -> Result<Vec<Grant>, Fault> {
    let actor = visit.actor()?;
    let everything = Window { offset: 0, limit: i64::MAX };
    let acts = store::listed_acts(conn, actor, kept, &Listing { words, ..Listing::default() }, everything)?;
    let sirets = store::sirets(conn)?;
    let schedules = store::schedules_of(conn, &acts.iter().map(|act| act.id).collect::<Vec<_>>())?;
    let mut by_authority: BTreeMap<(DossierId, InstitutionId), Vec<ListedAct>> = BTreeMap::new();
    for act in acts {
        by_authority.entry((act.dossier, act.authority)).or_default().push(act);
    }
    let mut totals: BTreeMap<DossierId, Cents> = BTreeMap::new();
    for ((dossier, _), acts) in &by_authority {
        *totals.entry(*dossier).or_default() += acts.last().map_or(Cents::ZERO, |act| act.amount);
    }
    Ok(by_authority
        .into_iter()
        .filter_map(|((dossier, authority), acts)| {
            let last = acts.last()?.clone();
            let first = acts.into_iter().next()?;
            let total = totals.get(&dossier).copied().unwrap_or(last.amount);
            let (instalments, last_year) = schedules.get(&last.id).copied().unwrap_or((1, 0));
            let share = i128::from(last.amount.0) * 100 / i128::from(total.0.max(1));
            Some(Grant {
                siret: sirets.get(&authority).cloned().flatten(),
                amount: last.amount,
                instalments,
                last_year,
                hundredths: i64::try_from(share).unwrap_or(100).clamp(1, 100),
                call_title: kept.call(first.call).map(|call| call.title.clone()).unwrap_or_default(),
                first,
            })
        })
        .collect())
}

#[derive(Serialize)]
struct Row {
    date: String,
    authority: String,
    beneficiary: String,
    object: String,
    href: String,
    amount: String,
    publish_by: String,
    late: bool,
    missing: String,
}

#[derive(Serialize)]
struct View {
    csv_href: String,
    complete: usize,
    list: ListView,
    rows: Vec<Row>,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let (all, kept) = purviews(visit)?;
    let request = ListRequest::read(visit, COLUMNS, vec![call_filter(&all)]).sorted_by("date", true);
    let mut found = visit.read(|conn| grants(conn, visit, &kept, request.words()))?;
    let complete = found.iter().filter(|grant| grant.missing().is_empty()).count();
    let (order, descending) = request.order();
    match order {
        "montant" => found.sort_by_key(|grant| grant.amount),
        _ => found.sort_by_key(|grant| grant.first.dated_on),
    }
    if descending {
        found.reverse();
    }
    let (total, shown) = request.slice(found);
    let day = |date: Date| date.strftime("%d/%m/%Y").to_string();
    let asked = visit.query.text("appel");
    let end = if asked.is_empty() { String::new() } else { format!("?appel={}", encode(asked)) };
    let view = View {
        csv_href: format!("/financements/donnees-essentielles.csv{end}"),
        complete,
        list: request.view(total, "subvention", "subventions"),
        rows: shown
            .iter()
            .map(|grant| {
                let today = visit.now.in_zone(crate::base::clock::PARIS).date();
                Row {
                    date: day(grant.first.dated_on),
                    authority: grant.first.authority_name.clone(),
                    beneficiary: grant.first.organisation.clone(),
                    object: grant.first.title.clone(),
                    href: format!("/dossiers/{}/financement", grant.first.dossier),
                    amount: grant.amount.plain(),
                    publish_by: grant.publish_by().map(day).unwrap_or_default(),
                    late: grant.publish_by().is_some_and(|by| today > by),
                    missing: grant.missing().join(", "),
                }
            })
            .collect(),
    };
    let answer = Answer::page("Données essentielles", "funding/list_essential.html", &view)?;
    Ok(crumbs(answer, visit, "Données essentielles"))
}

/// The file to publish: UTF-8, commas and decimal points, complete rows only.
pub(super) fn download(visit: &Visit) -> Result<Answer, Fault> {
    let (_, kept) = purviews(visit)?;
    let found = visit.read(|conn| grants(conn, visit, &kept, Vec::new()))?;
    let mut csv = HEADER.join(",");
    csv.push_str("\r\n");
    for grant in found.iter().filter(|grant| grant.missing().is_empty()) {
        let fields: Vec<String> = grant.fields().iter().map(|field| quoted(field)).collect();
        csv.push_str(&fields.join(","));
        csv.push_str("\r\n");
    }
    Ok(Answer::file("text/csv; charset=utf-8", "subventions-scdl.csv", csv.into_bytes()))
}

/// A spreadsheet that opens the file runs no formula of it: an apostrophe makes text of what begins like one.
fn quoted(field: &str) -> String {
    let field = match field.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{field}"),
        _ => field.to_owned(),
    };
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}
