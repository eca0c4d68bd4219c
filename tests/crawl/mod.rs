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

use essaim::web::throttle::Limits;

use self::faults::Faults;
use self::forms::Sender;
use self::looks::Looked;
use self::map::Map;
use self::people::Person;
use self::walk::{Walked, Walker};
use crate::support::demonstration::ADDRESS;
use crate::support::{Browser, TestApp};

/// Addresses that nobody is led to here, and why. Sorted.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/appels/{call}/decisions/notifier", "shown while several letters wait; the scene has sent its own"),
    ("/comite/{session}/avis", "a session that shortlists"),
    ("/dossiers/{dossier}/avis/verifier", "follows a review with nothing left to fill in"),
    ("/dossiers/{dossier}/courrier", "the last letter without its number: no page links to it"),
    ("/dossiers/{dossier}/decision-annuelle", "a grant over several years, in its second"),
    ("/dossiers/{dossier}/financement/reversements/{clawback}/abandon", "a clawback past its observations"),
    ("/dossiers/{dossier}/financement/reversements/{clawback}/ordre", "a clawback past its observations"),
    ("/dossiers/{dossier}/financement/reversements/{clawback}/reception", "a clawback whose order was issued"),
    ("/dossiers/{dossier}/financement/solde/{authority}", "a grant whose accounts may be settled"),
    ("/healthz", "read by machines"),
    ("/mes-dossiers/{dossier}/courrier", "the last letter without its number: no page links to it"),
    ("/mes-dossiers/{dossier}/depose", "follows a submission"),
    ("/mes-dossiers/{dossier}/pieces/{attachment}/choisir", "follows a second file for one piece"),
];

#[test]
fn every_page_as_every_role() {
    let mut crawl =
        Crawl { map: Map::new(), faults: Faults::default(), looked: Looked::default(), routes: BTreeSet::new() };
    let app = TestApp::demonstration();
    crawl.run(&app, &people::demonstration(&app));
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(
        |settings| {
            settings.demo = true;
            settings.base_url = ADDRESS.to_owned();
        },
        limits,
    );
    crawl.run(&app, &scenes::build(&app));
    let reached = &crawl.routes;
    let missed: Vec<&str> = crawl.map.readable().into_iter().filter(|route| !reached.contains(route)).collect();
    let known: Vec<&str> = ELSEWHERE.iter().map(|(route, _)| *route).collect();
    assert_eq!(missed, known, "addresses that the walk does not reach");
    crawl.faults.settle();
}

struct Crawl {
    map: Map,
    faults: Faults,
    looked: Looked,
    routes: BTreeSet<&'static str>,
}

impl Crawl {
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
            self.routes.append(&mut sender.routes);
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
            self.routes.append(&mut sender.routes);
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
        self.routes.extend(walked.routes.iter().copied());
        walked
    }
}
