//! Reports by period: corrections keep what they replace, a second click adds nothing, colleagues are not overwritten.

use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::followup::actions::{NewReport, NewValue, report};
use essaim::followup::{Indicator, of_version};

use crate::support::decisions::{notified_dossier, signed_dossier};
use crate::support::{TestApp, World};

fn stored(app: &TestApp, dossier: essaim::base::ids::DossierId) -> Indicator {
    app.service()
        .read(|conn| {
            let version = essaim::dossiers::get(conn, dossier)?.current_version.unwrap();
            Ok(of_version(conn, version)?.remove(0))
        })
        .unwrap()
}

#[test]
fn the_project_holder_reports_and_the_manager_reads() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-10-20T09:00:00");
    let manager = app.signed_in("gestion@ars.example");
    let before = manager.get("/appels/AMI-ISS-2021/suivi").expect(200).words();
    assert!(before.contains("Ruche mobile") && before.contains("aucune valeur transmise"), "{before}");
    assert!(before.contains("Projets en retard de suivi 1") && before.contains("En retard"), "{before}");

    let holder = app.signed_in("tresorerie@lesruches.example");
    let overview = format!("/mes-dossiers/{dossier}/indicateurs");
    assert!(holder.get(&overview).expect(200).words().contains("Un suivi est en retard"));
    let path = format!("{overview}/1");
    let wrong = holder.post(&path, &[("value-reached", "douze"), ("comment-reached", "Carnet")]).expect(422);
    assert!(wrong.words().contains("nombre entier") && wrong.text().contains("value=\"douze\""), "{}", wrong.words());
    let wrong = holder.post(&path, &[("value-reached", "")]).expect(422);
    assert!(wrong.words().contains("au moins une valeur"), "{}", wrong.words());
    let parts = [("value-reached", "60"), ("departement-reached-31", "50"), ("departement-reached-34", "20")];
    assert!(holder.post(&path, &parts).expect(422).words().contains("l’un des deux est à corriger"));

    let good = [("value-reached", "60"), ("departement-reached-31", "40"), ("departement-reached-34", "20")];
    holder.post(&path, &good).expect(303);
    holder.post(&path, &good).expect(303);
    assert_eq!(stored(&app, dossier).values.len(), 1, "a second click adds nothing");

    let correction = [("value-reached", "75"), ("departement-reached-31", "40"), ("departement-reached-34", "20")];
    let refused = holder.post(&path, &correction).expect(422);
    assert!(refused.words().contains("Dites pourquoi vous corrigez"), "{}", refused.words());
    let mut reasoned = correction.to_vec();
    reasoned.push(("reason", "Deux ateliers avaient été oubliés"));
    holder.post(&path, &reasoned).expect(303);
    let kept = stored(&app, dossier);
    let seen: Vec<_> = kept.values.iter().map(|v| (v.value, v.replaced)).collect();
    assert_eq!(seen, [(Some(60), true), (Some(75), false)]);
    let erased = holder.post(&path, &[("value-reached", ""), ("reason", "x")]).expect(422);
    assert!(erased.words().contains("ne s’efface pas"), "{}", erased.words());

    let after = manager.get("/appels/AMI-ISS-2021/suivi").expect(200).words();
    assert!(after.contains("75 personnes") && after.contains("62 % de la cible"), "{after}");
    assert!(manager.get("/appels/AMI-ISS-2021/suivi?etat=retard").expect(200).words().contains("Rien ne correspond"));
    let detail = manager.get(&format!("/dossiers/{dossier}/suivi")).expect(200).words();
    assert!(detail.contains("Deux ateliers avaient été oubliés") && detail.contains("Remplacée"), "{detail}");
    let equity = manager.get("/appels/AMI-ISS-2021/suivi/equite").expect(200).words();
    for words in ["Haute-Garonne (31)", "961 000", "959 000", "15 non réparties", "13,3 %"] {
        assert!(equity.contains(words), "{words}: {equity}");
    }
    let csv = manager.get("/appels/AMI-ISS-2021/suivi?format=csv").expect(200).text();
    assert!(csv.contains("Ruche mobile") && csv.contains(";120;75;62"), "{csv}");
    manager.get("/appels/AMI-ISS-2021/suivi/equite?format=xlsx").expect(200);
}

#[test]
fn a_colleague_s_report_is_not_overwritten_unread() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-09-20T09:00:00");
    let holder = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{dossier}/indicateurs/1");
    holder.post(&path, &[("value-reached", "10"), ("seen", "0")]).expect(303);
    let stale = holder.post(&path, &[("value-reached", "12"), ("seen", "0"), ("reason", "Recompté")]).expect(422);
    assert!(stale.words().contains("pendant que vous écriviez") && stale.words().contains("10 personnes"));
    assert!(stale.text().contains("value=\"12\""), "what was typed is kept");
    let seen = stale.hidden().into_iter().find(|(name, _)| name == "seen").unwrap().1;
    holder.post(&path, &[("value-reached", "12"), ("seen", &seen), ("reason", "Recompté")]).expect(303);
    assert_eq!(stored(&app, dossier).in_period(1).unwrap().value, Some(12));
}

#[test]
fn not_measured_is_an_answer_and_a_period_to_come_is_not_reported_on() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-07-20T09:00:00");
    let holder = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{dossier}/indicateurs");
    assert!(holder.post(&format!("{path}/2"), &[("value-reached", "1")]).words().contains("n’a pas commencé"));
    holder.get(&format!("{path}/9")).expect(404);
    holder.post(&format!("{path}/1"), &[("comment-reached", "Le carnet a été perdu.")]).expect(303);
    let page = holder.get(&path).expect(200).words();
    assert!(page.contains("non mesuré") && page.contains("Transmis"), "{page}");
    assert_eq!(stored(&app, dossier).in_period(1).unwrap().value, None);
}

#[test]
fn nothing_before_notification_and_nothing_for_others() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Ruche secrète", 10_000, Outcome::Selected);
    let path = format!("/mes-dossiers/{dossier}/indicateurs");
    let holder = app.signed_in("tresorerie@lesruches.example");
    holder.get(&path).expect(404);
    holder.post(&format!("{path}/1"), &[("value-reached", "1")]).expect(404);
    app.signed_in("contact@autreasso.example").get(&path).expect(404);
    let manager = app.signed_in("gestion@ars.example");
    assert!(!manager.get("/appels/AMI-ISS-2021/suivi").expect(200).words().contains("Ruche secrète"));
    manager.get(&format!("/dossiers/{dossier}/suivi")).expect(404);
}

#[test]
fn people_are_divided_between_the_departments_of_the_project() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-09-20T09:00:00");
    let reported = |value: Option<i64>, department: &str| {
        let indicator = stored(&app, dossier).code;
        let value =
            NewValue { indicator, value, comment: "Carnet".to_owned(), departments: vec![(department.to_owned(), 5)] };
        let new = NewReport { period: 1, values: vec![value], reason: String::new(), seen: None };
        app.as_account(world.applicant, |op, actor| report(op, actor, dossier, &new))
    };
    for (value, department) in [(Some(10), "75"), (Some(-1), "31"), (None, "31")] {
        let wrong = reported(value, department);
        assert!(matches!(&wrong, Err(Fault::Invalid(_))), "{value:?} {department}: {wrong:?}");
    }
    assert_eq!(reported(Some(10), "31").unwrap(), 1);
}
