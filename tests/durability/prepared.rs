//! A service with work waiting for everybody, made once through the real operations: drafts to submit in an open call,
//! signed letters to notify and instalments to pay in a past one.

use std::path::PathBuf;
use std::sync::OnceLock;

use diesel::prelude::*;
use essaim::base::clock::{Clock, Instant};
use essaim::base::ids::{AccountId, DossierId};
use essaim::calls;
use essaim::committee::actions::seal;
use essaim::db::{Conn, DatabaseUrl};
use essaim::dossiers::Outcome;
use essaim::funding::ActKind;
use essaim::web::session;

use super::work::{Deed, Paying};
use crate::support::committee::{opine, running_session};
use crate::support::database::{execute, server, with_database};
use crate::support::decisions::{follow_opinion, reach_answers_day, set_aside_dossier};
use crate::support::dossiers::complete_draft;
use crate::support::funding::{instalment, take_act};
use crate::support::instruction::instructed_dossier;
use crate::support::{CALL_FILE, TestApp, World};

/// Two hundred buttons to press at once.
const DRAFTS: usize = 100;
const LETTERS: usize = 60;
const PAYMENTS: usize = 40;

pub struct Prepared {
    pub database: DatabaseUrl,
    pub files: PathBuf,
    pub deeds: Vec<Deed>,
    pub people: People,
    /// Mails that left before.
    pub mails: i64,
    _folder: tempfile::TempDir,
}

/// Cookies of open sessions.
pub struct People {
    pub applicant: String,
    pub manager: String,
    pub funder: String,
}

pub fn prepared() -> &'static Prepared {
    static PREPARED: OnceLock<Prepared> = OnceLock::new();
    PREPARED.get_or_init(prepare)
}

fn prepare() -> Prepared {
    let app = TestApp::start();
    let world = World::build(&app);
    let today = Clock::System.now();
    let letters: Vec<DossierId> =
        (0..LETTERS).map(|i| set_aside_dossier(&app, &world, &format!("Projet {i}"), "Hors des axes.")).collect();
    let retained: Vec<DossierId> = (0..PAYMENTS)
        .map(|i| instructed_dossier(&app, &world, &format!("Ruche {i}"), 10_000, [3; 8], [3; 8]))
        .collect();
    let committee = running_session(&app, &world, &retained);
    for dossier in &retained {
        opine(&app, &world, committee, *dossier, Outcome::Selected, 10_000);
    }
    app.as_account(world.manager, |op, actor| seal(op, actor, committee)).unwrap();
    reach_answers_day(&app);
    for dossier in letters.iter().chain(&retained) {
        follow_opinion(&app, &world, *dossier);
    }
    for dossier in &retained {
        use essaim::decisions::actions::{Delivery, notify};
        app.as_account(world.manager, |op, actor| notify(op, actor, *dossier, Delivery::Electronic)).unwrap();
    }
    app.set_clock("2022-02-21T09:00:00");
    for dossier in &retained {
        take_act(&app, &world, *dossier, ActKind::Agreement, &format!("CONV-{dossier}"), "2022-02-21").unwrap();
    }
    let mut deeds: Vec<Deed> = letters.iter().map(|dossier| Deed::Notify(*dossier)).collect();
    deeds.extend(retained.iter().map(|dossier| {
        let (due, version) = instalment(&app, *dossier, 0);
        let (instalment, amount) = (due.id, due.amount.plain());
        Deed::Pay(Paying { dossier: *dossier, instalment, amount, version, paid_on: "28/02/2022" })
    }));
    // What those years wrote was sent in those years.
    let kept = essaim::mail::Transport::Kept;
    essaim::mail::deliver_due(&app.service().db, &app.service().files, &kept, app.now()).unwrap();

    // The call that is open now closes in four days: whoever has a draft is reminded.
    app.service().clock.set(today.plus_days(-3));
    let mut definition = calls::definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap();
    definition.call.code = "AMI-OUVERT".to_owned();
    definition.calendar.opening = today.plus_days(-10);
    definition.calendar.closing = today.plus_days(4);
    definition.calendar.committee = Some(today.plus_days(30));
    definition.calendar.notification = Some(today.plus_days(60));
    let open = app.console(|op| calls::actions::import(op, &definition));
    let (manager, funder, applicant) = (world.manager, world.funder, world.applicant);
    let world = World { call: open, ..world };
    deeds.extend((0..DRAFTS).map(|i| Deed::Submit(complete_draft(&app, &world, &format!("Élan {i}"), 10_000))));
    // Nobody presses all of one kind before the next.
    let count = deeds.len();
    let mixed = (0..count).map(|i| deeds[i * 73 % count].clone()).collect();
    let cookie = |account| cookie(&app, account, today);
    let people = People { applicant: cookie(applicant), manager: cookie(manager), funder: cookie(funder) };
    keep(&app, mixed, people)
}

/// An open session of this person, as a browser holds it.
fn cookie(app: &TestApp, account: AccountId, now: Instant) -> String {
    let service = app.service();
    let cookie = service.db.write(|conn| session::open(conn, &service.settings, now, account, "durability")).unwrap();
    format!("{}={}", cookie.name(), cookie.value())
}

/// Copies database and files out of the test that made them.
fn keep(app: &TestApp, deeds: Vec<Deed>, people: People) -> Prepared {
    let sent = Some(essaim::mail::Standing::Sent);
    let mails = app.service().read(|conn| essaim::mail::outbox_count(conn, sent, &[])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    copy_folder(app.service().files.root(), &files);
    let database = match &app.service().settings.database {
        DatabaseUrl::Sqlite(path) => {
            app.service()
                .db
                .maintain(|conn| {
                    diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn)?;
                    Ok(())
                })
                .unwrap();
            let kept = folder.path().join("essaim.sqlite3");
            std::fs::copy(path, &kept).unwrap();
            DatabaseUrl::Sqlite(kept)
        }
        DatabaseUrl::Postgres(url) => {
            let (server, name) = (server().unwrap(), format!("essaim_prepared_{}", std::process::id()));
            let source = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
            // A template has no guests.
            let guests = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'");
            execute(&server, &guests);
            execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {source}"));
            DatabaseUrl::Postgres(with_database(&server, &name))
        }
    };
    Prepared { database, files, deeds, people, mails, _folder: folder }
}

/// Files never change once named: a link is as good as a copy.
pub fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if std::fs::hard_link(entry.path(), &target).is_err() {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Ends the connections that killed processes left behind: what they had asked for is then done or undone for good.
pub fn settle(conn: &mut Conn) {
    if let Conn::Postgres(server) = conn {
        let began = std::time::Instant::now();
        loop {
            let others: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(
                "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid() AND backend_type = 'client backend')",
            ))
            .get_result(server)
            .unwrap();
            if others == 0 {
                return;
            }
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "{others} connections stay open");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}
