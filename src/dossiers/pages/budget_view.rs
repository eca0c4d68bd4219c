//! The budget as a form: one row a line, one column a year, with sums that a script keeps up to date.

use serde::Serialize;

use super::form_view::Errors;
use crate::calls::definition::{BudgetGroup, CallDefinition};
use crate::dossiers::content::budget_field;
use crate::dossiers::drafts::{Typed, typed_text};
use crate::dossiers::form::{TypedSum, is_in_kind, sum_typed};
use crate::dossiers::present::group_title;

/// One amount to type.
#[derive(Serialize)]
struct CellView {
    year: i16,
    name: String,
    /// Label read out, which names the line, the class and the year.
    full_label: String,
    value: String,
    error: String,
    sum: String,
}

#[derive(Serialize)]
struct LineView {
    label: String,
    hint: String,
    cells: Vec<CellView>,
}

/// One sum of a row of sums.
#[derive(Serialize)]
struct SumView {
    year: String,
    id: String,
    total: String,
}

#[derive(Serialize)]
struct SumsView {
    label: String,
    sums: Vec<SumView>,
}

#[derive(Serialize)]
struct GroupView {
    title: String,
    sums: Vec<SumView>,
    lines: Vec<LineView>,
}

#[derive(Serialize)]
struct SideView {
    caption: &'static str,
    groups: Vec<GroupView>,
    total: SumsView,
    in_kind: Vec<GroupView>,
    all: SumsView,
}

/// What must balance in a year.
#[derive(Serialize)]
struct BalanceView {
    heading: String,
    charges_id: String,
    charges: String,
    produits_id: String,
    produits: String,
    gap_ids: String,
    gap: String,
    in_kind_gap_ids: String,
    in_kind_gap: String,
}

#[derive(Serialize)]
pub(super) struct BudgetView {
    years: Vec<i16>,
    several: bool,
    sides: Vec<SideView>,
    balances: Vec<BalanceView>,
    /// What is asked, by funder and year; empty when there is only one of each.
    requests: Vec<SumsView>,
}

const REQUEST: &str = "La subvention que vous demandez à cet appel.";

/// What stands for a sum when one of its amounts cannot be read; the script writes the same words.
const UNREADABLE: &str = "montant à corriger";

/// What stands for a sum of nothing; the script writes the same sign.
const NOTHING: &str = "–";

fn shown(sum: TypedSum) -> String {
    match sum {
        TypedSum::Nothing => NOTHING.to_owned(),
        TypedSum::Unreadable => UNREADABLE.to_owned(),
        TypedSum::Of(sum) => sum.to_string(),
    }
}

/// The form of a budget over the years asked.
struct Plan<'a> {
    definition: &'a CallDefinition,
    years: &'a [i16],
    typed: &'a Typed,
    errors: &'a Errors,
}

pub(super) fn budget(definition: &CallDefinition, years: &[i16], typed: &Typed, errors: &Errors) -> BudgetView {
    let plan = Plan { definition, years, typed, errors };
    BudgetView {
        years: years.to_vec(),
        several: years.len() > 1,
        sides: vec![
            plan.side("Charges", "charges", "Total des charges", &definition.budget.charges),
            plan.side("Produits", "produits", "Total des produits", &definition.budget.produits),
        ],
        balances: years.iter().map(|year| plan.balance(*year)).collect(),
        requests: plan.requests(),
    }
}

