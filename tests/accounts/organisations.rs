//! Organisations: what is checked, who may change them, and what no longer changes.

use diesel::prelude::*;
use essaim::accounts::actions::{cancel_invitation, invite_colleague};
use essaim::db::schema::dossiers;
use essaim::fault::Fault;

use crate::support::{Client, Reply, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";

fn fields<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let good = [
        ("name", "La Ruche des Possibles"),
        ("siret", "356 000 000 00048"),
        ("rna", ""),
        ("legal_form", "9220"),
        ("street", "12 rue de l’Exemple"),
        ("postal_code", "34000"),
        ("city", "Montpellier"),
        ("representative_name", "Rose Exemple"),
        ("representative_quality", "Présidente"),
    ];
    let changed = |name: &str| changes.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let mut all: Vec<_> = good.iter().map(|(n, v)| (*n, changed(n).unwrap_or(v))).collect();
    all.extend(changes.iter().filter(|(n, _)| !good.iter().any(|(g, _)| g == n)));
    all
}

fn declare(client: &Client, changes: &[(&str, &str)]) -> Reply {
    client.post("/organisations/nouvelle", &fields(changes))
}

#[test]
fn declaring_leads_back_to_the_call() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    let page = client.get("/organisations/nouvelle?retour=%2Fappels%2FAMI-ISS-2021").expect(200);
    assert!(page.hidden().contains(&("retour".to_owned(), "/appels/AMI-ISS-2021".to_owned())));
    let reply = declare(&client, &[("retour", "/appels/AMI-ISS-2021")]).expect(303);
    assert_eq!(reply.location, "/appels/AMI-ISS-2021");
    let profile = client.get("/profil").expect(200).words();
    assert!(profile.contains("La Ruche des Possibles") && profile.contains("Les Ruches d’Exemple"), "{profile}");
    let elsewhere = [("retour", "//ailleurs.example"), ("siret", ""), ("rna", "W343000009")];
    assert!(declare(&client, &elsewhere).expect(303).location.starts_with("/organisations/"));
}

#[test]
fn identifiers_are_checked() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("siret", "73282932000075")], "ne passe pas le contrôle de sa clé"),
        (&[("siret", "7328293200007")], "Saisissez les 14 chiffres"),
        (&[("siret", ""), ("rna", "X313000001")], "la lettre W suivie de 9 chiffres"),
        (&[("siret", "")], "Saisissez le numéro SIRET, ou à défaut le numéro RNA."),
        (&[("siret", "732 829 320 00074")], "Un organisme est déjà déclaré avec ce numéro."),
        (&[("siret", ""), ("rna", "w313000001")], "Un organisme est déjà déclaré avec ce numéro."),
        (&[("legal_form", "0000")], "Choisissez la forme juridique."),
        (&[("postal_code", "3400")], "code postal de 5 chiffres"),
    ];
    for (changes, message) in cases {
        let page = declare(&client, changes).expect(422);
        assert!(page.words().contains(message), "{changes:?}: {}", page.words());
        assert!(page.text().contains("value=\"La Ruche des Possibles\""), "nothing typed is lost");
    }
    let same = declare(&client, &[("siret", "73282932000074"), ("rna", "")]).expect(422).words();
    assert!(same.contains("Écrivez à contact@essaim.example pour y être rattaché."), "{same}");
}

#[test]
fn another_s_organisation_is_not_found() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.signed_in(EMAIL);
    let theirs = format!("/organisations/{}", world.stranger_organisation);
    let page = client.get(&theirs).expect(404).words();
    assert!(page.contains("Page introuvable") && !page.contains("Autre Association Fictive"));
    client.post(&theirs, &fields(&[("version", "1")])).expect(404);
    let admin = app.signed_in("admin@essaim.example");
    admin.get(&theirs).expect(404);
    let own = client.get(&format!("/organisations/{}", world.organisation)).expect(200).words();
    assert!(own.contains("Les Ruches d’Exemple") && own.contains("Théo Exemple"), "{own}");
}

