//! Money asked back: each turn has its place, and never more than what was paid.

use essaim::base::ids::{ClawbackId, DossierId};
use essaim::base::money::Cents;
use essaim::dossiers::State;
use essaim::fault::Fault;
use essaim::funding::actions::{NewNotice, Order, abandon_clawback, notice_clawback, order_clawback, receive_clawback};
use essaim::funding::rules::{ClawbackEvent, ClawbackState, next_clawback};
use essaim::ledger;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::committee::envelope_of;
use crate::support::funding::{agreed_dossier, file, instalment, paid_dossier, pay};
use crate::support::{TestApp, World};

fn notice(app: &TestApp, world: &World, dossier: DossierId, asked: Cents) -> Result<ClawbackId, Fault> {
    let slot = instalment(app, dossier, 0).0.slot();
    let new = NewNotice {
        slot,
        asked,
        reason: "Ateliers non tenus au second semestre.".to_owned(),
        noticed_on: app.now().in_zone("Europe/Paris").date(),
        observations_until: app.now().plus_days(31).in_zone("Europe/Paris").date(),
    };
    app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, &new))
}

fn order(app: &TestApp, world: &World, dossier: DossierId, id: ClawbackId, amount: Cents) -> Result<(), Fault> {
    let version = file(app, dossier).clawback(id).unwrap().version;
    let order = Order {
        amount,
        on: app.now().in_zone("Europe/Paris").date(),
        reference: format!("TITRE-{id}"),
        observations: "L’association confirme que deux ateliers n’ont pas eu lieu.".to_owned(),
        version,
    };
    app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, id, &order))
}

fn receive(app: &TestApp, world: &World, dossier: DossierId, id: ClawbackId) -> Result<(), Fault> {
    let version = file(app, dossier).clawback(id).unwrap().version;
    let on = app.now().in_zone("Europe/Paris").date();
    app.as_account(world.funder, |op, actor| receive_clawback(op, actor, dossier, id, version, on))
}

fn abandon(app: &TestApp, world: &World, dossier: DossierId, id: ClawbackId) -> Result<(), Fault> {
    let version = file(app, dossier).clawback(id).unwrap().version;
    app.as_account(world.funder, |op, actor| {
        abandon_clawback(op, actor, dossier, id, version, "Ateliers rattrapés depuis.")
    })
}

#[test]
fn every_turn_has_its_place() {
    use ClawbackEvent as E;
    use ClawbackState as S;
    let allowed: Vec<_> = S::ALL
        .iter()
        .flat_map(|state| E::ALL.map(|event| (*state, event)))
        .filter_map(|(state, event)| next_clawback(state, event).ok().map(|next| (state, event, next)))
        .collect();
    assert_eq!(
        allowed,
        [
            (S::Noticed, E::Order, S::Ordered),
            (S::Noticed, E::Abandon, S::Abandoned),
            (S::Ordered, E::Receive, S::Received),
            (S::Ordered, E::Abandon, S::Abandoned),
        ]
    );
}

#[test]
fn money_received_back_returns_to_the_envelope() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let envelope = envelope_of(&app, &world);
    let counters = || app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    let before = counters();
    let above = notice(&app, &world, dossier, Cents(800_001)).unwrap_err();
    assert!(above.to_string().contains("8\u{202F}000"), "{above}");
    let id = notice(&app, &world, dossier, Cents::from_euros(3_000)).unwrap();
    let second = notice(&app, &world, dossier, Cents(500_001)).unwrap_err();
    assert!(second.to_string().contains("5\u{202F}000"), "what is being asked is not asked twice: {second}");
    let early = receive(&app, &world, dossier, id).unwrap_err();
    assert!(early.to_string().contains("Ordonnez d’abord"), "{early}");
    let more = order(&app, &world, dossier, id, Cents(300_001)).unwrap_err();
    assert!(matches!(&more, Fault::Invalid(errors) if errors[0].field == "amount"), "{more}");
    order(&app, &world, dossier, id, Cents::from_euros(2_500)).unwrap();
    assert_eq!(counters(), before, "an order moves nothing");
    receive(&app, &world, dossier, id).unwrap();
    let after = counters();
    assert_eq!(after.paid, before.paid - Cents::from_euros(2_500));
    assert_eq!(after.committed, before.committed - Cents::from_euros(2_500));
    assert_eq!(after.left().unwrap(), before.left().unwrap() + Cents::from_euros(2_500));
    let again = receive(&app, &world, dossier, id).unwrap_err();
    assert!(matches!(again, Fault::Refused(_)), "{again}");
    assert_eq!(file(&app, dossier).dossier.state, State::InProgress);
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
    // Both sides read it.
    let applicant = app.signed_in("tresorerie@lesruches.example");
    let page = applicant.get(&format!("/mes-dossiers/{dossier}/financement")).expect(200).words();
    assert!(page.contains("Reversement de 2 500 €") && page.contains("Ateliers non tenus"), "{page}");
}

