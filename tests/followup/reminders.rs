//! Scheduled work: one reminder per project, period and step, and none once the report is in.

use essaim::dossiers::Outcome;
use essaim::followup::actions::{NewReport, NewValue, remind_due, report};
use essaim::followup::reminders_sent;

use crate::support::decisions::notified_dossier;
use crate::support::{TestApp, World};

fn reminders(app: &TestApp) -> Vec<(String, String)> {
    let mails = app.mails().into_iter().filter(|(kind, ..)| kind == "followup.reminder");
    mails.map(|(_, to, body)| (to, body)).collect()
}

#[test]
fn a_reminder_leaves_once_per_step() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    let run = |civil: &str| {
        app.set_clock(civil);
        remind_due(app.service(), app.now()).unwrap()
    };
    assert_eq!(run("2022-09-15T09:00:00"), 0);
    assert_eq!(run("2022-10-01T09:00:00"), 1);
    assert_eq!(run("2022-10-01T09:00:00"), 0, "the next round sends nothing again");
    let sent = reminders(&app);
    assert!(sent.iter().any(|(to, _)| to == "tresorerie@lesruches.example"), "{sent:?}");
    let body = sent[0].1.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        body.contains("15 octobre 2022") && body.contains(&format!("/mes-dossiers/{dossier}/indicateurs/1")),
        "{body}"
    );
    let written = sent.len();
    assert_eq!(run("2022-10-17T09:00:00"), 1);
    assert!(reminders(&app).len() == written * 2 && reminders(&app)[written].1.contains("attendu le"));
    let steps = app.service().read(|conn| reminders_sent(conn, dossier)).unwrap();
    assert_eq!(steps, [(1, -15), (1, 1)]);
    let holder = app.signed_in("tresorerie@lesruches.example");
    let home = holder.get("/").expect(200).words();
    assert!(home.contains("Transmettre le suivi") && home.contains("en retard"), "{home}");
    assert!(holder.get("/notifications").expect(200).words().contains("le suivi est en retard"));
    let manager = app.signed_in("gestion@ars.example");
    assert!(manager.get(&format!("/dossiers/{dossier}/suivi")).expect(200).words().contains("2 rappels"));
}

#[test]
fn a_reported_period_is_not_reminded_of() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    app.set_clock("2022-09-20T09:00:00");
    let value = NewValue { indicator: "reached".to_owned(), value: Some(0), ..NewValue::default() };
    let new = NewReport { period: 1, values: vec![value], ..NewReport::default() };
    app.as_account(world.applicant, |op, actor| report(op, actor, dossier, &new)).unwrap();
    app.set_clock("2022-10-17T09:00:00");
    assert_eq!(remind_due(app.service(), app.now()).unwrap(), 0);
    assert_eq!(reminders(&app), []);
}
