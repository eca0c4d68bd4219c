//! Values are added, never edited; the one observed last counts; missing is missing.

use essaim::dossiers::Outcome;
use essaim::followup::rules::{latest, percent, read_value};
use essaim::followup::{actions, of_version};

use crate::support::decisions::{notified_dossier, signed_dossier};
use crate::support::{PASSWORD, TestApp, World};

#[test]
fn percent_is_exact_and_rounded_down() {
    assert_eq!(percent(0, 500), Some(0));
    assert_eq!(percent(499, 500), Some(99));
    assert_eq!(percent(500, 500), Some(100));
    assert_eq!(percent(1, 3), Some(33));
    assert_eq!(percent(i64::MAX, 1_000), Some(922_337_203_685_477_580));
    assert_eq!(percent(1, 0), None);
}

#[test]
fn a_value_is_a_whole_number_and_absence_is_not_zero() {
    assert_eq!(read_value("0", "personnes"), Ok(0));
    assert_eq!(read_value(" 1\u{202F}200 ", "personnes"), Ok(1200));
    assert!(read_value("", "personnes").unwrap_err().contains("n’envoyez rien"));
    for wrong in ["-1", "1,5", "beaucoup", "99999999999999999999"] {
        assert!(read_value(wrong, "personnes").is_err(), "{wrong}");
    }
    assert!(read_value("101", "%").is_err());
}

#[test]
fn of_one_day_the_last_report_counts() {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    let values = [(day("2022-06-30"), 1), (day("2022-03-01"), 2), (day("2022-06-30"), 3), (day("2022-05-01"), 4)];
    assert_eq!(latest(&values, |v| v.0), Some(&(day("2022-06-30"), 3)));
    assert_eq!(latest(&values[..0], |v| v.0), None);
}

#[test]
fn the_project_holder_reports_and_the_manager_reads() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-07-01T09:00:00");
    let holder = app.client();
    holder.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    let manager = app.client();
    manager.sign_in("gestion@ars.example", PASSWORD).expect(303);
    let before = manager.get("/appels/AMI-ISS-2021/suivi").expect(200).words();
    assert!(before.contains("Ruche mobile") && before.contains("aucune valeur transmise"), "{before}");
    let actor = app.actor(world.applicant);
    let expected =
        |app: &TestApp| app.service().read(|conn| essaim::followup::pages::expected(conn, &actor, app.now())).unwrap();
    assert_eq!(expected(&app).len(), 1);

    let path = format!("/mes-dossiers/{dossier}/indicateurs");
    let indicator = app.service().read(|conn| actions::own(conn, &actor, dossier)).unwrap().1.remove(0);
    let report = |date: &str, value: &str| {
        holder.post(
            &path,
            &[("indicator", &indicator.code), ("observed_on", date), ("value", value), ("comment", "Carnet d’accueil")],
        )
    };
    let wrong = report("02/07/2022", "douze").expect(422);
    assert!(wrong.words().contains("nombre entier") && wrong.words().contains("avenir"), "{}", wrong.words());
    assert!(wrong.text().contains("value=\"douze\""));
    report("30/06/2022", "7").expect(303);
    report("30/06/2022", "7").expect(303);
    report("31/03/2022", "900").expect(303);
    let values = |app: &TestApp| {
        app.service().read(|conn| {
            let current = essaim::dossiers::get(conn, dossier)?.current_version.unwrap();
            Ok(of_version(conn, current)?.remove(0))
        })
    };
    let stored = values(&app).unwrap();
    assert_eq!(stored.values.iter().map(|v| v.value).collect::<Vec<_>>(), [7, 900], "a second click adds nothing");
    assert_eq!(stored.latest().unwrap().value, 7);
    report("30/06/2022", "9").expect(303);
    assert_eq!(values(&app).unwrap().latest().unwrap().value, 9, "a correction is a new value");
    assert_eq!(values(&app).unwrap().values.len(), 3);

    let after = manager.get("/appels/AMI-ISS-2021/suivi").expect(200).words();
    let reached = percent(9, indicator.target).unwrap();
    assert!(after.contains(&format!("{reached} %")) && after.contains("30 juin 2022"), "{after}");
    assert_eq!(expected(&app), Vec::new());
}

#[test]
fn nothing_before_notification_and_nothing_for_others() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Ruche secrète", 10_000, Outcome::Selected);
    let path = format!("/mes-dossiers/{dossier}/indicateurs");
    let holder = app.client();
    holder.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    holder.get(&path).expect(404);
    holder.post(&path, &[("indicator", "sessions"), ("value", "1"), ("observed_on", "01/01/2022")]).expect(404);
    let stranger = app.client();
    stranger.sign_in("contact@autreasso.example", PASSWORD).expect(303);
    stranger.get(&path).expect(404);
    let followed = app.client();
    followed.sign_in("gestion@ars.example", PASSWORD).expect(303);
    assert!(!followed.get("/appels/AMI-ISS-2021/suivi").expect(200).words().contains("Ruche secrète"));
}
