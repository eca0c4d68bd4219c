//! Checks that come before any page: where a form was posted from, and whether the visitor may enter.

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

use super::page::Page;
use super::visit::Visit;
use crate::access::Permission;
use crate::base::ids::CallId;
use crate::db::schema::calls;
use crate::fault::Fault;

/// Whether a POST comes from one of our own pages. Browsers say so themselves; a client that says nothing about
/// its origin is no browser and carries no one else's cookies.
#[must_use]
pub fn same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text(ORIGIN.as_str()) {
        None => true,
        Some(origin) => {
            origin == base_url
                || text(HOST.as_str()).is_some_and(|host| {
                    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
                })
        }
    }
}

/// Whether an address leads to one of our own pages: browsers read `//host` and `/\host` as another site.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    path.is_ascii()
        && path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && !path.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// What the guard makes of a visitor at a door.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Enter,
    SignInFirst,
    NotFound,
}

/// # Errors
/// When the database refuses.
pub fn judge(visit: &Visit, page: &Page) -> Result<Verdict, Fault> {
    let Some(actor) = &visit.actor else {
        return Ok(if page.permission == Permission::Public { Verdict::Enter } else { Verdict::SignInFirst });
    };
    let enters = match page.permission {
        Permission::Public | Permission::SignedIn => true,
        Permission::Administrator => actor.administrator,
        Permission::AnyCall(roles) => actor.holds_any(roles),
        Permission::ThisCall(roles) => match call_in_path(visit)? {
            Some(call) => actor.holds_in(call, roles),
            None => false,
        },
    };
    Ok(if enters { Verdict::Enter } else { Verdict::NotFound })
}

fn call_in_path(visit: &Visit) -> Result<Option<CallId>, Fault> {
    use diesel::prelude::*;
    let Ok(code) = visit.param::<String>("call") else { return Ok(None) };
    visit.read(|conn| Ok(calls::table.filter(calls::code.eq(&code)).select(calls::id).first(conn).optional()?))
}
