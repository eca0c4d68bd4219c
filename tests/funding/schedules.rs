//! Schedules sum to the grant to the cent, whatever was paid before, and change until the first payment.

use std::collections::BTreeMap;

use essaim::base::ids::FundingLineId;
use essaim::base::money::Cents;
use essaim::fault::Fault;
use essaim::funding::actions::edit_schedule;
use essaim::funding::rules::{
    Due, InstalmentState, Planned, SlotKey, due_by, instalment_state, label, plan, rest, unbalanced,
};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::support::funding::{agreed_dossier, file, instalment, pay};
use crate::support::{TestApp, World};

fn slots() -> impl Strategy<Value = BTreeMap<SlotKey, Cents>> {
    proptest::collection::btree_map(
        ((1i64..4).prop_map(FundingLineId), 2022i32..2026),
        (1i64..Cents::LIMIT).prop_map(Cents),
        1..8,
    )
}

fn sums(planned: &[Planned]) -> BTreeMap<SlotKey, Cents> {
    let mut sums = BTreeMap::new();
    for instalment in planned {
        *sums.entry((instalment.line, instalment.year)).or_insert(Cents::ZERO) += instalment.amount;
    }
    sums
}

proptest! {
    #[test]
    fn a_schedule_loses_no_cent(granted in slots(), percent in 0u8..=100) {
        let planned = plan(&granted, &BTreeMap::new(), percent);
        prop_assert_eq!(sums(&planned), granted.clone());
        prop_assert_eq!(unbalanced(&planned, &granted), Vec::new());
        for instalment in &planned {
            prop_assert!(instalment.amount.is_positive());
            let whole = i128::from(granted[&(instalment.line, instalment.year)].0) * i128::from(percent);
            let part = i128::from(instalment.amount.0) * 100;
            if instalment.due == Due::Notification {
                prop_assert!(part <= whole && part + 100 > whole, "the advance is its share, rounded down");
            }
        }
    }

    #[test]
    fn what_was_paid_and_what_is_left_make_the_grant(
        granted in slots(),
        parts in proptest::collection::vec(0i64..=120, 8),
        percent in 0u8..=100,
    ) {
        let paid: BTreeMap<SlotKey, Cents> = granted
            .iter()
            .zip(&parts)
            .map(|((slot, amount), part)| (*slot, Cents(i64::try_from(i128::from(amount.0) * i128::from(*part) / 100).unwrap())))
            .collect();
        let planned = plan(&granted, &paid, percent);
        let planned_sums = sums(&planned);
        for (slot, amount) in &granted {
            let left = planned_sums.get(slot).copied().unwrap_or_default();
            prop_assert_eq!(left, Cents((amount.0 - paid[slot].0).max(0)));
            if paid[slot].is_positive() && left.is_positive() {
                prop_assert_eq!(planned.iter().filter(|p| (p.line, p.year) == *slot).count(), 1, "one balance");
            }
        }
        prop_assert_eq!(rest(&granted, &paid), planned_sums);
    }

    #[test]
    fn one_cent_off_is_named(granted in slots(), off in prop_oneof![Just(-1i64), Just(1)], at in 0usize..16) {
        let mut planned = plan(&granted, &BTreeMap::new(), 80);
        let at = at % planned.len();
        planned[at].amount += Cents(off);
        let gaps = unbalanced(&planned, &granted);
        prop_assert_eq!(gaps.len(), 1);
        prop_assert_eq!(gaps[0].slot, (planned[at].line, planned[at].year));
        prop_assert_eq!(gaps[0].found - gaps[0].expected, Cents(off));
    }
}

#[test]
fn an_instalment_on_a_slot_without_grant_is_named() {
    let stray = Planned { line: FundingLineId(9), year: 2030, amount: Cents(5), due: Due::Service };
    assert_eq!(unbalanced(&[stray], &BTreeMap::new())[0].found, Cents(5));
}

#[test]
fn instalments_are_called_by_their_place() {
    let names = |n| (0..n).map(|i| label(i, n)).collect::<Vec<_>>().join(", ");
    assert_eq!(names(1), "Versement unique");
    assert_eq!(names(2), "Avance, Solde");
    assert_eq!(names(4), "Avance, Acompte 2, Acompte 3, Solde");
}

