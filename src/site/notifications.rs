//! What the service told a person, the latest first.

use serde::Serialize;

use crate::access::Permission;
use crate::base::clock::PARIS;
use crate::fault::Fault;
use crate::notify;
use crate::web::guard::is_own_path;
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Page, Visit};

const COLUMNS: &[Column] = &[Column::plain("Information"), Column::plain("Date"), Column::plain("Lecture")];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/notifications", Permission::SignedIn, list),
        Page::post("/notifications/lues", Permission::SignedIn, read_all),
        Page::post("/notifications/{notification}", Permission::SignedIn, open),
    ]
}

/// One of them, with the form that opens it.
#[derive(Serialize)]
pub(super) struct Row {
    text: String,
    when: String,
    read: bool,
    /// Where it is opened: a form, so that following it marks it as read.
    action: String,
}

impl From<notify::Notification> for Row {
    fn from(told: notify::Notification) -> Self {
        Self {
            text: told.text,
            when: told.created_at.short(PARIS),
            read: told.read_at.is_some(),
            action: format!("/notifications/{}", told.id),
        }
    }
}

#[derive(Serialize)]
struct View {
    unread: i64,
    list: ListView,
    rows: Vec<Row>,
}

fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let states = [("a-lire".to_owned(), "À lire".to_owned())];
    let filters = vec![Filter::new("lecture", "Lecture", "Toutes", states)];
    let request = ListRequest::read(visit, COLUMNS, filters).without_search();
    let only_unread = request.chosen("lecture").is_some();
    let (unread, total, rows) = visit.read(|conn| {
        let total = notify::count(conn, actor.id, only_unread)?;
        let rows = notify::list(conn, actor.id, only_unread, request.window(total))?;
        Ok((notify::unread(conn, actor.id)?, total, rows))
    })?;
    let view = View {
        unread,
        list: request.view(total, "notification", "notifications"),
        rows: rows.into_iter().map(Row::from).collect(),
    };
    Answer::page("Notifications", "site/notifications.html", &view)
}

/// Leads where the notification does, and notes that it was read. Reading is nobody's business but the reader's: it
/// is no entry of the journal.
fn open(visit: &Visit) -> Result<Answer, Fault> {
    let (actor, id): (_, i64) = (visit.actor()?, visit.param("notification")?);
    let href = visit.note(|conn| notify::read(conn, actor.id, id, visit.now))?;
    Ok(Answer::redirect(if is_own_path(&href) { href } else { "/notifications".to_owned() }))
}

fn read_all(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    visit.note(|conn| notify::read_all(conn, actor.id, visit.now))?;
    Ok(Answer::redirect("/notifications").flash("Toutes vos notifications sont marquées comme lues."))
}
