//! Decisions that the committee never gave an opinion on: ineligible and not shortlisted dossiers, many at once.

use essaim::decisions::actions::sign_many;
use essaim::dossiers::{self, Outcome, State};

use super::{APPLICANT, MANAGER, SIGNATORY, sealed_bytes, signed_in};
use crate::documents::reading::text;
use crate::support::committee::opined_dossier;
use crate::support::decisions::{follow_opinion, ineligible_dossier, reach_answers_day, set_aside_dossier};
use crate::support::{TestApp, World};

#[test]
fn an_ineligible_dossier_gets_a_letter_that_quotes_its_ground() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = ineligible_dossier(&app, &world, "Hors région", "Le projet se déroule hors de la région.");
    let decision = follow_opinion(&app, &world, dossier);
    assert_eq!((decision.outcome, decision.total()), (Outcome::Ineligible, None));
    let letter = text("decision_ineligible", &sealed_bytes(&app, dossier));
    for said in [
        "Irrecevabilité du dossier AMI-ISS-2021-0001",
        "Le projet se déroule hors de la région.",
        "recours gracieux",
        "tribunal administratif de Montpellier",
        "SPÉCIMEN",
    ] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    assert!(!letter.contains('{'), "{letter}");
    let manager = signed_in(&app, MANAGER);
    manager.post(&format!("/dossiers/{dossier}/notifier"), &[]).expect(303);
    let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
    assert_eq!(state, State::IneligibilityNotified);
    let words = signed_in(&app, APPLICANT).get(&format!("/mes-dossiers/{dossier}/decision")).expect(200).words();
    assert!(words.contains("n’est pas recevable") && words.contains("hors de la région"), "{words}");
    let problems = app.service().read(|conn| essaim::decisions::verify(conn, &app.service().files)).unwrap().1;
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn many_decisions_are_signed_after_one_page_that_lists_each() {
    let app = TestApp::start();
    let world = World::build(&app);
    let aside = set_aside_dossier(&app, &world, "Projet mis de côté", "D’autres projets répondent mieux à l’axe 2.");
    let selected = opined_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let rejected = opined_dossier(&app, &world, "Cuisiner ensemble", 10_000, Outcome::Rejected);
    reach_answers_day(&app);
    let client = signed_in(&app, SIGNATORY);
    let path = "/appels/AMI-ISS-2021/decisions/signer";
    let empty = client.post(path, &[("action", "check")]).expect(303);
    assert!(client.get(&empty.location).expect(200).words().contains("Cochez au moins un dossier"));
    let ids = [aside.to_string(), selected.to_string(), rejected.to_string()];
    let fields = |action: &'static str| {
        let mut fields = vec![("action", action)];
        fields.extend(ids.iter().map(|id| ("dossier", id.as_str())));
        fields
    };
    let page = client.post(path, &fields("check")).expect(200).words();
    for said in ["Signer 3 décisions", "42 500", "D’autres projets répondent mieux à l’axe 2.", "Non présélectionné"]
    {
        assert!(page.contains(said), "{said:?} is missing from {page}");
    }
    client.post(path, &fields("sign")).expect(303);
    client.post(path, &fields("sign")).expect(303);
    let state = |id| app.service().read(|conn| dossiers::get(conn, id)).unwrap().state;
    assert_eq!(
        [aside, selected, rejected].map(state),
        [State::NonShortlistingSigned, State::Selected, State::Rejected]
    );
    let letter = text("decision_not_shortlisted", &sealed_bytes(&app, aside));
    assert!(letter.contains("à l’issue de la présélection"), "{letter}");
    assert!(letter.contains("D’autres projets répondent mieux à l’axe 2."), "{letter}");
    let actor = app.actor(world.manager);
    let many = sign_many(app.service(), &actor, app.now(), &[aside]).unwrap();
    assert_eq!((many.done.len(), many.kept.len()), (0, 1), "a manager signs nothing");
}
