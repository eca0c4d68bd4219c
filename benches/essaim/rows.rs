//! What is measured, section by section.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use essaim::base::ids::{DossierId, SessionId};
use essaim::committee::actions::{NewOpinion, record_opinion, seal};
use essaim::db::schema::{accounts, letters};

use crate::copies;
use crate::data::{Data, ORDINARY, Served};
use crate::floor;
use crate::load::{Bound, Measure, Request, get, post, run, visitor};
use crate::report::{Bulk, Row, Section};
use crate::support::committee::{running_session, share_of};

const CALL: &str = "/appels/AMI-ISS-2021";
/// Of each measure at one concurrency.
const PAGE: Bound = Bound { time: Duration::from_millis(600), requests: usize::MAX };
/// Of a measure that ends by itself.
const PATIENCE: Duration = Duration::from_secs(60);
const FLOOR: Bound = Bound { time: Duration::from_millis(200), requests: usize::MAX };
const FEW: usize = 1;
const MANY: usize = 8;

/// A section's name, and what measures it.
type Measured = (&'static str, fn() -> Section);

const SECTIONS: [Measured; 6] = [
    ("ordinary", ordinary),
    ("submission", submission),
    ("addresses", addresses),
    ("letters", in_bulk),
    ("5000", large),
    ("100000", huge),
];

/// Those whose name is wanted, or all of them.
pub fn sections(wanted: Option<&str>) -> Vec<fn() -> Section> {
    let kept = SECTIONS.iter().filter(|(name, _)| wanted.is_none_or(|wanted| *name == wanted));
    kept.map(|(_, section)| *section).collect()
}

/// Measures pages of one served database.
struct Pages<'a> {
    data: &'a Data,
    served: &'a Served,
    section: Section,
    bodies: Vec<Vec<u8>>,
}

impl<'a> Pages<'a> {
    fn new(data: &'a Data, served: &'a Served, title: impl Into<String>, told: &str) -> Self {
        Self { data, served, section: Section::new(title, told), bodies: Vec::new() }
    }

    /// A page asked by another manager each time, after a score has changed. The path may depend on the request.
    fn page(&mut self, name: &str, path: impl Fn(usize) -> String + Sync) {
        if !self.data.chosen(name) {
            return;
        }
        let request = |number: usize| {
            self.served.change_a_review(number);
            get(&path(number), self.data.viewer(number))
        };
        self.measure(name, &path(0), PAGE, &request);
    }

    fn measure(&mut self, name: &str, path: &str, bound: Bound, request: &(dyn Fn(usize) -> Request + Sync)) {
        // What a process does once is not measured: opening its connections, reading the call's definition.
        run(&self.served.server, MANY, Bound { time: Duration::ZERO, requests: MANY }, request);
        let few = run(&self.served.server, FEW, bound, request);
        let many = run(&self.served.server, MANY, bound, request);
        eprintln!("  {name}: {:.2} ms CPU, {:.1} and {:.1} requests/s", few.cpu, few.per_second(), many.per_second());
        self.bodies.push(few.body.clone());
        self.section.rows.push(Row::new(name, path, &few, &many));
    }

    /// Measures the floor of each row, and closes the section.
    fn finish(mut self) -> Section {
        let server = floor::start(&self.served.folder.join("floor"), &self.bodies);
        for (number, row) in self.section.rows.iter_mut().enumerate() {
            let request = |_: usize| get(&format!("/{number}"), "");
            let few: Measure = run(&server, FEW, FLOOR, &request);
            let many = run(&server, MANY, FLOOR, &request);
            row.floor = Some((few.per_second(), many.per_second()));
        }
        self.section.memory = self.served.server.peak_memory();
        self.section
    }
}

fn ordinary() -> Section {
    let data = Data::new();
    let made = Instant::now();
    let dossiers = data.add_instructed(ORDINARY);
    let made = made.elapsed();
    let session = running_session(&data.app, &data.world, &dossiers);
    let served = data.serve("ordinary");
    let told = format!(
        "{ORDINARY} dossiers, each with three reviews of eight criteria, on the agenda of an open session; made by the \
         real operations in {:.1} s.",
        made.as_secs_f64()
    );
    let mut pages = Pages::new(&data, &served, "119 dossiers × 3 reviews × 8 criteria", &told);
    let one = |number: usize| dossiers[number * 13 % dossiers.len()];
    pages.page("ranking", |_| format!("/comite/{session}/classement"));
    pages.page("ranking, CSV", |_| format!("/comite/{session}/classement?format=csv"));
    pages.page("dossier with its reviews, in committee", |n| format!("/comite/{session}/dossiers/{}", one(n)));
    pages.page("dossier as its manager reads it", |n| format!("/dossiers/{}", one(n)));
    pages.page("dossier in its manager’s hands", |n| format!("/dossiers/{}/gestion", one(n)));
    pages.page("list of dossiers", |_| format!("{CALL}/gestion"));
    pages.page("list of dossiers, CSV", |_| format!("{CALL}/gestion?format=csv"));
    pages.page("list of reviews with scores", |_| format!("{CALL}/gestion/avis"));
    pages.page("list of reviews with scores, CSV", |_| format!("{CALL}/gestion/avis?format=csv"));
    pages.page("search", |_| "/recherche?recherche=quartier".to_owned());
    pages.page("home page", |_| "/".to_owned());
    pages.page("dashboard of the money", |_| format!("{CALL}/financement"));
    pages.finish()
}

