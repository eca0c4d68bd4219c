//! Submitting freezes, numbers, acknowledges: once, and in time.

use essaim::base::ids::DossierId;
use essaim::dossiers::actions::{create_draft, save_section, submit};
use essaim::dossiers::{self, Dossier, State, Version};
use essaim::fault::Fault;
use essaim::files::sha256_hex;

use crate::support::dossiers::{call_of, complete_draft, empty_draft, submitted_dossier, typed};
use crate::support::{PASSWORD, TestApp, World};

fn frozen(app: &TestApp, id: DossierId) -> (Dossier, Version) {
    app.service()
        .read(|conn| {
            let dossier = dossiers::get(conn, id)?;
            let version = dossiers::current_version(conn, &dossier)?;
            Ok((dossier, version))
        })
        .unwrap()
}

fn mails(app: &TestApp) -> Vec<essaim::mail::Sent> {
    let all = app.service().read(|conn| essaim::mail::latest(conn, 100)).unwrap();
    all.into_iter().filter(|mail| mail.kind == "dossier.receipt").collect()
}

#[test]
fn a_submission_is_frozen_hashed_and_numbered() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let (dossier, version) = frozen(&app, id);
    assert_eq!(dossier.state, State::Submitted);
    assert_eq!(dossier.reference.as_deref(), Some("AMI-ISS-2021-0001"));
    assert_eq!(dossier.title, "Santé au pied des immeubles");
    assert_eq!(dossier.submitted_at, Some(app.now()));
    assert_eq!(version.requested.to_string(), "42\u{202F}000\u{A0}€");
    assert_eq!(version.number, 1);
    assert_eq!(version.sha256, sha256_hex(&serde_json::to_vec(&version.content).unwrap()));
    let second = submitted_dossier(&app, &world, "Un autre projet", 10_000);
    assert_eq!(frozen(&app, second).0.reference.as_deref(), Some("AMI-ISS-2021-0002"));
}

#[test]
fn a_submitted_dossier_no_longer_changes() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let before = frozen(&app, id).1.sha256;
    let fault = app
        .as_account(world.applicant, |op, actor| {
            save_section(op, actor, id, "project", &typed(&[("title", "Autre titre")]), 1)
        })
        .unwrap_err();
    let Fault::Refused(reason) = fault else { panic!("{fault:?}") };
    assert_eq!(reason, "Ce dossier est déposé\u{202F}: il ne se modifie plus.");
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let section = format!("/mes-dossiers/{id}/sections/project");
    for reply in [client.get(&section), client.post(&section, &[("title", "Autre titre"), ("version", "1")])] {
        assert_eq!((reply.status, reply.location), (303, format!("/mes-dossiers/{id}")));
    }
    let (dossier, version) = frozen(&app, id);
    assert_eq!((dossier.title.as_str(), version.sha256), ("Santé au pied des immeubles", before));
}

#[test]
fn a_double_click_is_one_submission_one_reference_one_mail() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Santé au pied des immeubles", 42_000);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let clicks: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || client.post(&format!("/mes-dossiers/{id}/deposer"), &[]))
        })
        .collect();
    for click in clicks {
        let reply = click.join().unwrap().expect(303);
        assert_eq!(reply.location, format!("/mes-dossiers/{id}/depose"));
    }
    let page = client.get(&format!("/mes-dossiers/{id}/depose")).expect(200).words();
    assert!(page.contains("Votre dossier est déposé"), "{page}");
    assert!(page.contains("AMI-ISS-2021-0001"), "{page}");
    assert!(page.contains("lundi 4 octobre 2021 à 12 h (heure de Paris)"), "{page}");
    assert!(page.contains("envoyé à tresorerie@lesruches.example"), "{page}");
    assert_eq!(mails(&app).len(), 1);
    let next = submitted_dossier(&app, &world, "Le suivant", 10_000);
    assert_eq!(frozen(&app, next).0.reference.as_deref(), Some("AMI-ISS-2021-0002"), "no number is skipped");
}

