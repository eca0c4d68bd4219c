//! Several authorities fund one dossier: each signs its own part, one letter gathers them.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};
use essaim::base::Cents;
use essaim::base::ids::DossierId;
use essaim::decisions::actions::{case, notify, sign};
use essaim::decisions::{Choice, current_shares, letters_of, of_dossier, verify};
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::journal::Entry;
use essaim::ledger::{self, Share};

use super::{MANAGER, SIGNATORY, sealed_bytes, signed_in};
use crate::documents::reading::text;
use crate::identity::others::second_world;
use crate::support::decisions::{
    cofunded_world, follow_as, lines_of, opined_with_shares, reach_answers_day, signed_dossier,
};
use crate::support::{TestApp, World};

const DREETS: &str = "signature@dreets.example";

fn shares(app: &TestApp, world: &World) -> [Share; 2] {
    let (ars, dreets) = lines_of(app, world);
    let share = |line, euros| Share { line, year: 2022, amount: Cents::from_euros(euros) };
    [share(ars.line, 25_000), share(dreets.line, 15_000)]
}

fn state(app: &TestApp, dossier: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state
}

fn check(app: &TestApp) -> Vec<String> {
    app.service().read(|conn| verify(conn, &app.service().files)).unwrap().1
}

#[test]
fn the_dossier_moves_and_the_letter_is_sealed_with_the_last_signature() {
    let app = TestApp::start();
    let (world, second) = cofunded_world(&app, &[2022]);
    let dossier = opined_with_shares(&app, &world, "Marcher ensemble", 40_000, &shares(&app, &world));
    reach_answers_day(&app);
    let desk = signed_in(&app, SIGNATORY).get("/appels/AMI-ISS-2021/decisions").expect(200).words();
    assert!(desk.contains("À signer : ARS, DREETS") && desk.contains("25 000"), "{desk}");
    assert!(!desk.contains("40 000"), "each authority reads its own part: {desk}");

    let first = follow_as(&app, world.signatory, dossier);
    assert_eq!((first.total(), state(&app, dossier)), (Some(Cents::from_euros(25_000)), State::Opined));
    assert!(app.service().read(|conn| letters_of(conn, dossier)).unwrap().is_empty(), "no letter yet");
    assert_eq!(check(&app), Vec::<String>::new());
    let page = signed_in(&app, SIGNATORY).get(&format!("/dossiers/{dossier}/decision")).expect(200).words();
    assert!(page.contains("Votre autorité a signé"), "{page}");
    let again = app.as_account(world.signatory, |op, actor| {
        let case = case(op.conn, actor, dossier)?;
        sign(op, actor, dossier, &Choice::following(&case.basis))
    });
    assert!(matches!(again, Err(Fault::Refused(_))), "signed once only");

    let other = signed_in(&app, DREETS);
    let desk = other.get("/appels/AMI-ISS-2021/decisions").expect(200).words();
    assert!(desk.contains("Signé : ARS. Reste : DREETS") && desk.contains("15 000"), "{desk}");
    follow_as(&app, second, dossier);
    assert_eq!(state(&app, dossier), State::Selected);
    let letters = app.service().read(|conn| letters_of(conn, dossier)).unwrap();
    assert_eq!(letters.len(), 1, "one letter to the applicant");
    let decisions = app.service().read(|conn| of_dossier(conn, dossier)).unwrap();
    assert!(decisions.iter().all(|d| d.letter == Some(letters[0].id)));
    assert_eq!(letters[0].number, format!("{}-C1", decisions[0].number));

    let letter = text("decision_cofunded", &sealed_bytes(&app, dossier));
    for said in [
        "40 000 €",
        "quarante mille euros",
        "FIR – Ségur mesure 27",
        "Programme 304 – Inclusion sociale",
        "25 000 €",
        "15 000 €",
        "Décision AMI-ISS-2021-D0001",
        "Décision AMI-ISS-2021-D0002",
        "Simone Exemple",
        "Denis Exemple",
        "Arrêté DREETS-EXEMPLE",
        "Pôle inclusion",
        "adressé à l’autorité dont vous contestez la décision",
    ] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    app.as_account(world.manager, |op, actor| {
        notify(op, actor, dossier, essaim::decisions::actions::Delivery::Electronic)
    })
    .unwrap();
    assert_eq!(state(&app, dossier), State::AwardNotified);
    assert_eq!(check(&app), Vec::<String>::new());
    let words = signed_in(&app, super::APPLICANT).get(&format!("/mes-dossiers/{dossier}/decision")).expect(200).words();
    assert!(words.contains("40 000 €") && words.contains("Programme 304"), "{words}");
}

