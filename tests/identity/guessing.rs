//! Guessing: slowed down per subject and per network, and answers that tell nothing, in words or in work.
//!
//! What takes time, the password hash, is counted; time itself has but a lower bound, and is measured by
//! `cargo bench --bench essaim -- addresses`.

use std::net::IpAddr;
use std::num::NonZeroU32;

use essaim::web::throttle::{Limits, Throttle};

use crate::support::{PASSWORD, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const UNKNOWN: &str = "personne@nulle-part.example";
const WAITING: &str = "attend@association.example";
const DISABLED: &str = "contact@autreasso.example";

/// A world with an address of every kind: in use, unknown, to confirm, disabled, without a password.
fn doors(app: &TestApp) -> [&'static str; 5] {
    let world = World::build(app);
    let fields = [("given_name", "Paul"), ("surname", "Exemple"), ("email", WAITING), ("password", PASSWORD)];
    app.client().post("/inscription", &fields).expect(200);
    app.console(|op| essaim::accounts::actions::disable(op, world.stranger));
    let invited = essaim::accounts::actions::NewUser {
        email: "invitee@ars.example".to_owned(),
        given_name: "Iris".to_owned(),
        surname: "Exemple".to_owned(),
        ..Default::default()
    };
    app.console(|op| essaim::accounts::actions::open_account(op, &invited, None));
    [EMAIL, UNKNOWN, WAITING, DISABLED, "invitee@ars.example"]
}

/// Bytes of the answer, and hashes computed for it.
fn probe(app: &TestApp, path: &str, fields: &[(&str, &str)], email: &str) -> (u16, String, u64) {
    let before = app.site.passwords.computed();
    let reply = app.client().post(path, fields);
    (reply.status, reply.text().replace(email, "ADRESSE"), app.site.passwords.computed() - before)
}

#[test]
fn a_refused_entry_is_the_same_bytes_and_one_hash_whoever_it_is_for() {
    let app = TestApp::start();
    let doors = doors(&app);
    let refused =
        |email: &str, password: &str| probe(&app, "/connexion", &[("email", email), ("password", password)], email);
    let (status, words, hashes) = refused(EMAIL, "ce n’est pas le bon");
    assert_eq!((status, hashes), (422, 1));
    assert!(words.contains("ne correspond à aucun compte ouvert"), "{words}");
    for email in doors {
        assert_eq!(refused(email, "ce n’est pas le bon"), (status, words.clone(), 1), "{email}");
    }
    // Even the right password of an account that is not open.
    for email in [WAITING, DISABLED] {
        assert_eq!(refused(email, PASSWORD), (status, words.clone(), 1), "{email}");
    }
}

/// The work behind a door takes less than a step on a machine at rest, and is never cut short.
#[test]
fn doors_answer_no_sooner_than_a_whole_step() {
    let app = TestApp::start();
    let doors = doors(&app);
    for email in doors {
        let fields =
            [("given_name", "Paul"), ("surname", "Exemple"), ("email", email), ("password", "une autre abeille")];
        for (path, status) in [("/connexion", 422), ("/mot-de-passe/oublie", 200), ("/inscription", 200)] {
            let asked = std::time::Instant::now();
            app.client().post(path, &fields).expect(status);
            assert!(asked.elapsed() >= std::time::Duration::from_millis(100), "{path} for {email}");
        }
    }
}

#[test]
fn a_sign_up_and_a_reset_are_the_same_bytes_and_the_same_work() {
    let app = TestApp::start();
    let doors = doors(&app);
    // A reset first: signing up makes the unknown address one that waits.
    for (path, hashes) in [("/mot-de-passe/oublie", 0), ("/inscription", 1)] {
        let asked = |email: &str| {
            let fields = [("given_name", "Ida"), ("surname", "Exemple"), ("email", email), ("password", PASSWORD)];
            probe(&app, path, &fields, email)
        };
        let first = asked(doors[0]);
        assert_eq!((first.0, first.2), (200, hashes), "{path}");
        for email in doors {
            assert_eq!(asked(email), first, "{path} for {email}");
        }
    }
}

#[test]
fn an_invitation_does_not_say_who_has_an_account() {
    let app = TestApp::start();
    let doors = doors(&app);
    let member = app.signed_in(EMAIL);
    let organisation = super::crawl::numbered(&member.get("/profil").text(), "/organisations/");
    let mut answers = Vec::new();
    for email in &doors[1..] {
        let before = app.site.passwords.computed();
        let reply = member.post(&format!("{organisation}/invitations"), &[("email", email)]);
        answers.push((reply.status, reply.location, reply.bytes, app.site.passwords.computed() - before));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, 303);
    let to: Vec<String> = app.mails().into_iter().filter(|m| m.0 == "organisation.invite").map(|m| m.1).collect();
    assert_eq!(to, doors[1..]);
}

#[test]
fn each_door_counts_by_subject() {
    let three = NonZeroU32::new(3).unwrap();
    let app = TestApp::start_with(|_| (), Limits { per_subject: three, per_address: NonZeroU32::MAX });
    World::build(&app);
    for _ in 0..3 {
        app.client().sign_in(EMAIL, "ce n’est pas le bon").expect(422);
    }
    // Capitals and spaces make no other subject; the right password does not help, and no hash is spent.
    let before = app.site.passwords.computed();
    for email in [EMAIL.to_uppercase(), format!(" {EMAIL} ")] {
        let refused = app.client().sign_in(&email, PASSWORD).expect(403);
        assert!(refused.words().contains("Trop d’essais en peu de temps"), "{}", refused.words());
    }
    assert_eq!(app.site.passwords.computed(), before);
    app.client().sign_in(DISABLED, PASSWORD).expect(303);
    for (path, opened) in [("/mot-de-passe/oublie", 200), ("/inscription", 200)] {
        let fields = [("given_name", "A"), ("surname", "B"), ("email", UNKNOWN), ("password", PASSWORD)];
        for _ in 0..3 {
            app.client().post(path, &fields).expect(opened);
        }
        app.client().post(path, &fields).expect(403);
    }
    // Personal links, present passwords and letters' codes are tried no faster.
    let link = "/rejoindre/un-jeton-deja-vu";
    for _ in 0..3 {
        app.client().get(link).expect(404);
    }
    app.client().get(link).expect(403);
    let member = app.client();
    member.sign_in("contact@autreasso.example", PASSWORD).expect(303);
    let wrong = [("present_password", "non"), ("password", "cinq abeilles dans le tiroir")];
    for _ in 0..3 {
        member.post("/profil/mot-de-passe", &wrong).expect(422);
    }
    member.post("/profil/mot-de-passe", &wrong).expect(403);
    // The present password is asked for a new address too: one count for both.
    let moved = [("new_email", "ailleurs@exemple.example"), ("email_password", "non")];
    member.post("/profil/adresse", &moved).expect(403);
}

/// Whoever is signed in, or holds a link, invites, confirms and accepts no faster than others guess.
#[test]
fn doors_behind_a_link_or_a_session_count_by_subject() {
    let three = NonZeroU32::new(3).unwrap();
    let app = TestApp::start_with(|_| (), Limits { per_subject: three, per_address: NonZeroU32::MAX });
    let world = World::build(&app);
    let member = app.signed_in(EMAIL);
    let slows_down = |what: &str, attempt: &dyn Fn() -> u16| {
        let statuses: Vec<u16> = (0..4).map(|_| attempt()).collect();
        assert!(statuses[..3].iter().all(|status| *status != 403) && statuses[3] == 403, "{what}: {statuses:?}");
    };
    let posted = ["/inscription/confirmer/un-jeton", "/profil/adresse/un-autre", "/redaction/un-troisieme"];
    for path in posted.into_iter().chain(["/rejoindre/un-sixieme"]) {
        slows_down(path, &|| member.post(path, &[("password", PASSWORD)]).status);
    }
    for path in ["/redaction/un-quatrieme", "/rejoindre/un-cinquieme"] {
        slows_down(path, &|| member.get(path).status);
    }
    for path in [format!("/organisations/{}/invitations", world.organisation), "/mes-dossiers/1/equipe".to_owned()] {
        slows_down(&path, &|| member.post(&path, &[("email", UNKNOWN)]).status);
    }
}

#[test]
fn each_door_counts_by_network() {
    let three = NonZeroU32::new(3).unwrap();
    let app = TestApp::start_with(
        |settings| settings.trust_proxy = true,
        Limits { per_subject: NonZeroU32::MAX, per_address: three },
    );
    World::build(&app);
    let from = |address: &str, n: usize| {
        let body = format!("email=essai{n}@nulle-part.example&password=non");
        app.client().post_with("/connexion", &body, &[("X-Forwarded-For", address)]).status
    };
    for n in 0..3 {
        assert_eq!(from("203.0.113.7", n), 422);
    }
    assert_eq!(from("203.0.113.7", 3), 403);
    assert_eq!(from("10.0.0.1, 203.0.113.7", 4), 403, "what the client writes before the proxy does not count");
    assert_eq!(from("203.0.113.8", 5), 422);
    // A subscriber has a whole IPv6 network.
    for n in 0..3 {
        assert_eq!(from(&format!("2001:db8:1:2::{n}"), n), 422);
    }
    assert_eq!(from("2001:db8:1:2:ffff::9", 3), 403);
    assert_eq!(from("2001:db8:1:3::1", 3), 422);
}

#[test]
fn without_a_proxy_the_header_is_not_believed() {
    let three = NonZeroU32::new(3).unwrap();
    let app = TestApp::start_with(|_| (), Limits { per_subject: NonZeroU32::MAX, per_address: three });
    World::build(&app);
    let from = |n: usize| {
        let body = format!("email=essai{n}@nulle-part.example&password=non");
        app.client().post_with("/connexion", &body, &[("X-Forwarded-For", &format!("203.0.113.{n}"))]).status
    };
    assert_eq!([from(1), from(2), from(3), from(4)], [422, 422, 422, 403]);
}

#[test]
fn doors_are_counted_apart() {
    let one = NonZeroU32::new(1).unwrap();
    let throttle = Throttle::new(Limits { per_subject: one, per_address: one });
    let here: IpAddr = "203.0.113.7".parse().unwrap();
    assert!(throttle.attempt("connexion", EMAIL, here).is_ok());
    assert!(throttle.attempt("inscription", EMAIL, here).is_ok());
    assert!(throttle.attempt("connexion", EMAIL, here).is_err());
}
