//! The waiting list: who is next, what is free, and why somebody passes before.

use essaim::base::Cents;
use essaim::decisions::actions::{Promotion, end_wait, promote};
use essaim::decisions::{Kind, verify};
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::journal::{self, Audience};

use super::{MANAGER, SIGNATORY, sealed_bytes, signed_in};
use crate::documents::reading::text;
use crate::support::decisions::{notified_dossier, share};
use crate::support::{TestApp, World};

const LIST: &str = "/appels/AMI-ISS-2021/decisions/liste-complementaire";

#[test]
fn the_list_says_who_is_next_and_passing_before_asks_why() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = notified_dossier(&app, &world, "Premier rang", 20_000, Outcome::Waitlisted);
    let second = notified_dossier(&app, &world, "Deuxième rang", 30_000, Outcome::Waitlisted);
    let client = signed_in(&app, SIGNATORY);
    let page = client.get(LIST).expect(200).words();
    assert!(page.contains("Prochain : AMI-ISS-2021-0001, rang 1"), "{page}");
    assert!(page.contains("1 700 000 €"), "what is free: {page}");
    assert!(!signed_in(&app, MANAGER).get(LIST).expect(200).words().contains("Retenir"), "a manager does not sign");

    let path = format!("/dossiers/{second}/promotion");
    let sent = |action: &'static str, reason: &'static str| {
        client.post(&path, &[("action", action), ("amount-1-2022", "30 000"), ("out_of_order", reason)])
    };
    let silent = sent("check", "").expect(422).words();
    assert!(silent.contains("le rang 1"), "{silent}");
    let reason = "Le premier rang n’a pas pu confirmer son calendrier.";
    assert!(sent("check", reason).expect(200).words().contains("30 000 €"));
    sent("sign", reason).expect(303);
    sent("sign", reason).expect(303);
    let state = |id| app.service().read(|conn| dossiers::get(conn, id)).unwrap().state;
    assert_eq!((state(first), state(second)), (State::WaitlistNotified, State::Selected));
    let trail = app.service().read(|conn| journal::of_dossier(conn, second, Audience::Institutions)).unwrap();
    assert!(trail.iter().any(|e| e.action == "decision.promote" && e.reason == reason));
    let letter = text("decision_promotion", &sealed_bytes(&app, second));
    assert!(letter.contains("30 000 €") && letter.contains("est retenu"), "{letter}");
    signed_in(&app, MANAGER).post(&format!("/dossiers/{second}/notifier"), &[]).expect(303);
    assert_eq!(state(second), State::AwardNotified);
    assert!(!client.get(LIST).expect(200).words().contains("Deuxième rang"));
    let problems = app.service().read(|conn| verify(conn, &app.service().files)).unwrap().1;
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_motive_too_long_to_end_the_wait_is_given_back() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Premier rang", 20_000, Outcome::Waitlisted);
    let motive = "Les crédits de l’année sont épuisés. ".repeat(200);
    let client = signed_in(&app, SIGNATORY);
    let refused = client.post(&format!("/dossiers/{dossier}/fin-de-liste"), &[("end_motive", &motive)]).expect(422);
    assert!(refused.text().contains(&motive), "what was typed is still there");
    assert!(refused.text().contains("<details open>"), "and in sight");
}

#[test]
fn the_next_in_rank_needs_no_reason_and_the_envelope_has_the_last_word() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Premier rang", 20_000, Outcome::Waitlisted);
    let asked = |cents| Promotion {
        shares: vec![share(&app, &world, cents)],
        motive: String::new(),
        out_of_order: String::new(),
    };
    let more =
        app.as_account(world.signatory, |op, actor| promote(op, actor, dossier, &asked(Cents::from_euros(20_001))));
    assert!(more.unwrap_err().to_string().contains("dépasser la demande"));
    let stranger =
        app.as_account(world.manager, |op, actor| promote(op, actor, dossier, &asked(Cents::from_euros(20_000))));
    assert!(matches!(stranger, Err(Fault::NotFound)));
    let decision = app
        .as_account(world.signatory, |op, actor| promote(op, actor, dossier, &asked(Cents::from_euros(20_000))))
        .unwrap();
    assert_eq!((decision.kind, decision.departure_reason.as_str()), (Kind::Promotion, ""));
}

#[test]
fn a_wait_ends_with_a_letter_and_its_motive() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Premier rang", 20_000, Outcome::Waitlisted);
    let end = |motive: &str| app.as_account(world.signatory, |op, actor| end_wait(op, actor, dossier, motive));
    assert!(matches!(end(" "), Err(Fault::Invalid(_))));
    end("Aucun crédit ne s’est libéré avant la fin de l’année.").unwrap();
    let letter = text("decision_list_end", &sealed_bytes(&app, dossier));
    assert!(letter.contains("Aucun crédit ne s’est libéré"), "{letter}");
    signed_in(&app, MANAGER).post(&format!("/dossiers/{dossier}/notifier"), &[]).expect(303);
    let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
    assert_eq!(state, State::RejectionNotified);
    let problems = app.service().read(|conn| verify(conn, &app.service().files)).unwrap().1;
    assert_eq!(problems, Vec::<String>::new());
}
