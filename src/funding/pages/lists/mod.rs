//! Lists over the calls whose money an agent reads: ledger lines, envelopes, the plan, acts, payments, and the data that
//! the law wants published.

mod acts;
mod envelopes;
mod essential;
mod lines;
mod payments;
mod plan;

use crate::access::Permission;
use crate::fault::Fault;
use crate::funding::store::{self, Purview, READERS};
use crate::web::form::encode;
use crate::web::{Answer, Filter, Page, Visit};

pub(super) fn pages() -> Vec<Page> {
    const WATCHERS: Permission = Permission::AnyCall(READERS);
    vec![
        Page::get("/financements", WATCHERS, super::board::show),
        Page::get("/financements/lignes", WATCHERS, lines::list),
        Page::get("/financements/enveloppes", WATCHERS, envelopes::list),
        Page::get("/financements/plan", WATCHERS, plan::list),
        Page::get("/financements/actes", WATCHERS, acts::list),
        Page::get("/financements/versements", WATCHERS, payments::list),
        Page::get("/financements/donnees-essentielles", WATCHERS, essential::list),
        Page::get("/financements/donnees-essentielles.csv", WATCHERS, essential::download),
    ]
}

/// Every call whose money the visitor reads, and the one asked for, or all.
fn purviews(visit: &Visit) -> Result<(Purview, Purview), Fault> {
    let actor = visit.actor()?;
    let asked = visit.query.text("appel").trim().to_owned();
    visit.read(|conn| {
        let all = store::purview(conn, actor, None)?;
        let known = all.calls.iter().any(|call| call.code == asked);
        let kept = store::purview(conn, actor, known.then_some(asked.as_str()))?;
        Ok((all, kept))
    })
}

fn call_filter(all: &Purview) -> Filter {
    let options = all.calls.iter().map(|call| (call.code.clone(), call.title.clone()));
    Filter::new("appel", "Appel", "Tous vos appels", options)
}

fn crumbs(answer: Answer, visit: &Visit, title: &str) -> Answer {
    let asked = visit.query.text("appel");
    let board = if asked.is_empty() { String::new() } else { format!("?appel={}", encode(asked)) };
    answer.desk().crumb("Financements", format!("/financements{board}")).crumb(title, "")
}

fn code_of(purview: &Purview, call: crate::base::ids::CallId) -> String {
    purview.call(call).map(|call| call.code.clone()).unwrap_or_default()
}
