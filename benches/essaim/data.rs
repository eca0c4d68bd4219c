//! The databases measured, made by the real operations, and the process that serves one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use essaim::access::Role;
use essaim::accounts::actions::{NewOrganisation, NewUser, add_agent, add_organisation, add_user, grant_role};
use essaim::base::Cents;
use essaim::base::clock::{Clock, Instant};
use essaim::base::ids::{AccountId, DossierId, InstitutionId, OrganisationId, ReviewId};
use essaim::calls::{self, definition};
use essaim::db::schema::{review_scores, reviews};
use essaim::db::{Conn, DatabaseUrl};
use essaim::instruction::actions::{assign, declare_eligible, shortlist};
use essaim::web::session;

use crate::server::{Server, free_address};
use crate::support::dossiers::{complete_draft_of, submitted_dossier_of};
use crate::support::instruction::{review, submit_as};
use crate::support::{CALL_FILE, TestApp, World};

/// Dossiers of the call that the project starts from.
pub const ORDINARY: usize = 119;
/// Institutions whose agents review; each dossier has one of each.
const INSTITUTIONS: [&str; 3] = ["ARS", "DREETS", "CAF"];
/// Instructors of each.
const INSTRUCTORS: usize = 10;
/// Managers of the call, each with a session.
const VIEWERS: usize = 40;

pub struct Data {
    pub app: TestApp,
    pub world: World,
    /// Cookies of the managers, one a viewer.
    pub viewers: Vec<String>,
    applicants: Vec<(AccountId, OrganisationId)>,
    /// By institution.
    instructors: Vec<Vec<AccountId>>,
}

impl Data {
    /// A call with its people, and no dossier.
    pub fn new() -> Self {
        let app = TestApp::start();
        let mut definition = definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap();
        definition.instruction.reviewers_per_dossier = 3;
        definition.instruction.institutions = INSTITUTIONS.map(str::to_owned).to_vec();
        // The service under measure reads the clock of the machine.
        definition.calendar.closing = Instant::parse("2099-12-31T22:59:59Z").unwrap();
        (definition.calendar.committee, definition.calendar.notification) = (None, None);
        let world = World::build_for(&app, &definition);
        let agent = |kind: &str, number: usize, at: InstitutionId, role: Role| {
            let account = person(&app, &format!("{kind}{number}@bench.example"));
            app.console(|op| {
                add_agent(op, account, at, "Chargée de mission", "Service de mesure")?;
                grant_role(op, world.call, account, at, role, None)
            });
            account
        };
        let managers: Vec<AccountId> =
            (0..VIEWERS).map(|number| agent("gestion", number, world.ars, Role::CallManager)).collect();
        let instructors = INSTITUTIONS
            .iter()
            .map(|code| {
                let at = app.service().read(|conn| calls::institution_by_code(conn, code)).unwrap();
                let kind = code.to_lowercase();
                (0..INSTRUCTORS).map(|number| agent(&kind, number, at, Role::Instructor)).collect()
            })
            .collect();
        let applicants = (0..ORDINARY)
            .map(|number| {
                let account = person(&app, &format!("association{number}@bench.example"));
                let organisation = NewOrganisation {
                    name: format!("Association d’exemple n°\u{A0}{}", number + 1),
                    siret: String::new(),
                    rna: format!("W34{number:07}"),
                    legal_form: "9220".to_owned(),
                    street: "2 place de l’Exemple".to_owned(),
                    postal_code: "34000".to_owned(),
                    city: "Montpellier".to_owned(),
                    representative_name: "Rose Exemple".to_owned(),
                    representative_quality: "Présidente".to_owned(),
                    demonstration: true,
                };
                (account, app.console(|op| add_organisation(op, account, &organisation)))
            })
            .collect();
        let viewers = managers.into_iter().map(|account| cookie_of(&app, account)).collect();
        Self { app, world, viewers, applicants, instructors }
    }

    /// Submitted, eligible, shortlisted, read by three instructors who score eight criteria each.
    pub fn add_instructed(&self, count: usize) -> Vec<DossierId> {
        let (app, world) = (&self.app, &self.world);
        (0..count)
            .map(|number| {
                app.service().clock.set(app.now().plus_minutes(1));
                let (account, organisation) = self.applicants[number % self.applicants.len()];
                let euros = 10_000;
                let title = format!("Ateliers de santé du quartier n°\u{A0}{}", number + 1);
                let dossier = submitted_dossier_of(app, world, account, organisation, &title, euros);
                app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
                app.as_account(world.manager, |op, actor| shortlist(op, actor, dossier)).unwrap();
                let due = app.now().plus_days(14);
                for (institution, instructors) in self.instructors.iter().enumerate() {
                    let instructor = instructors[number % instructors.len()];
                    app.as_account(world.manager, |op, actor| assign(op, actor, dossier, instructor, Some(due)))
                        .unwrap();
                    let level =
                        |criterion: usize| i32::try_from((number * 7 + institution * 3 + criterion) % 4 + 1).unwrap();
                    let levels = std::array::from_fn(level);
                    let said = review(levels, Cents::from_euros(euros), "Projet bien construit, à suivre de près.");
                    submit_as(app, instructor, dossier, &said);
                }
                dossier
            })
            .collect()
    }

