//! A submitted dossier found incomplete: what is asked opens, what is not stays, and the answer is a new version.

use essaim::base::Instant;
use essaim::base::ids::DossierId;
use essaim::dossiers::actions::{
    MAX_MESSAGE, answer_completion, cancel_completion, request_completion, save_section, withdraw,
};
use essaim::dossiers::{self, State, completion, differences, versions};
use essaim::fault::Fault;

use crate::support::dossiers::{ask_completion, call_of, good_answers, submitted_dossier, typed};
use crate::support::{PASSWORD, TestApp, World};

fn state(app: &TestApp, id: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, id)).unwrap().state
}

fn answer(title: &str, euros: i64, section: &str) -> essaim::dossiers::drafts::Typed {
    good_answers(title, euros).into_iter().find(|(code, _)| *code == section).unwrap().1
}

#[test]
fn the_manager_asks_and_the_applicant_answers_with_a_new_version() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/dossiers/{id}/completer");
    let page = manager.get(&path).expect(200).words();
    assert!(page.contains("Rubriques à compléter") && page.contains("Relevé d’identité bancaire"), "{page}");
    let wrong = manager.post(&path, &[("message", ""), ("due", "01/01/2021")]).expect(422).words();
    for words in ["Cochez au moins une rubrique", "Dites ce qui manque", "Choisissez un jour à venir"] {
        assert!(wrong.contains(words), "{words}: {wrong}");
    }
    let fields =
        [("section", "budget"), ("piece", "rib"), ("message", "Le budget ne détaille pas."), ("due", "20/10/2021")];
    manager.post(&path, &fields).expect(303);
    // The form sent again is not a second request.
    manager.post(&path, &fields).expect(409);
    assert_eq!(state(&app, id), State::Incomplete);
    let asked: Vec<_> = app.mails().into_iter().filter(|(kind, ..)| kind == "dossier.completion").collect();
    assert_eq!(asked.len(), 1, "who submitted is the contact: one mail");
    assert!(
        asked[0].2.contains("- Budget du projet") && asked[0].2.contains("Le budget ne détaille pas."),
        "{}",
        asked[0].2
    );

    let client = app.signed_in("tresorerie@lesruches.example");
    let own = format!("/mes-dossiers/{id}");
    let page = client.get(&own).expect(200).words();
    for words in [
        "Des compléments vous sont demandés",
        "Le budget ne détaille pas.",
        "20 octobre 2021",
        "est suspendu depuis le 4 octobre 2021",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let closed = client.get(&format!("{own}/sections/project")).expect(303);
    assert_eq!(closed.location, own, "what is not asked does not open");
    let refused = app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, id, "project", &typed(&[("title", "Autre titre")]), 1)
    });
    assert!(matches!(refused, Err(Fault::Refused(_))), "{refused:?}");
    // Nothing changed yet: there is nothing to answer with.
    client.post(&format!("{own}/repondre"), &[]).expect(303);
    assert_eq!(state(&app, id), State::Incomplete);

    app.set_clock("2021-10-14T09:00:00");
    let (client, manager) = (app.signed_in("tresorerie@lesruches.example"), app.signed_in("gestion@ars.example"));
    app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, id, "budget", &answer("x", 50_000, "budget"), 1)
    })
    .unwrap();
    let pieces = client.get(&format!("{own}/sections/pieces")).expect(200).words();
    assert!(pieces.contains("Relevé d’identité bancaire"), "{pieces}");
    assert!(!pieces.contains("Statuts"), "only the piece asked for: {pieces}");
    let check = client.get(&format!("{own}/verifier")).expect(200);
    assert!(check.words().contains("Répondre à la demande"), "{}", check.words());
    assert!(!check.text().contains("/sections/project"), "only what is asked may be changed");
    client.post(&format!("{own}/repondre"), &[]).expect(303);
    client.post(&format!("{own}/repondre"), &[]).expect(303);
    assert_eq!(state(&app, id), State::Submitted);
    let all = app.service().read(|conn| versions(conn, id)).unwrap();
    assert_eq!(all.iter().map(|v| v.number).collect::<Vec<_>>(), [1, 2], "a second click adds no version");
    let row = app.service().read(|conn| dossiers::get(conn, id)).unwrap();
    assert_eq!((row.current_version, row.reference.as_deref()), (Some(all[1].id), Some("AMI-ISS-2021-0001")));
    assert_eq!(row.requested.map(|r| r.to_string()).as_deref(), Some("50\u{202F}000\u{A0}€"));
    let page = client.get(&own).expect(200).words();
    assert!(page.contains("14 décembre 2021"), "two months and the ten days of the request: {page}");
    let receipts = app.mails().into_iter().filter(|(kind, ..)| kind == "dossier.receipt").count();
    assert_eq!(receipts, 2, "each version has its receipt");
    assert!(app.mails().iter().any(|(kind, to, _)| kind == "dossier.completed" && to == "gestion@ars.example"));

    let shown = manager.get(&format!("/dossiers/{id}/versions")).expect(200).words();
    assert!(shown.contains("Différences entre la version 1 et la version 2"), "{shown}");
    for words in
        ["2022, 74 – Subventions d’exploitation, ARS Occitanie – FIR (Ségur mesure 27)", "42 000 €", "50 000 €"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("Résumé du projet"), "what did not change is not shown: {shown}");
    let call = call_of(&app, &world);
    let found = differences(&call.definition, &all[0].content, &all[1].content);
    assert!(found.iter().all(|d| d.section == "Budget du projet"), "{found:#?}");
    app.as_account(world.manager, |op, actor| essaim::instruction::actions::declare_eligible(op, actor, id)).unwrap();
    assert_eq!(state(&app, id), State::Eligible);
}

