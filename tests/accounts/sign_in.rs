//! Entering: cookies, refusals that tell nothing, throttling, and forms that arrive too late.

use std::num::NonZeroU32;

use essaim::web::throttle::Limits;

use crate::support::{Client, PASSWORD, Reply, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";

fn session_cookie(reply: &Reply) -> String {
    let mut cookies = reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value);
    cookies.rfind(|c| c.starts_with("essaim=") || c.starts_with("__Host-essaim=")).unwrap().clone()
}

fn with_cookie(app: &TestApp, cookie: &str) -> Reply {
    let pair = cookie.split(';').next().unwrap();
    app.client().get_with("/profil", &[("Cookie", pair)])
}

#[test]
fn each_entry_opens_a_fresh_session_and_ends_the_one_before() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.client();
    let first = session_cookie(&client.sign_in(EMAIL, PASSWORD).expect(303));
    assert_eq!(with_cookie(&app, &first).status, 200);
    let second = session_cookie(&client.sign_in(EMAIL, PASSWORD).expect(303));
    assert_ne!(first, second);
    assert_eq!(with_cookie(&app, &first).status, 303, "the old token is dead");
    assert_eq!(with_cookie(&app, &second).status, 200);
    client.post("/deconnexion", &[]).expect(303);
    assert_eq!(with_cookie(&app, &second).status, 303, "leaving ends the session on the server");
}