#[test]
fn an_order_waits_for_the_observations_or_their_end() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let id = notice(&app, &world, dossier, Cents::from_euros(3_000)).unwrap();
    let order = |app: &TestApp| {
        let version = file(app, dossier).clawback(id).unwrap().version;
        let order = Order {
            amount: Cents::from_euros(3_000),
            on: app.now().in_zone("Europe/Paris").date(),
            reference: "TITRE-1".to_owned(),
            observations: String::new(),
            version,
        };
        app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, id, &order))
    };
    // Noticed on 21 February, answers are expected until 24 March.
    app.set_clock("2022-03-24T12:00:00");
    let early = order(&app).unwrap_err();
    assert!(matches!(&early, Fault::Invalid(errors) if errors[0].field == "ordered_on"), "{early}");
    app.set_clock("2022-03-25T12:00:00");
    order(&app).unwrap();
}

#[test]
fn a_notice_leaves_a_month_and_nothing_is_asked_before_a_payment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let unpaid = agreed_dossier(&app, &world, "Ruche fixe", 5_000);
    let refused = notice(&app, &world, unpaid, Cents(1)).unwrap_err();
    assert!(matches!(&refused, Fault::Refused(why) if why.contains("Rien n’est à demander")), "{refused}");
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let new = NewNotice {
        slot: instalment(&app, dossier, 0).0.slot(),
        asked: Cents(100),
        reason: "  ".to_owned(),
        noticed_on: "2022-02-21".parse().unwrap(),
        observations_until: "2022-03-22".parse().unwrap(),
    };
    let short = app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, &new)).unwrap_err();
    let Fault::Invalid(errors) = short else { panic!("{short}") };
    let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["reason", "observations_until"]);
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Pay(i64),
    Notice(i64),
    Order(usize, i64),
    Receive(usize),
    Abandon(usize),
}

#[test]
fn whatever_is_asked_and_paid_what_came_back_was_paid() {
    let app = TestApp::start();
    let world = World::build(&app);
    let amount = 1i64..400_000;
    let step = prop_oneof![
        amount.clone().prop_map(Move::Pay),
        amount.clone().prop_map(Move::Notice),
        (0usize..4, amount).prop_map(|(i, a)| Move::Order(i, a)),
        (0usize..4).prop_map(Move::Receive),
        (0usize..4).prop_map(Move::Abandon),
    ];
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 100_000);
    let mut runner = TestRunner::new(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() });
    let mut payments = 0;
    let counter = std::cell::RefCell::new(&mut payments);
    let outcome = runner.run(&proptest::collection::vec(step, 1..14), |steps| {
        for step in steps {
            let before = file(&app, dossier);
            let pending = |i: usize| {
                let pending: Vec<_> = before.clawbacks.iter().filter(|c| c.state.is_pending()).collect();
                pending.get(i).map(|c| c.id)
            };
            let answer = match step {
                Move::Pay(cents) => {
                    **counter.borrow_mut() += 1;
                    let reference = format!("M-{}", counter.borrow());
                    pay(&app, &world, dossier, 0, Cents(cents), &reference).map(drop)
                }
                Move::Notice(cents) => notice(&app, &world, dossier, Cents(cents)).map(drop),
                Move::Order(i, cents) => match pending(i) {
                    Some(id) => order(&app, &world, dossier, id, Cents(cents)),
                    None => continue,
                },
                Move::Receive(i) => match pending(i) {
                    Some(id) => receive(&app, &world, dossier, id),
                    None => continue,
                },
                Move::Abandon(i) => match pending(i) {
                    Some(id) => abandon(&app, &world, dossier, id),
                    None => continue,
                },
            };
            let after = file(&app, dossier);
            match answer {
                Ok(()) => {}
                Err(Fault::Refused(_) | Fault::Invalid(_)) => {
                    prop_assert_eq!(before.total(), after.total());
                    prop_assert_eq!(before.clawbacks.len(), after.clawbacks.len());
                }
                Err(other) => return Err(TestCaseError::fail(format!("{step:?}: {other}"))),
            }
            let gross: Cents = after.payments.iter().map(|p| p.amount).sum();
            let back: Cents =
                after.clawbacks.iter().filter(|c| c.state == ClawbackState::Received).filter_map(|c| c.ordered).sum();
            prop_assert!(back <= gross);
            prop_assert_eq!(after.total().paid, gross - back);
            prop_assert_eq!(after.total().committed, Cents::from_euros(100_000) - back);
            prop_assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
            prop_assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
        }
        Ok(())
    });
    outcome.unwrap();
}

