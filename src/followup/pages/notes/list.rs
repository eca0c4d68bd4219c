//! Every note a person may read, newest first.

use serde::Serialize;

use super::{code, list_path, note_path};
use crate::base::text::count;
use crate::fault::Fault;
use crate::followup::actions::notes::{Circle, circle};
use crate::followup::store::notes::{self, Note, Wanted};
use crate::followup::store::replies;
use crate::web::form::encode;
use crate::web::{Answer, Visit};

const PAGE: i64 = 20;

#[derive(Serialize)]
pub(super) struct Card {
    pub href: String,
    pub title: String,
    pub project: String,
    pub organisation: String,
    pub axis: String,
    pub when: String,
    pub iso: String,
    pub extract: String,
    pub replies: String,
    pub retained: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct ListView {
    call_title: String,
    path: String,
    capitalisation: String,
    may_write: bool,
    filtered: bool,
    total: String,
    axes: Vec<Choice>,
    cards: Vec<Card>,
    current_page: i64,
    pages: i64,
    previous: String,
    next: String,
}

/// The label of an axis; empty for none.
pub(super) fn axis_label(circle: &Circle, code: &str) -> String {
    circle.call.definition.axis(code).map(|axis| axis.label.clone()).unwrap_or_default()
}

/// The first words, cut between two of them.
fn extract(text: &str) -> String {
    const WORDS: usize = 40;
    let mut words = text.split_whitespace();
    let first: Vec<&str> = words.by_ref().take(WORDS).collect();
    let more = if words.next().is_some() { "…" } else { "" };
    format!("{}{more}", first.join(" "))
}

pub(super) fn card(circle: &Circle, note: &Note, replies: usize) -> Card {
    Card {
        href: note_path(circle, note.id),
        title: note.text.title.clone(),
        project: note.project.clone(),
        organisation: note.organisation.clone(),
        axis: axis_label(circle, &note.text.axis),
        when: note.written_at.date(circle.call.zone()),
        iso: note.written_at.iso_date(circle.call.zone()),
        extract: extract(&note.text.lesson),
        replies: if replies == 0 { String::new() } else { count(replies, "réponse", "réponses") },
        retained: note.retained_at.is_some(),
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let page = visit.query.text("page").parse().ok().filter(|page| *page > 0).unwrap_or(1);
    let axis = visit.query.text("axe").to_owned();
    let (circle, found, replies, total) = visit.read(|conn| {
        let circle = circle(conn, actor, &code)?;
        let wanted = Wanted { axis: axis.clone(), retained_only: false, closed: circle.closed() };
        let found = notes::page(conn, circle.call.id, &wanted, ((page - 1) * PAGE, PAGE))?;
        let ids: Vec<_> = found.iter().map(|note| note.id).collect();
        let replies = replies::counts(conn, &ids)?;
        let total = notes::count(conn, circle.call.id, &wanted)?;
        Ok((circle, found, replies, total))
    })?;
    let pages = ((total + PAGE - 1) / PAGE).max(1);
    let path = list_path(&circle);
    let link = |page: i64| format!("{path}?axe={}&page={page}", encode(&axis));
    let every = Choice { value: String::new(), label: "Tous les axes".to_owned(), selected: axis.is_empty() };
    let axes = circle.call.definition.axes.list.iter().map(|known| Choice {
        value: known.code.clone(),
        label: known.label.clone(),
        selected: known.code == axis,
    });
    let view = ListView {
        call_title: circle.call.title.clone(),
        capitalisation: format!("/appels/{}/capitalisation", circle.call.code),
        may_write: !circle.own.is_empty(),
        filtered: !axis.is_empty(),
        total: count(usize::try_from(total).unwrap_or(0), "fiche", "fiches"),
        axes: std::iter::once(every).chain(axes).collect(),
        cards: found
            .iter()
            .map(|note| {
                let seen = replies.get(&note.id).map_or(0, |all| all.iter().filter(|d| circle.sees(**d)).count());
                card(&circle, note, seen)
            })
            .collect(),
        current_page: page,
        pages,
        previous: if page > 1 { link(page - 1) } else { String::new() },
        next: if page < pages { link(page + 1) } else { String::new() },
        path: path.clone(),
    };
    Ok(Answer::page("Fiches de pratique", "followup/notes/list.html", &view)?
        .crumb("Appels", "/appels")
        .crumb(circle.call.title.clone(), format!("/appels/{}", circle.call.code))
        .crumb("Fiches de pratique", ""))
}