fn submission() -> Section {
    const ONE: usize = 150;
    const EIGHT: usize = 400;
    let data = Data::new();
    let drafts = data.add_drafts(MANY + ONE + EIGHT);
    let served = data.serve("submission");
    let mut section = Section::new(
        "Submission",
        "Complete drafts, each submitted once by a member of its organisation; \
         what is frozen, its sealed receipt, the mails and the journal are on disk when the answer leaves.",
    );
    let submit = |from: usize| {
        let drafts = &drafts;
        move |number: usize| {
            let (dossier, cookie) = &drafts[from + number];
            post(&format!("/mes-dossiers/{dossier}/deposer"), cookie, "")
        }
    };
    let all = |requests| Bound { time: PATIENCE, requests };
    run(&served.server, MANY, all(MANY), &submit(0));
    let few = run(&served.server, FEW, all(ONE), &submit(MANY));
    let many = run(&served.server, MANY, all(EIGHT), &submit(MANY + ONE));
    section.rows.push(Row::new("submit an application", "/mes-dossiers/…/deposer", &few, &many));
    section.memory = served.server.peak_memory();
    served.check();
    section
}

/// Whether the time of an answer tells an address that has an account from one that has none.
fn addresses() -> Section {
    /// Each account is tried as often as the throttle lets one be in a burst.
    const ATTEMPTS: usize = 8;
    let data = Data::new();
    let served = data.serve("addresses");
    let known: Vec<String> = served
        .read(|conn| accounts::table.filter(accounts::password_hash.is_not_null()).select(accounts::email).load(conn));
    let mut section = Section::new(
        "What an address tells",
        "The forms that anybody may send, with addresses that have an account, then with others: neither the page nor its \
         time should tell which is which.",
    );
    let mut asked = 0;
    for (name, path, rest, status) in [
        ("sign in, wrong password", "/connexion", "&password=une+abeille,+trois+ruches", 422),
        ("forgotten password", "/mot-de-passe/oublie", "", 200),
        ("sign up", "/inscription", "&given_name=Ada&surname=Exemple&password=une+abeille,+trois+ruches", 200),
    ] {
        for kind in ["known", "unknown"] {
            let from = asked;
            let request = |number: usize| {
                let account = &known[number % known.len()];
                let (mailbox, host) = account.split_once('@').unwrap();
                let email = if kind == "known" { account.clone() } else { format!("{mailbox}.autre@{host}") };
                visitor(path, &format!("email={email}{rest}"), from + number, status)
            };
            let few = run(&served.server, FEW, Bound { time: PATIENCE, requests: known.len() * ATTEMPTS }, &request);
            asked += few.requests;
            section.rows.push(Row::alone(&format!("{name}, {kind} address"), path, &few));
        }
    }
    section.memory = served.server.peak_memory();
    served.check();
    section
}

/// A thousand dossiers judged in sessions of this many.
const AGENDA: usize = 125;
const LETTERS: usize = 1_000;

fn judge(data: &Data, agenda: &[DossierId]) -> SessionId {
    let (app, world) = (&data.app, &data.world);
    let session = running_session(app, world, agenda);
    for (place, dossier) in agenda.iter().enumerate() {
        let new = if place % 10 == 0 {
            NewOpinion::selected(vec![share_of(app, world, 10_000)], "Un projet solide.")
        } else {
            NewOpinion::rejected("La méthode n’est pas décrite.", "Un projet à reprendre.")
        };
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, *dossier, &new)).unwrap();
    }
    app.as_account(world.manager, |op, actor| seal(op, actor, session)).unwrap();
    session
}