#[test]
fn an_instalment_is_due_by_what_makes_it_so() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let (committed, done) = (Some(day("2022-01-31")), Some(day("2022-12-15")));
    assert_eq!(due_by(Due::Notification, committed, None), Some(day("2022-04-01")));
    assert_eq!(due_by(Due::Notification, None, done), None);
    assert_eq!(due_by(Due::Service, committed, done), Some(day("2023-02-13")));
    assert_eq!(due_by(Due::Service, committed, None), None);
    assert_eq!(due_by(Due::On(day("2022-06-30")), None, None), Some(day("2022-06-30")));
    let state = |left, ended, firm, due, today| instalment_state(Cents(left), ended, firm, due, day(today));
    let due = Some(day("2022-04-01"));
    assert_eq!(state(0, true, true, due, "2022-05-01"), InstalmentState::Paid);
    assert_eq!(state(1, true, true, due, "2022-05-01"), InstalmentState::Ended);
    assert_eq!(state(1, false, false, due, "2022-05-01"), InstalmentState::Conditional);
    assert_eq!(state(1, false, true, None, "2022-05-01"), InstalmentState::AwaitingService);
    assert_eq!(state(1, false, true, due, "2022-04-01"), InstalmentState::Payable(day("2022-04-01")));
    assert_eq!(state(1, false, true, due, "2022-04-02"), InstalmentState::Late(day("2022-04-01")));
}

#[test]
fn a_schedule_changes_until_the_first_payment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let (first, version) = instalment(&app, dossier, 0);
    let client = app.signed_in("financement@ars.example");
    let path = format!("/dossiers/{dossier}/financement/actes/{}/echeancier", first.act);
    let form = client.get(&path).expect(200);
    assert!(form.text().contains("value=\"8\u{202F}000\"") && form.text().contains("value=\"2\u{202F}000\""));
    let name = |what: &str, i: usize| format!("{what}-{}-2022-{i}", first.line);
    let version = version.to_string();
    let post = |amounts: [&str; 3], version: &str, step: &str| {
        let mut fields = vec![("version".to_owned(), version.to_owned()), ("step".to_owned(), step.to_owned())];
        for (i, (amount, rule)) in amounts.iter().zip(["notification", "date", "service"]).enumerate() {
            fields.push((name("amount", i), (*amount).to_owned()));
            fields.push((name("rule", i), rule.to_owned()));
            fields.push((name("on", i), if rule == "date" { "30/06/2022".to_owned() } else { String::new() }));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        client.post(&path, &fields)
    };
    let off = post(["5 000", "3 000", "1 999,99"], &version, "review").expect(422);
    assert!(off.words().contains("font 9 999,99 € : elles doivent faire 10 000 €"), "{}", off.words());
    assert!(off.text().contains("value=\"1 999,99\""), "what was typed stays");
    let review = post(["5 000", "3 000", "2 000"], &version, "review").expect(200).words();
    assert!(review.contains("Acompte 2") && review.contains("30 juin 2022"), "{review}");
    for _ in 0..2 {
        post(["5 000", "3 000", "2 000"], &version, "record").expect(303);
    }
    let amounts: Vec<Cents> = file(&app, dossier).instalments.iter().map(|i| i.amount).collect();
    assert_eq!(amounts, [5_000, 3_000, 2_000].map(Cents::from_euros));
    // Somebody else's page of before.
    post(["6 000", "2 000", "2 000"], &version, "record").expect(409);
    // A version that nothing comes after.
    post(["5 000", "3 000", "2 000"], &i64::MAX.to_string(), "record").expect(409);
    pay(&app, &world, dossier, 0, Cents::from_euros(5_000), "M-1").unwrap();
    client.get(&path).expect(409);
    let (first, version) = instalment(&app, dossier, 0);
    let planned = [Planned { line: first.line, year: 2022, amount: Cents::from_euros(10_000), due: Due::Service }];
    let late = app
        .as_account(world.funder, |op, actor| edit_schedule(op, actor, dossier, first.act, version, &planned))
        .unwrap_err();
    assert!(matches!(&late, Fault::Refused(why) if why.contains("Un versement a été fait")), "{late}");
    let page = client.get(&format!("/dossiers/{dossier}/financement")).expect(200).words();
    assert!(!page.contains("Modifier l’échéancier"), "{page}");
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
}
