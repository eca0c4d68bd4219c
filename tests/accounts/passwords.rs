//! A forgotten password.

use super::link;
use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const OTHER: &str = "cinq abeilles dans le tiroir";

fn ask(app: &TestApp, email: &str) -> String {
    app.client().post("/mot-de-passe/oublie", &[("email", email)]).expect(200).text().replace(email, "ADRESSE")
}

#[test]
fn a_reset_works_once_and_ends_every_session() {
    let app = TestApp::start();
    World::build(&app);
    let elsewhere = app.signed_in(EMAIL);
    ask(&app, EMAIL);
    let older = link(&app, "account.reset", "/mot-de-passe/");
    ask(&app, EMAIL);
    let path = link(&app, "account.reset", "/mot-de-passe/");
    let client = app.client();
    assert!(client.get(&path).expect(200).words().contains(EMAIL));
    let weak = client.post(&path, &[("password", "court")]).expect(422);
    assert!(weak.words().contains("au moins 12 caractères"));
    assert_eq!(client.post(&path, &[("password", OTHER)]).expect(303).location, "/connexion");
    assert_eq!(elsewhere.get("/profil").status, 303, "open sessions end");
    client.sign_in(EMAIL, PASSWORD).expect(422);
    client.sign_in(EMAIL, OTHER).expect(303);
    for dead in [&path, &older] {
        assert!(client.get(dead).expect(404).words().contains("Ce lien ne sert plus"));
        client.post(dead, &[("password", PASSWORD)]).expect(404);
    }
    let kinds: Vec<_> = app.mails().into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["account.reset", "account.reset", "account.password_changed"]);
}

#[test]
fn a_reset_link_dies_after_an_hour() {
    let app = TestApp::start();
    World::build(&app);
    ask(&app, EMAIL);
    let path = link(&app, "account.reset", "/mot-de-passe/");
    app.set_clock("2021-10-04T12:59:59");
    app.client().get(&path).expect(200);
    app.set_clock("2021-10-04T13:00:00");
    app.client().get(&path).expect(404);
    app.client().post(&path, &[("password", OTHER)]).expect(404);
    app.signed_in(EMAIL);
}

#[test]
fn an_unknown_address_gets_the_same_page_and_no_mail() {
    let app = TestApp::start();
    World::build(&app);
    let unknown = ask(&app, "personne@nulle-part.example");
    assert_eq!(app.mails(), []);
    assert_eq!(ask(&app, EMAIL), unknown);
    assert_eq!(app.mails().len(), 1);
}

#[test]
fn a_confirmation_link_chooses_no_password() {
    let app = TestApp::start();
    let fields =
        [("given_name", "Ida"), ("surname", "Exemple"), ("email", "ida@association.example"), ("password", PASSWORD)];
    app.client().post("/inscription", &fields).expect(200);
    let path = link(&app, "account.confirm", "/inscription/confirmer/");
    let token = path.rsplit('/').next().unwrap();
    app.client().post(&format!("/mot-de-passe/{token}"), &[("password", OTHER)]).expect(404);
    app.client().post(&path, &[("password", PASSWORD)]).expect(303);
}

#[test]
fn a_disabled_account_gets_the_same_page_and_no_mail() {
    let app = TestApp::start();
    let world = World::build(&app);
    let known = ask(&app, EMAIL);
    app.console(|op| essaim::accounts::actions::disable(op, world.stranger));
    assert_eq!(ask(&app, "contact@autreasso.example"), known);
    let to: Vec<_> = app.mails().into_iter().filter(|mail| mail.0 == "account.reset").map(|mail| mail.1).collect();
    assert_eq!(to, [EMAIL]);
}
