//! The browser looks at what the walkers read: every page made otherwise than those looked at before.

use std::collections::{BTreeSet, HashMap};

use super::document::{Document, read};
use super::faults::Faults;
use super::people::Person;
use super::walk::{MAIL, Seen};
use crate::support::{Browser, Inspection};

/// How the shape of an answer that asks for corrections ends: the page of the form again, with a few parts more.
const REFUSED: &str = " refused";

/// What has been looked at, by what it is made of.
#[derive(Default)]
pub struct Looked {
    /// By route; lists sorted or narrowed otherwise are made alike.
    parts: HashMap<String, BTreeSet<String>>,
    everywhere: BTreeSet<String>,
    pub pages: usize,
    pub forms: usize,
}

/// Whether every new part of every route is looked at, or one page of each route and every part once.
fn thorough() -> bool {
    std::env::var_os("ESSAIM_CRAWL_LOOKS").is_some()
}

impl Looked {
    /// Whether a page is worth a look; it is then taken as looked at.
    fn is_new(&mut self, shape: &str, document: &Document) -> bool {
        let route = shape.split(" ? ").next().unwrap_or_default();
        let first = !self.parts.contains_key(route) && !route.ends_with(REFUSED);
        let parts = self.parts.entry(route.to_owned()).or_default();
        let (before, before_everywhere) = (parts.len(), self.everywhere.len());
        parts.extend(document.anatomy.iter().cloned());
        self.everywhere.extend(document.anatomy.iter().cloned());
        first || self.everywhere.len() > before_everywhere || thorough() && parts.len() > before
    }
}

/// Looks with scripts, at both widths, with text spacing and accessibility rules; all of it again without our script,
/// where it changes the page; then at 320 px in a browser that runs no script at all.
pub fn look(browser: &Browser, person: &Person, pages: &[Seen], looked: &mut Looked, faults: &mut Faults) {
    let chosen: Vec<&Seen> =
        pages.iter().filter(|seen| seen.shape != MAIL && looked.is_new(&seen.shape, &seen.document)).collect();
    if chosen.is_empty() {
        return;
    }
    let mut add = |seen: &Seen, how: &str, found: Inspection| {
        for fault in found.faults {
            faults.add(&person.who, &seen.shape, format!("{}: {how}{fault}", seen.address));
        }
    };
    enter(browser, person);
    for seen in &chosen {
        browser.load(&seen.address);
        add(seen, "", browser.inspect());
    }
    browser.withhold_script(true);
    for seen in chosen.iter().filter(|seen| seen.document.scripted) {
        browser.load(&seen.address);
        add(seen, "without our script, ", browser.inspect());
    }
    browser.withhold_script(false);
    browser.allow_scripts(false);
    browser.narrow(true);
    for seen in &chosen {
        browser.load(&seen.address);
        add(seen, "without scripts, ", browser.inspect_here(false));
    }
    browser.narrow(false);
    browser.allow_scripts(true);
    looked.pages += chosen.len();
}

/// Sends a form in the browser and looks at the page that explains what to correct.
pub fn look_at_refusal(
    browser: &Browser,
    person: &Person,
    refusal: &super::forms::Refusal,
    looked: &mut Looked,
    faults: &mut Faults,
) {
    let shape = format!("{}{REFUSED}", refusal.shape);
    if !looked.is_new(&shape, &read(&refusal.html)) {
        return;
    }
    browser.load(&refusal.page);
    browser.post(&refusal.action, &refusal.fields);
    for fault in browser.inspect().faults {
        faults.add(&person.who, &shape, format!("{} sent from {}: {fault}", refusal.action, refusal.page));
    }
    looked.forms += 1;
}

pub fn enter(browser: &Browser, person: &Person) {
    browser.load("/connexion");
    browser.forget_cookies();
    if let Some((name, value)) = &person.cookie {
        browser.set_cookie(name, value);
    }
}
