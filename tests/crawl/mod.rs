//! Every page as every role: each person of the demonstration follows every link and every form they are shown.
//!
//! Addresses are grouped by shape (route and what the query says). Every shape is opened by plain HTTP as every
//! person; with `ESSAIM_CRAWL_LOOKS`, every page that is made otherwise than those before is looked at in a browser too,
//! with and without scripts.

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
use crate::support::{Browser, TestApp, skipped};

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
    // Some pages belong to states that neither service is in, where the journeys go; most do not.
    let (readable, reached) = (crawl.map.readable(), &crawl.routes);
    let missed = readable.iter().filter(|route| !reached.contains(*route)).count();
    eprintln!("{missed} of {} addresses are out of everyone's reach here", readable.len());
    assert!(missed * 5 < readable.len(), "the walk reaches four addresses in five at least");
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
        let browser = browser(app);
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

/// A browser doubles the length of the whole suite: it looks when asked to.
fn browser(app: &TestApp) -> Option<Browser> {
    if std::env::var_os("ESSAIM_CRAWL_LOOKS").is_none() {
        skipped("the crawl in a browser: ESSAIM_CRAWL_LOOKS is not set");
        return None;
    }
    Browser::start(&app.base_url)
}
