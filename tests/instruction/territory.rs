//! Departments asked for their opinion: who sees what, and what the others read of it.

use essaim::accounts::actions::{NewUser, add_agent, add_user, grant_correspondent};
use essaim::base::Cents;
use essaim::base::ids::AccountId;
use essaim::fault::Fault;
use essaim::instruction::actions::{ask_departments, save_territorial};
use essaim::instruction::{ReviewOpinion, TerritorialInput};

use crate::support::dossiers::submitted_dossier;
use crate::support::instruction::{assigned_dossier, review, submit_as};
use crate::support::{PASSWORD, TestApp, World};

/// Somebody of the ARS who speaks for a department.
pub fn correspondent(app: &TestApp, world: &World, email: &str, department: &str) -> AccountId {
    app.console(|op| {
        let account = add_user(
            op,
            &NewUser {
                email: email.to_owned(),
                given_name: "Delphine".to_owned(),
                surname: "Exemple".to_owned(),
                password: Some(PASSWORD.to_owned()),
                administrator: false,
            },
        )?;
        add_agent(op, account, world.ars, "Déléguée", "Délégation départementale")?;
        grant_correspondent(op, world.call, account, world.ars, department)?;
        Ok(account)
    })
}

#[test]
fn each_department_concerned_is_asked_once_and_its_correspondent_told_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    correspondent(&app, &world, "dd31@ars.example", "31");
    let first = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    let second = assigned_dossier(&app, &world, "Jardins partagés", 20_000);
    let manager = app.signed_in("gestion@ars.example");
    let path = "/appels/AMI-ISS-2021/gestion/departements";
    let refused = manager.post(path, &[("due", "")]).expect(422).words();
    assert!(refused.contains("Choisissez au moins un état"), "{refused}");
    manager.post(path, &[("state", "under_instruction"), ("due", "25/10/2021")]).expect(303);
    let file = manager.get(&format!("{path}?format=csv")).expect(200).text();
    assert!(file.lines().any(|line| line.trim_end().ends_with(";Delphine Exemple;2;0;0")), "{file}");
    let page = manager.get(path).expect(200).words();
    // Both concern Haute-Garonne and Hérault; nobody speaks for the latter.
    assert!(
        page.contains("4 avis demandés") && page.contains("Aucun correspondant n’est nommé pour : Hérault"),
        "{page}"
    );
    let told: Vec<_> = app.mails().into_iter().filter(|(kind, ..)| kind == "territory.asked").collect();
    assert_eq!(told.len(), 1, "one mail for two dossiers");
    assert!(told[0].2.contains("2\u{A0}avis sont demandés") && !told[0].2.contains("Ruches"));
    let again =
        app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[first, second], None));
    assert!(matches!(again, Err(Fault::Refused(_))));
}

