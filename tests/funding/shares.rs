//! A commitment that shrinks never falls under what is paid, and every share finds its envelope.

use essaim::access::Author;
use essaim::base::ids::{DossierId, EnvelopeId, FundingLineId};
use essaim::base::money::Cents;
use essaim::fault::Fault;
use essaim::journal::Entry;
use essaim::ledger::{self, Cause, EntryKind, Share};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::committee::envelope_of;
use crate::support::dossiers::submitted_dossier;
use crate::support::{TestApp, World};

#[derive(Clone, Copy, Debug)]
enum Move {
    Commit(usize, i64),
    Pay(usize, i64),
    Reduce(usize, i64),
}

impl Move {
    fn dossier(self) -> usize {
        match self {
            Self::Commit(d, _) | Self::Pay(d, _) | Self::Reduce(d, _) => d,
        }
    }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let amount = -5i64..20_000_000;
    let step = prop_oneof![
        (0usize..2, amount.clone()).prop_map(|(d, a)| Move::Commit(d, a)),
        (0usize..2, amount.clone()).prop_map(|(d, a)| Move::Pay(d, a)),
        (0usize..2, amount).prop_map(|(d, a)| Move::Reduce(d, a)),
    ];
    proptest::collection::vec(step, 1..25)
}

fn make(app: &TestApp, envelope: EnvelopeId, dossiers: &[DossierId], step: Move) -> Result<(), Fault> {
    let dossier = dossiers[step.dossier()];
    let cause = Cause { dossier: Some(dossier), reason: "essai".to_owned(), ..Cause::default() };
    app.service().perform(Author::console(), app.now(), |op| {
        op.record(Entry::new("test.ledger", "Essai"));
        match step {
            Move::Commit(_, amount) => ledger::commit(op, envelope, Cents::ZERO, Cents(amount), &cause),
            Move::Pay(_, amount) => ledger::pay(op, envelope, dossier, Cents(amount), &cause),
            Move::Reduce(_, amount) => ledger::reduce(op, envelope, dossier, Cents(amount), &cause),
        }
    })
}

fn totals(app: &TestApp, envelope: EnvelopeId, dossier: DossierId) -> (Cents, Cents) {
    app.service()
        .read(|conn| {
            Ok((
                ledger::total(conn, envelope, dossier, EntryKind::Commitment)?,
                ledger::total(conn, envelope, dossier, EntryKind::Payment)?,
            ))
        })
        .unwrap()
}

#[test]
fn a_reduction_leaves_each_dossier_what_it_was_paid_and_touches_no_other() {
    let app = TestApp::start();
    let world = World::build(&app);
    let envelope = envelope_of(&app, &world);
    let dossiers = [
        submitted_dossier(&app, &world, "Ruche mobile", 10_000),
        submitted_dossier(&app, &world, "Jardin des familles", 10_000),
    ];
    let mut runner = TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() });
    let outcome = runner.run(&moves(), |steps| {
        for step in steps {
            let other = dossiers[1 - step.dossier()];
            let (before, others) = (totals(&app, envelope, dossiers[step.dossier()]), totals(&app, envelope, other));
            let answer = make(&app, envelope, &dossiers, step);
            let after = totals(&app, envelope, dossiers[step.dossier()]);
            prop_assert_eq!(others, totals(&app, envelope, other));
            match (answer, step) {
                (Ok(()), Move::Commit(_, a)) => prop_assert_eq!(after, (before.0 + Cents(a), before.1)),
                (Ok(()), Move::Pay(_, a)) => prop_assert_eq!(after, (before.0, before.1 + Cents(a))),
                (Ok(()), Move::Reduce(_, a)) => prop_assert_eq!(after, (before.0 - Cents(a), before.1)),
                (Err(Fault::Refused(_)), _) => prop_assert_eq!(before, after),
                (Err(other), step) => return Err(TestCaseError::fail(format!("{step:?}: {other}"))),
            }
            if let (Move::Reduce(_, a), true) = (step, before == after) {
                prop_assert!(a <= 0 || before.0 - Cents(a) < before.1, "refused {a} of {before:?}");
            }
            prop_assert!(after.1 >= Cents::ZERO && after.1 <= after.0);
            prop_assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn the_lines_of_a_call_say_who_brings_signs_and_pays() {
    let app = TestApp::start();
    let world = World::build(&app);
    let lines = app.service().read(|conn| ledger::lines_of_call(conn, world.call)).unwrap();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((line.funder, line.authority, line.payer), (world.ars, world.ars, world.ars));
    assert_eq!((line.funder_code.as_str(), line.name.as_str()), ("ARS", "FIR – Ségur mesure 27"));
    let at = |line, year| app.service().read(|conn| ledger::envelope_at(conn, world.call, line, year)).unwrap();
    assert_eq!(at(line.line, 2022), Some(envelope_of(&app, &world)));
    assert_eq!(at(line.line, 2023), None);
    assert_eq!(at(FundingLineId(line.line.0 + 1), 2022), None);
}

proptest! {
    #[test]
    fn a_total_is_unknown_without_shares_and_exact_with_them(amounts in proptest::collection::vec(1i64..Cents::LIMIT, 0..8)) {
        let shares: Vec<Share> = amounts
            .iter()
            .enumerate()
            .map(|(i, amount)| Share {
                line: FundingLineId(i64::try_from(i).unwrap() % 3),
                year: 2022,
                amount: Cents(*amount),
            })
            .collect();
        let sum: i64 = amounts.iter().sum();
        prop_assert_eq!(Share::total(&shares), (!amounts.is_empty()).then_some(Cents(sum)));
        let back: Vec<Share> = serde_json::from_str(&serde_json::to_string(&shares).unwrap()).unwrap();
        prop_assert_eq!(back, shares);
    }
}
