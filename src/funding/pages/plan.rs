//! The plan over several years: by funder's line and year, from what is asked to what is paid.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::ids::{FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::funding::rules::SlotKey;
use crate::funding::store::FundingFile;

/// Sums of a slot. What is unknown is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    requested: Option<Cents>,
    reserved: Cents,
    committed: Cents,
    /// Granted for a year whose credits are not committed yet.
    planned: Cents,
    paid: Cents,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.requested = match (self.requested, other.requested) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
        };
        self.reserved += other.reserved;
        self.committed += other.committed;
        self.planned += other.planned;
        self.paid += other.paid;
    }

    fn left(&self) -> Cents {
        self.committed - self.paid
    }
}

#[derive(Serialize)]
pub(super) struct PlanRow {
    authority: String,
    line: String,
    year: i32,
    requested: String,
    reserved: String,
    committed: String,
    planned: String,
    paid: String,
    left: String,
}

#[derive(Serialize)]
pub(super) struct PlanView {
    rows: Vec<PlanRow>,
    total: PlanRow,
}

fn shown(amount: Cents) -> String {
    if amount.is_zero() { String::new() } else { amount.to_string() }
}

fn plan_row(authority: &str, line: &str, year: i32, sums: &Sums) -> PlanRow {
    PlanRow {
        authority: authority.to_owned(),
        line: line.to_owned(),
        year,
        requested: sums.requested.map(|r| r.to_string()).unwrap_or_default(),
        reserved: shown(sums.reserved),
        committed: shown(sums.committed),
        planned: shown(sums.planned),
        paid: shown(sums.paid),
        left: shown(sums.left()),
    }
}

/// By line and year, every slot where something was asked, granted or moved. What a funder with several lines is asked
/// for counts once, on its first line.
fn sums_of(file: &FundingFile) -> BTreeMap<SlotKey, Sums> {
    let mut sums: BTreeMap<SlotKey, Sums> = BTreeMap::new();
    for (slot, balance) in &file.balances {
        let of = sums.entry(*slot).or_default();
        of.reserved = balance.reserved;
        of.committed = balance.committed;
        of.paid = balance.paid;
    }
    for award in &file.awards {
        for (slot, amount) in award.granted.iter().filter(|(slot, _)| !award.firm.contains_key(slot)) {
            sums.entry(*slot).or_default().planned += *amount;
        }
    }
    let mut firsts: BTreeMap<InstitutionId, FundingLineId> = BTreeMap::new();
    for line in file.lines.values() {
        firsts.entry(line.funder).or_insert(line.id);
    }
    for year in file.call.definition.budget.years.iter().copied().map(i32::from) {
        for line in file.lines.values().filter(|line| firsts.get(&line.funder) == Some(&line.id)) {
            let requested = file.content.requested_of(&file.call.definition, &line.funder_code, year);
            if requested.is_positive() {
                sums.entry((line.id, year)).or_default().requested = Some(requested);
            }
        }
    }
    sums
}

pub(super) fn of_dossier(file: &FundingFile) -> PlanView {
    let sums = sums_of(file);
    let mut total = Sums::default();
    let mut ordered: Vec<_> = sums.iter().collect();
    ordered.sort_by_key(|((line, year), _)| (*year, *line));
    let rows = ordered
        .into_iter()
        .map(|((line, year), sums)| {
            total.add(sums);
            let named = file.lines.get(line);
            let authority = named.map_or("", |line| file.name(line.authority));
            plan_row(authority, named.map_or("", |line| line.name.as_str()), *year, sums)
        })
        .collect();
    PlanView { rows, total: plan_row("", "", 0, &total) }
}

/// Whether a year is granted subject to credits.
pub(super) fn waits_for_credits(file: &FundingFile) -> bool {
    sums_of(file).values().any(|sums| sums.planned.is_positive())
}
