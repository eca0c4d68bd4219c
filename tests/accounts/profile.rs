//! One's own account: password, sessions.

use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const OTHER: &str = "cinq abeilles dans le tiroir";

#[test]
fn a_new_password_asks_the_present_one_and_ends_other_sessions() {
    let app = TestApp::start();
    World::build(&app);
    let (client, elsewhere) = (app.signed_in(EMAIL), app.signed_in(EMAIL));
    let change = |present: &str, chosen: &str| {
        client.post("/profil/mot-de-passe", &[("present_password", present), ("password", chosen)])
    };
    let wrong = change("ce n’est pas le bon", OTHER).expect(422);
    assert!(wrong.words().contains("Ce n’est pas votre mot de passe actuel."));
    assert!(!wrong.text().contains(OTHER), "a password never comes back");
    assert!(change(PASSWORD, "tresorerie-2021").expect(422).words().contains("se devine trop facilement"));
    elsewhere.get("/profil").expect(200);
    change(PASSWORD, OTHER).expect(303);
    client.get("/profil").expect(200);
    elsewhere.get("/profil").expect(303);
    app.client().sign_in(EMAIL, PASSWORD).expect(422);
    app.client().sign_in(EMAIL, OTHER).expect(303);
    let mails = app.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].0.as_str(), mails[0].1.as_str()), ("account.password_changed", EMAIL));
}

#[test]
fn a_person_closes_their_own_sessions_and_nobody_else_s() {
    let app = TestApp::start();
    World::build(&app);
    let (client, elsewhere, third) = (app.signed_in(EMAIL), app.signed_in(EMAIL), app.signed_in(EMAIL));
    let stranger = app.signed_in("contact@autreasso.example");
    let close = |page: &str| -> Vec<String> {
        let actions = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
        actions.filter(|a| a.ends_with("/fermer")).map(str::to_owned).collect()
    };
    let page = client.get("/profil").expect(200).text();
    let others = close(&page);
    assert_eq!(others.len(), 2, "every session but this one can be closed");
    for path in &others {
        stranger.post(path, &[]).expect(404);
    }
    elsewhere.get("/profil").expect(200);
    client.post(&others[0], &[]).expect(303);
    let open = [&elsewhere, &third].iter().filter(|c| c.get("/profil").status == 200).count();
    assert_eq!(open, 1);
    client.post("/profil/sessions/fermer-les-autres", &[]).expect(303);
    elsewhere.get("/profil").expect(303);
    third.get("/profil").expect(303);
    client.get("/profil").expect(200);
    stranger.get("/profil").expect(200);
}

#[test]
fn a_name_is_kept_and_shown() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    let empty = client.post("/profil", &[("given_name", " "), ("surname", "Nouveau")]).expect(422);
    assert!(empty.words().contains("Saisissez votre prénom.") && empty.text().contains("value=\"Nouveau\""));
    client.post("/profil", &[("given_name", "Théo"), ("surname", "L’Éclair")]).expect(303);
    assert!(client.get("/profil").words().contains("Théo L’Éclair"));
    let admin = app.signed_in("admin@essaim.example");
    assert!(admin.get("/administration/personnes?recherche=eclair").words().contains("1 compte"));
}

#[test]
fn entries_and_refusals_are_in_the_journal_without_the_address() {
    let app = TestApp::start();
    World::build(&app);
    app.signed_in(EMAIL);
    app.client().sign_in(EMAIL, "ce n’est pas le bon").expect(422);
    let texts: Vec<(String, String)> = app
        .service()
        .read(|conn| {
            use diesel::prelude::*;
            use essaim::db::schema::journal_texts;
            let rows = journal_texts::table
                .order(journal_texts::sequence.desc())
                .limit(2)
                .select((journal_texts::actor_name, journal_texts::summary));
            Ok(rows.load(conn)?)
        })
        .unwrap();
    assert_eq!(texts[1].0, "Théo Exemple");
    assert!(texts[1].1.starts_with("Connexion au compte n°"), "{texts:?}");
    assert_eq!(texts[0].0, "Visiteur");
    assert!(texts[0].1.starts_with("Connexion refusée au compte n°"), "{texts:?}");
    assert!(texts.iter().all(|(_, summary)| !summary.contains('@')));
}
