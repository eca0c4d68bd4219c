//! The corpus through every field of every form, every name of every address, and every place of every route.
//!
//! A request poisons all the fields of a form with different values; where one form stops in the corpus, the next goes
//! on. By default a form is posted some dozens of times; with `ESSAIM_HOSTILE=all` each field meets every value, which
//! takes some hundred thousand requests.

mod attempt;

use std::collections::BTreeSet;

use essaim::access::Permission;
use essaim::commands::check::verify;
use essaim::dossiers::drafts;
use essaim::web::form::encode;
use essaim::web::page::Method;

use super::corpus::{Hostile, corpus};
use super::scan::Kind;
use super::scene::{Scene, Spot};
use crate::support::dossiers::complete_draft;
use crate::support::{TestApp, World};
use attempt::{Attempts, Sent, plausible, takes_words};

/// Requests for each form and each way of poisoning it; all of the corpus when the environment asks for it.
fn requests() -> usize {
    const BY_DEFAULT: usize = 14;
    match std::env::var("ESSAIM_HOSTILE") {
        Ok(value) if value == "all" => corpus().len(),
        Ok(value) => value.parse().unwrap_or(BY_DEFAULT),
        Err(_) => BY_DEFAULT,
    }
}

fn whole() -> bool {
    requests() >= corpus().len()
}

fn plain(title: &str) -> String {
    format!("Ruche {title}")
}

#[test]
fn forms_of_those_who_apply() {
    every_form(&Scene::applying(plain), 45);
}

#[test]
fn forms_of_those_who_decide() {
    every_form(&Scene::deciding(plain), 45);
}

fn every_form(scene: &Scene, least: usize) {
    let mut attempts = Attempts::new(scene);
    let found = scene.walk(|who, page, reply| attempts.look(&format!("{who} {page}"), reply));
    let ours = |spot: &&Spot| !leaves(&spot.form.action);
    let spots: Vec<&Spot> = found.spots.iter().filter(ours).collect();
    assert!(
        spots.len() >= least,
        "{} forms: {:#?}",
        spots.len(),
        spots.iter().map(|s| s.form.shape()).collect::<Vec<_>>()
    );
    for spot in spots {
        texts(&mut attempts, spot);
        everything(&mut attempts, spot);
        one_at_a_time(&mut attempts, spot);
    }
    for (person, path, names) in &found.queries {
        addresses(&mut attempts, *person, path, names);
    }
    routes(&mut attempts, &found.spots);
    assert!(attempts.report() >= 5, "the corpus hardly left");
    attempts.finish();
    let problems: Vec<String> = verify(scene.app.service()).unwrap().into_iter().flat_map(|f| f.problems).collect();
    assert_eq!(problems, Vec::<String>::new(), "`essaim check` is green");
}

/// Whatever comes to one section, the others keep every word.
#[test]
fn a_hostile_section_leaves_the_others_as_they_were() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Ruche gardée", 20_000);
    let holder = app.signed_in("tresorerie@lesruches.example");
    let read = || app.service().read(|conn| drafts::sections(conn, id)).unwrap();
    let before = read();
    let names = ["title", "summary", "audience", "start", "end", "axes", "departments", "scale", "duration"];
    for values in corpus().chunks(names.len()).step_by(3) {
        let version = read()["project"].version;
        let pairs = names.iter().zip(values).map(|(name, value)| [name.as_bytes(), b"=", &value.sent].concat());
        let body: Vec<Vec<u8>> = pairs.chain([format!("version={version}").into_bytes()]).collect();
        let path = format!("/mes-dossiers/{id}/sections/project");
        let reply = holder.send_bytes(&path, "application/x-www-form-urlencoded", &body.join(b"&".as_slice()));
        assert!(matches!(reply.status, 303 | 422), "{} {}", reply.status, reply.words());
        let after = read();
        assert_eq!(after["project"].version, version + 1, "what came is saved, good or not");
        for (code, section) in before.iter().filter(|(code, _)| *code != "project") {
            assert_eq!(after[code].typed, section.typed, "{code}");
        }
    }
}

/// Forms that end the session that tries them.
fn leaves(action: &str) -> bool {
    action == "/deconnexion" || action.contains("/sessions")
}

/// Everything typed is hostile, everything chosen is sound: this reaches the rules of the form.
fn texts(attempts: &mut Attempts<'_>, spot: &Spot) {
    let typed: Vec<&str> = names(spot, &[Kind::Text, Kind::Secret]);
    if typed.is_empty() {
        return;
    }
    for _ in 0..requests() {
        let values = attempts.next_values(typed.len());
        let sent =
            spot.form.fields.iter().filter_map(|field| match typed.iter().position(|name| *name == field.name) {
                Some(at) => Some(Sent::hostile(&field.name, values[at])),
                None => attempts.untouched(spot, field).map(|value| Sent::plain(&field.name, &value)),
            });
        let sent: Vec<Sent> = sent.collect();
        if !attempts.post(spot, &sent) {
            return;
        }
    }
}

/// Every field is hostile, hidden ones and buttons included.
fn everything(attempts: &mut Attempts<'_>, spot: &Spot) {
    let fields: Vec<&str> = names(spot, &ALL);
    if names(spot, &[Kind::Choice, Kind::Hidden]).is_empty() {
        return;
    }
    for _ in 0..requests() {
        let values = attempts.next_values(fields.len());
        let sent: Vec<Sent> = fields.iter().zip(values).map(|(name, value)| Sent::hostile(name, value)).collect();
        if !attempts.post(spot, &sent) {
            return;
        }
    }
}

