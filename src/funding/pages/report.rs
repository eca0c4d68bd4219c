//! The financial report as it is read: forecast beside realised, group by group.

use serde::Serialize;

use super::{Row, row};
use crate::base::clock::french_date;
use crate::base::money::Cents;
use crate::dossiers::budget::subtotal;
use crate::funding::rules::Side;
use crate::funding::store::FundingFile;

/// A group of the budget plan, all years together; an amount nobody gave is missing, never zero.
pub(super) struct Group {
    pub class: String,
    pub label: String,
    pub forecast: Option<Cents>,
    pub realised: Option<Cents>,
}

pub(super) fn groups(file: &FundingFile, side: Side) -> Vec<Group> {
    let plan = &file.call.definition.budget;
    let groups = match side {
        Side::Charges => &plan.charges,
        Side::Produits => &plan.produits,
    };
    groups
        .iter()
        .map(|group| {
            let years: Vec<Cents> = file.content.budget.iter().filter_map(|year| subtotal(group, year)).collect();
            let realised = file.report.as_ref().and_then(|r| r.realised.get(&(side, group.class.clone())).copied());
            Group {
                class: group.class.clone(),
                label: format!("{} – {}", group.class, group.label),
                forecast: (!years.is_empty()).then(|| years.into_iter().sum()),
                realised,
            }
        })
        .collect()
}

/// Totals of a side, of the groups that were given.
fn totals(file: &FundingFile, side: Side) -> (Cents, Cents) {
    let groups = groups(file, side);
    (groups.iter().filter_map(|g| g.forecast).sum(), groups.iter().filter_map(|g| g.realised).sum())
}

/// The report in a few rows; none before it is received.
pub(super) fn summary(file: &FundingFile) -> Vec<Row> {
    let Some(report) = &file.report else { return Vec::new() };
    let (charges, produits) = (totals(file, Side::Charges), totals(file, Side::Produits));
    vec![
        row("Compte rendu financier reçu le", french_date(report.received_on)),
        row("Charges", format!("{} réalisées pour {} prévues", charges.1, charges.0)),
        row("Produits", format!("{} réalisés pour {} prévus", produits.1, produits.0)),
    ]
}

#[derive(Serialize)]
pub(super) struct Line {
    label: String,
    forecast: String,
    realised: String,
}

#[derive(Serialize)]
pub(super) struct Table {
    label: &'static str,
    lines: Vec<Line>,
    forecast: String,
    realised: String,
}

/// Both sides as tables, without the groups that neither the plan nor the report mentions.
pub(super) fn tables(file: &FundingFile) -> Vec<Table> {
    if file.report.is_none() {
        return Vec::new();
    }
    let shown = |amount: Option<Cents>| amount.map(|a| a.to_string()).unwrap_or_default();
    Side::ALL
        .iter()
        .map(|side| {
            let (forecast, realised) = totals(file, *side);
            Table {
                label: side.label(),
                lines: groups(file, *side)
                    .into_iter()
                    .filter(|g| g.forecast.is_some() || g.realised.is_some())
                    .map(|g| Line { label: g.label, forecast: shown(g.forecast), realised: shown(g.realised) })
                    .collect(),
                forecast: forecast.to_string(),
                realised: realised.to_string(),
            }
        })
        .collect()
}
