//! Whatever is asked of an envelope, its counters are the sums of its lines and stay within the vote.

use essaim::access::Author;
use essaim::base::ids::EnvelopeId;
use essaim::base::money::Cents;
use essaim::calls;
use essaim::fault::Fault;
use essaim::funding::Figures;
use essaim::journal::Entry;
use essaim::ledger::{self, Cause, EntryKind};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::committee::envelope_of;
use crate::support::{TestApp, World};

#[derive(Clone, Debug)]
pub enum Move {
    Vote(i64),
    Reserve(i64),
    Release(i64),
    Commit { reserved: i64, amount: i64 },
}

pub fn make(app: &TestApp, envelope: EnvelopeId, step: &Move) -> Result<(), Fault> {
    let cause = Cause { reason: "essai".to_owned(), ..Cause::default() };
    app.service().perform(Author::console(), app.now(), |op| {
        op.record(Entry::new("test.ledger", "Essai"));
        match *step {
            Move::Vote(amount) => ledger::vote(op, envelope, Cents(amount), "essai"),
            Move::Reserve(amount) => ledger::reserve(op, envelope, Cents(amount), &cause),
            Move::Release(amount) => ledger::release(op, envelope, Cents(amount), &cause),
            Move::Commit { reserved, amount } => ledger::commit(op, envelope, Cents(reserved), Cents(amount), &cause),
        }
    })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let step = prop_oneof![
        (-60_000_000i64..60_000_000).prop_map(Move::Vote),
        (-5i64..90_000_000).prop_map(Move::Reserve),
        (-5i64..90_000_000).prop_map(Move::Release),
        (0i64..60_000_000, -5i64..90_000_000).prop_map(|(reserved, amount)| Move::Commit { reserved, amount }),
    ];
    proptest::collection::vec(step, 1..25)
}

#[test]
fn counters_are_sums_within_the_vote_and_refusals_change_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    // One envelope for all cases: each starts where the one before left it.
    let mut runner = TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() });
    let outcome = runner.run(&moves(), |steps| {
        for step in &steps {
            let before = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
            let answer = make(&app, envelope, step);
            let after = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
            match answer {
                Ok(()) => prop_assert_ne!(before, after),
                Err(Fault::Refused(_)) => prop_assert_eq!(before, after),
                Err(other) => return Err(TestCaseError::fail(format!("{step:?}: {other}"))),
            }
            prop_assert!(after.left().unwrap() >= Cents::ZERO);
            prop_assert!(after.reserved >= Cents::ZERO && after.paid <= after.committed);
            let (_, problems) = app.service().read(ledger::verify).unwrap();
            prop_assert_eq!(problems, Vec::<String>::new());
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn an_unknown_vote_takes_neither_reservation_nor_commitment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = unknown_envelope(&app);
    for step in [Move::Reserve(1), Move::Commit { reserved: 0, amount: 1 }] {
        let refusal = make(&app, envelope, &step).unwrap_err().to_string();
        assert!(refusal.contains("n’est pas connu"), "{refusal}");
    }
    let counters = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert_eq!((counters.voted, counters.reserved, counters.committed), (None, Cents::ZERO, Cents::ZERO));
    make(&app, envelope, &Move::Vote(100)).unwrap();
    make(&app, envelope, &Move::Reserve(100)).unwrap();
    assert!(make(&app, envelope, &Move::Reserve(1)).is_err());
    let _ = world;
}

/// The envelope of a second call whose file leaves the vote unknown.
pub fn unknown_envelope(app: &TestApp) -> EnvelopeId {
    use diesel::prelude::*;
    use essaim::db::schema::envelopes;
    let mut definition = calls::definition::parse(crate::support::CALL_FILE, "ami-iss-2021.toml").unwrap();
    definition.call.code = "AMI-SANS-VOTE".to_owned();
    definition.envelopes[0].amount = None;
    let call = app.console(|op| calls::actions::import(op, &definition));
    app.service()
        .read(|conn| {
            Ok(envelopes::table.filter(envelopes::call_id.eq(call)).select(envelopes::id).first::<EnvelopeId>(conn)?)
        })
        .unwrap()
}

#[test]
fn figures_keep_an_unknown_vote_unknown() {
    let unknown = Figures::of(false, []);
    assert_eq!((unknown.voted, unknown.left()), (None, None));
    let line = |kind, amount| essaim::funding::Line { kind, amount: Cents(amount) };
    let lines = [
        line(EntryKind::Vote, 1000),
        line(EntryKind::Reservation, 300),
        line(EntryKind::Reservation, -300),
        line(EntryKind::Commitment, 250),
        line(EntryKind::Payment, 200),
    ];
    let figures = Figures::of(true, lines);
    assert_eq!(figures.left(), Some(Cents(750)));
    assert_eq!((figures.reserved, figures.committed, figures.paid), (Cents::ZERO, Cents(250), Cents(200)));
}

/// Behind the ledger's own conditions, the database refuses what no code of ours should ever ask.
#[test]
fn the_database_holds_an_envelope_within_its_vote() {
    use diesel::prelude::*;
    use essaim::db::schema::envelopes;
    let app = TestApp::start();
    let world = World::build(&app);
    let row = envelopes::table.filter(envelopes::id.eq(envelope_of(&app, &world)));
    let voted = app.service().read(|conn| ledger::counters(conn, envelope_of(&app, &world))).unwrap().voted.unwrap();
    let (cent, below) = (Cents(1), Cents(-1));
    let refused = [
        app.service().db.write(|c| Ok(diesel::update(row).set(envelopes::reserved.eq(voted + cent)).execute(c)?)),
        app.service().db.write(|c| Ok(diesel::update(row).set(envelopes::committed.eq(voted + cent)).execute(c)?)),
        app.service().db.write(|c| Ok(diesel::update(row).set(envelopes::paid.eq(cent)).execute(c)?)),
        app.service().db.write(|c| Ok(diesel::update(row).set(envelopes::reserved.eq(below)).execute(c)?)),
        app.service().db.write(|c| Ok(diesel::update(row).set(envelopes::voted.eq(Some(below))).execute(c)?)),
    ];
    let by_check = |answer: &Result<usize, Fault>| {
        answer.as_ref().is_err_and(|fault| fault.to_string().to_lowercase().contains("check constraint"))
    };
    assert!(refused.iter().all(by_check), "{refused:?}");
}

#[test]
fn nothing_and_less_than_nothing_do_not_move() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    make(&app, envelope, &Move::Reserve(1_000)).unwrap();
    for cents in [0, -1] {
        let moves = [Move::Reserve(cents), Move::Release(cents), Move::Commit { reserved: 0, amount: cents }];
        for step in moves {
            let tried = make(&app, envelope, &step);
            assert!(
                matches!(&tried, Err(Fault::Refused(why)) if why.contains("supérieur à zéro")),
                "{step:?}: {tried:?}"
            );
        }
    }
}
