//! The demonstration, seeded once, read on the pages that people open: the figures of the two calls of 2021.

use std::num::NonZeroU32;

use essaim::base::clock::Instant;
use essaim::commands::demo::{PASSWORD, seed};
use essaim::web::throttle::Limits;

use crate::support::{Client, TestApp};

const MANAGER: &str = "gestion@essaim.example";
const TODAY: &str = "2026-11-23T10:00:00";

/// A demonstration seeded on a known day.
fn demonstration() -> TestApp {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.demo = true, limits);
    let today = Instant::from_civil(TODAY, "Europe/Paris").unwrap();
    seed(app.service().settings.clone(), today, &mut |line| eprintln!("{line}"))
        .unwrap_or_else(|fault| panic!("{fault}"));
    app.set_clock(TODAY);
    app
}

fn enter(app: &TestApp, email: &str) -> Client {
    let client = app.client();
    let reply = client.sign_in(email, PASSWORD);
    assert_eq!((reply.status, reply.location.as_str()), (303, "/"), "{email} is let in: {}", reply.words());
    client
}

/// What a page says, its narrow spaces made plain.
fn words(client: &Client, path: &str) -> String {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.words());
    plain(&reply.words())
}

fn plain(text: &str) -> String {
    text.replace(['\u{202F}', '\u{A0}'], " ")
}

#[track_caller]
fn says(page: &str, expected: &str) {
    assert!(page.contains(expected), "« {expected} » is not on the page: {page}");
}

/// Rows of a list as the file that a person takes away holds them, without its header.
fn rows(client: &Client, path: &str) -> Vec<Vec<String>> {
    let reply = client.get(path);
    assert_eq!(reply.status, 200, "{path}");
    let text = plain(reply.text().trim_start_matches('\u{FEFF}'));
    text.lines().skip(1).map(|line| line.split(';').map(|cell| cell.trim_matches('"').to_owned()).collect()).collect()
}

#[test]
fn the_pages_tell_the_figures_of_both_calls() {
    let app = demonstration();
    let manager = enter(&app, MANAGER);
    let gestion = words(&manager, "/appels/AMI-ISS-2021/gestion");
    eprintln!("{gestion}");
    says(&gestion, "76 dossiers déposés");
    assert_eq!(rows(&manager, "/appels/AMI-ISS-2021/gestion?format=csv").len(), 76);
}
