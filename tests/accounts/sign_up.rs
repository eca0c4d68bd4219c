//! From a form to an open account, through a mail.

use super::link;
use crate::support::{Client, PASSWORD, Reply, TestApp, World};

const EMAIL: &str = "nadia@association.example";

fn sign_up(client: &Client, email: &str, password: &str) -> Reply {
    client.post(
        "/inscription",
        &[("given_name", "Nadia"), ("surname", "Exemple"), ("email", email), ("password", password)],
    )
}

#[test]
fn a_confirmed_address_opens_the_account() {
    let app = TestApp::start();
    let client = app.client();
    let sent = sign_up(&client, EMAIL, PASSWORD).expect(200).words();
    assert!(sent.contains("Consultez votre messagerie"), "{sent}");
    assert!(client.get("/profil").location.starts_with("/connexion"), "nobody is in before the address is proven");
    let path = link(&app, "account.confirm", "/inscription/confirmer/");
    for _ in 0..2 {
        let page = client.get(&path).expect(200);
        assert!(page.words().contains("Confirmer mon compte"), "opening the link uses nothing up");
    }
    let inside = client.post(&path, &[("password", PASSWORD)]).expect(303);
    assert_eq!(inside.location, "/");
    assert!(client.get("/profil").expect(200).words().contains("Nadia Exemple"));
    let again = app.client().post(&path, &[("password", PASSWORD)]).expect(404);
    assert!(again.words().contains("Ce lien ne sert plus"));
    app.signed_in(EMAIL);
}

#[test]
fn the_holder_of_an_address_does_not_confirm_a_strangers_password() {
    let app = TestApp::start();
    sign_up(&app.client(), EMAIL, "cinq abeilles dans le tiroir").expect(200);
    let path = link(&app, "account.confirm", "/inscription/confirmer/");
    for password in ["", PASSWORD] {
        let refused = app.client().post(&path, &[("password", password)]).expect(422);
        assert!(refused.words().contains("Ce n’est pas le mot de passe choisi à l’inscription"), "{}", refused.words());
    }
    app.client().sign_in(EMAIL, "cinq abeilles dans le tiroir").expect(422);
}

#[test]
fn a_confirmation_link_dies_after_a_day() {
    let app = TestApp::start();
    sign_up(&app.client(), EMAIL, PASSWORD).expect(200);
    let path = link(&app, "account.confirm", "/inscription/confirmer/");
    app.set_clock("2021-10-05T12:00:00");
    assert!(app.client().get(&path).expect(404).words().contains("Ce lien ne sert plus"));
    app.client().post(&path, &[("password", PASSWORD)]).expect(404);
    app.client().sign_in(EMAIL, PASSWORD).expect(422);
    let fresh = link(&app, "account.confirm", "/inscription/confirmer/");
    assert_ne!(fresh, path, "signing in with the right password sends another link");
    app.client().post(&fresh, &[("password", PASSWORD)]).expect(303);
    app.signed_in(EMAIL);
}

#[test]
fn a_known_address_gets_the_same_page_and_another_mail() {
    let app = TestApp::start();
    World::build(&app);
    let known = "tresorerie@lesruches.example";
    let page = |email: &str| sign_up(&app.client(), email, PASSWORD).expect(200).text().replace(email, "ADRESSE");
    assert_eq!(page(known), page(EMAIL));
    let kinds: Vec<_> = app.mails().into_iter().map(|(kind, to, _)| (kind, to)).collect();
    assert_eq!(
        kinds,
        [("account.exists".to_owned(), known.to_owned()), ("account.confirm".to_owned(), EMAIL.to_owned())]
    );
    app.signed_in(known);
}

#[test]
fn a_second_form_replaces_an_unconfirmed_one() {
    let app = TestApp::start();
    let other = "cinq abeilles dans le tiroir";
    sign_up(&app.client(), EMAIL, other).expect(200);
    let first = link(&app, "account.confirm", "/inscription/confirmer/");
    sign_up(&app.client(), EMAIL, PASSWORD).expect(200);
    app.client().post(&first, &[("password", PASSWORD)]).expect(404);
    app.client().post(&link(&app, "account.confirm", "/inscription/confirmer/"), &[("password", PASSWORD)]).expect(303);
    app.client().sign_in(EMAIL, other).expect(422);
    app.signed_in(EMAIL);
}

#[test]
fn every_mistake_is_named_and_nothing_typed_is_lost() {
    let app = TestApp::start();
    let reply = app.client().post(
        "/inscription",
        &[("given_name", ""), ("surname", "Exemple"), ("email", "pas une adresse"), ("password", "court")],
    );
    let page = reply.expect(422);
    let words = page.words();
    for message in ["Saisissez votre prénom.", "Saisissez une adresse électronique", "au moins 12 caractères"] {
        assert!(words.contains(message), "{message} in {words}");
    }
    assert!(page.text().contains("value=\"pas une adresse\""));
    assert!(!page.text().contains("court\""), "a password never comes back");
    assert_eq!(app.mails(), []);
}

#[test]
fn guessable_passwords_are_refused() {
    let app = TestApp::start();
    for password in ["motdepasse2021!", "aaaaaaaaaaaaaa", "nadia-nadia-nadia", "azertyuiop12"] {
        let words = sign_up(&app.client(), EMAIL, password).expect(422).words();
        assert!(words.contains("se devine trop facilement"), "{password}: {words}");
    }
}

/// A door that anyone may knock on hashes no endless text.
#[test]
fn a_password_has_a_longest_length() {
    let password = |length: usize| "quatre ruches sous le tilleul, ".chars().cycle().take(length).collect::<String>();
    assert!(essaim::accounts::password::check_strength(&password(200), "a@exemple.example").is_ok());
    let refused = essaim::accounts::password::check_strength(&password(201), "a@exemple.example").unwrap_err();
    assert!(refused.contains("200 caractères au plus"), "{refused}");
}
