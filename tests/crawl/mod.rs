//! Every page as every role: each person of the demonstration follows every link and every form they are shown.
//!
//! Addresses are grouped by shape (route and what the query says). Every shape is opened by plain HTTP as every
//! person. A browser, where there is one, then looks at a page of every route and at every part that pages are made of,
//! with and without scripts; with `ESSAIM_CRAWL_LOOKS`, at every page made otherwise than those of its route before.

mod document;
mod faults;
mod forms;
mod looks;
mod map;
mod people;
mod scenes;
mod walk;

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Instant as Stopwatch;

use essaim::config::Settings;
use essaim::web::page::Method;
use essaim::web::throttle::Limits;

use self::faults::Faults;
use self::forms::Sender;
use self::looks::Looked;
use self::map::Map;
use self::people::Person;
use self::walk::{Walked, Walker};
use crate::support::demonstration::ADDRESS;
use crate::support::{Browser, TestApp};

/// Addresses whose form nobody is shown here, and what it would take. The tests of their modules send it. Sorted.
const UNOFFERED: &[(&str, &str)] = &[
    ("/administration/courriels/{mail}/relancer", "a mail that could not be delivered"),
    ("/appels/{call}/decisions/envois/{batch}", "letters of a batch that could not leave"),
    ("/comite/{session}/ajournement", "a session whose hour finds it without quorum"),
    ("/comite/{session}/confirmation", "an open session with opinions prepared before it"),
    ("/comite/{session}/dossiers/{dossier}/retour", "a member who went out for one dossier"),
    ("/comite/{session}/seconde", "a session adjourned"),
    ("/dossiers/{dossier}/completer/annuler", "a dossier sent back, which is not among those sampled"),
    ("/dossiers/{dossier}/gestion/departements", "a dossier whose departments are not asked yet, the same"),
    ("/dossiers/{dossier}/gestion/preselection", "an eligible dossier on no agenda"),
    ("/dossiers/{dossier}/gestion/reouverture", "a review that may be given back, not among those sampled"),
    ("/dossiers/{dossier}/territoire/{department}", "a department’s opinion still due, the same"),
    ("/mes-dossiers/{dossier}/deposer", "a complete draft checked, the same"),
    ("/mes-dossiers/{dossier}/equipe/retirer", "a draft with invited writers, the same"),
    ("/profil/institutions", "an agent of several institutions"),
    ("/rejoindre/{token}", "an invitation opened by the person invited"),
];

#[test]
fn every_page_as_every_role() {
    let mut crawl = Crawl::default();
    let app = TestApp::demonstration();
    crawl.run(&app, &people::demonstration(&app));
    for scene in [scenes::build, scenes::second_year] {
        let app = demonstrating();
        crawl.run(&app, &scene(&app));
    }
    crawl.missed(Method::Get, &crawl.read, &[]);
    crawl.missed(Method::Post, &crawl.offered, UNOFFERED);
    crawl.faults.settle();
}

/// A service like the demonstration, with nobody in it.
fn demonstrating() -> TestApp {
    let adjust = |settings: &mut Settings| {
        settings.demo = true;
        settings.base_url = ADDRESS.to_owned();
    };
    TestApp::start_with(adjust, Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX })
}

#[derive(Default)]
struct Crawl {
    map: Map,
    faults: Faults,
    looked: Looked,
    /// Patterns of the pages that were read.
    read: BTreeSet<&'static str>,
    /// Patterns of the addresses to which a form that somebody saw leads.
    offered: BTreeSet<&'static str>,
}

impl Crawl {
    /// Every route is met, but for those that are known not to be.
    fn missed(&self, method: Method, met: &BTreeSet<&'static str>, known: &[(&str, &str)]) {
        let missed: Vec<&str> = self.map.routes(method).difference(met).copied().collect();
        let known: Vec<&str> = known.iter().map(|(route, _)| *route).collect();
        assert_eq!(missed, known, "{method:?} addresses that the walk does not meet");
    }

    /// Everyone reads everything before anyone sends a form.
    fn run(&mut self, app: &TestApp, people: &[Person]) {
        let everyone: Vec<_> = people.iter().map(|person| (person, self.walk(person))).collect();
        let browser = Browser::start(&app.base_url);
        if let Some(browser) = &browser {
            let started = Stopwatch::now();
            for (person, walked) in &everyone {
                looks::look(browser, person, &walked.pages, &mut self.looked, &mut self.faults);
            }
            eprintln!("{} pages looked at, in {:.1?}", self.looked.pages, started.elapsed());
        }
        let started = Stopwatch::now();
        let mut sent = 0;
        for (person, walked) in &everyone {
            let mut sender = Sender::new(person, &self.map, &mut self.faults);
            sender.send_empty(walked);
            sent += sender.sent;
            self.read.append(&mut sender.routes);
            let refusals = sender.refusals;
            if let Some(browser) = &browser {
                looks::enter(browser, person);
                for refusal in &refusals {
                    looks::look_at_refusal(browser, person, refusal, &mut self.looked, &mut self.faults);
                }
            }
        }
        for (person, walked) in &everyone {
            let mut sender = Sender::new(person, &self.map, &mut self.faults);
            sender.send_as_it_stands(walked);
            sent += sender.sent;
            self.read.append(&mut sender.routes);
        }
        eprintln!("{sent} forms sent, {} refusals looked at, in {:.1?}", self.looked.forms, started.elapsed());
    }

    fn walk(&mut self, person: &Person) -> Walked {
        let started = Stopwatch::now();
        let walked = Walker::new(person, &self.map, &mut self.faults).walk();
        let (pages, routes, forms) = (walked.pages.len(), walked.routes.len(), walked.forms.len());
        eprintln!(
            "{:<24} {pages:>4} pages of {routes:>3} routes, {forms:>3} forms, {:>4} requests in {:.1?}",
            person.who,
            walked.requests,
            started.elapsed()
        );
        self.read.extend(walked.routes.iter().copied());
        self.offered.extend(walked.offered.iter().copied());
        walked
    }
}
