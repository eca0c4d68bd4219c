//! Another's dossier does not exist.

use essaim::dossiers::drafts;

use crate::support::dossiers::{PDF, complete_draft, submitted_dossier};
use crate::support::{PASSWORD, TestApp, World};

#[test]
fn another_s_dossier_is_not_found() {
    let app = TestApp::start();
    let world = World::build(&app);
    let draft = complete_draft(&app, &world, "Brouillon secret", 10_000);
    let submitted = submitted_dossier(&app, &world, "Dossier secret", 10_000);
    let pieces = |id| app.service().read(|conn| drafts::attachments(conn, id)).unwrap();
    for (email, who) in [("contact@autreasso.example", "stranger"), ("gestion@ars.example", "call manager")] {
        let client = app.client();
        client.sign_in(email, PASSWORD);
        for id in [draft, submitted] {
            let path = format!("/mes-dossiers/{id}");
            let ends = ["", "/verifier", "/depose", "/accuse-de-reception", "/journal", "/sections/project"];
            for end in ends {
                let reply = client.get(&format!("{path}{end}")).expect(404);
                assert!(!reply.words().contains("secret"), "{who} {end}");
            }
            client.get(&format!("{path}/pieces/{}", pieces(id)[0].id)).expect(404);
            client.post(&format!("{path}/deposer"), &[]).expect(404);
            client.post(&format!("{path}/sections/project"), &[("title", "Volé")]).expect(404);
            client.upload(&format!("{path}/sections/pieces"), &[], "piece-rib", "rib.pdf", PDF).expect(404);
        }
        assert!(!client.get("/mes-dossiers").expect(200).words().contains("secret"), "{who}");
    }
    let row = app.service().read(|conn| essaim::dossiers::get(conn, draft)).unwrap();
    assert_eq!(row.title, "Brouillon secret");
}

#[test]
fn a_piece_is_reached_through_its_own_dossier_only() {
    let app = TestApp::start();
    let world = World::build(&app);
    let one = complete_draft(&app, &world, "Un", 10_000);
    let two = complete_draft(&app, &world, "Deux", 10_000);
    let piece = app.service().read(|conn| drafts::attachments(conn, two)).unwrap().remove(0);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    client.get(&format!("/mes-dossiers/{one}/pieces/{}", piece.id)).expect(404);
    client.get(&format!("/mes-dossiers/{two}/pieces/{}", piece.id)).expect(200);
}

#[test]
fn a_draft_of_another_s_organisation_is_not_opened() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.client();
    client.sign_in("contact@autreasso.example", PASSWORD);
    let organisation = world.organisation.to_string();
    client.post("/appels/AMI-ISS-2021/deposer", &[("choix", "oui"), ("organisation", &organisation)]).expect(404);
    let actor = app.actor(world.applicant);
    let mine = app.service().read(|conn| essaim::dossiers::of_organisations(conn, &actor.organisations)).unwrap();
    assert!(mine.is_empty());
}
