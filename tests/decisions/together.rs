//! Many decisions signed in one transaction.

use std::num::NonZeroU32;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use essaim::commands::check::verify;
use essaim::db::Backend;
use essaim::decisions::actions::sign_many;
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::journal::Entry;
use essaim::web::throttle::Limits;

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

/// SQLite finds its disk full wherever it wants one more page: the savepoint of a decision may be gone by then, or not.
#[test]
fn a_disk_that_fills_while_many_are_signed_signs_none_and_says_so() {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.connections = 1, limits);
    if app.service().db.backend() != Backend::Sqlite {
        return;
    }
    let world = World::build(&app);
    let dossiers: Vec<_> = (0..20)
        .map(|n| crate::support::decisions::ineligible_dossier(&app, &world, &format!("Projet {n}"), "Hors région."))
        .collect();
    reach_answers_day(&app);
    let signatory = app.actor(world.signatory);
    let bounded = |room: i64| {
        app.service().db.maintain(|conn| {
            let pages: i64 = diesel::sql_query("PRAGMA page_count").get_result::<Pages>(conn)?.page_count;
            Ok(conn.batch_execute(&format!("PRAGMA max_page_count = {}", pages + room))?)
        })
    };
    let mut refusals = 0;
    for room in 0.. {
        bounded(room).unwrap();
        match sign_many(app.service(), &signatory, app.now(), &dossiers) {
            Ok(many) => {
                assert_eq!((many.done.len(), many.kept.len()), (20, 0), "with room for {room} pages");
                break;
            }
            Err(fault) => assert!(matches!(fault, Fault::Full(_)), "with room for {room} pages: {fault:?}"),
        }
        refusals += 1;
        assert!(dossiers.iter().all(|dossier| decision_of(&app, *dossier).is_none()), "with room for {room} pages");
    }
    assert!(refusals > 3, "{refusals}");
    assert!(verify(app.service()).unwrap().iter().all(|finding| finding.problems.is_empty()));
}

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}
