//! Many decisions signed in one transaction.

use essaim::commands::check::verify;
use essaim::decisions::actions::sign_many;
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::journal::Entry;

use super::{decision_of, sealed_bytes};
use crate::documents::reading::text;
use crate::support::committee::opined_dossier;
use crate::support::decisions::{follow_opinion, reach_answers_day};
use crate::support::{TestApp, World};

#[test]
fn one_that_cannot_be_signed_leaves_no_trace_among_those_that_are() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers = ["Marcher", "Cuisiner", "Jardiner", "Chanter"]
        .map(|title| opined_dossier(&app, &world, &format!("{title} ensemble"), 10_000, Outcome::Rejected));
    reach_answers_day(&app);
    let [first, already, second, third] = dossiers;
    follow_opinion(&app, &world, already);
    let entries = || {
        let journal = verify(app.service()).unwrap();
        assert!(journal.iter().all(|finding| finding.problems.is_empty()), "{journal:?}");
        journal[0].count
    };
    let before = entries();
    let signatory = app.actor(world.signatory);
    let many = sign_many(app.service(), &signatory, app.now(), &dossiers).unwrap();
    let numbers = ["AMI-ISS-2021-D0002", "AMI-ISS-2021-D0003", "AMI-ISS-2021-D0004"];
    assert_eq!(many.done, numbers, "a refusal takes no number");
    let [(reference, why)] = many.kept.as_slice() else { panic!("{many:?}") };
    assert_eq!(reference, "AMI-ISS-2021-0002");
    assert!(!why.is_empty());
    assert_eq!(entries() - before, 3);
    for (dossier, number) in [first, second, third].into_iter().zip(numbers) {
        assert_eq!(decision_of(&app, dossier).unwrap().number, number);
        let row = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap();
        assert_eq!(row.state, State::Rejected);
        let letter = text(number, &sealed_bytes(&app, dossier));
        assert!(letter.contains(row.reference.as_deref().unwrap()) && letter.contains(number), "{letter}");
    }
}

#[test]
fn more_than_one_transaction_holds_are_all_signed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers: Vec<_> = (0..21)
        .map(|n| crate::support::decisions::ineligible_dossier(&app, &world, &format!("Projet {n}"), "Hors région."))
        .collect();
    reach_answers_day(&app);
    let signatory = app.actor(world.signatory);
    let many = sign_many(app.service(), &signatory, app.now(), &dossiers).unwrap();
    assert_eq!((many.done.len(), many.kept.len()), (21, 0));
    assert!(many.done.is_sorted(), "{:?}", many.done);
    let again = sign_many(app.service(), &signatory, app.now(), &dossiers).unwrap();
    assert_eq!((again.done.len(), again.kept.len()), (0, 21), "nothing is signed twice");
    assert!(verify(app.service()).unwrap().iter().all(|finding| finding.problems.is_empty()));
}

#[test]
fn what_a_refused_part_of_an_operation_said_is_not_in_the_journal() {
    let app = TestApp::start();
    let entries = || verify(app.service()).unwrap()[0].count;
    let before = entries();
    app.console(|op| {
        let refused = op.attempt(|op| {
            op.record(Entry::new("test.refused", "Refusé"));
            Err::<(), _>(Fault::Stale)
        });
        assert!(matches!(refused, Err(Fault::Stale)));
        op.attempt(|op| {
            op.record(Entry::new("test.done", "Fait"));
            Ok(())
        })
    });
    assert_eq!(entries() - before, 1);
}
