//! Two hundred hands at once on one envelope: not a cent over, nobody left waiting for ever, each refusal explained.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use essaim::access::Author;
use essaim::base::ids::{DossierId, EnvelopeId};
use essaim::base::money::Cents;
use essaim::decisions::Choice;
use essaim::decisions::actions::sign;
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::journal::Entry;
use essaim::ledger::{self, Cause, Counters};

use crate::support::committee::{envelope_of, opined_dossier};
use crate::support::decisions::{proposed, reach_answers_day, share};
use crate::support::funding::agreed_dossier;
use crate::support::{TestApp, World};

const HANDS: usize = 200;

/// How many of two hundred attempts made at the same instant succeed. Whoever is refused is told why in French; anything
/// else, a deadlock or a database too busy, fails the test.
fn at_once(attempt: impl Fn(usize) -> Result<(), Fault> + Sync) -> usize {
    let (gate, done) = (Barrier::new(HANDS), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for hand in 0..HANDS {
            let (attempt, gate, done) = (&attempt, &gate, &done);
            scope.spawn(move || {
                gate.wait();
                match attempt(hand) {
                    Ok(()) => {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(fault @ (Fault::Refused(_) | Fault::Invalid(_))) => explained(&fault),
                    Err(other) => panic!("hand {hand}: {other}"),
                }
            });
        }
    });
    done.load(Ordering::SeqCst)
}

fn explained(fault: &Fault) {
    let said = fault.to_string();
    let known = [
        "L’enveloppe ne suffit pas",
        "Ce versement dépasse l’engagement",
        "Votre autorité a déjà signé",
        "Impossible de signer la décision",
        "déjà signé",
    ];
    assert!(known.iter().any(|words| said.contains(words)), "{said}");
}

fn counters(app: &TestApp, envelope: EnvelopeId) -> Counters {
    app.service().read(|conn| ledger::counters(conn, envelope)).unwrap()
}

#[track_caller]
fn sound(app: &TestApp) {
    let service = app.service();
    assert_eq!(service.read(ledger::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(service.read(|conn| essaim::decisions::verify(conn, &service.files)).unwrap().1, Vec::<String>::new());
    assert_eq!(service.read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(service.read(essaim::journal::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn two_hundred_movements_stay_within_the_vote() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    let voted = counters(&app, envelope).voted.unwrap();
    // A hundred and twenty of them fit with a cent to spare, one more does not.
    let amount = Cents((voted.0 - 1) / 120);
    let cause = Cause { reason: "essai".to_owned(), ..Cause::default() };
    let taken = at_once(|hand| {
        app.service().perform(Author::console(), app.now(), |op| {
            op.record(Entry::new("test.ledger", "Essai"));
            if hand % 2 == 0 {
                ledger::commit(op, envelope, Cents::ZERO, amount, &cause)
            } else {
                ledger::reserve(op, envelope, amount, &cause)
            }
        })
    });
    assert_eq!(taken, 120);
    let after = counters(&app, envelope);
    assert_eq!(after.reserved + after.committed, Cents(amount.0 * 120));
    assert!(after.left().unwrap() < amount && after.left().unwrap() >= Cents::ZERO);
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(essaim::journal::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn two_hundred_signatures_commit_what_the_envelope_holds() {
    const DOSSIERS: usize = 8;
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers: Vec<DossierId> = (0..DOSSIERS)
        .map(|i| opined_dossier(&app, &world, &format!("Projet {i}"), 42_500, Outcome::Rejected))
        .collect();
    reach_answers_day(&app);
    let envelope = envelope_of(&app, &world);
    // Nothing is reserved: five grants fit, a sixth lacks a cent.
    let before = counters(&app, envelope).left().unwrap();
    let kept = Cents::from_euros(42_500 * 6) - Cents(1);
    app.console(|op| {
        op.record(Entry::new("test.vote", "Vote ramené"));
        ledger::vote(op, envelope, kept - before, "Décision modificative")
    });
    let choices: Vec<Choice> = dossiers
        .iter()
        .map(|dossier| Choice {
            outcome: Outcome::Selected,
            shares: vec![share(&app, &world, Cents::from_euros(42_500))],
            departure_reason: "Le territoire n’a aucun autre projet.".to_owned(),
            ..proposed(&app, &world, *dossier)
        })
        .collect();
    // Twenty-five hands on each dossier.
    let signed = at_once(|hand| {
        let nth = hand % DOSSIERS;
        let signed = app.as_account(world.signatory, |op, actor| sign(op, actor, dossiers[nth], &choices[nth]));
        match signed {
            // Another hand signed this dossier at the same instant.
            Err(Fault::Stale | Fault::NotFound) => Err(Fault::refused("déjà signé")),
            other => other.map(drop),
        }
    });
    assert_eq!(signed, 5);
    let after = counters(&app, envelope);
    assert_eq!((after.committed, after.reserved), (Cents::from_euros(42_500 * 5), Cents::ZERO));
    sound(&app);
    let decided = dossiers
        .iter()
        .filter(|d| !app.service().read(|conn| essaim::decisions::of_dossier(conn, **d)).unwrap().is_empty());
    assert_eq!(decided.count(), 5);
}

#[test]
fn two_hundred_payments_stay_within_the_commitment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let envelope = envelope_of(&app, &world);
    // Each dossier is paid within its own commitment, even where the envelope holds another's.
    agreed_dossier(&app, &world, "Ruche fixe", 50_000);
    let amount = Cents((1_000_000 - 1) / 70);
    let cause = Cause { dossier: Some(dossier), reason: "essai".to_owned(), ..Cause::default() };
    let paid = at_once(|_| {
        app.service().perform(Author::console(), app.now(), |op| {
            op.record(Entry::new("test.ledger", "Essai"));
            ledger::pay(op, envelope, dossier, amount, &cause)
        })
    });
    assert_eq!(paid, 70);
    assert_eq!(counters(&app, envelope).paid, Cents(amount.0 * 70));
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
}