#[test]
fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::start();
    World::build(&app);
    let cookie = session_cookie(&app.client().sign_in(EMAIL, PASSWORD));
    assert!(cookie.starts_with("essaim=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert!(!cookie.contains("Secure"), "plain HTTP on one's own machine: {cookie}");

    let wide = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.base_url = "https://essaim.example".to_owned(), wide);
    World::build(&app);
    let bound = app.service().settings.bind;
    let client = Client::new(&format!("http://{bound}"));
    let cookie = session_cookie(&client.sign_in(EMAIL, PASSWORD).expect(303));
    assert!(cookie.starts_with("__Host-essaim="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
}

#[test]
fn refusals_are_word_for_word_the_same() {
    let app = TestApp::start();
    let world = World::build(&app);
    let waiting = "attend@association.example";
    app.client()
        .post(
            "/inscription",
            &[("given_name", "Paul"), ("surname", "Exemple"), ("email", waiting), ("password", PASSWORD)],
        )
        .expect(200);
    app.console(|op| essaim::accounts::actions::disable(op, world.stranger));
    let page = |email: &str, password: &str| {
        app.client().sign_in(email, password).expect(422).text().replace(email, "ADRESSE")
    };
    let wrong = page(EMAIL, "ce n’est pas le bon");
    assert!(wrong.contains("ne correspond à aucun compte ouvert"), "{wrong}");
    assert_eq!(page("personne@nulle-part.example", PASSWORD), wrong, "unknown address");
    assert_eq!(page(waiting, PASSWORD), wrong, "address to confirm");
    assert_eq!(page("contact@autreasso.example", PASSWORD), wrong, "disabled account");
}

#[test]
fn guessing_is_slowed_down() {
    let three = NonZeroU32::new(3).unwrap();
    let app = TestApp::start_with(|_| (), Limits { per_subject: three, per_address: NonZeroU32::MAX });
    World::build(&app);
    for _ in 0..3 {
        app.client().sign_in(EMAIL, "ce n’est pas le bon").expect(422);
    }
    let refused = app.client().sign_in(&EMAIL.to_uppercase(), PASSWORD).expect(403);
    assert!(refused.words().contains("Trop d’essais en peu de temps"), "{}", refused.words());
    let unknown = "personne@nulle-part.example";
    for _ in 0..3 {
        app.client().post("/mot-de-passe/oublie", &[("email", unknown)]).expect(200);
    }
    app.client().post("/mot-de-passe/oublie", &[("email", unknown)]).expect(403);
    let fields = [("given_name", "A"), ("surname", "B"), ("email", unknown), ("password", PASSWORD)];
    for _ in 0..3 {
        app.client().post("/inscription", &fields).expect(200);
    }
    app.client().post("/inscription", &fields).expect(403);
}

#[test]
fn forms_of_other_sites_are_refused() {
    let app = TestApp::start();
    World::build(&app);
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let reply = app.client().post_from("/connexion", &fields, "https://ailleurs.example").expect(403);
    assert!(reply.words().contains("Ce formulaire vient d’un autre site"));
    let body = format!("email={EMAIL}&password=x");
    let same_address = [("Origin", app.base_url.as_str()), ("Sec-Fetch-Site", "cross-site")];
    app.client().post_with("/connexion", &body, &same_address).expect(403);
    app.client().post_with("/connexion", &body, &[("Sec-Fetch-Site", "same-site")]).expect(403);
    app.client().post_with("/connexion", &body, &[("Sec-Fetch-Site", "same-origin")]).expect(422);
}

#[test]
fn one_comes_back_where_one_was_going_but_never_to_another_site() {
    let app = TestApp::start();
    World::build(&app);
    let asked = app.client().get("/organisations/nouvelle?retour=%2Fappels").expect(303);
    assert_eq!(asked.location, "/connexion?retour=%2Forganisations%2Fnouvelle%3Fretour%3D%252Fappels");
    let page = app.client().get(&asked.location).expect(200).text();
    assert!(page.contains("name=\"retour\""), "{page}");
    let enter = |back: &str| {
        let fields = [("email", EMAIL), ("password", PASSWORD), ("retour", back)];
        app.client().post("/connexion", &fields).expect(303).location
    };
    assert_eq!(enter("/organisations/nouvelle?retour=%2Fappels"), "/organisations/nouvelle?retour=%2Fappels");
    for elsewhere in
        ["https://ailleurs.example", "//ailleurs.example", "/\\ailleurs.example", "ailleurs", "/\t/ailleurs.example"]
    {
        assert_eq!(enter(elsewhere), "/", "{elsewhere}");
        let page = app.client().get(&format!("/connexion?retour={}", essaim::web::form::encode(elsewhere))).text();
        assert!(!page.contains("ailleurs"), "{elsewhere}");
    }
}

#[test]
fn a_form_that_comes_after_its_session_is_kept_and_sent_again() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.signed_in(EMAIL);
    app.set_clock("2021-10-06T12:00:00");
    let typed = "Théodora \"l’essaimeuse\" <3";
    let fields = [("given_name", typed), ("surname", "Exemple\nsur deux lignes")];
    let page = client.post("/profil", &fields).expect(401);
    let words = page.words();
    assert!(words.contains("Votre session a pris fin"), "{words}");
    assert!(words.contains("ce que vous avez saisi n’est pas perdu"));
    let hidden = page.hidden();
    assert!(hidden.contains(&("reprise.given_name".to_owned(), typed.to_owned())), "{hidden:?}");
    assert!(hidden.contains(&("reprise_vers".to_owned(), "/profil".to_owned())), "{hidden:?}");

    let with = |password| {
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.extend([("email", EMAIL), ("password", password)]);
        client.post("/connexion", &all)
    };
    let refused = with("ce n’est pas le bon").expect(422);
    assert_eq!(refused.hidden(), hidden, "a wrong password loses nothing either");
    let ready = with(PASSWORD).expect(200);
    assert!(ready.words().contains("Reprendre l’envoi"));
    assert!(ready.words().contains("Théo Exemple"), "the page knows who is in");
    assert!(ready.text().contains("action=\"/profil\""));
    let kept = ready.hidden();
    let again: Vec<_> = kept.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    client.post("/profil", &again).expect(303);
    assert!(client.get("/profil").words().contains("Théodora \"l’essaimeuse\" <3 Exemple sur deux lignes"));
}

#[test]
fn a_kept_form_never_leaves_for_another_site_nor_keeps_a_password() {
    let app = TestApp::start();
    World::build(&app);
    let fields = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("reprise.title", "texte"),
        ("reprise_vers", "//ailleurs.example/vol"),
    ];
    let reply = app.client().post("/connexion", &fields).expect(303);
    assert_eq!(reply.location, "/");
    let secret = "un mot de passe assez long";
    let page = app.client().post("/profil/mot-de-passe", &[("present_password", secret), ("password", secret)]);
    assert!(!page.expect(401).text().contains(secret));
}

#[test]
fn a_file_that_came_too_late_is_said_to_be_lost() {
    let app = TestApp::start();
    let page = app.client().upload("/profil", &[("given_name", "Théo")], "piece", "rib.pdf", b"%PDF-").expect(401);
    assert!(page.words().contains("Le fichier joint, lui, n’a pas pu être gardé"), "{}", page.words());
    assert!(page.hidden().contains(&("reprise.given_name".to_owned(), "Théo".to_owned())));
}