#[test]
fn a_request_taken_back_leaves_the_dossier_as_it_was_submitted() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    ask_completion(&app, &world, id, &["reading"], &["rib"]);
    let client = app.signed_in("tresorerie@lesruches.example");
    let pieces = format!("/mes-dossiers/{id}/sections/pieces");
    client.upload(&pieces, &[], "piece-rib", "autre.pdf", b"%PDF-1.4 autre\n%%EOF\n").expect(303);
    app.as_account(world.applicant, |op, actor| {
        save_section(op, actor, id, "reading", &typed(&[("lever", "Un autre levier")]), 1)
    })
    .unwrap();
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/dossiers/{id}/completer/annuler");
    let wrong = manager.post(&path, &[("reason", " ")]).expect(422).words();
    assert!(wrong.contains("Dites pourquoi la demande est retirée"), "{wrong}");
    manager.post(&path, &[("reason", "Pièce retrouvée.")]).expect(303);
    assert_eq!(state(&app, id), State::Submitted);
    // Asked again later, what was written in between is not there.
    ask_completion(&app, &world, id, &["identity"], &[]);
    let saved = app.service().read(|conn| dossiers::drafts::section(conn, id, "reading")).unwrap();
    assert_eq!(saved.typed["lever"][0], "Des médiatrices vont vers les personnes et les accompagnent.");
    let files = app.service().read(|conn| dossiers::drafts::attachments(conn, id)).unwrap();
    assert!(
        files.iter().any(|a| a.file_name == "rib.pdf") && files.iter().all(|a| a.file_name != "autre.pdf"),
        "{files:?}"
    );
    let fault = app.as_account(world.applicant, |op, actor| answer_completion(op, actor, id)).unwrap_err();
    assert!(matches!(&fault, Fault::Refused(reason) if reason.contains("Rien n’a changé")), "{fault:?}");
    app.as_account(world.manager, |op, actor| cancel_completion(op, actor, id, "Inutile")).unwrap();
    let all = app.service().read(|conn| versions(conn, id)).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn a_late_request_is_flagged_and_the_dossier_may_be_declared_ineligible() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    ask_completion(&app, &world, id, &["budget"], &[]);
    let expected = |account| {
        let actor = app.actor(account);
        app.service().read(|conn| essaim::dossiers::pages::expected(conn, &actor, app.now())).unwrap()
    };
    assert!(expected(world.manager).is_empty());
    assert_eq!(
        expected(world.applicant)[0].label,
        "Compléter le dossier «\u{202F}Santé au pied des immeubles\u{202F}»"
    );
    app.set_clock("2021-10-21T09:00:00");
    assert!(expected(world.applicant)[0].detail.starts_with("En retard"), "{:?}", expected(world.applicant)[0].detail);
    let late = expected(world.manager);
    assert_eq!(late[0].label, "Décider de la suite du dossier AMI-ISS-2021-0001");
    let manager = app.signed_in("gestion@ars.example");
    assert!(manager.get(&format!("/dossiers/{id}/completer")).expect(200).words().contains("En retard"));
    let fields = [("complete", "non"), ("eligible", "oui"), ("ground", "")];
    let path = format!("/dossiers/{id}/gestion");
    assert!(manager.get(&path).expect(200).words().contains("Le dossier est-il complet"), "the form is offered");
    manager.post(&format!("{path}/recevabilite"), &fields).expect(422);
    let fields = [("complete", "non"), ("eligible", "oui"), ("ground", "Les compléments ne sont pas venus.")];
    manager.post(&format!("{path}/recevabilite"), &fields).expect(303);
    assert_eq!(state(&app, id), State::Ineligible);
    let requests = app.service().read(|conn| completion::of_dossier(conn, id)).unwrap();
    assert!(!requests[0].is_pending(), "nothing is awaited of an ineligible dossier");
    assert!(expected(world.manager).is_empty() && expected(world.applicant).is_empty());
    let client = app.signed_in("tresorerie@lesruches.example");
    let page = client.get(&format!("/mes-dossiers/{id}")).expect(200).words();
    assert!(
        page.contains("En cours d’examen") && !page.contains("Irrecevable"),
        "nothing shows before notification: {page}"
    );
}

