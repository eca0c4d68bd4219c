//! The plan lists the pages that exist, and to each visitor those they may open.

use essaim::site::plan::LISTED;
use essaim::web::page::Method;

use crate::support::{TestApp, World};

/// Pages reached from another one, or that are no page to read.
const NOT_LISTED: &[&str] = &[
    "/healthz",
    "/administration/delegations/nouvelle",
    "/administration/institutions/nouvelle",
    "/administration/personnes/nouvelle",
    "/appels/{call}/decisions/lettres.zip",
    "/appels/{call}/decisions/liste-complementaire",
    "/appels/{call}/decisions/notifier",
    "/appels/{call}/fiches/nouvelle",
    "/financements/donnees-essentielles.csv",
];

/// A page of the whole service or of a whole call, rather than of one dossier, session or person.
fn stands_alone(path: &str) -> bool {
    path.split('/').filter(|part| part.starts_with('{')).all(|part| part == "{call}")
}

#[test]
fn every_page_that_stands_alone_has_its_place() {
    let pages = essaim::app::pages(true);
    let alone = pages.iter().filter(|page| page.method == Method::Get && stands_alone(page.path));
    let missing: Vec<_> = alone
        .map(|page| page.path)
        .filter(|path| !LISTED.iter().any(|(listed, ..)| listed == path) && !NOT_LISTED.contains(path))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "say in src/site/plan.rs where these pages stand");
}

#[test]
fn each_visitor_reads_what_they_may_open() {
    let app = TestApp::start();
    World::build(&app);
    let links = |client: &crate::support::Client| {
        let text = client.get("/plan-du-site").expect(200).text();
        let main = text.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned();
        main.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect::<Vec<_>>()
    };
    let people = [
        (app.client(), "/connexion", "/administration"),
        (app.signed_in("tresorerie@lesruches.example"), "/appels/AMI-ISS-2021/deposer", "/appels/AMI-ISS-2021/fiches"),
        (app.signed_in("gestion@ars.example"), "/appels/AMI-ISS-2021/suivi", "/administration"),
        (app.signed_in("instruction@ars.example"), "/appels/AMI-ISS-2021/fiches", "/appels/AMI-ISS-2021/suivi"),
        (app.signed_in("admin@essaim.example"), "/administration/personnes", "/appels/AMI-ISS-2021/gestion"),
    ];
    for (client, present, absent) in &people {
        let links = links(client);
        assert!(links.iter().any(|l| l == present), "{present} in {links:?}");
        assert!(!links.iter().any(|l| l == absent), "{absent} not in {links:?}");
        for link in links {
            let reply = client.get(&link);
            // A holder without an organisation is led to declare one.
            assert!(matches!(reply.status, 200 | 303), "{link}: {} {}", reply.status, reply.words());
        }
    }
}
