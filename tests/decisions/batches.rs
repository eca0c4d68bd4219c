//! Letters sent together: nobody is told twice, a killed process loses nothing, archives hold what was sealed.

use std::io::Read;

use essaim::base::ids::{DossierId, LetterBatchId};
use essaim::decisions::actions::{post_batch, run_batches, step};
use essaim::decisions::{LetterKind, of_dossier};
use essaim::dossiers::Outcome;
use essaim::fault::Fault;
use essaim::mail;

use super::notifying::without_consent;
use super::{MANAGER, SIGNATORY, letter, sealed_bytes, signed_in};
use crate::support::decisions::signed_dossier;
use crate::support::{TestApp, World};

const PREPARE: &str = "/appels/AMI-ISS-2021/decisions/notifier";

fn told(app: &TestApp) -> usize {
    let all = app.service().read(|conn| mail::latest(conn, 1000)).unwrap();
    all.into_iter().filter(|m| m.kind == "decision.notify").count()
}

fn is_notified(app: &TestApp, dossier: DossierId) -> bool {
    app.service().read(|conn| of_dossier(conn, dossier)).unwrap().iter().all(|d| d.notified_at.is_some())
}

#[test]
fn a_batch_goes_on_where_a_killed_process_stopped() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers: Vec<DossierId> =
        (0..5).map(|i| signed_dossier(&app, &world, &format!("Projet {i}"), 10_000, Outcome::Rejected)).collect();
    let manager = signed_in(&app, MANAGER);
    let page = manager.get(PREPARE).expect(200).words();
    assert!(page.contains("Notifier 5 lettres"), "{page}");
    let started = manager.post(PREPARE, &[("kind", "electronic")]).expect(303).location;
    let again = manager.post(PREPARE, &[("kind", "electronic")]).expect(303).location;
    assert!(again.ends_with("/envois"), "a second click starts nothing: {again}");
    assert_eq!(told(&app), 0, "the request itself sends nothing");

    assert_eq!(step(app.service(), app.now(), 2).unwrap(), 2);
    let progress = manager.get(&started).expect(200).words();
    assert!(progress.contains("2 sur 5") && progress.contains("Actualiser"), "{progress}");
    // The manager sends one of the others by hand meanwhile.
    manager.post(&format!("/dossiers/{}/notifier", dossiers[3]), &[]).expect(303);
    // A new process knows nothing but the rows.
    run_batches(app.service(), app.now()).unwrap();
    assert!(dossiers.iter().all(|id| is_notified(&app, *id)));
    assert_eq!(told(&app), 5, "each applicant is told once");
    let done = manager.get(&started).expect(200).words();
    assert!(done.contains("4 sur 5") && done.contains("était déjà notifiée") && done.contains("Terminé"), "{done}");
    assert!(!done.contains("Actualiser"), "{done}");
    signed_in(&app, SIGNATORY).get(&started).expect(404);
    assert_eq!(app.service().read(essaim::journal::verify).unwrap().1, Vec::<String>::new());
}

#[test]
fn two_workers_share_a_batch_without_a_double_letter() {
    let app = TestApp::start();
    let world = World::build(&app);
    for i in 0..4 {
        signed_dossier(&app, &world, &format!("Projet {i}"), 10_000, Outcome::Rejected);
    }
    signed_in(&app, MANAGER).post(PREPARE, &[("kind", "electronic")]).expect(303);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..6 {
                    step(app.service(), app.now(), 2).unwrap();
                }
            });
        }
    });
    assert_eq!(told(&app), 4);
}

