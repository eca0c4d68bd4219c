//! The browser looks at what the walkers read: every page made otherwise than those looked at before.

use std::collections::{BTreeSet, HashMap};

use super::document::{Document, read};
use super::faults::Faults;
use super::people::Person;
use super::walk::{MAIL, Seen};
use crate::support::Browser;

/// Pages of each shape that have been looked at, by what they are made of.
#[derive(Default)]
pub struct Looked {
    parts: HashMap<String, BTreeSet<String>>,
    pub pages: usize,
    pub forms: usize,
}

impl Looked {
    /// Whether a page has a part that no page of its shape had before; it is then taken as looked at.
    fn is_new(&mut self, shape: &str, document: &Document) -> bool {
        // Lists sorted or narrowed otherwise are made alike.
        let shape = shape.split(" ? ").next().unwrap_or_default();
        let parts = self.parts.entry(shape.to_owned()).or_default();
        let before = parts.len();
        parts.extend(document.anatomy.iter().cloned());
        parts.len() > before
    }
}

/// Looks with scripts, at both widths, with text spacing and accessibility rules; then without scripts at 320 px.
pub fn look(browser: &Browser, person: &Person, pages: &[Seen], looked: &mut Looked, faults: &mut Faults) {
    let chosen: Vec<&Seen> =
        pages.iter().filter(|seen| seen.shape != MAIL && looked.is_new(&seen.shape, &seen.document)).collect();
    enter(browser, person);
    for seen in &chosen {
        browser.load(&seen.address);
        for fault in browser.inspect().faults {
            faults.add(&person.who, &seen.shape, format!("{}: {fault}", seen.address));
        }
    }
    browser.narrow(true);
    browser.allow_scripts(false);
    for seen in &chosen {
        browser.load(&seen.address);
        for fault in browser.inspect_here(false).faults {
            faults.add(&person.who, &seen.shape, format!("{}: without scripts, {fault}", seen.address));
        }
    }
    browser.allow_scripts(true);
    browser.narrow(false);
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
    let shape = format!("{} refused", refusal.shape);
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
    browser.load("/healthz");
    browser.forget_cookies();
    if let Some((name, value)) = &person.cookie {
        browser.set_cookie(name, value);
    }
}
