//! Sessions: fresh at each entry, dead on the server when they end, out of reach of scripts and of other sites.

use std::num::NonZeroU32;

use diesel::prelude::*;
use essaim::db::schema::sessions;
use essaim::web::session::hash_token;
use essaim::web::throttle::Limits;

use crate::support::{Client, PASSWORD, Reply, TestApp, World};

const EMAIL: &str = "tresorerie@lesruches.example";
const OTHER: &str = "cinq abeilles dans le tiroir";

fn cookies(reply: &Reply) -> Vec<&str> {
    reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect()
}

/// The session cookie that a reply sets, as `name=token`.
fn session_cookie(reply: &Reply) -> String {
    let set = cookies(reply).into_iter().find(|c| c.starts_with("essaim=") || c.starts_with("__Host-essaim="));
    set.unwrap().split(';').next().unwrap().to_owned()
}

/// Whether this cookie opens the profile.
fn opens(app: &TestApp, cookie: &str) -> bool {
    let reply = app.client().get_with("/profil", &[("Cookie", cookie)]);
    assert!([200, 303].contains(&reply.status), "{}", reply.words());
    reply.status == 200
}

fn enter_with(app: &TestApp, cookie: &str) -> String {
    let body = format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
    session_cookie(&app.client().post_with("/connexion", &body, &[("Cookie", cookie)]).expect(303))
}

#[test]
fn a_token_planted_before_entering_never_becomes_a_session() {
    let app = TestApp::start();
    World::build(&app);
    for planted in ["essaim=choisi-par-un-autre", "essaim=", "essaim=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let given = enter_with(&app, planted);
        assert_ne!(given, planted);
        assert!(opens(&app, &given) && !opens(&app, planted));
        // A token of the right length, all the same not the one planted.
        assert_eq!(given.len(), "essaim=".len() + 43, "{given}");
    }
}

#[test]
fn each_entry_opens_a_fresh_session_and_ends_the_one_before() {
    let app = TestApp::start();
    World::build(&app);
    let client = app.client();
    let first = session_cookie(&client.sign_in(EMAIL, PASSWORD).expect(303));
    assert!(opens(&app, &first));
    let second = session_cookie(&client.sign_in(EMAIL, PASSWORD).expect(303));
    assert_ne!(first, second);
    assert!(!opens(&app, &first), "the old token is dead");
    assert!(opens(&app, &second));
    // Entering as somebody else over an open session ends that one too.
    let body = format!("email=contact@autreasso.example&password={}", PASSWORD.replace(' ', "+"));
    let third = session_cookie(&app.client().post_with("/connexion", &body, &[("Cookie", &second)]).expect(303));
    assert!(!opens(&app, &second) && opens(&app, &third));
    app.client().post_with("/deconnexion", "", &[("Cookie", &third)]).expect(303);
    assert!(!opens(&app, &third), "leaving ends the session on the server");
}

#[test]
fn a_new_password_or_a_shut_account_ends_sessions() {
    let app = TestApp::start();
    let world = World::build(&app);
    let enter = || session_cookie(&app.client().sign_in(EMAIL, PASSWORD).expect(303));
    let (here, elsewhere) = (enter(), enter());
    let change = format!("present_password={}&password={}", PASSWORD.replace(' ', "+"), OTHER.replace(' ', "+"));
    app.client().post_with("/profil/mot-de-passe", &change, &[("Cookie", &here)]).expect(303);
    assert!(opens(&app, &here) && !opens(&app, &elsewhere), "a password changed ends the other sessions");
    app.console(|op| essaim::accounts::actions::disable(op, world.applicant));
    assert!(!opens(&app, &here));
    app.console(|op| essaim::accounts::actions::enable(op, world.applicant));
    assert!(!opens(&app, &here), "an account opened again opens no session of before");
}

#[test]
fn every_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let wide = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    for https in [false, true] {
        let adjust = |settings: &mut essaim::config::Settings| {
            if https {
                "https://essaim.example".clone_into(&mut settings.base_url);
            }
        };
        let app = TestApp::start_with(adjust, wide);
        World::build(&app);
        let client = Client::new(&format!("http://{}", app.service().settings.bind));
        let entered = client.post_with(
            "/connexion",
            &format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+")),
            &[("Sec-Fetch-Site", "same-origin")],
        );
        let session = session_cookie(&entered.expect(303));
        let headers = [("Cookie", session.as_str()), ("Sec-Fetch-Site", "same-origin")];
        // The profile's answer sets a message, the next page takes it away, leaving takes the session away.
        let renamed = client.post_with("/profil", "given_name=Theo&surname=Exemple", &headers).expect(303);
        let message = cookies(&renamed)[0].split(';').next().unwrap().to_owned();
        let both = format!("{session}; {message}");
        let shown = client.get_with("/profil", &[("Cookie", &both)]).expect(200);
        assert!(shown.words().contains("Votre nom est enregistré."), "{}", shown.words());
        let again = client.post_with(
            "/connexion",
            &format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+")),
            &[("Sec-Fetch-Site", "same-origin")],
        );
        let left = client.post_with("/deconnexion", "", &headers).expect(303);
        let all: Vec<&str> = [&renamed, &shown, &again, &left].into_iter().flat_map(cookies).collect();
        assert!(all.len() >= 5, "{all:?}");
        for cookie in all {
            for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{part} in {cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("Secure"), https, "{cookie}");
            assert_eq!(cookie.starts_with("__Host-"), https, "{cookie}");
        }
    }
}

#[test]
fn the_database_holds_no_token() {
    let app = TestApp::start();
    World::build(&app);
    let cookie = session_cookie(&app.client().sign_in(EMAIL, PASSWORD).expect(303));
    let token = cookie.split_once('=').unwrap().1;
    let kept =
        app.service().read(|conn| Ok(sessions::table.select(sessions::token_hash).load::<String>(conn)?)).unwrap();
    assert_eq!(kept, [hash_token(token)]);
    assert!(!opens(&app, &format!("essaim={}", kept[0])), "a copy of the database opens nothing");
}

#[test]
fn an_idle_session_ends_after_a_day_and_a_busy_one_after_a_month() {
    let app = TestApp::start();
    World::build(&app);
    let (idle, busy) = (app.signed_in(EMAIL), app.signed_in(EMAIL));
    let listed = |client: &Client| client.get("/profil").text().matches("/fermer\"").count();
    assert_eq!(listed(&busy), 1, "the other can be closed");
    app.set_clock("2021-10-05T11:59:59");
    busy.get("/profil").expect(200);
    app.set_clock("2021-10-05T12:00:01");
    idle.get("/profil").expect(303);
    assert_eq!(listed(&busy), 0, "what has ended is not listed");
    // Every twenty hours, until thirty days have passed since the entry.
    let later = |hours| app.service().clock.advance(jiff::SignedDuration::from_hours(hours));
    for _ in 0..34 {
        later(20);
        busy.get("/profil").expect(200);
    }
    later(16);
    busy.get("/profil").expect(303);
    assert_eq!(listed(&app.signed_in(EMAIL)), 0, "nor what is too old");
}
