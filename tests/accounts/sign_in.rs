//! Entering: forms of other sites, coming back, and forms that arrive too late.

use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";

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
    for elsewhere in [
        "https://ailleurs.example",
        "//ailleurs.example",
        "/\\ailleurs.example",
        "ailleurs",
        "/\t/ailleurs.example",
        "/é/ailleurs",
    ] {
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
