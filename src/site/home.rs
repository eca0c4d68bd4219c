//! The home page: for a visitor, what the service is; for a person, what is expected of them now and by when.

use serde::Serialize;

use super::notifications::Row as Told;
use crate::accounts::pages::in_whose_name;
use crate::base::clock::{Instant, PARIS};
use crate::base::text::count;
use crate::calls;
use crate::calls::definition::Phase;
use crate::db::Window;
use crate::fault::Fault;
use crate::notify;
use crate::web::{Answer, Expected, Link, Visit};

const LATEST: Window = Window { offset: 0, limit: 3 };

#[derive(Serialize)]
struct Desk {
    title: String,
    code: String,
    /// In whose name, for an agent of several institutions.
    name: String,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Task {
    label: String,
    href: String,
    detail: String,
    /// « avant le 12 octobre 2021 »; empty without a date.
    due: String,
    iso: String,
    /// « En retard de 3 jours », « Aujourd’hui », « Dans 5 jours »; empty without a date.
    when: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct View {
    signed_in: bool,
    greeting: String,
    lead: String,
    expected: Vec<Task>,
    told: Vec<Told>,
    desks: Vec<Desk>,
    open: Vec<calls::pages::Card>,
}

pub(super) fn home(visit: &Visit) -> Result<Answer, Fault> {
    let open = calls::pages::cards(visit, Phase::Open)?;
    let Some(actor) = &visit.actor else {
        let view = View {
            signed_in: false,
            greeting: String::new(),
            lead: String::new(),
            expected: Vec::new(),
            told: Vec::new(),
            desks: Vec::new(),
            open,
        };
        return Answer::page("Accueil", "site/home.html", &view);
    };
    let (expected, told, desks) = visit.read(|conn| {
        let mut expected = Vec::new();
        for expectation in visit.site.expectations {
            expected.extend(expectation(conn, actor, visit.now)?);
        }
        let told = notify::list(conn, actor.id, true, LATEST)?;
        let mut desks = Vec::new();
        for call in calls::list(conn)? {
            let links = calls::pages::desk_links(actor, &call);
            if !links.is_empty() {
                let name = in_whose_name(conn, actor, call.id)?;
                desks.push(Desk { title: call.title, code: call.code, name, links });
            }
        }
        Ok((expected, told, desks))
    })?;
    let view = View {
        signed_in: true,
        greeting: format!("Bonjour {}", actor.given_name),
        lead: lead(&expected, visit.now),
        expected: tasks(expected, visit.now),
        told: told.into_iter().map(Told::from).collect(),
        desks,
        open,
    };
    Answer::page("Accueil", "site/home.html", &view)
}

fn lead(expected: &[Expected], now: Instant) -> String {
    let late = expected.iter().filter(|task| task.due.is_some_and(|due| due < now)).count();
    match (expected.len(), late) {
        (0, _) => "Rien n’attend votre action aujourd’hui.".to_owned(),
        (all, 0) => format!("{} de vous.", count(all, "chose est attendue", "choses sont attendues")),
        (all, late) => {
            format!("{} de vous, dont {late} en retard.", count(all, "chose est attendue", "choses sont attendues"))
        }
    }
}

/// Late first, then by date, then what has none, in the order of a dossier's life.
fn tasks(mut expected: Vec<Expected>, now: Instant) -> Vec<Task> {
    expected.sort_by_key(|task| (task.due.is_none(), task.due));
    expected
        .into_iter()
        .map(|task| {
            let (when, tone) = task.due.map_or((String::new(), "neutral"), |due| wait(due, now));
            Task {
                label: task.label,
                href: task.href,
                detail: task.detail,
                due: task.due.map_or(String::new(), |due| due.date(PARIS)),
                iso: task.due.map_or(String::new(), Instant::iso),
                when,
                tone,
            }
        })
        .collect()
}

/// How long there is left, in days of the calendar.
fn wait(due: Instant, now: Instant) -> (String, &'static str) {
    let (due_day, today) = (due.in_zone(PARIS).date(), now.in_zone(PARIS).date());
    let days = i64::from(due_day.since(today).map_or(0, |span| span.get_days()));
    match days {
        _ if due < now && days == 0 => ("En retard depuis aujourd’hui".to_owned(), "danger"),
        ..=-1 => {
            (format!("En retard de {}", count(usize::try_from(-days).unwrap_or_default(), "jour", "jours")), "danger")
        }
        0 => ("Aujourd’hui".to_owned(), "warning"),
        1 => ("Demain".to_owned(), "warning"),
        2..=7 => (format!("Dans {days}\u{A0}jours"), "warning"),
        _ => (format!("Dans {days}\u{A0}jours"), "info"),
    }
}
