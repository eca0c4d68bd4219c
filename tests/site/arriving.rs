//! What a person finds on arriving: what is expected and by when, what is new, and the search.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};
use essaim::instruction::actions::declare_interests;

use crate::support::dossiers::*;
use crate::support::instruction::assigned_dossier;
use crate::support::{TestApp, World};

#[test]
fn the_home_page_sorts_by_date_late_first() {
    let app = TestApp::start();
    let world = World::build(&app);
    complete_draft(&app, &world, "Éveil des sens", 5_000);
    let home = app.signed_in("tresorerie@lesruches.example").get("/").expect(200).words();
    assert!(home.contains("1 chose est attendue de vous"), "{home}");
    assert!(home.contains("Compléter et déposer le dossier « Éveil des sens »"), "{home}");
    assert!(home.contains("Dans 25 jours"), "{home}");
    app.set_clock("2021-10-28T12:00:00");
    let home = app.signed_in("tresorerie@lesruches.example").get("/").words();
    assert!(home.contains("Demain"), "{home}");
    // Once a review is late, it comes before what has no date.
    assigned_dossier(&app, &world, "Vergers solidaires", 30_000);
    app.console(|op| grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None));
    submitted_dossier(&app, &world, "Jardins partagés", 20_000);
    let instructor = || app.signed_in("instruction@ars.example").get("/").expect(200).words();
    let before = instructor();
    assert!(before.contains("Rendre votre avis") && before.contains("Vérifier la recevabilité"), "{before}");
    app.set_clock("2022-12-31T12:00:00");
    let late = instructor();
    assert!(late.contains("dont 1 en retard") && late.contains("En retard de"), "{late}");
    assert!(late.find("Rendre votre avis") < late.find("Vérifier la recevabilité"), "{late}");
}

#[test]
fn notifications_are_counted_opened_and_private() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Vergers solidaires", 30_000);
    let client = app.signed_in("instruction@ars.example");
    let list = client.get("/notifications").expect(200);
    assert!(list.words().contains("vous est confié pour instruction."), "{}", list.words());
    assert!(list.words().contains("Notifications 1 à lire"), "{}", list.words());
    let text = list.text();
    let action = text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|a| a.strip_prefix("/notifications/").is_some_and(|id| id.parse::<i64>().is_ok()));
    let action = action.unwrap().to_owned();
    app.signed_in("instruction@dreets.example").post(&action, &[]).expect(404);
    assert_eq!(client.post(&action, &[]).expect(303).location, format!("/dossiers/{dossier}/avis"));
    assert!(!client.get("/").words().contains("à lire"));
    assert!(client.get("/notifications?lecture=a-lire").expect(200).words().contains("Rien ne correspond"));
    client.post("/notifications/lues", &[]).expect(303);
    app.client().get("/notifications").expect(303);
}

/// However many others have its numbers, or speak of it.
#[test]
fn a_whole_reference_finds_its_dossier_alone() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = assigned_dossier(&app, &world, "Éveil des sens", 10_000);
    assigned_dossier(&app, &world, "La suite d’AMI-ISS-2021-0001", 10_000);
    let manager = app.signed_in("gestion@ars.example");
    for (page, count) in [("/recherche", "1 dossier trouvé"), ("/appels/AMI-ISS-2021/gestion", "1 dossier")] {
        for typed in ["AMI-ISS-2021-0001", "ami+iss+2021+0001"] {
            let found = manager.get(&format!("{page}?recherche={typed}")).expect(200).words();
            assert!(found.contains(count) && found.contains("Éveil des sens"), "{page} {typed}: {found}");
            assert!(!found.contains("La suite"), "{page} {typed}: {found}");
        }
        let found = manager.get(&format!("{page}?recherche=0001")).expect(200).words();
        assert!(found.contains("Éveil des sens") && found.contains("La suite"), "{page}: {found}");
    }
    let elsewhere = manager.get("/recherche?recherche=AMI-ISS-2021-0001&etat=rejected").expect(200).words();
    assert!(elsewhere.contains("Rien ne correspond"), "{elsewhere}");
    let tie = Some("J’ai été salariée de l’organisme.");
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, first, tie)).unwrap();
    let recused = app.signed_in("instruction@ars.example");
    let closed = recused.get("/recherche?recherche=AMI-ISS-2021-0001").expect(200).words();
    assert!(closed.contains("La suite") && !closed.contains("Éveil des sens"), "{closed}");
}

#[test]
fn an_agent_finds_dossiers_of_their_calls_without_accents_and_nothing_closed_to_them() {
    let app = TestApp::start();
    let world = World::build(&app);
    submitted_dossier(&app, &world, "Éveil des sens", 10_000);
    submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Santé des aidants", 15_000);
    let manager = app.signed_in("gestion@ars.example");
    let found = |query: &str| manager.get(&format!("/recherche?{query}")).expect(200).words();
    assert!(found("recherche=EVEIL").contains("Éveil des sens"));
    assert!(found("recherche=eveil").contains("1 dossier trouvé"));
    assert!(found("recherche=introuvable").contains("Rien ne correspond"));
    assert!(found("appel=AUTRE&etat=bidon&tri=zzz&page=99").contains("2 dossiers trouvés"), "nonsense is harmless");
    assert!(found("appel=AMI-ISS-2021&etat=eligible").contains("0 dossier trouvé"));
    let csv = manager.get("/recherche?recherche=eveil&format=csv").expect(200);
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(
        csv.text().contains("Éveil des sens;Les Ruches d’Exemple;AMI-ISS-2021;Déposé;04/10/2021"),
        "{}",
        csv.text()
    );
    let xlsx = manager.get("/recherche?format=xlsx").expect(200);
    assert_eq!(&xlsx.bytes[..2], b"PK");
    // A manager who applies does not find the dossier of their organisation, nor sees it counted.
    app.console(|op| {
        add_agent(op, world.applicant, world.ars, "Chargé de mission", "Service de démonstration")?;
        grant_role(op, world.call, world.applicant, world.ars, Role::CallManager, None)
    });
    let tied = app.signed_in("tresorerie@lesruches.example").get("/recherche").expect(200).words();
    assert!(tied.contains("1 dossier trouvé") && !tied.contains("Éveil des sens"), "{tied}");
    // An instructor without assignment finds nothing; applicants search their own.
    let nothing = app.signed_in("instruction@ars.example").get("/recherche").expect(200).words();
    assert!(nothing.contains("Aucun dossier"), "{nothing}");
    let stranger = app.signed_in("contact@autreasso.example");
    assert_eq!(stranger.get("/recherche?recherche=sante").expect(303).location, "/mes-dossiers?recherche=sante");
    let own = stranger.get("/mes-dossiers?recherche=SANTE").expect(200).words();
    assert!(own.contains("Santé des aidants") && own.contains("1 dossier"), "{own}");
    assert!(!stranger.get("/mes-dossiers").words().contains("Éveil des sens"));
}
