//! What every response carries, whatever it answers; and forms of other sites, at every door.

use std::num::NonZeroU32;

use essaim::web::page::Method;
use essaim::web::throttle::Limits;

use crate::support::decisions::notified_dossier;
use crate::support::{Client, Reply, TestApp, World};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn wide() -> Limits {
    Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX }
}

/// The address of a route, of things that may not exist.
fn concrete(path: &str) -> String {
    let part = |part: &str| match part {
        "{call}" => "AMI-ISS-2021".to_owned(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[track_caller]
fn check(reply: &Reply, what: &str, https: bool) {
    let is = |name: &str, value: &str| assert_eq!(reply.header(name), Some(value), "{name} of {what}");
    // A mail shown as it is has a stricter policy of its own.
    let own = what.contains("/mise-en-forme") && reply.status == 200;
    if own {
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script"), "{policy}");
    } else {
        is("content-security-policy", POLICY);
    }
    is("x-content-type-options", "nosniff");
    is("referrer-policy", "same-origin");
    is("x-frame-options", "DENY");
    is("cross-origin-opener-policy", "same-origin");
    is("cross-origin-resource-policy", "same-origin");
    let permissions = reply.header("permissions-policy").unwrap();
    for feature in ["camera", "geolocation", "microphone", "payment"] {
        assert!(permissions.contains(&format!("{feature}=()")), "{what}: {permissions}");
    }
    assert_eq!(reply.header("strict-transport-security").is_some(), https, "{what}");
    let named = ["content-security-policy", "cache-control", "referrer-policy", "x-content-type-options"];
    for name in named {
        assert_eq!(reply.headers.iter().filter(|(n, _)| n == name).count(), 1, "{name} twice on {what}");
    }
    let hashed = what.contains("/static/") && reply.status == 200;
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-store" };
    is("cache-control", cache);
}

fn static_files(client: &Client) -> Vec<String> {
    let page = client.get("/contact").text();
    let mut paths: Vec<String> =
        page.split('"').filter(|part| part.starts_with("/static/")).map(str::to_owned).collect();
    let sheet = paths.iter().find(|path| path.contains(".css")).unwrap().clone();
    let font = client.get(&sheet).text();
    paths.extend(font.split(['(', ')', '"']).find(|part| part.starts_with("/static/fonts/")).map(str::to_owned));
    assert!(paths.len() >= 3, "{paths:?}");
    paths
}

#[test]
fn every_response_carries_the_security_headers() {
    for https in [false, true] {
        let app = TestApp::start_with(
            |settings| {
                settings.demo = true;
                if https {
                    "https://essaim.example".clone_into(&mut settings.base_url);
                }
            },
            wide(),
        );
        World::build(&app);
        let client = Client::new(&format!("http://{}", app.service().settings.bind));
        let get = |path: &str| client.get_with(path, &[]);
        for page in essaim::app::pages(true).iter().filter(|page| page.method == Method::Get) {
            check(&get(&concrete(page.path)), page.path, https);
        }
        for path in static_files(&client) {
            check(&get(&path).expect(200), &path, https);
            check(&client.get_with(&path, &[("Accept-Encoding", "gzip")]).expect(200), &path, https);
        }
        check(&get("/static/css/absent.css").expect(404), "/static/css/absent.css", https);
        check(&get("/nulle-part").expect(404), "an unknown address", https);
        check(&get("/appels/%FF").expect(404), "an address that is no text", https);
        check(&get("/appels/%00").expect(404), "an address that PostgreSQL takes for no text", https);
        check(&get("/deconnexion").expect(303), "the address of a form", https);
        let other = [("Origin", "https://ailleurs.example")];
        check(&client.post_with("/connexion", "email=a", &other).expect(403), "a form of another site", https);
        check(&client.post_with("/connexion", "email=a", &[]).expect(422), "a refused entry", https);
        check(&client.post_with("/contact", "a=b", &[]).expect(405), "a method not allowed", https);
    }
}

#[test]
fn private_pages_and_downloads_carry_them_too() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, essaim::dossiers::Outcome::Selected);
    let manager = app.signed_in("gestion@ars.example");
    let session = "/comite/1";
    let paths = [
        "/".to_owned(),
        "/profil".to_owned(),
        format!("/dossiers/{dossier}"),
        "/appels/AMI-ISS-2021/gestion".to_owned(),
        "/appels/AMI-ISS-2021/gestion?format=csv".to_owned(),
        "/appels/AMI-ISS-2021/gestion?format=xlsx".to_owned(),
        "/appels/AMI-ISS-2021/decisions/lettres.zip".to_owned(),
        format!("/dossiers/{dossier}/courrier"),
        format!("{session}/proces-verbal"),
    ];
    for path in &paths {
        let reply = manager.get(path).expect(200);
        check(&reply, path, false);
        let page = reply.header("content-type").unwrap().starts_with("text/html");
        let offered = reply.header("content-disposition").is_some_and(|d| d.starts_with("attachment"));
        assert_ne!(page, offered, "{path} is a page or is offered for download");
    }
    let applicant = app.signed_in("tresorerie@lesruches.example");
    check(&applicant.get(&format!("/mes-dossiers/{dossier}/accuse-de-reception")).expect(200), "a receipt", false);
}

#[test]
fn every_door_refuses_the_forms_of_other_sites() {
    let app = TestApp::start_with(|settings| settings.demo = true, wide());
    World::build(&app);
    let entries = || app.service().read(essaim::journal::verify).unwrap().0;
    let people = [app.client(), app.signed_in("gestion@ars.example"), app.signed_in("admin@essaim.example")];
    let before = entries();
    let elsewhere: [&[(&str, &str)]; 4] = [
        &[("Origin", "https://ailleurs.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "http://frere.essaim.example")],
    ];
    let mut doors = 0;
    for page in essaim::app::pages(true).iter().filter(|page| page.method == Method::Post) {
        let path = concrete(page.path);
        // Each way of coming from elsewhere in turn.
        for (client, way) in people.iter().zip(doors..) {
            let headers = elsewhere[way % elsewhere.len()];
            let reply = client.post_with(&path, "email=x&password=y", headers);
            assert_eq!(reply.status, 403, "{path} with {headers:?}: {}", reply.words());
            assert!(reply.words().contains("Ce formulaire vient d’un autre site"), "{path}");
        }
        doors += 1;
    }
    assert!(doors > 80, "{doors}");
    assert_eq!(entries(), before, "nothing was done");
    people[1].get("/profil").expect(200);
}
