//! Writing a draft: everything typed is kept, and two people do not overwrite each other.

use essaim::dossiers::actions::save_section;
use essaim::dossiers::drafts;

use crate::support::dossiers::{complete_draft, empty_draft, typed};
use crate::support::{Client, PASSWORD, TestApp, World};

fn signed_in(app: &TestApp) -> Client {
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    client
}

#[test]
fn what_cannot_be_read_is_kept_and_shown_back() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = signed_in(&app);
    let path = format!("/mes-dossiers/{id}/sections/budget");
    let fields = [("version", "0"), ("2022-60-prestations", "abc"), ("2022-74-ars", "12 000,50 €")];
    let reply = client.post(&path, &fields).expect(422);
    assert!(reply.words().contains("« abc » n’est pas un montant."), "{}", reply.words());
    let again = client.get(&path).expect(200).text();
    assert!(again.contains("value=\"abc\""), "the field holds what was typed");
    assert!(again.contains("value=\"12 000,50 €\""));
    assert!(again.contains("montant à corriger"), "a total with an unreadable amount is not a total");
    let later =
        client.post(&path, &[("version", "1"), ("2022-60-prestations", "abc"), ("plus_tard", "oui")]).expect(303);
    assert_eq!(later.location, format!("/mes-dossiers/{id}"));
    let tasks = client.get(&later.location).expect(200).words();
    assert!(tasks.contains("Budget du projet Il reste 1 réponse à compléter ou à corriger. En cours"), "{tasks}");
    assert!(tasks.contains("Pas encore possible : 7 rubriques à terminer"), "{tasks}");
}

#[test]
fn a_complete_section_leads_to_the_next() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = signed_in(&app);
    let fields = [
        ("version", "0"),
        ("contact_name", "Théo Exemple"),
        ("contact_email", "theo@lesruches.example"),
        ("contact_telephone", "01 99 00 12 34"),
    ];
    let reply = client.post(&format!("/mes-dossiers/{id}/sections/identity"), &fields).expect(303);
    assert_eq!(reply.location, format!("/mes-dossiers/{id}/sections/project"));
    // The same form sent again is the same save, not a conflict.
    let again = client.post(&format!("/mes-dossiers/{id}/sections/identity"), &fields).expect(303);
    assert_eq!(again.location, reply.location);
}

#[test]
fn two_writers_see_both_texts_and_nothing_is_overwritten() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, id, "project", &typed(&[("title", "Le titre de Rose"), ("axes", "A1")]), 0)
    })
    .unwrap();
    let client = signed_in(&app);
    let path = format!("/mes-dossiers/{id}/sections/project");
    let mine = [("version", "0"), ("title", "Le titre de Théo"), ("axes", "A2")];
    let reply = client.post(&path, &mine).expect(409);
    let page = reply.words();
    assert!(page.contains("Cette rubrique a changé entre-temps"), "{page}");
    for text in ["Le titre de Rose", "Le titre de Théo", "Santé environnement", "non-recours aux soins"] {
        assert!(page.contains(text), "{text} missing: {page}");
    }
    let kept = app.service().read(|conn| drafts::section(conn, id, "project")).unwrap();
    assert_eq!((kept.typed["title"][0].as_str(), kept.version), ("Le titre de Rose", 1));
    assert!(reply.text().contains("name=\"version\" value=\"1\""), "sent again, it replaces knowingly");
    client.post(&path, &[("version", "1"), ("title", "Le titre de Théo"), ("plus_tard", "oui")]).expect(303);
    let kept = app.service().read(|conn| drafts::section(conn, id, "project")).unwrap();
    assert_eq!(kept.typed["title"][0], "Le titre de Théo");
}

#[test]
fn hostile_text_is_shown_as_text() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "<script>alert(1)</script> {{ page.title }} \"'", 10_000);
    let client = signed_in(&app);
    client.post(&format!("/mes-dossiers/{id}/deposer"), &[]).expect(303);
    let pages = ["", "/depose", "/journal"].map(|end| format!("/mes-dossiers/{id}{end}"));
    for path in pages.iter().map(String::as_str).chain(["/mes-dossiers"]) {
        let page = client.get(path).expect(200);
        assert!(!page.text().contains("<script>alert"), "{path}");
        assert!(page.words().contains("<script>alert(1)</script> {{ page.title }} \"'"), "{path}: {}", page.words());
    }
}

#[test]
fn only_the_fields_of_the_form_are_kept() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    app.as_account(world.applicant, |op, actor| {
        let sent = typed(&[("title", "  Un\r\ntitre\u{0} "), ("administrator", "oui"), ("version", "4")]);
        save_section(op, actor, id, "project", &sent, 0)
    })
    .unwrap();
    let kept = app.service().read(|conn| drafts::section(conn, id, "project")).unwrap();
    assert_eq!(kept.typed, typed(&[("title", "Un\ntitre")]));
    let row = app.service().read(|conn| essaim::dossiers::get(conn, id)).unwrap();
    assert_eq!(row.title, "Un titre");
}

#[test]
fn drafts_are_expected_of_their_writers_until_the_call_closes() {
    let app = TestApp::start();
    let world = World::build(&app);
    complete_draft(&app, &world, "Santé au pied des immeubles", 10_000);
    let expected = |account| {
        let actor = app.actor(account);
        app.service().read(|conn| essaim::dossiers::pages::expected(conn, &actor, app.now())).unwrap()
    };
    let mine = expected(world.applicant);
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].label, "Compléter et déposer le dossier «\u{202F}Santé au pied des immeubles\u{202F}»");
    assert!(expected(world.stranger).is_empty());
    app.set_clock("2021-10-30T00:00:00");
    assert!(expected(world.applicant).is_empty());
}