#[test]
fn the_closing_second_is_in_time_and_the_next_is_not() {
    let app = TestApp::start();
    let world = World::build(&app);
    let in_time = complete_draft(&app, &world, "À temps", 10_000);
    app.set_clock("2021-10-29T23:59:59.999999");
    app.as_account(world.applicant, |op, actor| submit(op, actor, in_time)).unwrap();
    app.set_clock("2021-10-29T23:50:00");
    let late = complete_draft(&app, &world, "Trop tard", 10_000);
    app.set_clock("2021-10-30T00:00:00");
    let refused = app.as_account(world.applicant, |op, actor| submit(op, actor, late)).unwrap_err();
    let Fault::Refused(reason) = refused else { panic!("{refused:?}") };
    assert!(reason.starts_with("L’appel est clos depuis le vendredi\u{A0}29\u{A0}octobre\u{A0}2021"), "{reason}");
    assert!(reason.ends_with("votre brouillon est conservé."), "{reason}");
    let kept = app.service().read(|conn| dossiers::get(conn, late)).unwrap();
    assert_eq!((kept.state, kept.reference.as_deref()), (State::Draft, None));
    let draft = app.service().read(|conn| dossiers::content::assemble(conn, &call_of(&app, &world).definition, &kept));
    assert_eq!(draft.unwrap().content.title(), "Trop tard");
}

#[test]
fn after_closing_the_page_says_the_draft_is_kept() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Trop tard", 10_000);
    app.set_clock("2021-10-30T00:00:00");
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let page = client.post(&format!("/mes-dossiers/{id}/deposer"), &[]).expect(409).words();
    assert!(page.contains("Le dossier ne peut pas être déposé"), "{page}");
    assert!(page.contains("votre brouillon est conservé"), "{page}");
    assert!(!page.contains("Déposer le dossier En déposant"), "no button is offered: {page}");
    let list = client.get("/mes-dossiers").expect(200).words();
    assert!(list.contains("ce brouillon ne peut plus être déposé"), "{list}");
}

#[test]
fn an_incomplete_dossier_comes_back_with_everything_left_to_do() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let reply = client.post(&format!("/mes-dossiers/{id}/deposer"), &[]).expect(422);
    let page = reply.words();
    assert!(page.contains("points à corriger avant de déposer"), "{page}");
    assert!(page.contains("Cochez au moins un département."), "{page}");
    assert!(page.contains("Notification de la décision Non renseigné"), "a choice not made is not one: {page}");
    let link = format!("/mes-dossiers/{id}/sections/project?corriger=oui#field-departments");
    assert!(reply.text().contains(&link));
    let section = client.get(&format!("/mes-dossiers/{id}/sections/project?corriger=oui")).expect(200).words();
    assert!(section.contains("Cochez au moins un département."), "{section}");
    assert_eq!(mails(&app).len(), 0);
}

#[test]
fn one_click_twice_opens_one_draft_while_it_is_empty() {
    let app = TestApp::start();
    let world = World::build(&app);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let first = client.post("/appels/AMI-ISS-2021/deposer", &[]).expect(303);
    assert!(first.location.starts_with("/mes-dossiers/"), "{}", first.location);
    // A draft is there: the second click is asked, and choosing the same organisation gives the same draft.
    let asked = client.post("/appels/AMI-ISS-2021/deposer", &[]).expect(303);
    assert_eq!(asked.location, "/appels/AMI-ISS-2021/deposer");
    assert!(client.get(&asked.location).expect(200).words().contains("Reprendre un brouillon"));
    let organisation = world.organisation.to_string();
    let again = client.post(&asked.location, &[("choix", "oui"), ("organisation", &organisation)]).expect(303);
    assert_eq!(again.location, first.location);
    let id: i64 = first.location.rsplit('/').next().unwrap().parse().unwrap();
    app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, DossierId(id), "project", &typed(&[("title", "Commencé")]), 0)
    })
    .unwrap();
    let other = client.post(&asked.location, &[("choix", "oui"), ("organisation", &organisation)]).expect(303);
    assert_ne!(other.location, first.location, "a draft that holds something is left alone");
}

#[test]
fn no_draft_is_opened_outside_the_call_s_dates() {
    let app = TestApp::start();
    let world = World::build(&app);
    for (clock, words) in [("2021-08-31T12:00:00", "pas encore ouvert"), ("2021-11-01T12:00:00", "est clos depuis")] {
        app.set_clock(clock);
        let fault = app
            .as_account(world.applicant, |op, actor| create_draft(op, actor, world.call, world.organisation))
            .unwrap_err();
        assert!(matches!(&fault, Fault::Refused(reason) if reason.contains(words)), "{fault:?}");
    }
}