/// One field is hostile, the others sound: this passes the rules of the other fields.
fn one_at_a_time(attempts: &mut Attempts<'_>, spot: &Spot) {
    // A plan of fifty amounts is one kind of field.
    const FIELDS: usize = 12;
    for name in names(spot, &ALL).into_iter().take(FIELDS) {
        for _ in 0..requests().div_ceil(4) {
            let value = attempts.next_values(1)[0];
            let sent = spot.form.fields.iter().filter_map(|field| {
                let plain = |value: String| Sent::plain(&field.name, &value);
                if field.name == name {
                    Some(Sent::hostile(name, value))
                } else {
                    attempts.untouched(spot, field).map(plain)
                }
            });
            let sent: Vec<Sent> = sent.collect();
            if !attempts.post(spot, &sent) {
                return;
            }
        }
    }
}

const ALL: [Kind; 4] = [Kind::Text, Kind::Secret, Kind::Choice, Kind::Hidden];

fn names<'a>(spot: &'a Spot, kinds: &[Kind]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for field in spot.form.fields.iter().filter(|field| kinds.contains(&field.kind)) {
        if !names.contains(&field.name.as_str()) {
            names.push(&field.name);
        }
    }
    names
}

/// Every name that links and search forms put in an address.
fn addresses(attempts: &mut Attempts<'_>, person: usize, path: &str, names: &BTreeSet<String>) {
    for _ in 0..requests() {
        let values = attempts.next_values(names.len());
        let pairs: Vec<String> = names
            .iter()
            .zip(values)
            .map(|(name, value)| {
                let value = if value.fits_an_address() {
                    String::from_utf8_lossy(&value.sent).into_owned()
                } else {
                    encode(&value.meaning())
                };
                format!("{name}={}", value.chars().take(6_000).collect::<String>())
            })
            .collect();
        attempts.get(person, &format!("{path}?{}", pairs.join("&")));
    }
}

/// Every route of the table: what no page offers now, and what stands in the place of an identifier.
fn routes(attempts: &mut Attempts<'_>, spots: &[Spot]) {
    let mut known: Vec<&str> = spots.iter().flat_map(|spot| spot.form.fields.iter().map(|f| f.name.as_str())).collect();
    known.sort_unstable();
    known.dedup();
    known.retain(|name| !name.bytes().any(|b| b.is_ascii_digit()));
    let corpus = corpus();
    for (turn, page) in essaim::app::pages(true).into_iter().enumerate() {
        if leaves(page.path) {
            continue;
        }
        let people = attempts.who_may(page.permission);
        for round in 0..requests().min(4) {
            let person = people[round % people.len()];
            let value = |at: usize| &corpus[(turn * 17 + round * 101 + at * 7) % corpus.len()];
            let places = |odd: bool| {
                page.path
                    .split('/')
                    .enumerate()
                    .map(|(at, part)| match part {
                        "{call}" if odd => "AMI-ISS-2021".to_owned(),
                        part if !part.starts_with('{') => part.to_owned(),
                        _ if odd => "1".to_owned(),
                        _ => encode(&value(at).meaning().chars().take(2_000).collect::<String>()).replace("%2E", "."),
                    })
                    .collect::<Vec<_>>()
                    .join("/")
            };
            match page.method {
                Method::Get => attempts.get(person, &places(false)),
                Method::Post => {
                    let sent: Vec<Sent> =
                        known.iter().enumerate().map(|(at, name)| Sent::hostile(name, value(at))).collect();
                    attempts.post_to(person, &places(round % 2 == 0), &sent);
                    attempts.post_to(person, &places(false), &[]);
                }
            }
        }
    }
}

/// A stand-in for who may open a page: the permission's first role.
fn email_of(permission: Permission) -> Vec<&'static str> {
    use essaim::access::Role;
    let of_role = |role: &Role| match role {
        Role::CallManager => "gestion@ars.example",
        Role::Instructor => "instruction@ars.example",
        Role::Correspondent => "dd31@ars.example",
        Role::CommitteeMember => "comite1@essaim.example",
        Role::Signatory => "signature@ars.example",
        Role::Funder => "financement@ars.example",
    };
    match permission {
        Permission::Public => vec!["visiteur"],
        Permission::SignedIn => vec!["tresorerie@lesruches.example"],
        Permission::Administrator => vec!["admin@essaim.example"],
        Permission::AnyCall(roles) | Permission::ThisCall(roles) => roles.iter().map(of_role).collect(),
    }
}

/// Fills one form with plausible answers and hostile words; what uses the form up is undone.
pub fn attempt_with(scene: &Scene, spot: &Spot, word: impl Fn(usize) -> &'static Hostile) {
    let mut attempts = Attempts::new(scene);
    let sent = spot.form.fields.iter().enumerate().filter_map(|(at, field)| {
        let plain = plausible(field)?;
        let words = field.kind == Kind::Text && takes_words(field);
        Some(if words { Sent::hostile(&field.name, word(at)) } else { Sent::plain(&field.name, &plain) })
    });
    let sent: Vec<Sent> = sent.collect();
    attempts.post(spot, &sent);
    attempts.finish();
}
