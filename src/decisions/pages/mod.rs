//! Pages of decisions, by audience: the desk, the decision itself, its notification, the applicant, anyone.

mod applicant;
mod check;
mod decide;
mod desk;
mod notify;
mod signed;
mod summary;

use super::actions;
use super::store;
use crate::access::{Actor, Permission, Role};
use crate::base::clock::Instant;
use crate::base::text::count;
use crate::calls;
use crate::db::Conn;
use crate::dossiers::{self, Outcome, State};
use crate::fault::Fault;
use crate::web::{Expected, Page};

/// Who works on decisions.
const DESK: &[Role] = &[Role::Signatory, Role::CallManager];
/// Who reads the sealed letter.
const READERS: &[Role] = &[Role::Signatory, Role::CallManager, Role::Funder];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/appels/{call}/decisions", Permission::ThisCall(DESK), desk::show),
        Page::get("/appels/{call}/decisions/notifier", Permission::ThisCall(&[Role::CallManager]), notify::confirm_all),
        Page::post("/appels/{call}/decisions/notifier", Permission::ThisCall(&[Role::CallManager]), notify::all),
        Page::get("/dossiers/{dossier}/decision", Permission::AnyCall(DESK), decide::show),
        Page::post("/dossiers/{dossier}/decision", Permission::AnyCall(&[Role::Signatory]), decide::post),
        Page::get("/dossiers/{dossier}/courrier", Permission::AnyCall(READERS), signed::letter),
        Page::get("/dossiers/{dossier}/notifier", Permission::AnyCall(&[Role::CallManager]), notify::confirm),
        Page::post("/dossiers/{dossier}/notifier", Permission::AnyCall(&[Role::CallManager]), notify::one),
        Page::get("/mes-dossiers/{dossier}/decision", Permission::SignedIn, applicant::show),
        Page::get("/mes-dossiers/{dossier}/courrier", Permission::SignedIn, applicant::letter),
        Page::get("/verifier", Permission::Public, check::ask),
        Page::post("/verifier", Permission::Public, check::find),
        Page::get("/verifier/{code}", Permission::Public, check::show),
        Page::post("/verifier/{code}", Permission::Public, check::compare),
    ]
}

/// What this person must do now: sign, notify, read.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, _now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for id in actor.calls_with(DESK) {
        let call = calls::by_id(conn, id)?;
        let seen = dossiers::visible_in_call(conn, actor, id, DESK)?;
        let waiting = |role: Role, fits: fn(State) -> bool| {
            seen.iter().filter(|view| view.through(role) && fits(view.dossier.state)).count()
        };
        let href = format!("/appels/{}/decisions", call.code);
        let to_sign = waiting(Role::Signatory, |state| state == State::Opined);
        if to_sign > 0 {
            let label = format!("Signer {}", count(to_sign, "décision", "décisions"));
            expected.push(Expected { label, href: href.clone(), detail: call.title.clone(), due: None });
        }
        let to_notify = waiting(Role::CallManager, is_to_notify);
        if to_notify > 0 {
            let label = format!("Notifier {}", count(to_notify, "décision", "décisions"));
            expected.push(Expected { label, href, detail: call.title.clone(), due: None });
        }
    }
    for (dossier, reference, title) in store::unread(conn, &actor.organisations)? {
        expected.push(Expected {
            label: format!("Lire la décision sur le dossier {reference}"),
            href: format!("/mes-dossiers/{dossier}/decision"),
            detail: title,
            due: None,
        });
    }
    Ok(expected)
}

fn is_to_notify(state: State) -> bool {
    matches!(state, State::Selected | State::Waitlisted | State::Rejected)
}

/// The outcome with its rank: `Liste complémentaire, rang 2`.
fn outcome_label(outcome: Outcome, rank: Option<i64>) -> String {
    match rank {
        Some(rank) => format!("{}, rang {rank}", outcome.label()),
        None => outcome.label().to_owned(),
    }
}
