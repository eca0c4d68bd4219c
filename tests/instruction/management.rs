//! The call manager's desk: eligibility, shortlisting, lists and the trail.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};
use essaim::dossiers::{self, State};

use crate::support::dossiers::{submitted_dossier, submitted_dossier_of};
use crate::support::instruction::{assigned_dossier, instructed_dossier, shortlisted_dossier};
use crate::support::{Client, PASSWORD, TestApp, World};

fn manager(app: &TestApp) -> Client {
    let client = app.client();
    client.sign_in("gestion@ars.example", PASSWORD).expect(303);
    client
}

#[test]
fn a_dossier_is_declared_eligible_shortlisted_and_given_out() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = submitted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let client = manager(&app);
    let home = client.get("/").expect(200).words();
    assert!(home.contains("Vérifier la recevabilité de 1"), "{home}");
    let path = format!("/dossiers/{dossier}/gestion");
    let page = client.get(&path).expect(200).text();
    assert!(page.contains("Enregistrer la recevabilité") && !page.contains("Affecter le dossier"));
    let empty = client.post(&format!("{path}/recevabilite"), &[]).expect(422).words();
    assert!(empty.contains("Dites si le dossier est complet.") && empty.contains("répond aux conditions"), "{empty}");
    client.post(&format!("{path}/recevabilite"), &[("complete", "oui"), ("eligible", "oui")]).expect(303);
    let again = client.post(&format!("{path}/recevabilite"), &[("complete", "oui"), ("eligible", "oui")]).expect(409);
    assert!(again.words().contains("le dossier est dans l’état « recevable »"), "{}", again.words());
    client.post(&format!("{path}/preselection"), &[("shortlist", "oui")]).expect(303);
    let bad = client.post(&format!("{path}/affectation"), &[("instructor", ""), ("due", "")]).expect(422).words();
    assert!(bad.contains("Choisissez la personne"), "{bad}");
    let who = world.instructor_ars.to_string();
    let past = client.post(&format!("{path}/affectation"), &[("instructor", &who), ("due", "01/10/2021")]).expect(422);
    assert!(past.words().contains("Choisissez une date à venir") && past.text().contains("01/10/2021"));
    client.post(&format!("{path}/affectation"), &[("instructor", &who), ("due", "25/10/2021")]).expect(303);
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Inès Exemple") && page.contains("25 octobre 2021"), "{page}");
    let mails = app.service().read(|conn| essaim::mail::latest(conn, 50)).unwrap();
    let told = mails.iter().find(|m| m.kind == "instruction.assigned").unwrap();
    assert_eq!(told.recipient, "instruction@ars.example");
    assert!(
        told.body.contains("25\u{A0}octobre\u{A0}2021") && told.body.contains(&format!("/dossiers/{dossier}/avis"))
    );
}

#[test]
fn an_ineligible_dossier_needs_a_ground_that_the_journal_keeps() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = submitted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let client = manager(&app);
    let path = format!("/dossiers/{dossier}/gestion");
    let send = |ground: &str| {
        client.post(&format!("{path}/recevabilite"), &[("complete", "oui"), ("eligible", "non"), ("ground", ground)])
    };
    let missing = send("  ").expect(422);
    assert!(missing.words().contains("Saisissez le motif") && missing.text().contains("value=\"non\" checked"));
    send("Projet hors de la région.").expect(303);
    let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
    assert_eq!(state, State::Ineligible);
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Irrecevable") && page.contains("Projet hors de la région."), "{page}");
    let journal = client.get(&format!("/dossiers/{dossier}/journal")).expect(200).words();
    for part in ["Dossier déclaré irrecevable", "Projet hors de la région.", "Gisèle Exemple", "4 octobre 2021"] {
        assert!(journal.contains(part), "{part} in {journal}");
    }
    let applicant = app.client();
    applicant.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    let theirs = applicant.get(&format!("/mes-dossiers/{dossier}")).expect(200).words();
    assert!(theirs.contains("En cours d’examen") && !theirs.contains("hors de la région"), "{theirs}");
}