fn fields(fault: Fault) -> Vec<String> {
    let Fault::Invalid(errors) = fault else { panic!("{fault}") };
    errors.into_iter().map(|error| error.field).collect()
}

#[test]
fn a_page_that_is_out_of_date_turns_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let id = notice(&app, &world, dossier, Cents::from_euros(3_000)).unwrap();
    let today = app.now().in_zone("Europe/Paris").date();
    let read = file(&app, dossier).clawback(id).unwrap().version;
    let typed = Order {
        amount: Cents::from_euros(3_000),
        on: today,
        reference: "TITRE-1".to_owned(),
        observations: "Confirmé.".to_owned(),
        version: read + 1,
    };
    let order_as =
        |order: &Order| app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, id, order));
    assert!(matches!(order_as(&typed), Err(Fault::Stale)));
    order_as(&Order { version: read, ..typed }).unwrap();
    let late = app.as_account(world.funder, |op, actor| receive_clawback(op, actor, dossier, id, read, today));
    assert!(matches!(late, Err(Fault::Stale)), "{late:?}");
    let late = app.as_account(world.funder, |op, actor| abandon_clawback(op, actor, dossier, id, read, "Rattrapés."));
    assert!(matches!(late, Err(Fault::Stale)), "{late:?}");
}

#[test]
fn days_amounts_and_references_of_a_clawback_are_checked() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let day = |days: i64| app.now().plus_days(days).in_zone("Europe/Paris").date();
    let good = NewNotice {
        slot: instalment(&app, dossier, 0).0.slot(),
        asked: Cents::from_euros(100),
        reason: "Ateliers non tenus.".to_owned(),
        noticed_on: day(0),
        observations_until: day(40),
    };
    let wrong = NewNotice { asked: Cents::ZERO, reason: "x".repeat(2_001), noticed_on: day(1), ..good.clone() };
    let noticed = |new: &NewNotice| app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, new));
    assert_eq!(fields(noticed(&wrong).unwrap_err()), ["asked", "reason", "noticed_on"]);
    let (first, second) = (noticed(&good).unwrap(), noticed(&good).unwrap());
    order(&app, &world, dossier, first, Cents::from_euros(100)).unwrap();
    let typed = |reference: &str, amount: Cents, on, observations: &str| Order {
        amount,
        on,
        reference: reference.to_owned(),
        observations: observations.to_owned(),
        version: file(&app, dossier).clawback(second).unwrap().version,
    };
    let ordered = |order: Order| {
        app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, second, &order)).unwrap_err()
    };
    let taken = format!("TITRE-{first}");
    assert_eq!(fields(ordered(typed(&taken, Cents(100), day(0), "Confirmé."))), ["reference"]);
    let long = "x".repeat(2_001);
    assert_eq!(fields(ordered(typed("T-2", Cents::ZERO, day(1), &long))), ["amount", "ordered_on", "observations"]);
    assert_eq!(fields(ordered(typed("T-2", Cents(100), day(-1), "Confirmé."))), ["ordered_on"]);
    let version = file(&app, dossier).clawback(first).unwrap().version;
    for on in [day(1), day(-1)] {
        let received =
            app.as_account(world.funder, |op, actor| receive_clawback(op, actor, dossier, first, version, on));
        assert_eq!(fields(received.unwrap_err()), ["received_on"]);
    }
}
