//! The page kit: health, error pages, static files.

mod export;
mod list;

use essaim::accounts::actions::{NewInstitution, add_institution};
use essaim::calls;
use essaim::fault::Fault;
use essaim::service::Operation;
use essaim::web::Visit;

use crate::support::TestApp;

#[test]
fn health_names_the_database() {
    let app = TestApp::start();
    let reply = app.client().get("/healthz").expect(200);
    let body: serde_json::Value = serde_json::from_slice(&reply.bytes).unwrap();
    assert_eq!(body["status"], "ok");
    assert_eq!(body["database"], app.service().db.backend().label());
}

#[test]
fn unknown_address_is_a_french_page() {
    let app = TestApp::start();
    let reply = app.client().get("/nulle-part").expect(404);
    assert!(reply.words().contains("Page introuvable"));
}

#[test]
fn the_address_of_a_form_leads_to_the_page_above_it() {
    let app = TestApp::start();
    let client = app.client();
    for (form, page) in
        [("/deconnexion", "/"), ("/profil/mot-de-passe", "/profil"), ("/comite/7/presences", "/comite/7")]
    {
        assert_eq!(client.get(form).expect(303).location, page);
    }
    assert!(client.get("/nulle-part").expect(404).text().contains("<title>Erreur – Page introuvable – Essaim</title>"));
}

#[test]
fn static_files_are_named_by_their_content() {
    let app = TestApp::start();
    let home = app.client().get("/accessibilite").text();
    let start = home.find("/static/css/essaim.").unwrap();
    let path: String = home[start..].chars().take_while(|c| *c != '"').collect();
    let sheet = app.client().get(&path).expect(200);
    assert!(sheet.header("cache-control").unwrap().contains("immutable"));
    assert!(sheet.text().contains("/static/fonts/"), "fonts are named by their hashed path");
    app.client().get("/static/css/essaim.css").expect(404);
}

#[test]
fn a_world_builds_through_the_real_operations() {
    let app = TestApp::start();
    let world = crate::support::World::build(&app);
    let (links, problems) = app.service().read(essaim::journal::verify).unwrap();
    assert!(links > 20, "every operation is journaled: {links}");
    assert_eq!(problems, Vec::<String>::new());
    let (envelopes, problems) = app.service().read(essaim::ledger::verify).unwrap();
    assert_eq!((envelopes, problems), (1, Vec::new()));
    assert!(app.actor(world.manager).holds_in(world.call, &[essaim::access::Role::CallManager]));
}

#[test]
fn a_nul_character_reaches_no_database() {
    let app = TestApp::start();
    crate::support::World::build(&app);
    let client = app.client();
    client.get("/appels/AMI%00ISS").expect(404);
    client.get("/appels/%00/gestion").expect(303);
    client.get("/verifier/A%00B").expect(404);
    let reply = client.post("/connexion", &[("email", "a\0b@exemple.example"), ("password", "x\0y")]);
    assert_eq!(reply.status, 422, "{}", reply.words());
    let gestion = app.signed_in("gestion@ars.example");
    gestion.get("/appels/AMI-ISS-2021/gestion?recherche=a%00b").expect(200);
    gestion.get("/appels/%00/gestion").expect(404);
}

#[test]
fn an_operation_that_says_nothing_is_not_kept() {
    use diesel::prelude::*;
    use essaim::db::schema::accounts;
    let app = TestApp::start();
    let world = crate::support::World::build(&app);
    let silent = app.as_account(world.manager, |op, _| {
        Ok(diesel::update(accounts::table).set(accounts::surname.eq("Muette")).execute(op.conn)?)
    });
    assert!(matches!(silent, Err(essaim::fault::Fault::Internal(_))), "{silent:?}");
    assert_eq!(app.actor(world.manager).surname, "Exemple");
}

/// A page is whole: what it counts and what it lists, whether it is shown, are of one instant. A form sees what it did.
#[test]
fn a_page_sees_the_database_at_one_instant_and_a_form_at_each_step() {
    let app = TestApp::start();
    let known = |visit: &Visit| {
        let codes = ["UNE", "DEUX", "TROIS"].into_iter();
        visit.read(|conn| Ok(codes.filter(|code| calls::institution_by_code(conn, code).is_ok()).count())).unwrap()
    };
    let add = |op: &mut Operation<'_>, code: &str| {
        let [code, name, short_name] = [code, "Institution fictive", "Fictive"].map(str::to_owned);
        let new = NewInstitution { code, name, short_name, address: String::new(), demonstration: false };
        add_institution(op, &new).map(|_| ())
    };
    let page = app.visit("/", &[]);
    let mut form = app.visit("/", &[]);
    form.posted = true;
    assert_eq!((known(&page), known(&form)), (0, 0));
    app.console(|op| add(op, "UNE"));
    assert_eq!((known(&page), known(&form)), (0, 1));
    page.perform(|op| add(op, "DEUX")).unwrap();
    assert_eq!(known(&page), 2, "after it wrote, a page reads anew");
    app.console(|op| add(op, "TROIS"));
    let refused: Result<(), Fault> = page.read(|_| Err(Fault::NotFound));
    assert!(refused.is_err());
    assert_eq!(known(&page), 3, "a reading that failed has ended");
}
