//! Funding lines and the votes of envelopes. What is reserved, committed and paid is read under « Financement », by who
//! may read it: an administrator may be a member of an applicant.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Choice, by_field, institution_choices, page};
use crate::accounts::{actions, store};
use crate::base::ids::{EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::base::text::fold;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::export::Table;
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const PATH: &str = "/administration/financements";

#[derive(Serialize)]
struct Line {
    name: String,
    funder: String,
    authority: String,
    payer: String,
    href: String,
}

#[derive(Serialize)]
struct Envelope {
    call: String,
    line: String,
    year: i32,
    voted: String,
    href: String,
    /// Opens another year on the same line; only on the last year.
    open_href: String,
}

#[derive(Serialize)]
struct List {
    lines: Vec<Line>,
    list: ListView,
    envelopes: Vec<Envelope>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Ligne", "ligne"),
    Column::sorted("Appel", "appel"),
    Column::sorted("Année", "annee"),
    Column::number("Voté", "vote"),
    Column::plain("Action"),
];

fn envelope(e: store::Envelope) -> Envelope {
    Envelope {
        href: format!("{PATH}/enveloppes/{}", e.id),
        open_href: format!("{PATH}/enveloppes/nouvelle/{}/{}", e.call_code, e.line),
        call: e.call_code,
        line: e.line_name,
        year: e.year,
        voted: e.voted.map_or_else(String::new, |v| v.to_string()),
    }
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let (lines, envelopes, institutions) =
        visit.read(|conn| Ok((store::funding_lines(conn)?, store::envelopes(conn)?, store::institutions(conn)?)))?;
    let name =
        |id: InstitutionId| institutions.iter().find(|i| i.id == id).map(|i| i.short_name.clone()).unwrap_or_default();
    let lines = lines.into_iter().map(|l| Line {
        href: format!("{PATH}/lignes/{}", l.id),
        authority: name(l.authority),
        payer: name(l.payer),
        name: l.name,
        funder: l.funder_name,
    });
    let (request, envelopes) = narrowed(visit, envelopes);
    let (total, envelopes) = request.slice(envelopes);
    if let Some(format) = request.format() {
        return table(&envelopes).answer(format, visit.now);
    }
    let view = List {
        lines: lines.collect(),
        list: request.view(total, "enveloppe", "enveloppes"),
        envelopes: envelopes.into_iter().map(envelope).collect(),
    };
    page("Financements", "administration/funding.html", &view)
}

/// The envelopes asked for, in the order asked for.
fn narrowed(visit: &Visit, mut envelopes: Vec<store::Envelope>) -> (ListRequest, Vec<store::Envelope>) {
    let codes: BTreeSet<String> = envelopes.iter().map(|e| e.call_code.clone()).collect();
    let filters =
        vec![Filter::new("appel", "Appel", "Tous les appels", codes.into_iter().map(|code| (code.clone(), code)))];
    let request = ListRequest::read(visit, COLUMNS, filters);
    envelopes.retain(|e| {
        request.chosen("appel").is_none_or(|code| e.call_code == code)
            && request.finds(&format!("{} {} {}", e.line_name, e.call_code, e.year))
    });
    match request.order().0 {
        "ligne" => envelopes.sort_by_cached_key(|e| fold(&e.line_name)),
        "appel" => envelopes.sort_by(|a, b| a.call_code.cmp(&b.call_code)),
        "annee" => envelopes.sort_by_key(|e| e.year),
        "vote" => envelopes.sort_by_key(|e| e.voted),
        _ => {}
    }
    if request.order().1 {
        envelopes.reverse();
    }
    (request, envelopes)
}

fn table(envelopes: &[store::Envelope]) -> Table {
    let mut table = Table::new("Enveloppes", &["Ligne", "Appel", "Année", "Voté (€)"]);
    for e in envelopes {
        table.push(vec![
            e.line_name.as_str().into(),
            e.call_code.as_str().into(),
            i64::from(e.year).into(),
            e.voted.into(),
        ]);
    }
    table
}

#[derive(Serialize)]
struct LineForm {
    path: String,
    name: String,
    funder: String,
    authorities: Vec<Choice>,
    payers: Vec<Choice>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_line(visit: &Visit) -> Result<Answer, Fault> {
    line_page(visit, Vec::new())
}

fn line_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let id: FundingLineId = visit.param("line")?;
    let view = visit.read(|conn| {
        let line = store::funding_line(conn, id)?;
        let typed = |name: &str, saved: InstitutionId| visit.form.get(name).map_or(saved.to_string(), str::to_owned);
        Ok(LineForm {
            path: visit.path.clone(),
            authorities: institution_choices(conn, "Choisissez", &typed("authority", line.authority))?,
            payers: institution_choices(conn, "Choisissez", &typed("payer", line.payer))?,
            name: line.name,
            funder: line.funder_name,
            errors: by_field(&summary),
            summary,
        })
    })?;
    Ok(page(&view.name, "administration/funding_line.html", &view)?.crumb("Financements", PATH))
}

pub(super) fn change_line(visit: &Visit) -> Result<Answer, Fault> {
    let id: FundingLineId = visit.param("line")?;
    let mut mistakes = Mistakes::default();
    let authority = mistakes.take(
        "authority",
        visit.form.text("authority").parse::<InstitutionId>().map_err(|_| "Choisissez l’institution qui décide."),
    );
    let payer = mistakes.take(
        "payer",
        visit.form.text("payer").parse::<InstitutionId>().map_err(|_| "Choisissez l’institution qui paie."),
    );
    let (Some(authority), Some(payer)) = (authority, payer) else {
        return visit.with_mistakes(Fault::Invalid(mistakes.into_vec()), line_page);
    };
    visit.perform(|op| actions::change_funding_line(op, id, authority, payer))?;
    Ok(Answer::redirect(PATH).flash("La ligne de financement est modifiée."))
}

#[derive(Serialize)]
struct VoteForm {
    path: String,
    envelope: Envelope,
    taking_back: bool,
    amount: String,
    reason: String,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_envelope(visit: &Visit) -> Result<Answer, Fault> {
    envelope_page(visit, Vec::new())
}

fn envelope_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let id: EnvelopeId = visit.param("envelope")?;
    let view = VoteForm {
        path: visit.path.clone(),
        envelope: envelope(visit.read(|conn| store::envelope(conn, id))?),
        taking_back: visit.form.text("direction") == "retirer",
        amount: visit.form.text("amount").to_owned(),
        reason: visit.form.text("reason").to_owned(),
        errors: by_field(&summary),
        summary,
    };
    let of = &view.envelope;
    let title = format!("Enregistrer un vote – {}, {}, {}", of.call, of.line, of.year);
    Ok(page(&title, "administration/vote.html", &view)?.crumb("Financements", PATH))
}

pub(super) fn vote(visit: &Visit) -> Result<Answer, Fault> {
    let id: EnvelopeId = visit.param("envelope")?;
    let mut mistakes = Mistakes::default();
    let amount = mistakes.take("amount", Cents::parse(visit.form.text("amount")));
    mistakes.line("reason", visit.form.text("reason"), 300, "Saisissez la référence ou le motif du vote.");
    let sign = match visit.form.text("direction") {
        "ajouter" => Some(false),
        "retirer" => Some(true),
        _ => {
            mistakes.add("direction", "Choisissez entre ajouter et retirer.");
            None
        }
    };
    let (Some(amount), Some(taking_back), true) = (amount, sign, mistakes.is_empty()) else {
        return visit.with_mistakes(Fault::Invalid(mistakes.into_vec()), envelope_page);
    };
    let amount = if taking_back { -amount } else { amount };
    match visit.perform(|op| actions::record_vote(op, id, amount, visit.form.text("reason"))) {
        Ok(()) => Ok(Answer::redirect(PATH).flash("Le vote est enregistré.")),
        // What the ledger refuses is a matter of the amount typed.
        Err(Fault::Refused(reason)) => visit.with_mistakes(Fault::invalid("amount", reason), envelope_page),
        Err(fault) => visit.with_mistakes(fault, envelope_page),
    }
}

#[derive(Serialize)]
struct OpenForm {
    path: String,
    call: String,
    line: String,
    year: String,
    amount: String,
    source: String,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_new_envelope(visit: &Visit) -> Result<Answer, Fault> {
    open_page(visit, Vec::new())
}

fn open_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let line: FundingLineId = visit.param("line")?;
    let envelopes = visit.read(store::envelopes)?;
    let of_line: Vec<_> = envelopes.into_iter().filter(|e| e.call_code == code && e.line == line).collect();
    let last = of_line.iter().max_by_key(|e| e.year).ok_or(Fault::NotFound)?;
    let view = OpenForm {
        path: visit.path.clone(),
        call: code,
        line: last.line_name.clone(),
        year: visit.form.get("year").map_or_else(|| (last.year + 1).to_string(), str::to_owned),
        amount: visit.form.text("amount").to_owned(),
        source: visit.form.text("source").to_owned(),
        errors: by_field(&summary),
        summary,
    };
    let title = format!("Ouvrir l’enveloppe d’une année – {}, {}", view.call, view.line);
    Ok(page(&title, "administration/envelope_open.html", &view)?.crumb("Financements", PATH))
}

pub(super) fn open_envelope(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let line: FundingLineId = visit.param("line")?;
    let call = visit
        .read(store::envelopes)?
        .into_iter()
        .find(|e| e.call_code == code && e.line == line)
        .ok_or(Fault::NotFound)?
        .call;
    let mut mistakes = Mistakes::default();
    let year = mistakes.take(
        "year",
        visit.form.text("year").trim().parse::<i32>().map_err(|_| "Saisissez une année, par exemple 2023."),
    );
    let amount = visit.form.text("amount").trim();
    let voted = if amount.is_empty() { Some(None) } else { mistakes.take("amount", Cents::parse(amount)).map(Some) };
    mistakes.line("source", visit.form.text("source"), 300, "Saisissez la référence ou le motif de l’ouverture.");
    let (Some(year), Some(voted), true) = (year, voted, mistakes.is_empty()) else {
        return visit.with_mistakes(Fault::Invalid(mistakes.into_vec()), open_page);
    };
    let new = actions::NewEnvelope { call, line, year, voted, source: visit.form.text("source").to_owned() };
    match visit.perform(|op| actions::open_envelope(op, &new)) {
        Ok(_) => Ok(Answer::redirect(PATH).flash(format!("L’enveloppe {year} est ouverte."))),
        Err(fault) => visit.with_mistakes(fault, open_page),
    }
}
