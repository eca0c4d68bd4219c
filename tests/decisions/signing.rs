//! From the committee's opinion to a signed decision.

use essaim::accounts::actions::{NewDelegation, add_delegation};
use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::decisions::actions::sign;
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;

use super::{MANAGER, SIGNATORY, decision_of, grant, refusal, signed_in};
use crate::support::committee::opined_dossier;
use crate::support::decisions::{follow_opinion, proposed, reach_answers_day, signed_dossier};
use crate::support::{TestApp, World};

#[test]
fn the_signatory_reads_checks_and_signs_what_the_committee_proposed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/decision");
    let desk = client.get("/appels/AMI-ISS-2021/decisions").expect(200);
    assert!(desk.words().contains("Préparer la décision"), "{}", desk.words());
    let form = client.get(&path).expect(200);
    assert!(form.text().contains("value=\"42\u{202F}500\""), "the amount is the committee's");
    assert!(form.words().contains("Vous signez comme Directrice générale adjointe"));

    let check = client.post(&path, &grant("check", "42 500", "")).expect(200);
    let words = check.words();
    for said in [
        "Voici exactement ce que vous signez",
        "Les Ruches d’Exemple",
        "quarante-deux mille cinq cents euros",
        "sont engagés sur l’enveloppe",
        "une convention est obligatoire",
        "Décision ARS-EXEMPLE n° 2021-0001",
    ] {
        assert!(words.contains(said), "{said:?} is missing from {words}");
    }
    assert!(decision_of(&app, dossier).is_none(), "checking signs nothing");

    let signed = client.post(&path, &grant("sign", "42 500", "")).expect(303);
    assert_eq!(signed.location, "/appels/AMI-ISS-2021/decisions");
    let decision = decision_of(&app, dossier).unwrap();
    assert_eq!(decision.number, "AMI-ISS-2021-D0001");
    assert_eq!(decision.total(), Some(Cents::from_euros(42_500)));
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Signée, pas encore notifiée") && page.contains("AMI-ISS-2021-D0001-C1"), "{page}");
}

#[test]
fn a_double_click_signs_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/decision");
    let replies: Vec<_> = std::thread::scope(|scope| {
        let click = || client.post(&path, &grant("sign", "42 500", ""));
        let clicks = [scope.spawn(click), scope.spawn(click)];
        clicks.into_iter().map(|c| c.join().unwrap().expect(303)).collect()
    });
    assert_eq!(replies.len(), 2);
    client.post(&path, &grant("sign", "42 500", "")).expect(303);
    let after = client.get(&path).expect(200).words();
    assert!(after.contains("La décision AMI-ISS-2021-D0001 est déjà signée"), "{after}");
    let other = signed_dossier(&app, &world, "Cuisiner ensemble", 1_000, Outcome::Selected);
    assert_eq!(decision_of(&app, other).unwrap().number, "AMI-ISS-2021-D0002", "no number was lost");
    let (checked, problems) = app.service().read(essaim::ledger::verify).unwrap();
    assert_eq!((checked, problems), (1, Vec::new()));
}

#[test]
fn departing_from_the_committee_asks_for_a_reason_and_keeps_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/decision");
    let silent = client.post(&path, &grant("check", "30 000", "")).expect(422);
    assert!(silent.words().contains("Dites pourquoi la décision s’écarte de ce qui est proposé"));
    assert!(silent.text().contains("value=\"30 000\""), "what was typed is kept");
    client.post(&path, &grant("sign", "30 000", "")).expect(422);
    assert!(decision_of(&app, dossier).is_none());
    let above = client.post(&path, &grant("check", "42 500,01", "Un cofinancement manque.")).expect(422);
    assert!(above.words().contains("ne peut pas dépasser la demande"));

    client.post(&path, &grant("sign", "30 000", "Un cofinancement est arrivé.")).expect(303);
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Un cofinancement est arrivé."), "{page}");
    let trail = app
        .service()
        .read(|conn| essaim::journal::of_dossier(conn, dossier, essaim::journal::Audience::Institutions))
        .unwrap();
    let entry = trail.iter().find(|e| e.action == "decision.sign").unwrap();
    assert_eq!(entry.reason, "Un cofinancement est arrivé.");
    assert_eq!(entry.audience, essaim::journal::Audience::Institutions);
}