#[test]
fn setting_aside_needs_a_ground() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = submitted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let client = manager(&app);
    let path = format!("/dossiers/{dossier}/gestion");
    client.post(&format!("{path}/recevabilite"), &[("complete", "oui"), ("eligible", "oui")]).expect(303);
    client.post(&format!("{path}/preselection"), &[("shortlist", "non")]).expect(422);
    client.post(&format!("{path}/preselection"), &[("shortlist", "non"), ("ground", "Hors priorités")]).expect(303);
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Non présélectionné"), "{page}");
}

#[test]
fn the_list_filters_counts_and_says_what_comes_next() {
    let app = TestApp::start();
    let world = World::build(&app);
    submitted_dossier(&app, &world, "Éveil des sens", 10_000);
    shortlisted_dossier(&app, &world, "Jardins partagés", 20_000);
    assigned_dossier(&app, &world, "Vergers solidaires", 30_000);
    instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [3; 8], [4; 8]);
    submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Santé des aidants", 15_000);
    let client = manager(&app);
    assert_eq!(client.get("/gestion").expect(303).location, "/appels/AMI-ISS-2021/gestion");
    let path = "/appels/AMI-ISS-2021/gestion";
    let all = client.get(path).expect(200).words();
    for part in [
        "5 dossiers déposés",
        "Vérifier la recevabilité",
        "Affecter à des instructeurs",
        "Attendre 2 avis",
        "Inscrire au comité",
        "2 sur 2",
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
    let shows = |query: &str| -> Vec<&str> {
        let page = client.get(&format!("{path}?{query}")).expect(200).text();
        ["Éveil des sens", "Jardins partagés", "Vergers solidaires", "Ruches de quartier", "Santé des aidants"]
            .into_iter()
            .filter(|title| page.contains(title))
            .collect()
    };
    assert_eq!(shows("etat=submitted"), ["Éveil des sens", "Santé des aidants"]);
    assert_eq!(shows("recherche=EVEIL"), ["Éveil des sens"]);
    assert_eq!(shows("recherche=autre+association"), ["Santé des aidants"]);
    assert_eq!(shows("axe=A1"), Vec::<&str>::new());
    assert_eq!(shows("axe=A2&departement=34").len(), 5);
    assert_eq!(shows("departement=48"), Vec::<&str>::new());
    let page = client.get(&format!("{path}?tri=demande&sens=desc")).expect(200).text();
    assert!(page.find("Ruches de quartier") < page.find("Éveil des sens"));
}

#[test]
fn nobody_else_manages() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [3; 8], [4; 8]);
    for email in [
        "instruction@ars.example",
        "comite1@essaim.example",
        "signature@ars.example",
        "financement@ars.example",
        "tresorerie@lesruches.example",
        "admin@essaim.example",
    ] {
        let client = app.client();
        client.sign_in(email, PASSWORD).expect(303);
        client.get("/appels/AMI-ISS-2021/gestion").expect(404);
        client.get(&format!("/dossiers/{dossier}/gestion")).expect(404);
        client.post(&format!("/dossiers/{dossier}/gestion/recevabilite"), &[("complete", "oui")]).expect(404);
        if email != "instruction@ars.example" {
            client.get(&format!("/dossiers/{dossier}")).expect(404);
            client.get(&format!("/dossiers/{dossier}/journal")).expect(404);
        }
    }
}

#[test]
fn a_manager_tied_to_the_applicant_does_not_see_the_dossier_in_any_count() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = submitted_dossier(&app, &world, "Ruches de quartier", 40_000);
    submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Santé des aidants", 15_000);
    app.console(|op| {
        add_agent(op, world.applicant, world.ars, "Chargé de mission", "Service de démonstration")?;
        grant_role(op, world.call, world.applicant, world.ars, Role::CallManager, None)
    });
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    client.get(&format!("/dossiers/{dossier}/gestion")).expect(404);
    let page = client.get("/appels/AMI-ISS-2021/gestion").expect(200);
    assert!(page.words().contains("1 dossier déposé"), "{}", page.words());
    assert!(!page.text().contains("Ruches de quartier"));
}
