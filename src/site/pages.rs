//! Handlers of the site's own pages.

use serde::Serialize;

use super::{legal, plan};
use crate::access::Permission;
use crate::calls;
use crate::calls::definition::Phase;
use crate::fault::Fault;
use crate::web::{Answer, Expected, Link, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    let mut pages = vec![Page::get("/", Permission::Public, home), Page::get("/healthz", Permission::Public, health)];
    pages.extend(legal::pages());
    pages.extend(plan::pages());
    pages
}

#[derive(Serialize)]
struct Desk {
    title: String,
    code: String,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct HomeView {
    signed_in: bool,
    greeting: String,
    expected: Vec<Expected>,
    desks: Vec<Desk>,
    open: Vec<calls::pages::Card>,
}

fn home(visit: &Visit) -> Result<Answer, Fault> {
    let open = calls::pages::cards(visit, Phase::Open)?;
    let Some(actor) = &visit.actor else {
        let view =
            HomeView { signed_in: false, greeting: String::new(), expected: Vec::new(), desks: Vec::new(), open };
        return Answer::page("Accueil", "site/home.html", &view);
    };
    let view = visit.read(|conn| {
        let mut expected = Vec::new();
        for expectation in visit.site.expectations {
            expected.extend(expectation(conn, actor, visit.now)?);
        }
        let desks = calls::list(conn)?
            .iter()
            .map(|call| Desk {
                title: call.title.clone(),
                code: call.code.clone(),
                links: calls::pages::desk_links(actor, call),
            })
            .filter(|desk| !desk.links.is_empty())
            .collect();
        Ok(HomeView { signed_in: true, greeting: format!("Bonjour {}", actor.given_name), expected, desks, open })
    })?;
    Answer::page("Accueil", "site/home.html", &view)
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