#[test]
fn two_members_never_overwrite_each_other() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.signed_in(EMAIL);
    let path = format!("/organisations/{}", world.organisation);
    let first = [("name", "Les Ruches d’Ici"), ("siret", "73282932000074"), ("version", "1")];
    client.post(&path, &fields(&first)).expect(303);
    let second = [("name", "Les Ruches de Là"), ("siret", "73282932000074"), ("version", "1")];
    let conflict = client.post(&path, &fields(&second)).expect(409);
    let words = conflict.words();
    assert!(words.contains("Un autre membre a enregistré") && words.contains("Les Ruches d’Ici"), "{words}");
    assert!(conflict.text().contains("value=\"Les Ruches de Là\""));
    assert!(conflict.hidden().contains(&("version".to_owned(), "2".to_owned())));
    assert!(client.get("/profil").words().contains("Les Ruches d’Ici"));
    client
        .post(&path, &fields(&[("name", "Les Ruches de Là"), ("siret", "73282932000074"), ("version", "2")]))
        .expect(303);
    assert!(client.get("/profil").words().contains("Les Ruches de Là"));
}

#[test]
fn numbers_stay_once_a_dossier_is_submitted() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.signed_in(EMAIL);
    let path = format!("/organisations/{}", world.organisation);
    client.post(&path, &fields(&[("version", "1")])).expect(303);
    assert!(client.get(&path).text().contains("value=\"356\u{202F}000\u{202F}000\u{202F}00048\""));
    app.service()
        .db
        .write(|conn| {
            let definition = essaim::calls::by_id(conn, world.call)?.definition_id;
            diesel::insert_into(dossiers::table)
                .values((
                    dossiers::call_id.eq(world.call),
                    dossiers::definition_id.eq(definition),
                    dossiers::organisation_id.eq(world.organisation),
                    dossiers::state.eq("submitted"),
                    dossiers::title.eq("Un projet"),
                    dossiers::search_text.eq("un projet"),
                    dossiers::submitted_at.eq(Some(app.now())),
                    dossiers::created_at.eq(app.now()),
                    dossiers::created_by.eq(world.applicant),
                    dossiers::updated_at.eq(app.now()),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let page = client.get(&path).expect(200);
    assert!(page.words().contains("le numéro sous lequel il a été déposé ne change plus"));
    assert!(page.text().contains("name=\"rna\""), "a number that is missing may still be added");
    assert!(!page.text().contains("name=\"siret\""));
    let reply = client.post(&path, &fields(&[("siret", "73282932000074"), ("name", "Autre nom"), ("version", "2")]));
    reply.expect(303);
    let page = client.get(&path).words();
    assert!(page.contains("Autre nom") && page.contains("356 000 000 00048"), "{page}");
    client.post(&path, &fields(&[("rna", "W313000077"), ("version", "3")])).expect(303);
    assert!(client.get(&path).words().contains("W313000077"), "a missing number may be added, once");
}

#[test]
fn a_newcomer_is_expected_to_declare_an_organisation() {
    let app = TestApp::start();
    let world = World::build(&app);
    let expected = |account| {
        let actor = app.actor(account);
        app.service().read(|conn| essaim::accounts::pages::expected(conn, &actor, app.now())).unwrap()
    };
    assert!(expected(world.applicant).is_empty());
    assert!(expected(world.manager).is_empty());
    app.console(|op| essaim::accounts::actions::detach_member(op, world.applicant, world.organisation));
    assert_eq!(expected(world.applicant)[0].label, "Déclarer votre organisme");
}

/// Asked for directly, without the page that would not be found.
#[test]
fn nobody_invites_for_another_s_organisation() {
    let app = TestApp::start();
    let world = World::build(&app);
    let theirs = world.organisation;
    let invite =
        |account| app.as_account(account, |op, actor| invite_colleague(op, actor, theirs, "ami@exemple.example"));
    assert!(matches!(invite(world.stranger), Err(Fault::NotFound)));
    invite(world.applicant).unwrap();
    let cancel = |account| app.as_account(account, |op, actor| cancel_invitation(op, actor, theirs, 1));
    assert!(matches!(cancel(world.stranger), Err(Fault::NotFound)));
    cancel(world.applicant).unwrap();
}
