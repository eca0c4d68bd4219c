//! Arithmetic of a year's budget plan. Rules look at classes and flags, never at labels.

use super::model::YearBudget;
use crate::base::money::Cents;
use crate::calls::definition::{BudgetGroup, BudgetLine, BudgetPlan, CallDefinition};

/// Class of contributions in kind on the side of charges.
pub const IN_KIND_CHARGES: &str = "86";
/// Class of contributions in kind on the side of produits.
pub const IN_KIND_PRODUITS: &str = "87";

/// Sums of a year. An empty line adds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Without class 86.
    pub charges: Cents,
    /// Without class 87.
    pub produits: Cents,
    pub in_kind_charges: Cents,
    pub in_kind_produits: Cents,
    /// Asked of the call's funders.
    pub requested: Cents,
    /// Public money among the produits.
    pub public: Cents,
}

impl Totals {
    #[must_use]
    pub fn all_charges(&self) -> Cents {
        self.charges + self.in_kind_charges
    }

    #[must_use]
    pub fn all_produits(&self) -> Cents {
        self.produits + self.in_kind_produits
    }

    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.charges == self.produits && self.in_kind_charges == self.in_kind_produits
    }

    /// Public money in tenths of a per cent of the produits, rounded to the nearest; unknown without produits.
    #[must_use]
    pub fn public_share(&self) -> Option<i64> {
        let produits = self.produits.0;
        (produits > 0).then(|| (self.public.0 * 2000 + produits) / (2 * produits))
    }
}

/// Tenths of a per cent as people read them: `62,5 %`.
#[must_use]
pub fn show_share(tenths: i64) -> String {
    match tenths % 10 {
        0 => format!("{}\u{A0}%", tenths / 10),
        rest => format!("{},{rest}\u{A0}%", tenths / 10),
    }
}

/// Asked of the call's funders for a year.
#[must_use]
pub fn requested_in(budget: &[YearBudget], definition: &CallDefinition, year: i16) -> Cents {
    sum_of(budget, year.into(), definition.request_lines())
}

/// Asked of one funder of the call, by its code, for a year.
#[must_use]
pub fn requested_of(budget: &[YearBudget], definition: &CallDefinition, funder: &str, year: i32) -> Cents {
    sum_of(budget, year, definition.request_lines_to(funder))
}

fn sum_of<'a>(budget: &[YearBudget], year: i32, lines: impl Iterator<Item = &'a BudgetLine>) -> Cents {
    let codes: Vec<&str> = lines.map(|line| line.code.as_str()).collect();
    budget
        .iter()
        .filter(|b| i32::from(b.year) == year)
        .flat_map(|b| &b.amounts)
        .filter(|(code, _)| codes.contains(&code.as_str()))
        .map(|(_, amount)| *amount)
        .sum()
}

/// Sum of a group's lines; absent when none of them is filled.
#[must_use]
pub fn subtotal(group: &BudgetGroup, budget: &YearBudget) -> Option<Cents> {
    let mut filled = group.lines.iter().filter_map(|line| budget.amounts.get(&line.code)).peekable();
    filled.peek()?;
    Some(filled.copied().sum())
}

#[must_use]
pub fn totals(plan: &BudgetPlan, budget: &YearBudget) -> Totals {
    let mut totals = Totals::default();
    for group in &plan.charges {
        let sum = subtotal(group, budget).unwrap_or_default();
        if group.class == IN_KIND_CHARGES {
            totals.in_kind_charges += sum;
        } else {
            totals.charges += sum;
        }
    }
    for group in &plan.produits {
        let sum = subtotal(group, budget).unwrap_or_default();
        if group.class == IN_KIND_PRODUITS {
            totals.in_kind_produits += sum;
            continue;
        }
        totals.produits += sum;
        for line in &group.lines {
            let amount = budget.amounts.get(&line.code).copied().unwrap_or_default();
            if line.request_to.is_some() {
                totals.requested += amount;
            }
            if line.public {
                totals.public += amount;
            }
        }
    }
    totals
}
