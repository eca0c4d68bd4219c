//! One request, and everything that must be true of its answer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use essaim::access::Permission;
use essaim::base::text::is_invisible;
use essaim::web::form::encode;
use unicode_normalization::UnicodeNormalization;

use crate::hostile::corpus::{Hostile, corpus};
use crate::hostile::scan::{self, Field, Kind};
use crate::hostile::scene::{Scene, Spot, is_html};
use crate::support::Reply;

/// A field as it leaves, and what it says.
pub struct Sent {
    name: String,
    body: Vec<u8>,
    says: String,
    hostile: bool,
}

impl Sent {
    pub fn hostile(name: &str, value: &Hostile) -> Self {
        Self { name: name.to_owned(), body: value.sent.clone(), says: value.meaning(), hostile: true }
    }

    pub fn plain(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), body: encode(value).into_bytes(), says: value.to_owned(), hostile: false }
    }
}

/// What a person would send of a field they do not care about.
pub fn plausible(field: &Field) -> Option<String> {
    match (field.kind, &field.value) {
        (Kind::File, _) => None,
        (_, Some(value)) if !value.is_empty() => Some(value.clone()),
        (Kind::Hidden, value) => value.clone(),
        (Kind::Choice, _) => field.options.iter().find(|option| !option.is_empty()).cloned(),
        (Kind::Secret, _) => Some(crate::support::PASSWORD.to_owned()),
        (Kind::Text, _) => Some(text_for(field).to_owned()),
    }
}

/// Whether a field asks for words rather than an amount, a day, an hour or an address.
pub fn takes_words(field: &Field) -> bool {
    text_for(field) == WORDS && !field.value.as_deref().is_some_and(|value| value.bytes().any(|b| b.is_ascii_digit()))
}

const WORDS: &str = "Un texte ordinaire";

fn text_for(field: &Field) -> &'static str {
    let name = field.name.as_str();
    let dated = ["date", "on", "due", "start", "end", "until", "from", "day", "jour"];
    if field.decimal {
        "1 000"
    } else if field.email || name.contains("email") {
        "quelqu.un@exemple.example"
    } else if dated
        .iter()
        .any(|part| name == *part || name.ends_with(&format!("_{part}")) || name.starts_with(&format!("{part}_")))
    {
        "20/04/2022"
    } else if name == "time" {
        "14 h"
    } else if name.contains("siret") {
        "35600000000048"
    } else {
        WORDS
    }
}

/// Attempts on one scene, with what went wrong; one line for each place and kind of failure.
pub struct Attempts<'a> {
    scene: &'a Scene,
    failures: BTreeMap<String, String>,
    /// How often each form answered what.
    answers: BTreeMap<String, BTreeMap<u16, usize>>,
    /// Forms that an attempt used up, and how often they were brought back.
    brought_back: BTreeMap<String, usize>,
    requests: usize,
    /// Time spent on each form.
    spent: BTreeMap<String, Duration>,
    /// Where in the corpus the next request begins.
    cursor: usize,
    /// Hidden fields as the page has them by now: versions move on with each save.
    hidden: BTreeMap<String, BTreeMap<String, String>>,
}

/// How often a form that an accepted attempt used up is brought back.
const TIMES_BACK: usize = 6;

