//! The lines of the ledger behind a figure of an envelope.

use serde::Serialize;

use super::Selection;
use crate::base::ids::EnvelopeId;
use crate::base::money::Cents;
use crate::base::text::count;
use crate::calls::{self, Call};
use crate::fault::Fault;
use crate::funding::pages::amount;
use crate::funding::store::{self, READERS, SeenDossier, SeenLine};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Format, Visit};

#[derive(Serialize)]
struct LineView {
    amount: String,
    kind: &'static str,
    has_dossier: bool,
    reference: String,
    title: String,
    href: String,
    decision: String,
    when: String,
    iso: String,
    author: String,
    reason: String,
}

#[derive(Serialize)]
struct Tab {
    label: &'static str,
    value: String,
    href: String,
    current: bool,
}

#[derive(Serialize)]
struct LinesView {
    title: String,
    envelope: String,
    explanation: &'static str,
    tabs: Vec<Tab>,
    lines: Vec<LineView>,
    several_kinds: bool,
    total: String,
    count: String,
    partial: bool,
    /// Address of the lines to take away, up to the format.
    exports: String,
}

pub(in crate::funding::pages) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: EnvelopeId = visit.param("envelope")?;
    let asked = visit.query.get("lignes").unwrap_or("vote");
    let selection = Selection::ALL.into_iter().find(|s| s.code() == asked).ok_or(Fault::NotFound)?;
    let (call, envelope, lines, partial) = visit.read(|conn| {
        let envelope = store::envelope(conn, id)?;
        actor.require_in(envelope.call, READERS)?;
        let call = calls::by_id(conn, envelope.call)?;
        let viewing = store::view_of(conn, actor, call.id)?;
        let lines = store::lines_seen(conn, &viewing, id)?;
        Ok((call, envelope, lines, viewing.is_partial()))
    })?;
    if let Some(format) = Format::asked(&visit.query) {
        let name = format!("{} {} {}", selection.label(), call.code, envelope.label());
        return export(name, &call, &lines, selection).answer(format, visit.now);
    }
    let figures = store::figures(&envelope, &lines);
    let shown: Vec<LineView> =
        lines.iter().filter_map(|line| selection.part(line).map(|part| line_view(&call, line, part))).collect();
    let title = format!("{}\u{A0}: {}", selection.label(), amount(selection.of(&figures)));
    let view = LinesView {
        title: title.clone(),
        envelope: envelope.label(),
        explanation: selection.explanation(),
        tabs: Selection::ALL
            .into_iter()
            .map(|s| Tab {
                label: s.label(),
                value: amount(s.of(&figures)),
                href: format!("/enveloppes/{id}?lignes={}", s.code()),
                current: s == selection,
            })
            .collect(),
        count: count(shown.len(), "ligne", "lignes"),
        lines: shown,
        several_kinds: selection == Selection::Left,
        total: amount(selection.of(&figures)),
        partial,
        exports: format!("/enveloppes/{id}?lignes={}&", selection.code()),
    };
    Ok(Answer::page(format!("{title} – {}", envelope.label()), "funding/lines.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, format!("/appels/{}", call.code))
        .crumb("Financement", format!("/appels/{}/financement", call.code))
        .crumb(envelope.label(), ""))
}

fn export(name: String, call: &Call, lines: &[SeenLine], selection: Selection) -> Table {
    let columns = ["Date", "Nature", "Dossier", "Projet", "Décision", "Motif", "Par", "Montant (€)"];
    let mut sheet = Table::new(name, &columns);
    for (line, part) in lines.iter().filter_map(|line| selection.part(line).map(|part| (line, part))) {
        let view = line_view(call, line, part);
        sheet.push(vec![
            Cell::day(Some(line.recorded_at), call.zone()),
            view.kind.into(),
            view.reference.into(),
            view.title.into(),
            view.decision.into(),
            view.reason.into(),
            view.author.into(),
            part.into(),
        ]);
    }
    sheet
}

fn line_view(call: &Call, line: &SeenLine, part: Cents) -> LineView {
    let zone = call.zone();
    let (has_dossier, reference, title, href) = match &line.dossier {
        SeenDossier::None => (false, String::new(), String::new(), String::new()),
        SeenDossier::Withheld => (true, "Dossier non accessible".to_owned(), String::new(), String::new()),
        SeenDossier::Open(dossier) => (
            true,
            dossier.reference_or_draft(),
            dossier.title_or_untitled().to_owned(),
            format!("/dossiers/{}/financement", dossier.id),
        ),
    };
    // The reason of a withheld dossier's line may tell what the dossier is.
    let withheld = matches!(line.dossier, SeenDossier::Withheld);
    LineView {
        amount: part.to_string(),
        kind: line.kind.label(),
        has_dossier,
        reference,
        title,
        href,
        decision: line.decision_number.clone().filter(|_| !withheld).unwrap_or_default(),
        when: line.recorded_at.short(zone),
        iso: line.recorded_at.iso(),
        author: line.author.clone().unwrap_or_else(|| "Console d’administration".to_owned()),
        reason: if withheld { String::new() } else { line.reason.clone() },
    }
}
