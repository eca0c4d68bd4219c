//! What several pages of decisions show alike.

use serde::Serialize;

use crate::base::ids::DossierId;
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::Conn;
use crate::decisions::model::Granted;
use crate::decisions::rules::Slot;
use crate::decisions::store;
use crate::dossiers::Outcome;
use crate::fault::{Fault, Mistakes};
use crate::ledger::Share;
use crate::web::{Answer, Form};

/// A label and its value.
#[derive(Clone, Serialize)]
pub(super) struct Fact {
    pub key: &'static str,
    pub value: String,
}

pub(super) fn fact(key: &'static str, value: impl Into<String>) -> Fact {
    Fact { key, value: value.into() }
}

/// One line of who brings what, when.
#[derive(Clone, Serialize)]
pub(super) struct ShareView {
    pub label: String,
    pub amount: String,
    pub standing: &'static str,
}

pub(super) fn share_views(conn: &mut Conn, call: &Call, shares: &[Granted]) -> Result<Vec<ShareView>, Fault> {
    let lines = store::call_lines(conn, call.id)?;
    Ok(shares
        .iter()
        .map(|g| ShareView {
            label: match lines.get(&g.share.line) {
                Some(line) => format!("{}, {}, {}", line.funder_name, line.name, g.share.year),
                None => g.share.year.to_string(),
            },
            amount: g.share.amount.plain(),
            standing: standing(g.firm),
        })
        .collect())
}

pub(super) fn standing(firm: bool) -> &'static str {
    if firm { "Ferme" } else { "Sous réserve de crédits" }
}

/// An amount to type, on a line and a year.
#[derive(Clone, Serialize)]
pub(super) struct AmountField {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub error: String,
}

/// What a form sent in the fields of these lines; an empty field grants nothing there.
pub(super) fn read_amounts<'a>(
    mistakes: &mut Mistakes,
    form: &Form,
    fields: impl Iterator<Item = (String, crate::base::ids::FundingLineId, i32)> + 'a,
) -> Vec<Share> {
    let mut shares = Vec::new();
    for (name, line, year) in fields {
        let typed = form.text(&name);
        if typed.trim().is_empty() {
            continue;
        }
        if let Some(amount) = mistakes.take(&name, Cents::parse(typed)) {
            shares.push(Share { line, year, amount });
        }
    }
    shares
}

pub(super) fn slot_fields(slots: &[Slot]) -> impl Iterator<Item = (String, crate::base::ids::FundingLineId, i32)> {
    slots.iter().map(|slot| (slot.field(), slot.line, slot.year))
}

/// The outcome with its rank: `Liste complémentaire, rang 2`.
pub(super) fn outcome_label(outcome: Outcome, rank: Option<i64>) -> String {
    match rank {
        Some(rank) => format!("{}, rang {rank}", outcome.label()),
        None => outcome.label().to_owned(),
    }
}

pub(super) fn plain(amount: Option<Cents>) -> String {
    amount.map_or_else(|| "–".to_owned(), Cents::plain)
}

/// The way back from a page of one dossier's decisions.
pub(super) fn crumbs(answer: Answer, call: &Call, reference: &str, dossier: DossierId, last: &str) -> Answer {
    let answer = answer
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code))
        .crumb("Décisions", format!("/appels/{}/decisions", call.code));
    if last.is_empty() {
        answer.crumb(reference, "")
    } else {
        answer.crumb(reference, format!("/dossiers/{dossier}/decision")).crumb(last, "")
    }
}

/// The way back from a page of a call's decisions.
pub(super) fn call_crumbs(answer: Answer, call: &Call, last: &str) -> Answer {
    let answer = answer.crumb("Appels", "/appels").crumb(&call.title, format!("/appels/{}", call.code));
    if last.is_empty() {
        answer.crumb("Décisions", "")
    } else {
        answer.crumb("Décisions", format!("/appels/{}/decisions", call.code)).crumb(last, "")
    }
}
