//! A clock that steps back, as when a machine is set right: order comes from numbers, not from hours.

use essaim::base::clock::Instant;
use essaim::dossiers::actions::{remind_drafts, submit};
use essaim::fault::Fault;
use essaim::journal::{self, Audience};
use essaim::mail::{Transport, deliver_due};
use jiff::SignedDuration;

use crate::support::dossiers::{complete_draft, submitted_dossier};
use crate::support::{MailServer, PASSWORD, TestApp, World};

const FROM: &str = "Essaim <service@essaim.example>";

fn step_back(app: &TestApp, hours: i64) {
    app.service().clock.advance(SignedDuration::from_hours(-hours));
}

#[track_caller]
fn is_green(app: &TestApp) {
    for finding in essaim::commands::check::verify(app.service()).unwrap() {
        assert_eq!(finding.problems, Vec::<String>::new(), "{}", finding.what);
    }
}

#[test]
fn the_trail_keeps_its_order_and_sessions_go_on() {
    let app = TestApp::start();
    let world = World::build(&app);
    let applicant = app.signed_in("tresorerie@lesruches.example");
    let first = submitted_dossier(&app, &world, "Avant", 10_000);
    step_back(&app, 3);
    let second = submitted_dossier(&app, &world, "Après", 10_000);
    is_green(&app);
    for (dossier, reference) in [(first, "AMI-ISS-2021-0001"), (second, "AMI-ISS-2021-0002")] {
        let page = applicant.get(&format!("/mes-dossiers/{dossier}")).expect(200).words();
        assert!(page.contains(reference), "{page}");
    }
    // Declared eligible in an earlier hour than it came in: the trail still ends with it.
    app.as_account(world.manager, |op, actor| essaim::instruction::actions::declare_eligible(op, actor, first))
        .unwrap();
    let trail = app.service().read(|conn| journal::of_dossier(conn, first, Audience::Institutions)).unwrap();
    assert_eq!(trail.last().unwrap().action, "dossier.eligible");
    assert!(trail.last().unwrap().at < trail[trail.len() - 2].at, "the hours are told as they were");
    // A session opened later than now is a session; signing in again works too.
    applicant.get("/profil").expect(200);
    assert_eq!(app.client().sign_in("tresorerie@lesruches.example", PASSWORD).status, 303);
    is_green(&app);
}

#[test]
fn a_mail_waits_for_no_hour_that_has_been() {
    let app = TestApp::start();
    let world = World::build(&app);
    let server = MailServer::start();
    let transport = Transport::smtp(&server.url(), FROM).unwrap();
    let deliver = |transport: &Transport| {
        let service = app.service();
        deliver_due(&service.db, &service.files, transport, app.now()).unwrap()
    };
    submitted_dossier(&app, &world, "Avant", 10_000);
    step_back(&app, 24);
    assert_eq!(deliver(&transport), 1, "a mail written before the step leaves at once");
    // A worker took the next one and died; the clock stepped back: nobody waits a day for the end of its lease.
    submitted_dossier(&app, &world, "Encore", 10_000);
    leave_leased(&app);
    assert_eq!(deliver(&transport), 0, "it is being sent");
    step_back(&app, 24);
    assert_eq!(deliver(&transport), 1);
    assert_eq!(server.taken().len(), 2, "each once");
    assert_eq!(deliver(&transport), 0);
    // A step shorter than the longest pause between two attempts holds up no mail that was never tried.
    submitted_dossier(&app, &world, "Enfin", 10_000);
    step_back(&app, 1);
    assert_eq!(deliver(&transport), 1);
}

/// Two workers never read quite the same hour: a lease given by one that is ahead is still a lease.
#[test]
fn a_worker_that_is_late_by_its_clock_takes_no_mail_from_another() {
    let app = TestApp::start();
    let world = World::build(&app);
    let server = MailServer::start();
    let transport = Transport::smtp(&server.url(), FROM).unwrap();
    submitted_dossier(&app, &world, "Avant", 10_000);
    // The mail itself has long been due.
    step_back(&app, -1);
    leave_leased(&app);
    app.service().clock.advance(SignedDuration::from_secs(-30));
    let service = app.service();
    assert_eq!(deliver_due(&service.db, &service.files, &transport, app.now()).unwrap(), 0);
    assert_eq!(server.taken().len(), 0);
}

/// What a process killed in the middle of a delivery leaves.
fn leave_leased(app: &TestApp) {
    use diesel::prelude::*;
    use essaim::db::schema::mails;
    app.service()
        .db
        .write(|conn| {
            diesel::update(mails::table.filter(mails::sent_at.is_null()))
                .set((mails::leased_until.eq(app.now().plus_minutes(5)), mails::attempts.eq(1)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn deadlines_go_by_the_hour_of_the_request_and_reminders_leave_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let draft = complete_draft(&app, &world, "Tard", 10_000);
    app.set_clock("2021-10-27T12:00:00");
    assert_eq!(remind_drafts(app.service(), app.now()).unwrap(), 1);
    step_back(&app, 20);
    assert_eq!(remind_drafts(app.service(), app.now()).unwrap(), 0);
    app.set_clock("2021-10-27T18:00:00");
    assert_eq!(remind_drafts(app.service(), app.now()).unwrap(), 0, "the hour comes twice, the mail does not");
    app.set_clock("2021-10-30T00:10:00");
    let late = app.as_account(world.applicant, |op, actor| submit(op, actor, draft).map(drop));
    assert!(matches!(late, Err(Fault::Refused(_))), "{late:?}");
    // The machine was ahead: it is set right, and the call is still open.
    app.set_clock("2021-10-29T23:50:00");
    app.as_account(world.applicant, |op, actor| submit(op, actor, draft).map(drop)).unwrap();
    is_green(&app);
}

#[test]
fn a_dossier_goes_all_its_way_with_a_clock_that_steps_back_at_each_stage() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = crate::support::funding::agreed_dossier(&app, &world, "À rebours", 10_000);
    let signed: Instant = app.now();
    step_back(&app, 1);
    let advance = crate::support::funding::instalment(&app, dossier, 0).0.amount;
    crate::support::funding::pay(&app, &world, dossier, 0, advance, "MANDAT-1").unwrap();
    assert!(app.now() < signed);
    let manager = app.signed_in("gestion@ars.example");
    let file = manager.get(&format!("/dossiers/{dossier}/financement")).expect(200).words();
    assert!(file.contains("MANDAT-1"), "{file}");
    let other =
        crate::support::decisions::signed_dossier(&app, &world, "Lettre", 10_000, essaim::dossiers::Outcome::Rejected);
    step_back(&app, 2);
    manager.post(&format!("/dossiers/{other}/notifier"), &[]).expect(303);
    let page =
        app.signed_in("tresorerie@lesruches.example").get(&format!("/mes-dossiers/{other}/decision")).expect(200);
    assert!(page.words().contains("AMI-ISS-2021-D0002"), "{}", page.words());
    is_green(&app);
}