#[test]
fn a_refusal_needs_its_motive() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Rejected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/decision");
    let reply = client.post(&path, &refusal("sign", "", "")).expect(422);
    assert!(reply.words().contains("Écrivez le motif de la décision"));
    client.post(&path, &refusal("sign", "Le budget n’est pas détaillé.", "")).expect(303);
    let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
    assert_eq!(state, State::Rejected);
}

#[test]
fn ceiling_and_expired_delegation_are_refused() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    // A second signatory, whose delegation is capped then ends.
    let other = world.funder;
    app.console(|op| {
        essaim::accounts::actions::grant_role(op, world.call, other, world.ars, essaim::access::Role::Signatory, None)
    });
    let choice = proposed(&app, &world, dossier);
    let attempt = || app.as_account(other, |op, actor| sign(op, actor, dossier, &choice)).unwrap_err();
    assert!(attempt().to_string().contains("Aucune délégation"), "no delegation at all");
    app.console(|op| {
        add_delegation(
            op,
            &NewDelegation {
                institution: world.ars,
                account: other,
                quality: "Directeur adjoint".to_owned(),
                service: "Service de démonstration".to_owned(),
                reference: "Décision ARS-EXEMPLE n° 2021-0002".to_owned(),
                valid_from: Instant::parse("2021-01-01T00:00:00Z").unwrap(),
                valid_until: Some(Instant::parse("2022-02-01T00:00:00Z").unwrap()),
                ceiling: Some(Cents::from_euros(42_499)),
            },
        )
    });
    let Fault::Invalid(errors) = attempt() else { panic!("the ceiling is a mistake of the form") };
    assert_eq!(errors[0].field, "amount-1-2022");
    assert!(errors[0].message.contains("limitée à 42\u{202F}499\u{A0}€"), "{}", errors[0].message);
    app.set_clock("2022-02-01T01:00:00");
    assert!(attempt().to_string().contains("a pris fin le"), "expired at its very end");
    assert!(decision_of(&app, dossier).is_none());
    let page = signed_in(&app, "financement@ars.example").get(&format!("/dossiers/{dossier}/decision")).expect(200);
    assert!(page.words().contains("a pris fin le") && !page.text().contains("Vérifier avant de signer"));
    // The full delegation still signs.
    follow_opinion(&app, &world, dossier);
}

#[test]
fn the_manager_reads_the_opinion_but_does_not_sign() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let client = signed_in(&app, MANAGER);
    let path = format!("/dossiers/{dossier}/decision");
    let page = client.get(&path).expect(200);
    assert!(page.words().contains("La décision attend la signature de l’autorité"));
    assert!(!page.text().contains("<textarea"));
    client.post(&path, &grant("sign", "42 500", "")).expect(404);
    assert!(decision_of(&app, dossier).is_none());
}

#[test]
fn the_draft_letter_is_marked_and_sealed_nowhere() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let reply = client.post(&format!("/dossiers/{dossier}/decision"), &grant("preview", "42 500", "")).expect(200);
    assert_eq!(reply.header("content-type"), Some("application/pdf"));
    let text = crate::documents::reading::text("decision_draft", &reply.bytes);
    assert!(text.contains("PROJET") && text.contains("la décision n’est pas signée"), "{text}");
    assert!(!text.contains("/verifier/"), "a draft has no code");
    assert!(decision_of(&app, dossier).is_none());
    client.get(&format!("/dossiers/{dossier}/courrier")).expect(404);
}