#[test]
fn printed_letters_leave_when_their_posting_day_is_recorded() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Sur papier", 10_000, Outcome::Rejected);
    without_consent(&app, dossier);
    app.set_clock("2022-02-03T09:00:00");
    let manager = signed_in(&app, MANAGER);
    let page = manager.get(PREPARE).expect(200).words();
    assert!(page.contains("Préparer 1 lettre à poster") && !page.contains("Notifier 1"), "{page}");
    let started = manager.post(PREPARE, &[("kind", "postal")]).expect(303).location;
    run_batches(app.service(), app.now()).unwrap();
    assert!(!is_notified(&app, dossier), "nothing leaves before it is posted");
    for (day, why) in [("04/02/2022", "à venir"), ("30/01/2022", "a été signée le"), ("hier", "Saisissez la date")]
    {
        let reply = manager.post(&started, &[("posted_on", day)]).expect(422).words();
        assert!(reply.contains(why), "{day}: {reply}");
    }
    manager.post(&started, &[("posted_on", "01/02/2022")]).expect(303);
    run_batches(app.service(), app.now()).unwrap();
    let letter = letter(&app, dossier);
    assert_eq!(letter.posted_on.as_deref(), Some("2022-02-01"));
    assert_eq!(letter.notified_at.unwrap().iso_date("Europe/Paris"), "2022-02-01");
    let page = manager.get(&started).expect(200).words();
    assert!(page.contains("1 sur 1") && page.contains("Posté le 1er février 2022"), "{page}");
}

#[test]
fn archives_hold_the_sealed_letters_and_a_register() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = signed_dossier(&app, &world, "=Marcher", 10_000, Outcome::Selected);
    signed_dossier(&app, &world, "Cuisiner", 20_000, Outcome::Rejected);
    let manager = signed_in(&app, MANAGER);
    let started = manager.post(PREPARE, &[("kind", "electronic")]).expect(303).location;
    run_batches(app.service(), app.now()).unwrap();
    for path in ["/appels/AMI-ISS-2021/decisions/lettres.zip".to_owned(), format!("{started}/lettres.zip")] {
        let reply = manager.get(&path).expect(200);
        assert_eq!(reply.header("content-type"), Some("application/zip"), "{path}");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(reply.bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        let mut bytes = Vec::new();
        archive.by_name("AMI-ISS-2021-D0001-C1.pdf").unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, sealed_bytes(&app, first), "to the byte");
        let mut register = String::new();
        archive.by_name("registre.csv").unwrap().read_to_string(&mut register).unwrap();
        assert!(register.starts_with("\u{FEFF}\"Courrier\";"), "{register}");
        assert!(register.contains("\"AMI-ISS-2021-D0002-C1\";\"Notification de décision\""), "{register}");
    }
    assert_eq!(letter(&app, first).kind, LetterKind::Notification);
    signed_in(&app, "instruction@ars.example").get("/appels/AMI-ISS-2021/decisions/lettres.zip").expect(404);
}

#[test]
fn a_posting_day_is_recorded_once_by_a_manager_for_printed_letters() {
    let app = TestApp::start();
    let world = World::build(&app);
    let printed = signed_dossier(&app, &world, "Sur papier", 10_000, Outcome::Rejected);
    without_consent(&app, printed);
    signed_dossier(&app, &world, "Par voie électronique", 10_000, Outcome::Rejected);
    app.set_clock("2022-02-03T09:00:00");
    let manager = signed_in(&app, MANAGER);
    let [postal, electronic] = ["postal", "electronic"].map(|kind| {
        let started = manager.post(PREPARE, &[("kind", kind)]).expect(303).location;
        LetterBatchId(started.rsplit('/').next().unwrap().parse().unwrap())
    });
    let post = |account, batch| {
        app.as_account(account, |op, actor| post_batch(op, actor, batch, "2022-02-01".parse().unwrap()))
    };
    assert!(matches!(post(world.signatory, postal), Err(Fault::NotFound)));
    let sent = post(world.manager, electronic);
    assert!(matches!(&sent, Err(Fault::Refused(why)) if why.contains("voie électronique")), "{sent:?}");
    post(world.manager, postal).unwrap();
    assert!(matches!(post(world.manager, postal), Err(Fault::Stale)));
}
