//! A project's own follow-up: its periods, its progress, every value.

use serde::Serialize;

use super::bars::{Bar, bar, rule};
use crate::base::ids::DossierId;
use crate::calls::definition::IndicatorTotal;
use crate::dossiers::State;
use crate::fault::Fault;
use crate::followup::actions::{self, Report};
use crate::followup::periods::Standing;
use crate::followup::rules::{percent, show_with_unit};
use crate::followup::store::{Indicator, Value};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct PeriodRow {
    label: String,
    due: String,
    due_iso: String,
    status: &'static str,
    tone: &'static str,
    href: String,
    action: &'static str,
}

#[derive(Serialize)]
struct Cell {
    value: String,
    known: bool,
}

#[derive(Serialize)]
struct IndicatorRow {
    label: String,
    how: &'static str,
    target: String,
    cells: Vec<Cell>,
    reached: String,
}

#[derive(Serialize)]
struct OverviewView {
    title: String,
    call: String,
    rhythm: &'static str,
    within: u16,
    periods: Vec<PeriodRow>,
    late: usize,
    over: bool,
    /// Whether the project shares its practice: an award that was terminated no longer does.
    circle: bool,
    bars: Vec<Bar>,
    heads: Vec<String>,
    rows: Vec<IndicatorRow>,
}

/// Words of one value in a table.
pub(super) fn value_words(indicator: &Indicator, value: Option<&Value>) -> (String, bool) {
    match value {
        None => ("non transmis".to_owned(), false),
        Some(Value { value: None, .. }) => ("non mesuré".to_owned(), false),
        Some(Value { value: Some(number), .. }) => (show_with_unit(*number, &indicator.unit), true),
    }
}

pub(super) fn how(total: IndicatorTotal) -> &'static str {
    match total {
        IndicatorTotal::Last => "depuis le début du projet",
        IndicatorTotal::Sum => "pendant la période",
    }
}

fn indicator_row(report: &Report, indicator: &Indicator) -> IndicatorRow {
    let total = rule(&report.call.definition, indicator);
    let cells = report
        .periods
        .iter()
        .map(|stored| {
            let (value, known) = value_words(indicator, indicator.in_period(stored.period.number));
            Cell { value, known }
        })
        .collect();
    let reached = indicator.reached(total).and_then(|value| percent(value, indicator.target));
    IndicatorRow {
        label: indicator.label.clone(),
        how: how(total),
        target: show_with_unit(indicator.target, &indicator.unit),
        cells,
        reached: reached.map(|share| format!("{share}\u{A0}%")).unwrap_or_default(),
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let report = visit.read(|conn| actions::own(conn, actor, id))?;
    let zone = report.call.zone();
    let running = report.dossier.state.is_running();
    let periods: Vec<PeriodRow> = report
        .periods
        .iter()
        .map(|stored| {
            let standing = stored.period.standing(stored.reported_at.is_some(), visit.now, zone);
            PeriodRow {
                label: stored.period.label(),
                due: stored.period.due_at.date(zone),
                due_iso: stored.period.due_at.iso_date(zone),
                status: standing.label(),
                tone: standing.tone(),
                href: if standing == Standing::Upcoming {
                    String::new()
                } else {
                    format!("/mes-dossiers/{id}/indicateurs/{}", stored.period.number)
                },
                action: match standing {
                    Standing::Reported if running => "Lire ou corriger",
                    _ if running => "Renseigner",
                    _ => "Lire",
                },
            }
        })
        .collect();
    let rules = &report.call.definition.followup;
    let view = OverviewView {
        title: report.dossier.title_or_untitled().to_owned(),
        call: report.call.code.clone(),
        rhythm: rules.period.label(),
        within: rules.report_within_days,
        late: periods.iter().filter(|period| running && period.status == Standing::Late.label()).count(),
        over: !running,
        circle: report.dossier.state != State::Terminated,
        bars: report.indicators.iter().map(|indicator| bar(&report.call.definition, indicator)).collect(),
        heads: report.periods.iter().map(|stored| stored.period.label()).collect(),
        rows: report.indicators.iter().map(|indicator| indicator_row(&report, indicator)).collect(),
        periods,
    };
    let reference = report.dossier.reference_or_draft();
    Ok(Answer::page(format!("Suivi du projet – {reference}"), "followup/overview.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Suivi du projet", ""))
}
