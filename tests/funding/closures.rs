//! Closing: the report first, then what was not paid returns to the envelope and nothing moves any more.

use std::collections::BTreeMap;

use essaim::base::ids::DossierId;
use essaim::base::money::Cents;
use essaim::dossiers::{Outcome, State};
use essaim::fault::Fault;
use essaim::funding::actions::{NewPayment, NewReport, close, record_payment, save_report};
use essaim::funding::rules::{ClosureFacts, Side};
use essaim::ledger;
use proptest::prelude::*;

use crate::support::committee::envelope_of;
use crate::support::decisions::notified_dossier;
use crate::support::funding::{agreed_dossier, certify, file, instalment, paid_dossier, paid_up_dossier};
use crate::support::{TestApp, World};

pub fn report(app: &TestApp, world: &World, dossier: DossierId) {
    let report = NewReport {
        received_on: app.now().in_zone("Europe/Paris").date(),
        comment: "Deux ateliers de moins que prévu.".to_owned(),
        realised: BTreeMap::from([
            ((Side::Charges, "60".to_owned()), Cents::from_euros(4_200)),
            ((Side::Charges, "64".to_owned()), Cents::from_euros(9_100)),
            ((Side::Produits, "74".to_owned()), Cents::from_euros(13_300)),
        ]),
        version: file(app, dossier).report.map_or(0, |report| report.version),
    };
    app.as_account(world.funder, |op, actor| save_report(op, actor, dossier, &report)).unwrap();
}

fn close_all(app: &TestApp, world: &World, dossier: DossierId, kept: Cents, reason: &str) -> Result<(), Fault> {
    let now = file(app, dossier);
    let left = now.total().committed - now.total().paid;
    app.as_account(world.funder, |op, actor| close(op, actor, dossier, world.ars, kept, reason, left))
}

#[test]
fn a_paid_up_dossier_is_closed_once_its_report_is_in() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_up_dossier(&app, &world, "Ruche mobile", 10_000);
    let early = close_all(&app, &world, dossier, Cents::ZERO, "").unwrap_err();
    assert!(early.to_string().contains("compte rendu financier"), "{early}");
    report(&app, &world, dossier);
    close_all(&app, &world, dossier, Cents::ZERO, "").unwrap();
    assert_eq!(file(&app, dossier).dossier.state, State::Closed);
    let again = close_all(&app, &world, dossier, Cents::ZERO, "").unwrap_err();
    assert!(matches!(again, Fault::Refused(_)), "{again}");
}

#[test]
fn what_will_not_be_paid_returns_to_the_envelope() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    app.set_clock("2023-06-30T09:00:00");
    report(&app, &world, dossier);
    let envelope = envelope_of(&app, &world);
    let before = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    let silent = close_all(&app, &world, dossier, Cents::ZERO, " ").unwrap_err();
    assert!(matches!(&silent, Fault::Invalid(errors) if errors[0].field == "reason"), "{silent}");
    let greedy = close_all(&app, &world, dossier, Cents(800_001), "Excédent").unwrap_err();
    assert!(matches!(&greedy, Fault::Invalid(errors) if errors[0].field == "kept"), "{greedy}");
    // The page of somebody who saw another balance.
    let stale = app
        .as_account(world.funder, |op, actor| close(op, actor, dossier, world.ars, Cents::ZERO, "Non", Cents(1)))
        .unwrap_err();
    assert!(matches!(stale, Fault::Stale), "{stale}");
    close_all(&app, &world, dossier, Cents::from_euros(500), "Dépenses inférieures au budget.").unwrap();
    let after = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert_eq!(after.committed, before.committed - Cents::from_euros(2_000));
    assert_eq!(after.paid, before.paid);
    let refused = certify(&app, &world, dossier, 0);
    assert!(refused.is_err(), "a closed dossier pays nothing more");
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
    let page = app.signed_in("financement@ars.example").get(&format!("/dossiers/{dossier}/financement")).expect(200);
    let words = page.words();
    assert!(words.contains("2 000 € non versés, 500 € gardés"), "{words}");
    assert!(words.contains("Ne sera pas versé") && words.contains("13 300 €"), "{words}");
}

#[test]
fn nothing_is_closed_before_an_act_nor_during_a_clawback() {
    let facts = ClosureFacts {
        committed: Cents(10),
        paid: Cents(4),
        has_act: true,
        has_report: true,
        clawback_pending: false,
        already_closed: false,
    };
    assert_eq!(facts.obstacles(), Vec::<&str>::new());
    let count = |facts: ClosureFacts| facts.obstacles().len();
    assert_eq!(count(ClosureFacts { has_act: false, ..facts }), 1);
    assert_eq!(count(ClosureFacts { clawback_pending: true, ..facts }), 1);
    assert_eq!(count(ClosureFacts { already_closed: true, ..facts }), 1);
    assert_eq!(count(ClosureFacts { has_report: false, has_act: false, ..facts }), 2);
}