#[test]
fn an_authority_may_refuse_its_part_and_the_other_still_grants_its_own() {
    let app = TestApp::start();
    let (world, second) = cofunded_world(&app, &[2022]);
    let proposed = shares(&app, &world);
    let dossier = opined_with_shares(&app, &world, "Marcher ensemble", 40_000, &proposed);
    reach_answers_day(&app);
    let refusal = Choice {
        outcome: Outcome::Rejected,
        shares: Vec::new(),
        rank: None,
        motive: "Le projet ne relève pas de ce programme.".to_owned(),
        departure_reason: "Doublon avec un autre appel.".to_owned(),
    };
    app.as_account(second, |op, actor| sign(op, actor, dossier, &refusal)).unwrap();
    follow_as(&app, world.signatory, dossier);
    assert_eq!(state(&app, dossier), State::Selected, "one part granted is a grant");
    let held = app.service().read(|conn| current_shares(conn, dossier)).unwrap();
    assert_eq!(held.iter().map(|s| (s.authority, s.share)).collect::<Vec<_>>(), [(world.ars, proposed[0])]);
    let envelope =
        app.service().read(|conn| ledger::envelope_at(conn, world.call, proposed[1].line, 2022)).unwrap().unwrap();
    let counters = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert_eq!((counters.reserved, counters.committed), (Cents::ZERO, Cents::ZERO), "its reservation came back");
    assert_eq!(check(&app), Vec::<String>::new());
    let letter = text("decision_part_refused", &sealed_bytes(&app, dossier));
    assert!(letter.contains("n’attribue pas sa part"), "{letter}");
}

#[test]
fn an_authority_finds_nothing_of_what_it_has_not_to_sign() {
    let app = TestApp::start();
    let (world, _) = cofunded_world(&app, &[2022]);
    let dossier = signed_dossier(&app, &world, "Cuisiner ensemble", 10_000, Outcome::Selected);
    let other = signed_in(&app, DREETS);
    let desk = other.get("/appels/AMI-ISS-2021/decisions").expect(200).words();
    assert!(!desk.contains("Cuisiner"), "{desk}");
    other.get(&format!("/dossiers/{dossier}/decision")).expect(404);
    assert!(!other.get("/").expect(200).words().contains("Signer"), "nothing is expected of it");
}

#[test]
fn two_signatures_at_once_seal_one_letter() {
    let app = TestApp::start();
    let (world, second) = cofunded_world(&app, &[2022]);
    let dossier = opined_with_shares(&app, &world, "Marcher ensemble", 40_000, &shares(&app, &world));
    reach_answers_day(&app);
    std::thread::scope(|scope| {
        let sign = |account| move |app: &TestApp| follow_as(app, account, dossier);
        let (one, two) = (sign(world.signatory), sign(second));
        let app = &app;
        scope.spawn(move || one(app));
        scope.spawn(move || two(app));
    });
    assert_eq!(state(&app, dossier), State::Selected);
    assert_eq!(app.service().read(|conn| letters_of(conn, dossier)).unwrap().len(), 1);
    assert_eq!(check(&app), Vec::<String>::new());
    signed_in(&app, MANAGER).get(&format!("/dossiers/{dossier}/notifier")).expect(200);
}

/// Who signs for an authority in another call, without its delegation, has nothing of its to sign in this one.
#[test]
fn a_signatory_elsewhere_signs_for_no_other_authority_here() {
    let app = TestApp::start();
    let (world, _) = cofunded_world(&app, &[2022]);
    let second = second_world(&app, &world);
    app.console(|op| {
        add_agent(op, world.signatory, world.dreets, "Conseillère", "Pôle inclusion")?;
        grant_role(op, second.call, world.signatory, world.dreets, Role::Signatory, None)
    });
    let dossier = opined_with_shares(&app, &world, "Marcher ensemble", 40_000, &shares(&app, &world));
    reach_answers_day(&app);
    let may_sign = || {
        app.as_account(world.signatory, |op, actor| {
            op.record(Entry::new("test.read", "Lecture"));
            Ok(case(op.conn, actor, dossier)?.may_sign)
        })
    };
    assert!(may_sign().unwrap());
    follow_as(&app, world.signatory, dossier);
    assert!(!may_sign().unwrap(), "the part of the DREETS is not theirs");
}