impl<'a> Attempts<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        Self {
            scene,
            failures: BTreeMap::new(),
            answers: BTreeMap::new(),
            brought_back: BTreeMap::new(),
            requests: 0,
            spent: BTreeMap::new(),
            cursor: 0,
            hidden: BTreeMap::new(),
        }
    }

    /// The next `count` values of the corpus, which is a ring.
    pub fn next_values(&mut self, count: usize) -> Vec<&'static Hostile> {
        let corpus = corpus();
        let values = (0..count).map(|at| &corpus[(self.cursor + at) % corpus.len()]).collect();
        // One field that meets the corpus in full moves one step at a time; so do many.
        self.cursor += if super::whole() { 1 } else { count };
        values
    }

    pub fn who_may(&self, permission: Permission) -> Vec<usize> {
        let emails = super::email_of(permission);
        self.scene.people.iter().enumerate().filter(|(_, (name, _))| emails.contains(name)).map(|(at, _)| at).collect()
    }

    fn fail(&mut self, place: &str, kind: &str, detail: String) {
        self.failures.entry(format!("{place}: {kind}")).or_insert(detail);
    }

    /// What is true of any answer.
    pub fn look(&mut self, place: &str, reply: &Reply) {
        if reply.status >= 500 {
            self.fail(place, &format!("status {}", reply.status), cut(&reply.words(), 300));
        }
        if reply.location.contains(['\r', '\n']) || (reply.status == 303 && !reply.location.starts_with('/')) {
            self.fail(place, "leads elsewhere", reply.location.clone());
        }
        if is_html(reply) {
            for escape in scan::escapes(&reply.text()) {
                self.fail(place, "raw markup", escape);
            }
        }
    }

    pub fn get(&mut self, person: usize, path: &str) {
        self.requests += 1;
        let (name, client) = &self.scene.people[person];
        let reply = client.get(path);
        let place = format!("{name} GET {}", scan::shape_of(path.split('?').next().unwrap_or_default()));
        let before = self.failures.len();
        self.look(&place, &reply);
        if self.failures.len() > before {
            self.failures.entry(format!("{place}: address")).or_insert_with(|| cut(path, 2_000));
        }
    }

    pub fn post_to(&mut self, person: usize, path: &str, sent: &[Sent]) {
        let (name, client) = &self.scene.people[person];
        let body = body(sent);
        self.requests += 1;
        let reply = client.send_bytes(path, "application/x-www-form-urlencoded", &body);
        let place = format!("{name} POST {}", scan::shape_of(path));
        let before = self.failures.len();
        self.look(&place, &reply);
        if self.failures.len() > before {
            self.failures.entry(format!("{place}: sent")).or_insert_with(|| told(sent));
        }
        if reply.status == 303 {
            self.scene.restore();
        }
    }

    /// What a browser would send of a field the visitor leaves as it is.
    pub fn untouched(&self, spot: &Spot, field: &Field) -> Option<String> {
        let now = self.hidden.get(&spot.form.shape()).and_then(|fields| fields.get(&field.name));
        now.filter(|_| field.kind == Kind::Hidden).cloned().or_else(|| plausible(field))
    }

    /// Takes note of the hidden fields of a form as a page shows it; false when it is not there.
    fn note(&mut self, spot: &Spot, shape: &str, page: &Reply) -> bool {
        let forms = if is_html(page) { scan::forms(&page.text(), &spot.page) } else { Vec::new() };
        let Some(form) = forms.into_iter().find(|form| form.shape() == shape) else { return false };
        let hidden = form.fields.into_iter().filter(|field| field.kind == Kind::Hidden);
        let hidden = hidden.filter_map(|field| Some((field.name, field.value?))).collect();
        self.hidden.insert(shape.to_owned(), hidden);
        true
    }

    /// Posts a form where it stands; false when it is gone and was brought back often enough.
    pub fn post(&mut self, spot: &Spot, sent: &[Sent]) -> bool {
        let began = Instant::now();
        let goes_on = self.post_here(spot, sent);
        *self.spent.entry(spot.form.shape()).or_default() += began.elapsed();
        goes_on
    }

    fn post_here(&mut self, spot: &Spot, sent: &[Sent]) -> bool {
        let shape = spot.form.shape();
        let place = format!("{} {shape}", self.scene.people[spot.person].0);
        let client = &self.scene.people[spot.person].1;
        self.requests += 1;
        let reply = if spot.form.multipart {
            client.send_bytes(&spot.form.action, "multipart/form-data; boundary=zq", &parts(sent))
        } else {
            client.send_bytes(&spot.form.action, "application/x-www-form-urlencoded", &body(sent))
        };
        let before = self.failures.len();
        self.look(&place, &reply);
        *self.answers.entry(shape.clone()).or_default().entry(reply.status).or_default() += 1;
        if reply.status == 422 {
            self.nothing_lost(&place, spot, sent, &reply);
        }
        if self.failures.len() > before {
            self.failures.entry(format!("{place}: sent")).or_insert_with(|| told(sent));
        }
        // What was refused may have been saved all the same, as a draft is: the form moves on.
        let sound = |s: &Sent| !s.hostile || spot.form.field(&s.name).is_none_or(|field| field.kind != Kind::Hidden);
        match reply.status {
            422 if sent.iter().all(sound) => {
                self.note(spot, &shape, &reply);
            }
            409 if sent.iter().all(sound) => {
                let page = self.scene.people[spot.person].1.get(&spot.page);
                self.note(spot, &shape, &page);
            }
            _ => {}
        }
        if reply.status != 303 {
            return true;
        }
        let next = self.scene.people[spot.person].1.get(&reply.location);
        self.look(&format!("{place} then {}", scan::shape_of(&reply.location)), &next);
        let page = self.scene.people[spot.person].1.get(&spot.page);
        self.look(&format!("{place} again"), &page);
        if self.note(spot, &shape, &page) {
            return true;
        }
        self.scene.restore();
        self.hidden.clear();
        let times = self.brought_back.entry(shape).or_default();
        *times += 1;
        *times < TIMES_BACK || super::whole()
    }

    /// A form that is refused shows what was typed, but for what no page may hold.
    fn nothing_lost(&mut self, place: &str, spot: &Spot, sent: &[Sent], reply: &Reply) {
        let forms = scan::forms(&reply.text(), &spot.page);
        for typed in sent.iter().filter(|sent| sent.hostile) {
            let Some(asked) = spot.form.field(&typed.name).filter(|field| field.kind == Kind::Text) else { continue };
            let shown: BTreeSet<String> = forms
                .iter()
                .flat_map(|form| &form.fields)
                .filter(|field| field.name == asked.name)
                .filter_map(|field| field.value.as_deref().map(essential))
                .collect();
            if !shown.contains(&essential(&typed.says)) {
                let shown = shown.into_iter().map(|text| cut(&text, 80)).collect::<Vec<_>>();
                self.fail(
                    place,
                    &format!("{} is lost", asked.name),
                    format!("sent {:?}, shown {shown:?}", cut(&typed.says, 80)),
                );
            }
        }
    }

    /// How many times over the corpus was sent, and what the forms answered, to be read by whoever wonders.
    pub fn report(&self) -> usize {
        for (shape, answers) in &self.answers {
            eprintln!("{:>6} ms {answers:?} {shape}", self.spent[shape].as_millis());
        }
        let times = self.cursor / corpus().len();
        eprintln!("{} requests; the corpus was gone through {times} times", self.requests);
        times
    }

    #[track_caller]
    pub fn finish(self) {
        let failures: Vec<String> =
            self.failures.iter().map(|(place, detail)| format!("{place}\n      {detail}")).collect();
        assert!(failures.is_empty(), "{} failures:\n  {}", failures.len(), failures.join("\n  "));
    }
}

/// A text without what is never kept: control characters, marks that turn other text round, white space at will.
pub fn essential(text: &str) -> String {
    let turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let kept: String = text.nfc().filter(|c| !c.is_control() && !c.is_whitespace() && !turning(*c)).collect();
    if kept.chars().all(is_invisible) { String::new() } else { kept }
}

fn body(sent: &[Sent]) -> Vec<u8> {
    let pairs: Vec<Vec<u8>> = sent.iter().map(|s| [encode(&s.name).as_bytes(), b"=", &s.body].concat()).collect();
    pairs.join(b"&".as_slice())
}

fn parts(sent: &[Sent]) -> Vec<u8> {
    let mut body = Vec::new();
    for s in sent {
        body.extend_from_slice(
            format!("--zq\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", s.name).as_bytes(),
        );
        body.extend_from_slice(s.says.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--zq--\r\n");
    body
}

fn told(sent: &[Sent]) -> String {
    let told: Vec<String> = sent.iter().map(|s| format!("{}={:?}", s.name, cut(&s.says, 60))).collect();
    cut(&told.join(" "), 1_500)
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}