proptest! {
    #[test]
    fn closing_frees_exactly_what_was_not_paid(committed in 0i64..Cents::LIMIT, part in 0i64..=100, kept in 0i64..Cents::LIMIT) {
        let paid = Cents(i64::try_from(i128::from(committed) * i128::from(part) / 100).unwrap());
        let facts = ClosureFacts {
            committed: Cents(committed),
            paid,
            has_act: true,
            has_report: true,
            clawback_pending: false,
            already_closed: false,
        };
        prop_assert_eq!(facts.given_up() + paid, Cents(committed));
        let mut mistakes = essaim::fault::Mistakes::default();
        facts.check(&mut mistakes, Some(Cents(kept)), "Parce que.");
        prop_assert_eq!(mistakes.is_empty(), Cents(kept) <= paid);
    }
}

#[test]
fn closing_and_paying_at_once_leave_a_coherent_ledger() {
    use std::sync::Barrier;
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    report(&app, &world, dossier);
    let (advance, version) = instalment(&app, dossier, 0);
    let payment = NewPayment {
        instalment: advance.id,
        amount: advance.amount,
        reference: "M-1".to_owned(),
        paid_on: "2022-02-21".parse().unwrap(),
        version,
    };
    let gate = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            gate.wait();
            let answer = close_all(&app, &world, dossier, Cents::ZERO, "Projet arrêté.");
            assert!(matches!(answer, Ok(()) | Err(Fault::Stale | Fault::Refused(_))), "{answer:?}");
        });
        scope.spawn(|| {
            gate.wait();
            let answer = app.as_account(world.funder, |op, actor| record_payment(op, actor, dossier, &payment));
            assert!(matches!(answer, Ok(_) | Err(Fault::Stale | Fault::Refused(_))), "{answer:?}");
        });
    });
    let file = file(&app, dossier);
    let total = file.total();
    match file.dossier.state {
        State::Closed => assert_eq!(total.committed, total.paid),
        State::InProgress => assert_eq!((total.committed, total.paid), (Cents(1_000_000), Cents(800_000))),
        other => panic!("{other:?}"),
    }
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn a_report_is_of_a_running_grant_and_over_what_was_read() {
    let app = TestApp::start();
    let world = World::build(&app);
    let awarded = notified_dossier(&app, &world, "Ruche fixe", 5_000, Outcome::Selected);
    let dossier = paid_up_dossier(&app, &world, "Ruche mobile", 10_000);
    let good = NewReport {
        received_on: app.now().in_zone("Europe/Paris").date(),
        comment: String::new(),
        realised: BTreeMap::from([
            ((Side::Charges, "60".to_owned()), Cents::from_euros(13_300)),
            ((Side::Produits, "74".to_owned()), Cents::from_euros(13_300)),
        ]),
        version: 0,
    };
    let save = |dossier: DossierId, report: &NewReport| {
        app.as_account(world.funder, |op, actor| save_report(op, actor, dossier, report))
    };
    let early = save(awarded, &good).unwrap_err();
    assert!(matches!(&early, Fault::Refused(why) if why.contains("subvention est en cours")), "{early}");
    let wrong = NewReport {
        received_on: app.now().plus_days(1).in_zone("Europe/Paris").date(),
        comment: "x".repeat(2_001),
        realised: BTreeMap::new(),
        version: 0,
    };
    let Fault::Invalid(errors) = save(dossier, &wrong).unwrap_err() else { panic!("mistakes are told") };
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["received_on", "charges", "produits", "comment"]);
    save(dossier, &good).unwrap();
    assert!(matches!(save(dossier, &good), Err(Fault::Stale)), "another report is there since");
    let elsewhere =
        app.as_account(world.funder, |op, actor| close(op, actor, dossier, world.dreets, Cents::ZERO, "", Cents::ZERO));
    assert!(elsewhere.is_err(), "an authority that granted nothing closes nothing");
    close_all(&app, &world, dossier, Cents::ZERO, "").unwrap();
    let version = file(&app, dossier).report.unwrap().version;
    let late = save(dossier, &NewReport { version, ..good }).unwrap_err();
    assert!(matches!(&late, Fault::Refused(why) if why.contains("subvention est en cours")), "{late}");
}