impl Plan<'_> {
    fn sum(&self, year: i16, groups: &[BudgetGroup], wanted: impl Fn(&str) -> bool) -> TypedSum {
        let lines = groups.iter().filter(|group| wanted(&group.class)).flat_map(|group| &group.lines);
        sum_typed(lines.map(|line| typed_text(self.typed, &budget_field(year, &line.code))))
    }

    fn side(&self, caption: &'static str, id: &'static str, total: &str, groups: &[BudgetGroup]) -> SideView {
        let views = |in_kind: bool| -> Vec<GroupView> {
            let wanted = groups.iter().filter(|group| is_in_kind(&group.class) == in_kind);
            wanted.map(|group| self.group(id, group)).collect()
        };
        let sums = |label: &str, end: &str, wanted: &dyn Fn(&str) -> bool| SumsView {
            label: label.to_owned(),
            sums: self
                .years
                .iter()
                .map(|year| SumView {
                    year: year.to_string(),
                    id: format!("{id}{year}{end}"),
                    total: shown(self.sum(*year, groups, wanted)),
                })
                .collect(),
        };
        SideView {
            caption,
            groups: views(false),
            total: sums(total, "", &|class| !is_in_kind(class)),
            in_kind: views(true),
            all: sums("Total avec les contributions en nature", "-all", &|_| true),
        }
    }

    fn group(&self, id: &str, group: &BudgetGroup) -> GroupView {
        let total_id = |year: i16| format!("{id}{year}-{}", group.class);
        let own = if is_in_kind(&group.class) { "-in-kind" } else { "" };
        let lines = group.lines.iter().map(|line| {
            let asked = if line.request_to.is_some() { format!(". {REQUEST}") } else { String::new() };
            let cells = self.years.iter().map(|&year| {
                let name = budget_field(year, &line.code);
                let mut sum = format!("{} {id}{year}{own} {id}{year}-all", total_id(year));
                if let Some(funder) = &line.request_to {
                    sum.push_str(&format!(" ask{year} ask ask{year}-{funder} ask-{funder}"));
                }
                CellView {
                    year,
                    full_label: format!("{}, {} ({year}){asked}", line.label, group.label),
                    value: typed_text(self.typed, &name).to_owned(),
                    error: self.errors.get(&name).cloned().unwrap_or_default(),
                    sum,
                    name,
                }
            });
            LineView {
                label: line.label.clone(),
                hint: if line.request_to.is_some() { REQUEST.to_owned() } else { String::new() },
                cells: cells.collect(),
            }
        });
        let sums = self.years.iter().map(|&year| SumView {
            year: year.to_string(),
            id: total_id(year),
            total: shown(self.sum(year, std::slice::from_ref(group), |_| true)),
        });
        GroupView { title: group_title(group), sums: sums.collect(), lines: lines.collect() }
    }

    fn balance(&self, year: i16) -> BalanceView {
        let plan = &self.definition.budget;
        let own = |class: &str| !is_in_kind(class);
        let (charges, produits) = (self.sum(year, &plan.charges, own), self.sum(year, &plan.produits, own));
        let in_kind = self.sum(year, &plan.charges, is_in_kind).minus(self.sum(year, &plan.produits, is_in_kind));
        BalanceView {
            heading: if self.years.len() > 1 { year.to_string() } else { String::new() },
            charges_id: format!("charges{year}"),
            charges: shown(charges),
            produits_id: format!("produits{year}"),
            produits: shown(produits),
            gap_ids: format!("charges{year} produits{year}"),
            gap: shown(charges.minus(produits)),
            in_kind_gap_ids: format!("charges{year}-in-kind produits{year}-in-kind"),
            in_kind_gap: shown(in_kind),
        }
    }

    /// A row a request line, then their sum; a column a year, then all years.
    fn requests(&self) -> Vec<SumsView> {
        let lines: Vec<_> = self.definition.request_lines().collect();
        if lines.len() < 2 && self.years.len() < 2 {
            return Vec::new();
        }
        let amounts = |funder: Option<&str>, year: Option<i16>| {
            let lines = lines.iter().filter(|line| funder.is_none_or(|f| line.request_to.as_deref() == Some(f)));
            let names: Vec<String> = lines
                .flat_map(|line| {
                    let years = self.years.iter().filter(|y| year.is_none_or(|year| year == **y));
                    years.map(|year| budget_field(*year, &line.code))
                })
                .collect();
            shown(sum_typed(names.iter().map(|name| typed_text(self.typed, name))))
        };
        let row = |label: &str, funder: Option<&str>| {
            let end = funder.map_or(String::new(), |funder| format!("-{funder}"));
            let mut sums: Vec<SumView> = self
                .years
                .iter()
                .map(|year| SumView {
                    year: year.to_string(),
                    id: format!("ask{year}{end}"),
                    total: amounts(funder, Some(*year)),
                })
                .collect();
            if self.years.len() > 1 {
                sums.push(SumView {
                    year: "En tout".to_owned(),
                    id: format!("ask{end}"),
                    total: amounts(funder, None),
                });
            }
            SumsView { label: label.to_owned(), sums }
        };
        let mut rows = Vec::new();
        if lines.len() > 1 {
            rows.extend(lines.iter().map(|line| row(&line.label, line.request_to.as_deref())));
        }
        rows.push(row("Subvention demandée", None));
        rows
    }
}
