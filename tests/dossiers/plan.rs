//! Several years, partners and conditional pieces, as the pages show them.

use essaim::dossiers::actions::save_section;
use essaim::dossiers::drafts;

use crate::support::dossiers::{empty_draft, submitted_dossier, typed};
use crate::support::{TestApp, World};

#[test]
fn the_budget_has_a_column_a_year_asked() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/sections/budget");
    let page = client.get(&path).expect(200).text();
    assert!(
        page.contains("name=\"2022-74-ars\"") && !page.contains("name=\"2023-74-ars\""),
        "one year until told otherwise"
    );
    let last = |count: &str, version| {
        app.as_account(world.applicant, |op, actor| {
            save_section(op, actor, id, "project", &typed(&[("duration", count)]), version)
        })
        .unwrap();
    };
    last("3", 0);
    let fields = [("version", "0"), ("2022-74-ars", "10 000"), ("2023-74-ars", "20 000"), ("2024-74-ars", "30 000")];
    let reply = client.post(&path, &fields).expect(422);
    let words = reply.words();
    assert!(words.contains("Ce que vous demandez") && words.contains("60 000 €"), "{words}");
    // Shorter, then long again: what was typed comes back.
    last("1", 1);
    client.post(&path, &[("version", "1"), ("2022-74-ars", "12 000"), ("plus_tard", "oui")]).expect(303);
    last("3", 2);
    let kept = app.service().read(|conn| drafts::section(conn, id, "budget")).unwrap();
    assert_eq!(drafts::typed_text(&kept.typed, "2022-74-ars"), "12 000");
    assert_eq!(drafts::typed_text(&kept.typed, "2024-74-ars"), "30 000");
}

#[test]
fn partners_are_added_and_taken_out_without_a_script() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/sections/partners");
    let first = [
        ("partner-name-1", "Centre social fictif"),
        ("partner-role-1", "Accueille les ateliers"),
        ("partner-kind-1", "premises"),
    ];
    let with = |version: &'static str, more: &[(&'static str, &'static str)]| {
        let fields: Vec<_> = [("version", version)].into_iter().chain(first).chain(more.iter().copied()).collect();
        client.post(&path, &fields)
    };
    let added = with("0", &[("ajouter_partenaire", "oui")]).expect(303);
    assert!(added.location.ends_with("?ajouter=oui#field-partner-name-2"), "{}", added.location);
    let page = client.get(&format!("{path}?ajouter=oui")).expect(200).text();
    assert!(page.contains("name=\"partner-name-2\"") && !page.contains("name=\"partner-name-3\""));
    let second = [("partner-name-2", "Ville fictive"), ("partner-amount-2", "deux mille")];
    let wrong = with("1", &second).expect(422).words();
    assert!(wrong.contains("« deux mille » n’est pas un montant."), "{wrong}");
    with("2", &[second[0], second[1], ("retirer_partenaire", "1")]).expect(303);
    let kept = app.service().read(|conn| drafts::section(conn, id, "partners")).unwrap();
    assert_eq!(drafts::typed_text(&kept.typed, "partner-name-1"), "Ville fictive", "the second becomes the first");
    assert_eq!(kept.typed.len(), 2, "{:?}", kept.typed);
}

#[test]
fn reminders_leave_once_before_the_closing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let remind = || essaim::dossiers::actions::remind_drafts(app.service(), app.now()).unwrap();
    let sent = || app.mails().into_iter().filter(|(kind, ..)| kind == "dossier.reminder").collect::<Vec<_>>();
    assert_eq!(remind(), 0, "the closing is far");
    app.set_clock("2021-10-25T00:00:00");
    assert_eq!((remind(), remind()), (1, 0));
    let mails = sent();
    assert_eq!((mails.len(), mails[0].1.as_str()), (1, "tresorerie@lesruches.example"));
    assert!(mails[0].2.contains(&format!("/mes-dossiers/{id}")), "{}", mails[0].2);
    app.set_clock("2021-10-30T00:00:00");
    assert_eq!(remind(), 0, "the call is closed");
}

#[test]
fn a_dossier_opened_today_is_not_reminded() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.set_clock("2021-10-27T12:00:00");
    empty_draft(&app, &world);
    assert_eq!(essaim::dossiers::actions::remind_drafts(app.service(), app.now()).unwrap(), 0);
}

#[test]
fn a_former_dossier_is_taken_up_again_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/copier");
    assert!(client.get(&path).expect(200).words().contains("Dans quel appel ouvert ?"));
    client.post(&path, &[]).expect(422);
    let call = world.call.to_string();
    let first = client.post(&path, &[("call", &call)]).expect(303);
    let again = client.post(&path, &[("call", &call)]).expect(303);
    assert_eq!(first.location, again.location, "a double click is one draft");
    let tasks = client.get(&first.location).expect(200).words();
    assert!(tasks.contains("Santé au pied des immeubles") && tasks.contains("Brouillon"), "{tasks}");
    let project = client.get(&format!("{}/sections/project", first.location)).expect(200).text();
    assert!(project.contains("120 habitants éloignés du soin."), "answers are taken up");
    assert!(!project.contains("value=\"01/03/2022\""), "dates are not");
    client.get(&first.location.replace("/mes-dossiers/", "/mes-dossiers/99")).expect(404);
    app.set_clock("2021-11-02T12:00:00");
    let client = app.signed_in("tresorerie@lesruches.example");
    assert!(client.get(&path).expect(200).words().contains("Aucun appel n’est ouvert"));
    client.post(&path, &[("call", &call)]).expect(409);
}