#[test]
fn a_correspondent_answers_for_their_department_and_sees_no_other_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let account = correspondent(&app, &world, "dd31@ars.example", "31");
    correspondent(&app, &world, "dd81@ars.example", "81");
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    let unasked = submitted_dossier(&app, &world, "Vergers solidaires", 20_000);
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[dossier], None)).unwrap();
    let client = app.signed_in("dd31@ars.example");
    let desk = client.get("/territoire").expect(200).words();
    assert!(desk.contains("Ruches de quartier") && desk.contains("0 sur 1 avis rendu"), "{desk}");
    assert!(!desk.contains("Vergers solidaires"));
    assert!(client.get("/").expect(200).words().contains("Donner l’avis de votre département sur 1 dossier"));
    client.get(&format!("/dossiers/{unasked}")).expect(404);
    let file = client.get("/territoire?format=csv").expect(200).text();
    assert!(file.contains("Ruches de quartier") && !file.contains("Vergers solidaires"), "{file}");
    let stranger = app.signed_in("dd81@ars.example");
    assert!(!stranger.get("/territoire?format=csv").expect(200).text().contains("Ruches de quartier"));
    for path in ["", "/journal", "/territoire/31", "/territoire/81", "/pieces/1"] {
        stranger.get(&format!("/dossiers/{dossier}{path}")).expect(404);
    }
    client.get(&format!("/dossiers/{dossier}/territoire/34")).expect(404);
    let path = format!("/dossiers/{dossier}/territoire/31");
    // Title and applicant only, before declaring.
    let page = client.get(&path).expect(200).text();
    assert!(page.contains("Ruches de quartier") && !page.contains("au pied des immeubles"));
    let reply = client.get(&format!("/dossiers/{dossier}")).expect(303);
    assert_eq!(reply.location, path);
    client.post(&format!("{path}/interets"), &[("conflict", "non")]).expect(303);
    assert!(client.get(&path).expect(200).text().contains("au pied des immeubles"));
    let bare = [("version", "1"), ("intent", "rendre"), ("opinion", "reserved"), ("comment", "")];
    assert!(client.post(&path, &bare).expect(422).words().contains("Expliquez cet avis réservé"));
    let given = [("version", "1"), ("intent", "rendre"), ("opinion", "reserved"), ("comment", "Peu de relais locaux.")];
    client.post(&path, &given).expect(303);
    let closed = client.get(&path).expect(200);
    assert!(closed.words().contains("Avis rendu par Delphine Exemple") && !closed.text().contains("name=\"opinion\""));
    client.post(&path, &given).expect(303);
    let manager = app.signed_in("gestion@ars.example");
    for path in [format!("/dossiers/{dossier}"), format!("/dossiers/{dossier}/gestion")] {
        let page = manager.get(&path).expect(200).words();
        assert!(page.contains("Haute-Garonne") && page.contains("Peu de relais locaux."), "{page}");
    }
    // An instructor reads it by the rule of sight: once their own review is in.
    let instructor = app.signed_in("instruction@ars.example");
    instructor.post(&format!("/dossiers/{dossier}/avis/interets"), &[("conflict", "non")]).expect(303);
    let reading = format!("/dossiers/{dossier}");
    assert!(!instructor.get(&reading).expect(200).text().contains("Peu de relais"));
    let own = review([3; 8], Cents::from_euros(40_000), "Le mien");
    let version = app
        .as_account(world.instructor_ars, |op, actor| {
            essaim::instruction::actions::save_review(op, actor, dossier, &own, 0)
        })
        .unwrap();
    app.as_account(world.instructor_ars, |op, actor| {
        essaim::instruction::actions::submit_review(op, actor, dossier, version)
    })
    .unwrap();
    assert!(instructor.get(&reading).expect(200).text().contains("Peu de relais"));
    // A correspondent reads no review.
    assert!(!client.get(&reading).expect(200).text().contains("Le mien"));
    let late = TerritorialInput { opinion: Some(ReviewOpinion::Favourable), comment: String::new() };
    let refused =
        app.as_account(account, |op, actor| save_territorial(op, actor, (dossier, "31"), &late, 2, true)).unwrap_err();
    assert!(matches!(refused, Fault::Refused(_)));
}

#[test]
fn a_correspondent_with_a_tie_loses_every_page() {
    let app = TestApp::start();
    let world = World::build(&app);
    correspondent(&app, &world, "dd31@ars.example", "31");
    let dossier = assigned_dossier(&app, &world, "Ruches de quartier", 40_000);
    submit_as(&app, world.instructor_dreets, dossier, &review([4; 8], Cents::from_euros(40_000), "Texte du second"));
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[dossier], None)).unwrap();
    let client = app.signed_in("dd31@ars.example");
    let path = format!("/dossiers/{dossier}/territoire/31");
    let fields = [("conflict", "oui"), ("detail", "J’ai présidé cette association.")];
    client.post(&format!("{path}/interets"), &fields).expect(303);
    for path in ["", "/territoire/31", "/journal", "/pieces/1"] {
        let page = client.get(&format!("/dossiers/{dossier}{path}")).expect(404).text();
        assert!(!page.contains("Ruches") && !page.contains("AMI-ISS-2021-0001"));
    }
    assert!(!client.get("/territoire").expect(200).text().contains("Ruches"));
    assert!(!client.get("/").expect(200).text().contains("Donner l’avis"));
    let told = app.mails().into_iter().find(|(kind, ..)| kind == "instruction.recused").unwrap();
    assert!(told.2.contains("L’avis de son département reste à donner"), "{}", told.2);
}

#[test]
fn an_administrator_names_a_correspondent_with_a_department() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.signed_in("admin@essaim.example");
    let person = format!("/administration/personnes/{}", world.instructor_ars);
    let institution = world.ars.to_string();
    let mut fields = vec![
        ("appel", "AMI-ISS-2021"),
        ("role", "correspondent"),
        ("institution", institution.as_str()),
        ("department", ""),
    ];
    let page = client.post(&format!("{person}/roles"), &fields).expect(422).words();
    assert!(page.contains("Choisissez un département du territoire"), "{page}");
    fields[3].1 = "46";
    client.post(&format!("{person}/roles"), &fields).expect(303);
    let page = client.get(&person).expect(200).words();
    assert!(page.contains("Correspondant départemental") && page.contains("Lot"), "{page}");
    assert!(client.post(&format!("{person}/roles"), &fields).expect(422).words().contains("déjà correspondante"));
}