    /// Drafts with nothing left to correct, each with the cookie of a member of its organisation.
    pub fn add_drafts(&self, count: usize) -> Vec<(DossierId, String)> {
        // The pieces that the law asks for are those of the day of the submission.
        self.app.service().clock.set(Clock::System.now());
        let cookies: Vec<String> = self.applicants.iter().map(|(account, _)| cookie_of(&self.app, *account)).collect();
        (0..count)
            .map(|number| {
                let place = number % self.applicants.len();
                let (account, organisation) = self.applicants[place];
                let title = format!("Jardins partagés n°\u{A0}{}", number + 1);
                let dossier = complete_draft_of(&self.app, &self.world, account, organisation, &title, 10_000);
                (dossier, cookies[place].clone())
            })
            .collect()
    }

    /// Whether a page of this name is wanted: `cargo bench --bench essaim -- ordinary ranking` measures those that have
    /// this word.
    pub fn chosen(&self, page: &str) -> bool {
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).nth(1).is_none_or(|w| page.contains(&w))
    }

    pub fn viewer(&self, request: usize) -> &str {
        &self.viewers[request % self.viewers.len()]
    }

    /// The cookie of a session of this person.
    pub fn cookie_of(&self, account: AccountId) -> String {
        cookie_of(&self.app, account)
    }

    /// Serves a copy on disk of what is in the database now, once `essaim check` has found it sound.
    pub fn serve(&self, name: &str) -> Served {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let settings = &self.app.service().settings;
        let url = match &settings.database {
            DatabaseUrl::Sqlite(path) => {
                self.app
                    .service()
                    .db
                    .maintain(|conn| Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?))
                    .unwrap();
                let copy = folder.join("essaim.sqlite3");
                std::fs::copy(path, &copy).unwrap();
                format!("sqlite:{}", copy.display())
            }
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        copy_folder(&settings.files, &folder.join("files"));
        Served::start(folder, url)
    }
}

fn person(app: &TestApp, email: &str) -> AccountId {
    app.console(|op| {
        add_user(
            op,
            &NewUser {
                email: email.to_owned(),
                given_name: "Camille".to_owned(),
                surname: "Exemple".to_owned(),
                password: None,
                administrator: false,
            },
        )
    })
}

fn cookie_of(app: &TestApp, account: AccountId) -> String {
    let settings = &app.service().settings;
    let opened = app.service().db.write(|conn| session::open(conn, settings, Clock::System.now(), account, "bench"));
    let cookie = opened.unwrap();
    format!("{}={}", cookie.name(), cookie.value())
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The service under measure, and a connection of our own to its database.
pub struct Served {
    pub server: Server,
    pub folder: PathBuf,
    url: String,
    own: Mutex<Conn>,
    /// Submitted reviews whose scores are changed between requests.
    reviews: Vec<ReviewId>,
}

impl Served {
    fn start(folder: PathBuf, url: String) -> Self {
        let address = free_address();
        let command = |verb: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_essaim"));
            command
                .arg(verb)
                .env("ESSAIM_DATABASE_URL", &url)
                .env("ESSAIM_FILES", folder.join("files"))
                .env("ESSAIM_BIND", address.to_string())
                .env("ESSAIM_BASE_URL", format!("http://{address}"))
                .env("ESSAIM_TRUST_PROXY", "yes")
                .env("ESSAIM_LOG", "error");
            command
        };
        let checked = command("check").output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
        let mut own = match DatabaseUrl::parse(&url, |_| None).unwrap() {
            DatabaseUrl::Sqlite(path) => Conn::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap()),
            DatabaseUrl::Postgres(url) => Conn::Postgres(PgConnection::establish(&url).unwrap()),
        };
        // What the load generator writes need not be durable, and must cost little.
        own.batch_execute(match own {
            Conn::Sqlite(_) => "PRAGMA busy_timeout = 10000; PRAGMA synchronous = OFF",
            Conn::Postgres(_) => "SET synchronous_commit = off",
        })
        .unwrap();
        let reviews = reviews::table
            .filter(reviews::submitted_at.is_not_null())
            .order(reviews::id)
            .limit(3 * 119)
            .select(reviews::id)
            .load(&mut own)
            .unwrap();
        Self { server: Server::start(command("serve"), address), folder, url, own: Mutex::new(own), reviews }
    }

    /// Gives another level to one criterion of a submitted review.
    pub fn change_a_review(&self, request: usize) {
        let review = self.reviews[request * 7 % self.reviews.len()];
        let own = &mut *self.own.lock().unwrap();
        let changed = review_scores::table.filter(review_scores::review_id.eq(review));
        diesel::update(changed.filter(review_scores::criterion.eq("C1")))
            .set(review_scores::level.eq(i32::try_from(request % 4).unwrap() + 1))
            .execute(own)
            .unwrap();
        let answers = changed
            .order(review_scores::criterion)
            .select((review_scores::criterion, review_scores::level))
            .load::<(String, Option<i32>)>(own)
            .unwrap();
        let marks = answers.iter().map(|(c, level)| format!("{c}={}", level.map_or(String::new(), |l| l.to_string())));
        diesel::update(reviews::table.filter(reviews::id.eq(review)))
            .set(reviews::marks.eq(marks.collect::<Vec<_>>().join(" ")))
            .execute(own)
            .unwrap();
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        work(&mut self.own.lock().unwrap()).unwrap()
    }

    /// Verifies what the service left behind, as `essaim check` does.
    pub fn check(&self) {
        let checked = Command::new(env!("CARGO_BIN_EXE_essaim"))
            .arg("check")
            .env("ESSAIM_DATABASE_URL", &self.url)
            .env("ESSAIM_FILES", self.folder.join("files"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
