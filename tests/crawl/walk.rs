//! One person follows every link and every search form from page to page, without scripts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use essaim::web::form::encode;
use essaim::web::page::Method;

use super::document::{Document, Form, read};
use super::faults::Faults;
use super::map::{Map, without_figures};
use super::people::Person;
use crate::support::Reply;
use crate::support::demonstration::ADDRESS;

/// Addresses of one shape that a person opens; `ESSAIM_CRAWL_SAMPLE` sets another number.
const SAMPLE: usize = 2;
/// Values of one drop-down list that a person tries.
const CHOICES: usize = 3;
const REDIRECTS: usize = 5;

/// The mails that the demonstration keeps, one by one.
const MAILS: &str = "/demo/courriels/{mail}";
/// A mail as a mail program shows it.
pub const MAIL: &str = "/demo/courriels/{mail}/mise-en-forme";

/// A page that was read.
pub struct Seen {
    pub address: String,
    pub shape: String,
    pub document: Document,
}

#[derive(Default)]
pub struct Walked {
    pub pages: Vec<Seen>,
    /// Patterns of the addresses that answered.
    pub routes: BTreeSet<&'static str>,
    /// Patterns of the addresses to which the forms of these pages lead.
    pub offered: BTreeSet<&'static str>,
    /// Forms to send, by what they look like, with the pages that show them.
    pub forms: BTreeMap<String, Vec<String>>,
    pub requests: usize,
}

pub struct Walker<'a> {
    pub person: &'a Person,
    pub map: &'a Map,
    pub faults: &'a mut Faults,
    sample: usize,
    opened: HashMap<String, usize>,
    known: HashSet<String>,
    waiting: Vec<(String, String)>,
    titles: HashMap<String, String>,
    fragments: Vec<(String, String, String)>,
    walked: Walked,
}

/// Addresses that are no page of ours to read.
fn leads_outside(href: &str) -> bool {
    ["mailto:", "tel:", "data:"].iter().any(|scheme| href.starts_with(scheme))
}

/// The identity of a form: where it leads and what it asks, whatever the dossier.
pub fn form_shape(map: &Map, form: &Form) -> Option<String> {
    let route = map.route(Method::Post, &form.action)?;
    let fields: BTreeSet<String> = form.fields.iter().map(|field| without_figures(&field.name)).collect();
    let buttons: BTreeSet<String> = form.buttons.iter().map(|(name, _)| without_figures(name)).collect();
    Some(format!("{route} {fields:?} {buttons:?}"))
}

impl<'a> Walker<'a> {
    pub fn new(person: &'a Person, map: &'a Map, faults: &'a mut Faults) -> Self {
        let sample = std::env::var("ESSAIM_CRAWL_SAMPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(SAMPLE);
        Self {
            person,
            map,
            faults,
            sample,
            opened: HashMap::new(),
            known: HashSet::new(),
            waiting: Vec::new(),
            titles: HashMap::new(),
            fragments: Vec::new(),
            walked: Walked::default(),
        }
    }

    /// Level by level from the home page.
    pub fn walk(mut self) -> Walked {
        self.discover("/", "the start");
        for start in &self.person.starts {
            self.discover(start, "a mail");
        }
        while !self.waiting.is_empty() {
            let mut level = std::mem::take(&mut self.waiting);
            // A sample of a long list, not its first lines.
            level.sort_by_key(|(address, _)| essaim::files::sha256_hex(address.as_bytes()));
            for (address, from) in level {
                self.open(&address, &from);
            }
        }
        self.check_fragments();
        self.walked
    }

    fn open(&mut self, address: &str, from: &str) {
        let Some(shape) = self.map.shape(address) else {
            if !address.starts_with("/static/") {
                self.fault(from, format!("a link to {address}, which no page answers"));
            } else if self.person.client.get(address).status != 200 {
                self.fault(from, format!("{address} is missing"));
            }
            return;
        };
        let opened = self.opened.entry(shape.clone()).or_default();
        if *opened == self.sample {
            return;
        }
        *opened += 1;
        let mut address = address.to_owned();
        let mut reply = self.get(&address);
        for _ in 0..REDIRECTS {
            if reply.status != 303 {
                break;
            }
            address.clone_from(&reply.location);
            reply = self.get(&address);
        }
        let what = format!("{address}, linked from {from}");
        if reply.status != 200 {
            let words: String = reply.words().chars().take(300).collect();
            return self.faults.add(&self.person.who, &shape, format!("{what}: {} {words}", reply.status));
        }
        let (Some(shape), Some(route)) = (self.map.shape(&address), self.map.route(Method::Get, &address)) else {
            return self.faults.add(&self.person.who, &shape, format!("{what}: not a page of ours"));
        };
        self.walked.routes.insert(route);
        if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            let document = read(&reply.text());
            self.read(&address, &shape, &document, &reply);
            self.walked.pages.push(Seen { address, shape, document });
        } else if reply.bytes.is_empty() {
            self.faults.add(&self.person.who, &shape, format!("{what}: an empty file"));
        }
    }

