//! The arithmetic of the budget plan holds whatever the amounts.

use std::collections::BTreeMap;

use essaim::base::Cents;
use essaim::calls::definition::{self, CallDefinition};
use essaim::dossiers::YearBudget;
use essaim::dossiers::budget::{IN_KIND_CHARGES, IN_KIND_PRODUITS, show_share, subtotal, totals};
use essaim::dossiers::form::{TypedSum, sum_typed};
use proptest::prelude::*;

fn call() -> CallDefinition {
    definition::parse(include_str!("../../seeds/calls/ami-iss-2021.toml"), "ami-iss-2021.toml").unwrap()
}

fn line_codes(call: &CallDefinition) -> Vec<String> {
    call.budget_lines().map(|(_, line)| line.code.clone()).collect()
}

fn amounts() -> impl Strategy<Value = BTreeMap<usize, i64>> {
    proptest::collection::btree_map(0_usize..64, 0_i64..Cents::LIMIT, 0..40)
}

fn year(call: &CallDefinition, amounts: &BTreeMap<usize, i64>) -> YearBudget {
    let codes = line_codes(call);
    let amounts = amounts.iter().map(|(i, cents)| (codes[i % codes.len()].clone(), Cents(*cents))).collect();
    YearBudget { year: 2022, amounts }
}

proptest! {
    #[test]
    fn totals_are_the_sums_of_their_lines(chosen in amounts()) {
        let call = call();
        let year = year(&call, &chosen);
        let found = totals(&call.budget, &year);
        let sum = |charges: bool, in_kind: bool| -> i64 {
            call.budget_lines()
                .filter(|(group, _)| call.budget.charges.contains(group) == charges)
                .filter(|(group, _)| (group.class == IN_KIND_CHARGES || group.class == IN_KIND_PRODUITS) == in_kind)
                .filter_map(|(_, line)| year.amounts.get(&line.code))
                .map(|amount| amount.0)
                .sum()
        };
        prop_assert_eq!(found.charges.0, sum(true, false));
        prop_assert_eq!(found.produits.0, sum(false, false));
        prop_assert_eq!(found.in_kind_charges.0, sum(true, true));
        prop_assert_eq!(found.in_kind_produits.0, sum(false, true));
        let all: i64 = year.amounts.values().map(|amount| amount.0).sum();
        prop_assert_eq!(found.all_charges().0 + found.all_produits().0, all);
    }

    #[test]
    fn the_request_is_public_money_within_the_produits(chosen in amounts()) {
        let call = call();
        let found = totals(&call.budget, &year(&call, &chosen));
        prop_assert!(found.requested <= found.public);
        prop_assert!(found.public <= found.produits);
        match found.public_share() {
            None => prop_assert!(found.produits.is_zero()),
            Some(share) => {
                prop_assert!((0..=1000).contains(&share));
                let exact = found.public.0 as f64 * 1000.0 / found.produits.0 as f64;
                prop_assert!((exact - share as f64).abs() <= 0.51, "{exact} shown as {share}");
            }
        }
    }

    #[test]
    fn a_group_without_any_line_has_no_subtotal(chosen in amounts()) {
        let call = call();
        let year = year(&call, &chosen);
        for group in call.budget.charges.iter().chain(&call.budget.produits) {
            let filled = group.lines.iter().any(|line| year.amounts.contains_key(&line.code));
            prop_assert_eq!(subtotal(group, &year).is_some(), filled);
        }
    }

    #[test]
    fn what_is_shown_reads_back_to_the_same_sum(chosen in proptest::collection::vec(0_i64..Cents::LIMIT, 1..20)) {
        let texts: Vec<String> = chosen.iter().map(|cents| Cents(*cents).to_string()).collect();
        let sum = sum_typed(texts.iter().map(String::as_str));
        prop_assert_eq!(sum, TypedSum::Of(Cents(chosen.iter().sum())));
    }
}

#[test]
fn nothing_typed_is_not_zero() {
    assert_eq!(sum_typed(["", "  "].into_iter()), TypedSum::Nothing);
    assert_eq!(sum_typed(["0", ""].into_iter()), TypedSum::Of(Cents::ZERO));
    assert_eq!(sum_typed(["12", "abc"].into_iter()), TypedSum::Unreadable);
    assert_eq!(TypedSum::Nothing.minus(TypedSum::Of(Cents(5))), TypedSum::Of(Cents(-5)));
}

#[test]
fn shares_are_shown_to_the_tenth() {
    assert_eq!(show_share(1000), "100\u{A0}%");
    assert_eq!(show_share(957), "95,7\u{A0}%");
}