fn in_bulk() -> Section {
    let data = Data::new();
    data.add_instructed(AGENDA);
    copies::fill(&data.app, &data.world, LETTERS);
    let all = copies::dossiers(&data.app, &data.world);
    for agenda in all.chunks(AGENDA) {
        judge(&data, agenda);
    }
    let signatory = data.cookie_of(data.world.signatory);
    let served = data.serve("letters");
    let mut pages = Pages::new(
        &data,
        &served,
        "1,000 letters",
        "1,000 dossiers judged in eight sealed sessions, one in \
         ten selected for 10,000 €. Signing makes, seals and stores the PDF; notifying is done by the serving process, \
         one transaction a letter, with two mails each.",
    );
    pages.page("desk of decisions, 1,000 to sign", |_| format!("{CALL}/decisions?etape=signer"));
    let bulk = |name: &str, work: &dyn Fn()| {
        let (cpu, started) = (served.server.cpu(), Instant::now());
        work();
        Bulk::new(name, LETTERS, started.elapsed(), served.server.cpu() - cpu)
    };
    let signed = bulk("1,000 decisions signed, their letters sealed", &|| {
        for some in all.chunks(100) {
            let mut body = "action=sign".to_owned();
            for dossier in some {
                let _ = write!(body, "&dossier={dossier}");
            }
            let once = Bound { time: Duration::ZERO, requests: 1 };
            run(&served.server, 1, once, &|_| post(&format!("{CALL}/decisions/signer"), &signatory, &body));
        }
    });
    assert_eq!(waiting(&served, false), LETTERS, "every decision is signed");
    pages.page("desk of decisions, 1,000 to notify", |_| format!("{CALL}/decisions?etape=notifier"));
    let notified = bulk("1,000 letters notified by a batch", &|| {
        let once = Bound { time: Duration::ZERO, requests: 1 };
        let body = "kind=electronic";
        run(&served.server, 1, once, &|_| post(&format!("{CALL}/decisions/notifier"), data.viewer(0), body));
        let patience = Instant::now() + Duration::from_secs(120);
        while waiting(&served, true) < LETTERS {
            assert!(Instant::now() < patience, "the batch does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    pages.page("desk of decisions, 1,000 notified", |_| format!("{CALL}/decisions?etape=notifiees"));
    pages.page("dashboard of the money", |_| format!("{CALL}/financement"));
    pages.page("lines of the money, CSV", |_| "/financements/lignes?format=csv".to_owned());
    served.check();
    let mut section = pages.finish();
    section.bulk = vec![signed, notified];
    section
}

/// How many letters there are, or how many are notified.
fn waiting(served: &Served, notified: bool) -> usize {
    let count: i64 = served.read(|conn| {
        if notified {
            letters::table.filter(letters::notified_at.is_not_null()).count().get_result(conn)
        } else {
            letters::table.count().get_result(conn)
        }
    });
    usize::try_from(count).unwrap()
}

/// The lists of a call, whatever their length.
fn lists(pages: &mut Pages<'_>, total: usize) {
    let last = total.div_ceil(50);
    pages.page("list of dossiers, first page", |_| format!("{CALL}/gestion"));
    pages.page("list of dossiers, last page", |_| format!("{CALL}/gestion?page={last}"));
    pages.page("list of dossiers by title", |_| format!("{CALL}/gestion?tri=titre"));
    pages.page("list of dossiers of one department", |_| format!("{CALL}/gestion?departement=31"));
    pages.page("list of reviews with scores", |_| format!("{CALL}/gestion/avis"));
    pages.page("list of reviews with scores, last page", |_| format!("{CALL}/gestion/avis?page={}", 3 * last));
    pages.page("search for a word", |_| "/recherche?recherche=quartier".to_owned());
    pages.page("search for one dossier", |n| format!("/recherche?recherche=ami-iss-2021-{:04}", n % 97 + 1));
    pages.page("home page", |_| "/".to_owned());
    pages.page("dashboard of the money", |_| format!("{CALL}/financement"));
}

fn copied(total: usize) -> (Data, String) {
    let data = Data::new();
    data.add_instructed(ORDINARY);
    let made = Instant::now();
    copies::fill(&data.app, &data.world, total);
    let told = format!(
        "{ORDINARY} dossiers made by the real operations, the others copied from them row by row with their sections, \
         version, tags, pieces, assignments, declarations, reviews and scores ({:.1} s), without journal entries or mails \
         of their own; `essaim check` is green on it.",
        made.elapsed().as_secs_f64()
    );
    (data, told)
}

fn large() -> Section {
    const TOTAL: usize = 5_000;
    let (data, told) = copied(TOTAL);
    let session = running_session(&data.app, &data.world, &copies::dossiers(&data.app, &data.world));
    let served = data.serve("large");
    let mut pages = Pages::new(&data, &served, "5,000 dossiers × 3 reviews × 8 criteria", &told);
    lists(&mut pages, TOTAL);
    pages.page("list of dossiers, CSV of 5,000", |_| format!("{CALL}/gestion?format=csv"));
    pages.page("list of reviews with scores, CSV of 15,000", |_| format!("{CALL}/gestion/avis?format=csv"));
    pages.page("ranking of 5,000 in one session", |_| format!("/comite/{session}/classement"));
    pages.page("ranking of 5,000, CSV", |_| format!("/comite/{session}/classement?format=csv"));
    pages.finish()
}

fn huge() -> Section {
    const TOTAL: usize = 100_000;
    let (data, told) = copied(TOTAL);
    let served = data.serve("huge");
    let mut pages = Pages::new(&data, &served, "100,000 dossiers × 3 reviews × 8 criteria", &told);
    lists(&mut pages, TOTAL);
    pages.finish()
}