    fn get(&mut self, address: &str) -> Reply {
        self.walked.requests += 1;
        self.person.client.get(address)
    }

    fn read(&mut self, address: &str, shape: &str, document: &Document, reply: &Reply) {
        // A mail is no page: it has a sheet of its own, and no layout.
        if shape != MAIL {
            for mistake in self.faults.of_markup(document, reply) {
                self.faults.add(&self.person.who, shape, format!("{address}: {mistake}"));
            }
        }
        let path = address.split('?').next().unwrap_or_default();
        if let Some(other) = self.titles.insert(document.title.clone(), path.to_owned())
            && other != path
        {
            let title = &document.title;
            self.faults.add(&self.person.who, shape, format!("{path} and {other} have one title, « {title} »"));
        }
        // A mail leads its recipient, who is somebody else; what it is made of is for everyone.
        for href in document.links.iter().chain(&document.assets) {
            if !shape.starts_with(MAILS) || href.starts_with("/demo/courriels/") {
                self.link(address, shape, href, document);
            }
        }
        for form in &document.forms {
            if form.post {
                self.walked.offered.extend(self.map.route(Method::Post, &form.action));
                match form_shape(self.map, form) {
                    Some(form) => self.walked.forms.entry(form).or_default().push(address.to_owned()),
                    None => {
                        self.faults.add(
                            &self.person.who,
                            shape,
                            format!("{address}: a form to {}, which nothing takes", form.action),
                        );
                    }
                }
            } else {
                for address in searches(form) {
                    self.discover(&address, path);
                }
            }
        }
    }

    fn link(&mut self, address: &str, shape: &str, href: &str, document: &Document) {
        if leads_outside(href) {
            return;
        }
        let href = href.strip_prefix(ADDRESS).unwrap_or(href);
        if let Some(outside) = href.strip_prefix("https://") {
            if !outside.contains('.') {
                self.faults.add(&self.person.who, shape, format!("{address}: a link to {href}"));
            }
            return;
        }
        let path = address.split('?').next().unwrap_or_default();
        let (target, fragment) = href.split_once('#').map_or((href, None), |(target, id)| (target, Some(id)));
        let target = match target {
            "" => address.to_owned(),
            query if query.starts_with('?') => format!("{path}{query}"),
            target => target.to_owned(),
        };
        if !target.starts_with('/') {
            return self.faults.add(&self.person.who, shape, format!("{address}: a link to « {href} »"));
        }
        match fragment {
            Some(id) if target == address && document.ids.iter().any(|known| known == id) => {}
            Some(id) if target == address => {
                self.faults.add(&self.person.who, shape, format!("{address}: no #{id} on the page"));
            }
            Some(id) => self.fragments.push((address.to_owned(), target.clone(), id.to_owned())),
            None => {}
        }
        self.discover(&target, address);
    }

    fn discover(&mut self, address: &str, from: &str) {
        if self.known.insert(address.to_owned()) {
            self.waiting.push((address.to_owned(), from.to_owned()));
        }
    }

    fn check_fragments(&mut self) {
        let pages: HashMap<&str, &Document> =
            self.walked.pages.iter().map(|seen| (seen.address.as_str(), &seen.document)).collect();
        for (from, target, id) in &self.fragments {
            if pages.get(target.as_str()).is_some_and(|page| !page.ids.contains(id)) {
                let shape = self.map.shape(from).unwrap_or_default();
                self.faults.add(&self.person.who, &shape, format!("{from}: no #{id} on {target}"));
            }
        }
    }

    fn fault(&mut self, from: &str, what: String) {
        let shape = self.map.shape(from).unwrap_or_default();
        self.faults.add(&self.person.who, &shape, format!("{from}: {what}"));
    }
}

/// Addresses that a search form leads to: as it stands, with words that find something and nothing, with other choices.
fn searches(form: &Form) -> Vec<String> {
    let with = |name: &str, value: Option<&str>| {
        let pairs: Vec<String> = form
            .fields
            .iter()
            .filter(|field| field.sent)
            .map(|field| {
                (&field.name, if field.name == name { value.unwrap_or_default() } else { field.value.as_str() })
            })
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if pairs.is_empty() { form.action.clone() } else { format!("{}?{}", form.action, pairs.join("&")) }
    };
    let mut addresses = vec![with("", None)];
    for field in &form.fields {
        match field.kind.as_str() {
            "hidden" => {}
            "select" => {
                let others = field.options.iter().filter(|option| **option != field.value).take(CHOICES);
                addresses.extend(others.map(|option| with(&field.name, Some(option))));
            }
            "search" | "text" => {
                addresses.extend(["fictif", "qzxw", "’%_\"<"].map(|words| with(&field.name, Some(words))));
            }
            _ => addresses.push(with(&field.name, Some(&field.value))),
        }
    }
    addresses
}
