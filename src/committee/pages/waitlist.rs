//! The waiting list of a call: ranks, requests, what each line has free, who could be promoted.

use std::collections::HashMap;

use serde::Serialize;

use crate::base::clock::Instant;
use crate::base::ids::{DossierId, FundingLineId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::committee::actions::firm_year;
use crate::committee::model::EnvelopeChoice;
use crate::committee::{WaitlistLine, store};
use crate::dossiers;
use crate::fault::Fault;
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, ListRequest, ListView, Visit};

const COLUMNS: [Column; 6] = [
    Column::number("Rang", ""),
    Column::plain("Dossier"),
    Column::number("Demande", ""),
    Column::plain("Par ligne et par année"),
    Column::plain("État"),
    Column::plain("Promotion"),
];

#[derive(Serialize)]
struct Part {
    label: String,
    requested: String,
    planned: bool,
}

#[derive(Serialize)]
struct Row {
    rank: String,
    href: String,
    reference: String,
    title: String,
    total: String,
    parts: Vec<Part>,
    state: &'static str,
    tone: &'static str,
    /// « Possible », or what is short; empty for who no longer waits or when the figure may not be shown.
    promotion: String,
    possible: bool,
}

#[derive(Serialize)]
struct FreeRow {
    label: String,
    free: String,
}

#[derive(Serialize)]
struct WaitlistView {
    overline: String,
    list: ListView,
    rows: Vec<Row>,
    free: Vec<FreeRow>,
    /// Whether the visitor may know what envelopes hold: not when a dossier is hidden from them.
    whole: bool,
    sessions: String,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, lines, envelopes, whole) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let mut lines: Vec<WaitlistLine> = crate::committee::waitlist(conn, call.id)?;
        let listed: Vec<DossierId> = lines.iter().map(|line| line.dossier.id).collect();
        let visible = store::visible_to(conn, actor, call.id, &listed)?;
        lines.retain(|line| visible.contains(&line.dossier.id));
        let envelopes = store::envelopes_of_call(conn, call.id)?;
        let whole = !dossiers::sees_partially(conn, actor, call.id)?;
        Ok((call, lines, envelopes, whole))
    })?;
    let firm = firm_year(&call);
    let free: HashMap<FundingLineId, Option<Cents>> =
        envelopes.iter().filter(|e| Some(e.year) == firm).map(|e| (e.line, e.left)).collect();
    let request = ListRequest::read(visit, &COLUMNS, Vec::new()).without_search();
    if let Some(format) = request.format() {
        return export(&call, &lines, whole).answer(format, visit.now);
    }
    let (total, shown) = request.slice(lines);
    let view = WaitlistView {
        overline: format!("{} – {}", call.code, call.title),
        list: request.view(total, "dossier", "dossiers"),
        rows: shown.iter().map(|line| row(&call, line, &free, whole)).collect(),
        free: if whole { free_rows(&envelopes, firm) } else { Vec::new() },
        whole,
        sessions: format!("/appels/{}/comite", call.code),
    };
    Ok(Answer::page("Liste complémentaire", "committee/waitlist.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&call.code, format!("/appels/{}", call.code))
        .crumb("Comité", format!("/appels/{}/comite", call.code))
        .crumb("Liste complémentaire", ""))
}

fn free_rows(envelopes: &[EnvelopeChoice], firm: Option<i32>) -> Vec<FreeRow> {
    envelopes
        .iter()
        .filter(|envelope| Some(envelope.year) == firm)
        .map(|envelope| FreeRow {
            label: envelope.label(),
            free: envelope.left.map_or_else(|| "Vote non connu".to_owned(), |left| left.to_string()),
        })
        .collect()
}

/// What is missing on the first year's lines for the whole request; nothing when it could be promoted.
fn shortfall(line: &WaitlistLine, firm: Option<i32>, free: &HashMap<FundingLineId, Option<Cents>>) -> Option<String> {
    // Lines of one funder share one request: the roomiest of them is the one that could take it.
    let mut best: HashMap<&str, (Cents, Option<Cents>)> = HashMap::new();
    for asked in line.requested.iter().filter(|asked| Some(asked.year) == firm) {
        let left = free.get(&asked.line).copied().flatten();
        let known = best.entry(asked.funder.as_str()).or_insert((asked.requested, None));
        known.1 = known.1.max(left);
    }
    let missing: Cents =
        best.values().map(|(requested, left)| (*requested - left.unwrap_or(Cents::ZERO)).max(Cents::ZERO)).sum();
    (!missing.is_zero()).then(|| format!("Il manque {missing} pour toute la demande de la première année."))
}

fn row(call: &Call, line: &WaitlistLine, free: &HashMap<FundingLineId, Option<Cents>>, whole: bool) -> Row {
    let firm = firm_year(call);
    let missing = shortfall(line, firm, free);
    let known = whole && line.is_waiting();
    Row {
        // A gap between ranks would tell of a hidden dossier.
        rank: if whole { line.rank.to_string() } else { String::new() },
        href: format!("/comite/{}/dossiers/{}", line.session, line.dossier.id),
        reference: line.dossier.reference_or_draft(),
        title: line.dossier.title_or_untitled().to_owned(),
        total: line.total().to_string(),
        parts: line
            .requested
            .iter()
            .map(|asked| Part {
                label: asked.label.clone(),
                requested: asked.requested.to_string(),
                planned: Some(asked.year) != firm,
            })
            .collect(),
        state: line.dossier.state.label(),
        tone: line.dossier.state.tone(),
        possible: known && missing.is_none(),
        promotion: if known { missing.unwrap_or_else(|| "Possible".to_owned()) } else { String::new() },
    }
}

fn export(call: &Call, lines: &[WaitlistLine], whole: bool) -> Table {
    let columns = ["Rang", "Référence", "Titre", "Demande", "État", "Déposé le"];
    let mut table = Table::new(format!("liste-complementaire-{}", call.code), &columns);
    for line in lines {
        table.push(vec![
            if whole { Cell::Integer(line.rank) } else { Cell::text("") },
            Cell::text(line.dossier.reference_or_draft()),
            Cell::text(line.dossier.title_or_untitled()),
            Cell::Cents(line.total()),
            Cell::text(line.dossier.state.label()),
            Cell::day(Some(deposited(line)), call.zone()),
        ]);
    }
    table
}

fn deposited(line: &WaitlistLine) -> Instant {
    line.dossier.submitted_at.unwrap_or(line.dossier.updated_at)
}
