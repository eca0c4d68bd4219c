//! Many hands on one envelope: never a cent too much, and nobody left waiting for ever.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use essaim::access::Author;
use essaim::base::money::Cents;
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::funding::ActKind;
use essaim::funding::actions::{NewNotice, Order, notice_clawback, order_clawback, receive_clawback};
use essaim::ledger;
use essaim::service::Operation;

use crate::support::committee::envelope_of;
use crate::support::decisions::notified_dossier;
use crate::support::funding::{agreed_dossier, file, instalment, pay, take_act};
use crate::support::{TestApp, World};

#[test]
fn of_two_advances_at_once_one_is_paid() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let gate = Barrier::new(4);
    let paid = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for hand in 0..4 {
            let (app, world, gate, paid) = (&app, &world, &gate, &paid);
            scope.spawn(move || {
                gate.wait();
                let reference = format!("MANDAT-A{hand}");
                let answer = pay(app, world, dossier, 0, Cents::from_euros(8_000), &reference);
                match answer {
                    Ok(_) => {
                        paid.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(Fault::Stale | Fault::Refused(_)) => {}
                    Err(other) => panic!("{other}"),
                }
            });
        }
    });
    assert_eq!(paid.load(Ordering::SeqCst), 1);
    let counters = app.service().read(|conn| ledger::counters(conn, envelope_of(&app, &world))).unwrap();
    assert_eq!(counters.paid, Cents::from_euros(8_000));
}

#[test]
fn votes_at_once_all_count() {
    const HANDS: usize = 8;
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    let voted = || app.service().read(|conn| ledger::counters(conn, envelope)).unwrap().voted.unwrap();
    let before = voted();
    let gate = Barrier::new(HANDS);
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                gate.wait();
                app.console(|op| {
                    op.record(essaim::journal::Entry::new("test.vote", "Vote d’essai"));
                    ledger::vote(op, envelope, Cents::from_euros(1), "Décision modificative")
                });
            });
        }
    });
    assert_eq!(voted(), before + Cents::from_euros(8));
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn of_four_hands_one_takes_the_act_and_one_receives_the_money_back() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-02-21T09:00:00");
    let taken = at_once(|hand| {
        take_act(&app, &world, dossier, ActKind::Agreement, &format!("CONV-{hand}"), "2022-02-21").map(drop)
    });
    assert_eq!((taken, file(&app, dossier).acts.len(), file(&app, dossier).instalments.len()), (1, 1, 2));
    let advance = instalment(&app, dossier, 0).0;
    pay(&app, &world, dossier, 0, advance.amount, "MANDAT-1").unwrap();
    // Each asks the whole back: what is being asked is not asked twice.
    let new = NewNotice {
        slot: advance.slot(),
        asked: advance.amount,
        reason: "Action non réalisée.".to_owned(),
        noticed_on: "2022-02-21".parse().unwrap(),
        observations_until: "2022-03-25".parse().unwrap(),
    };
    let notice = |_| app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, &new)).map(drop);
    assert_eq!(at_once(notice), 1);
    app.set_clock("2022-03-28T09:00:00");
    let id = file(&app, dossier).clawbacks[0].id;
    let order = |hand: usize| {
        let order = Order {
            amount: advance.amount,
            on: "2022-03-28".parse().unwrap(),
            reference: format!("TITRE-{hand}"),
            observations: String::new(),
            version: 1,
        };
        app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, id, &order))
    };
    assert_eq!(at_once(order), 1);
    let receive = |_| {
        let on = "2022-03-28".parse().unwrap();
        app.as_account(world.funder, |op, actor| receive_clawback(op, actor, dossier, id, 2, on))
    };
    assert_eq!(at_once(receive), 1);
    let counters = app.service().read(|conn| ledger::counters(conn, envelope_of(&app, &world))).unwrap();
    assert_eq!((counters.paid, counters.committed), (Cents::ZERO, Cents::from_euros(2_000)));
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
}

/// What `second` is answered when it comes between the first one's movement and its commit.
fn meanwhile(
    app: &TestApp,
    first: impl Fn(&mut Operation<'_>) -> Result<(), Fault> + Send + Sync,
    second: impl Fn(&mut Operation<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let service = app.service();
    let (moving, moved) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let first = scope.spawn(move || {
            service.perform(Author::console(), app.now(), |op| {
                first(op)?;
                op.record(essaim::journal::Entry::new("test.first", "Premier mouvement"));
                moving.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(300));
                Ok(())
            })
        });
        moved.recv().unwrap();
        let answer = service.perform(Author::console(), app.now(), |op| {
            op.record(essaim::journal::Entry::new("test.second", "Second mouvement"));
            second(op)
        });
        first.join().unwrap().unwrap();
        answer
    })
}

#[test]
fn a_reduction_and_a_clawback_see_the_movement_under_way() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let envelope = envelope_of(&app, &world);
    let (whole, half) = (Cents::from_euros(10_000), Cents::from_euros(5_000));
    let cause = ledger::Cause { dossier: Some(dossier), reason: "Essai".to_owned(), ..ledger::Cause::default() };
    let reduced = meanwhile(
        &app,
        |op| ledger::pay(op, envelope, dossier, whole, &cause),
        |op| ledger::reduce(op, envelope, dossier, half, &cause),
    );
    assert!(matches!(reduced, Err(Fault::Refused(_))), "{reduced:?}");
    let given_back = |op: &mut Operation<'_>| ledger::clawback(op, envelope, dossier, whole, &cause);
    let twice = meanwhile(&app, given_back, given_back);
    assert!(matches!(twice, Err(Fault::Refused(_))), "{twice:?}");
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
}

/// How many of four simultaneous attempts succeed; the others are told why, never made to wait for ever.
fn at_once(attempt: impl Fn(usize) -> Result<(), Fault> + Sync) -> usize {
    let (gate, done) = (Barrier::new(4), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for hand in 0..4 {
            let (attempt, gate, done) = (&attempt, &gate, &done);
            scope.spawn(move || {
                gate.wait();
                match attempt(hand) {
                    Ok(()) => {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(Fault::Stale | Fault::Refused(_)) => {}
                    Err(other) => panic!("{other}"),
                }
            });
        }
    });
    done.load(Ordering::SeqCst)
}
