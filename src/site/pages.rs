//! Handlers of the site's own pages.

use super::{legal, plan};
use crate::access::Permission;
use crate::db;
use crate::fault::Fault;
use crate::web::{Answer, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    let mut pages =
        vec![Page::get("/", Permission::Public, super::home::home), Page::get("/healthz", Permission::Public, health)];
    pages.extend(legal::pages());
    pages.extend(plan::pages());
    pages
}

fn health(visit: &Visit) -> Result<Answer, Fault> {
    let answers = visit.read(db::answer).is_ok();
    let body = serde_json::json!({
        "status": if answers { "ok" } else { "unavailable" },
        "version": env!("CARGO_PKG_VERSION"),
        "database": visit.service().db.backend().label(),
    });
    Ok(Answer::json(body).status(if answers { 200 } else { 503 }))
}
