//! Handlers of the site's own pages.

use serde::Serialize;

use crate::access::Permission;
use crate::fault::Fault;
use crate::web::{Answer, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/", Permission::Public, super::home::home),
        Page::get("/healthz", Permission::Public, health),
        Page::get("/accessibilite", Permission::Public, accessibility),
        Page::get("/mentions-legales", Permission::Public, legal_notice),
        Page::get("/donnees-personnelles", Permission::Public, personal_data),
    ]
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

#[derive(Serialize)]
struct LegalView<'a> {
    deployer: &'a str,
    contact: &'a str,
    accessibility: &'a str,
}

fn legal(visit: &Visit, title: &'static str, template: &'static str) -> Result<Answer, Fault> {
    let settings = &visit.service().settings;
    let view =
        LegalView { deployer: &settings.deployer, contact: &settings.contact, accessibility: &settings.accessibility };
    Answer::page(title, template, &view)
}

fn accessibility(visit: &Visit) -> Result<Answer, Fault> {
    legal(visit, "Accessibilité", "site/accessibility.html")
}

fn legal_notice(visit: &Visit) -> Result<Answer, Fault> {
    legal(visit, "Mentions légales", "site/legal_notice.html")
}

fn personal_data(visit: &Visit) -> Result<Answer, Fault> {
    legal(visit, "Données personnelles", "site/personal_data.html")
}
