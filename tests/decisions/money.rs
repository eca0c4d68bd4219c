//! What a signature does to the envelope, and what `check` says of it.

use diesel::prelude::*;
use essaim::base::Cents;
use essaim::base::ids::EnvelopeId;
use essaim::db::schema::{decision_shares, decisions, envelopes};
use essaim::decisions::actions::sign;
use essaim::decisions::{Choice, verify};
use essaim::dossiers::Outcome;
use essaim::ledger::{self, Counters};

use super::{SIGNATORY, decision_of, letter, signed_in};
use crate::support::committee::opined_dossier;
use crate::support::decisions::{follow_opinion, proposed, reach_answers_day, share, signed_dossier};
use crate::support::{TestApp, World};

fn envelope(app: &TestApp) -> (EnvelopeId, Counters) {
    app.service()
        .read(|conn| {
            let id: EnvelopeId = envelopes::table.select(envelopes::id).first(conn)?;
            Ok((id, ledger::counters(conn, id)?))
        })
        .unwrap()
}

fn euros(amount: i64) -> Cents {
    Cents::from_euros(amount)
}

#[test]
fn signing_turns_the_reservation_into_a_commitment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let before = envelope(&app).1;
    assert_eq!((before.reserved, before.committed), (euros(42_500), Cents::ZERO));
    reach_answers_day(&app);
    follow_opinion(&app, &world, dossier);
    let after = envelope(&app).1;
    assert_eq!((after.reserved, after.committed), (Cents::ZERO, euros(42_500)));
    assert_eq!(after.left(), before.left());
}

#[test]
fn a_lower_grant_frees_the_rest() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let before = envelope(&app).1;
    reach_answers_day(&app);
    let choice = Choice {
        shares: vec![share(&app, &world, Cents(3_000_050))],
        departure_reason: "Un poste est financé ailleurs.".to_owned(),
        ..proposed(&app, &world, dossier)
    };
    app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap();
    let after = envelope(&app).1;
    assert_eq!((after.reserved, after.committed), (Cents::ZERO, Cents(3_000_050)));
    assert_eq!(after.left().unwrap() - before.left().unwrap(), Cents(4_250_000 - 3_000_050));
}

#[test]
fn refusing_what_the_committee_selected_gives_the_reservation_back() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let choice = Choice {
        outcome: Outcome::Rejected,
        motive: "Le projet est déjà financé.".to_owned(),
        departure_reason: "Financé par un autre appel.".to_owned(),
        ..proposed(&app, &world, dossier)
    };
    app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap();
    let counters = envelope(&app).1;
    assert_eq!((counters.reserved, counters.committed), (Cents::ZERO, Cents::ZERO));
    assert_eq!(decision_of(&app, dossier).unwrap().total(), None);
}

#[test]
fn selecting_what_the_committee_refused_takes_an_envelope_that_suffices() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Rejected);
    reach_answers_day(&app);
    let (id, before) = envelope(&app);
    let choice = Choice {
        outcome: Outcome::Selected,
        departure_reason: "Le territoire n’a aucun autre projet.".to_owned(),
        ..proposed(&app, &world, dossier)
    };
    let without = app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap_err();
    assert!(without.to_string().contains("Saisissez le montant attribué"), "{without}");
    let choice = Choice { shares: vec![share(&app, &world, euros(42_500))], ..choice };
    let left = before.left().unwrap();
    app.console(|op| {
        ledger::reserve(op, id, left - euros(42_499), &ledger::Cause { reason: "Autre".into(), ..Default::default() })?;
        op.record(essaim::journal::Entry::new("test.reserve", "Réservation d’épreuve"));
        Ok(())
    });
    let form = [
        ("action", "check"),
        ("outcome", "selected"),
        ("amount-1-2022", "42 500"),
        ("departure_reason", "Le territoire n’a aucun autre projet."),
    ];
    let page = signed_in(&app, SIGNATORY).post(&format!("/dossiers/{dossier}/decision"), &form).expect(422);
    assert!(page.words().contains("il reste 42 499 € pour ce dossier"), "{}", page.words());
    let short = app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap_err();
    assert!(short.to_string().contains("L’enveloppe ne suffit pas"), "{short}");
    assert!(decision_of(&app, dossier).is_none(), "number, state and letter went back with the money");
    app.console(|op| {
        ledger::release(op, id, Cents::from_euros(1), &ledger::Cause { reason: "Autre".into(), ..Default::default() })?;
        op.record(essaim::journal::Entry::new("test.release", "Libération d’épreuve"));
        Ok(())
    });
    app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap();
    assert_eq!(envelope(&app).1.left(), Some(Cents::ZERO));
    assert_eq!(decision_of(&app, dossier).unwrap().number, "AMI-ISS-2021-D0001", "a failed signature takes no number");
}

#[test]
fn check_finds_altered_amounts_letters_and_notifications() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let check = || app.service().read(|conn| verify(conn, &app.service().files)).unwrap();
    assert_eq!(check(), (1, Vec::new()));

    let set_amount = |amount: i64| {
        let set = decision_shares::amount_cents.eq(euros(amount));
        app.service().db.write(|conn| Ok(diesel::update(decision_shares::table).set(set).execute(conn)?)).unwrap();
    };
    set_amount(42_501);
    assert!(
        check().1[0].contains("42\u{202F}501\u{A0}€ attribués, mais 42\u{202F}500\u{A0}€ engagés"),
        "{:?}",
        check().1
    );
    set_amount(42_500);

    let set_notified = |at: Option<essaim::base::Instant>| {
        let set = decisions::notified_at.eq(at);
        app.service().db.write(|conn| Ok(diesel::update(decisions::table).set(set).execute(conn)?)).unwrap();
    };
    set_notified(Some(app.now()));
    assert_eq!(check().1.len(), 1, "against the letter: {:?}", check().1);
    set_notified(None);
    assert_eq!(check().1, Vec::<String>::new());

    let document = letter(&app, dossier).document;
    let sealed = app.service().read(|conn| essaim::sealed::get(conn, document)).unwrap();
    let path = app.service().files.root().join(&sealed.sha256[..2]).join(&sealed.sha256);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(check().1[0].contains("lettre absente ou modifiée"), "{:?}", check().1);
}
