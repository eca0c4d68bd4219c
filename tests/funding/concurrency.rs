//! Many hands on one envelope: never a cent too much, and nobody left waiting for ever.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use essaim::base::money::Cents;
use essaim::fault::Fault;
use essaim::ledger;

use super::ledger::{Move, make};
use crate::support::committee::envelope_of;
use crate::support::funding::{agreed_dossier, pay};
use crate::support::{TestApp, World};

#[test]
fn sixteen_hands_commit_up_to_the_vote_and_no_further() {
    const HANDS: usize = 16;
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    let voted = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap().voted.unwrap();
    // Six of these commitments fit with a cent to spare, a seventh does not.
    let amount = (voted.0 - 1) / 6;
    let (gate, taken) = (Barrier::new(HANDS), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                gate.wait();
                match make(&app, envelope, &Move::Commit { reserved: 0, amount }) {
                    Ok(()) => {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(Fault::Refused(reason)) => assert!(reason.contains("ne suffit pas"), "{reason}"),
                    Err(other) => panic!("a busy or deadlocked database: {other}"),
                }
            });
        }
    });
    assert_eq!(taken.load(Ordering::SeqCst), 6);
    let counters = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert_eq!(counters.committed, Cents(amount * 6));
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(essaim::journal::verify).unwrap().1, Vec::<String>::new());
}

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
