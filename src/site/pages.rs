//! Handlers of the site's own pages.

use super::{legal, plan};
use crate::access::Permission;
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
    let db = &visit.service().db;
    let (backend, answers) = (db.backend().label(), db.answers());
    let body = serde_json::json!({
        "status": if answers { "ok" } else { "unavailable" },
        "version": env!("CARGO_PKG_VERSION"),
        "database": backend,
    });
    Ok(Answer::json(body).status(if answers { 200 } else { 503 }))
}