#[test]
fn nobody_else_asks_answers_or_compares() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    ask_completion(&app, &world, id, &["budget"], &[]);
    let stranger = app.signed_in("contact@autreasso.example");
    for path in [
        format!("/mes-dossiers/{id}/versions"),
        format!("/mes-dossiers/{id}/retirer"),
        format!("/mes-dossiers/{id}/equipe"),
    ] {
        stranger.get(&path).expect(404);
    }
    stranger.post(&format!("/mes-dossiers/{id}/repondre"), &[]).expect(404);
    let instructor = app.signed_in("instruction@ars.example");
    instructor.get(&format!("/dossiers/{id}/completer")).expect(404);
    instructor.get(&format!("/dossiers/{id}/versions")).expect(404);
    let fault = app.as_account(world.applicant, |op, actor| cancel_completion(op, actor, id, "Non")).unwrap_err();
    assert!(matches!(fault, Fault::NotFound), "{fault:?}");
}

#[test]
fn a_withdrawn_dossier_frees_everyone_and_both_sides_are_told() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    ask_completion(&app, &world, id, &["budget"], &[]);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let path = format!("/mes-dossiers/{id}/retirer");
    let page = client.get(&path).expect(200).words();
    assert!(page.contains("Un retrait ne s’annule pas"), "{page}");
    let wrong = client.post(&path, &[("reason", "")]).expect(422).words();
    assert!(wrong.contains("Dites pourquoi vous retirez le dossier"), "{wrong}");
    let done = client.post(&path, &[("reason", "Le projet est reporté.")]).expect(303);
    client.post(&path, &[("reason", "Le projet est reporté.")]).expect(303);
    assert_eq!(state(&app, id), State::Withdrawn);
    let page = client.get(&done.location).expect(200).words();
    assert!(page.contains("Retiré") && page.contains("Le projet est reporté."), "{page}");
    let mut told: Vec<_> =
        app.mails().into_iter().filter(|(kind, ..)| kind == "dossier.withdrawn").map(|(_, to, _)| to).collect();
    told.sort();
    assert_eq!(told, ["gestion@ars.example", "tresorerie@lesruches.example"], "once each, whatever the clicks");
    let fault = app.as_account(world.applicant, |op, actor| withdraw(op, actor, id, "Encore")).unwrap_err();
    assert!(matches!(fault, Fault::Refused(_)), "{fault:?}");
}

#[test]
fn instructors_are_freed_by_a_withdrawal() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = crate::support::instruction::shortlisted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    app.as_account(world.manager, |op, actor| {
        essaim::instruction::actions::assign(op, actor, id, world.instructor_ars, None)
    })
    .unwrap();
    app.as_account(world.applicant, |op, actor| withdraw(op, actor, id, "Le projet est reporté.")).unwrap();
    let instructor = app.signed_in("instruction@ars.example");
    let desk = instructor.get("/instruction").expect(200).words();
    assert!(!desk.contains("Santé au pied des immeubles"), "{desk}");
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&format!("/dossiers/{id}/gestion")).expect(200).words();
    assert!(page.contains("Dossier retiré par son porteur"), "{page}");
}

#[test]
fn silence_is_suspended_for_whole_days() {
    let at = |text: &str| Instant::from_civil(text, "Europe/Paris").unwrap();
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    ask_completion(&app, &world, id, &["budget"], &[]);
    let requests = app.service().read(|conn| completion::of_dossier(conn, id)).unwrap();
    let days = |now: &str| completion::suspended_days(&requests, "Europe/Paris", at(now));
    assert_eq!((days("2021-10-04T23:59:59"), days("2021-10-05T00:00:01"), days("2021-11-04T12:00:00")), (0, 1, 31));
}

#[test]
fn what_is_asked_is_of_the_call_and_short() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let asked = |section: &str, piece: &str, length: usize| {
        let targets = completion::Targets { sections: vec![section.to_owned()], pieces: vec![piece.to_owned()] };
        let due_at = app.now().plus_days(16);
        let asked = completion::Asked { targets, message: "é".repeat(length), due_at };
        let tried = app.as_account(world.manager, |op, actor| request_completion(op, actor, id, &asked));
        tried.map(drop).map_err(|fault| match fault {
            Fault::Invalid(errors) => errors[0].field.clone(),
            other => panic!("{other}"),
        })
    };
    let most = MAX_MESSAGE as usize;
    assert_eq!(asked("nulle-part", "rib", 10), Err("section".to_owned()));
    assert_eq!(asked("budget", "nulle-part", 10), Err("section".to_owned()));
    assert_eq!(asked("budget", "rib", most + 1), Err("message".to_owned()));
    assert_eq!(asked("budget", "rib", most), Ok(()));
}
