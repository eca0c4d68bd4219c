//! Every form is sent with nothing in it, then as it stands: it explains itself, or leads somewhere.

use std::collections::BTreeSet;

use essaim::web::page::Method;

use super::document::{Form, read};
use super::faults::Faults;
use super::map::Map;
use super::people::Person;
use super::walk::{Walked, form_shape};

/// An answer that asks for corrections, and how to have it again.
pub struct Refusal {
    pub shape: String,
    pub page: String,
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub html: String,
}

/// Pages on which a form is looked for again.
const PAGES: usize = 3;
/// Would end the session of the person who is crawling.
const LAST: &[&str] = &["/deconnexion", "/profil/mot-de-passe"];

pub struct Sender<'a> {
    pub person: &'a Person,
    pub map: &'a Map,
    pub faults: &'a mut Faults,
    pub refusals: Vec<Refusal>,
    /// Forms that were sent.
    pub sent: usize,
    /// Patterns of the addresses that forms led to.
    pub routes: BTreeSet<&'static str>,
}

impl<'a> Sender<'a> {
    pub fn new(person: &'a Person, map: &'a Map, faults: &'a mut Faults) -> Self {
        Self { person, map, faults, refusals: Vec::new(), sent: 0, routes: BTreeSet::new() }
    }

    /// Forms to fill in, with nothing filled in.
    pub fn send_empty(&mut self, walked: &Walked) {
        self.each(walked, Form::asks, empty);
    }

    /// Every form as it stands: buttons that act do act.
    pub fn send_as_it_stands(&mut self, walked: &Walked) {
        self.each(walked, |_| true, as_it_stands);
    }

    fn each(&mut self, walked: &Walked, keep: impl Fn(&Form) -> bool, fill: impl Fn(&Form) -> Vec<(String, String)>) {
        let last = |shape: &str| LAST.iter().any(|route| shape.starts_with(route));
        let mut forms: Vec<_> = walked.forms.iter().collect();
        forms.sort_by_key(|(shape, _)| last(shape));
        for (shape, pages) in forms {
            let found = pages.iter().take(PAGES).find_map(|page| {
                // What was sent before may have changed what the page offers.
                let reply = self.person.client.get(page);
                let form = read(&reply.text())
                    .forms
                    .into_iter()
                    .find(|form| form.post && form_shape(self.map, form).as_ref() == Some(shape))?;
                Some((page, form))
            });
            let Some((page, form)) = found else { continue };
            if !keep(&form) {
                continue;
            }
            let fields = fill(&form);
            let mut tries = vec![fields.clone()];
            tries.extend(form.buttons.iter().take(4).map(|(name, value)| {
                let mut fields = fields.clone();
                fields.push((name.clone(), value.clone()));
                fields
            }));
            for fields in tries {
                self.send(shape, page, &form, fields);
            }
        }
    }

    fn send(&mut self, shape: &str, page: &str, form: &Form, fields: Vec<(String, String)>) {
        let who = &self.person.who;
        let client = &self.person.client;
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = if form.multipart {
            let files = form.fields.iter().find(|field| field.kind == "file");
            client.upload(&form.action, &pairs, files.map_or("fichier", |field| field.name.as_str()), "", b"")
        } else {
            client.post(&form.action, &pairs)
        };
        self.sent += 1;
        let what = format!("{} sent from {page} with {fields:?}", form.action);
        let route = shape.split(' ').next().unwrap_or_default();
        match reply.status {
            303 => {
                let mut address = reply.location;
                let mut next = client.get(&address);
                if next.status == 303 {
                    address = next.location;
                    next = client.get(&address);
                }
                if next.status == 200 {
                    self.routes.extend(self.map.route(Method::Get, &address));
                } else {
                    self.faults.add(who, route, format!("{what}: leads to {address}, {}", next.status));
                }
            }
            200 if reply.header("content-type").is_some_and(|kind| !kind.starts_with("text/html")) => {}
            200 | 400 | 409 | 422 => {
                let html = reply.text();
                let document = read(&html);
                for mistake in self.faults.of_markup(&document, &reply) {
                    self.faults.add(who, route, format!("{what}: {mistake}"));
                }
                for id in document.links.iter().filter_map(|link| link.strip_prefix('#')) {
                    if !document.ids.iter().any(|known| known == id) {
                        self.faults.add(who, route, format!("{what}: no #{id} on the page"));
                    }
                }
                let refusal = Refusal {
                    shape: route.to_owned(),
                    page: page.to_owned(),
                    action: form.action.clone(),
                    fields,
                    html,
                };
                // Whoever opens the address left in the browser finds a page.
                let again = client.get(&form.action);
                let again = if again.status == 303 { client.get(&again.location) } else { again };
                if reply.status >= 400 && again.status != 200 {
                    self.faults.add(who, route, format!("{what}: opened again, {}", again.status));
                }
                if reply.status >= 400 && !form.multipart {
                    self.refusals.push(refusal);
                }
            }
            status => {
                let words: String = reply.words().chars().take(300).collect();
                self.faults.add(who, route, format!("{what}: {status} {words}"));
            }
        }
    }
}

fn empty(form: &Form) -> Vec<(String, String)> {
    let sent = form.fields.iter().filter(|field| !matches!(field.kind.as_str(), "checkbox" | "radio" | "file"));
    sent.map(|field| (field.name.clone(), if field.kind == "hidden" { field.value.clone() } else { String::new() }))
        .collect()
}

fn as_it_stands(form: &Form) -> Vec<(String, String)> {
    let sent = form.fields.iter().filter(|field| field.sent && field.kind != "file");
    sent.map(|field| (field.name.clone(), field.value.clone())).collect()
}
