//! Pages of the committee: the sessions of a call, a session's desk, the projected ranking, opinions, recusals, seal.

mod bulk;
mod conduct;
mod desk;
mod money;
mod opinion;
mod ranking;
mod recusal;
mod seal;
mod session;
mod shared;
mod waitlist;

use super::model::SessionState;
use super::store;
use crate::access::{Actor, Permission, Role};
use crate::base::clock::Instant;
use crate::base::text;
use crate::calls;
use crate::db::Conn;
use crate::fault::Fault;
use crate::web::{Expected, Page};

const DESK: &[Role] = &[Role::CallManager, Role::CommitteeMember];
const MANAGER: &[Role] = &[Role::CallManager];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/appels/{call}/comite", Permission::ThisCall(DESK), desk::show),
        Page::post("/appels/{call}/comite", Permission::ThisCall(MANAGER), desk::plan),
        Page::get("/appels/{call}/liste-complementaire", Permission::ThisCall(DESK), waitlist::show),
        Page::get("/comite/{session}", Permission::AnyCall(DESK), session::show),
        Page::post("/comite/{session}/ordre-du-jour", Permission::AnyCall(MANAGER), conduct::put_on_agenda),
        Page::post("/comite/{session}/presences", Permission::AnyCall(MANAGER), conduct::record_attendance),
        Page::post("/comite/{session}/ouverture", Permission::AnyCall(MANAGER), conduct::open),
        Page::post("/comite/{session}/convocation", Permission::AnyCall(MANAGER), conduct::convene),
        Page::post("/comite/{session}/ajournement", Permission::AnyCall(MANAGER), conduct::adjourn),
        Page::post("/comite/{session}/seconde", Permission::AnyCall(MANAGER), conduct::plan_second),
        Page::post("/comite/{session}/deplacement", Permission::AnyCall(MANAGER), conduct::move_items),
        Page::post("/comite/{session}/confirmation", Permission::AnyCall(MANAGER), conduct::confirm),
        Page::get("/comite/{session}/avis", Permission::AnyCall(MANAGER), bulk::show),
        Page::post("/comite/{session}/avis", Permission::AnyCall(MANAGER), bulk::record),
        Page::post("/comite/{session}/dossiers/{dossier}/retour", Permission::AnyCall(MANAGER), recusal::record_return),
        Page::get("/comite/{session}/classement", Permission::AnyCall(DESK), ranking::show),
        Page::get("/comite/{session}/dossiers/{dossier}", Permission::AnyCall(DESK), opinion::show),
        Page::post("/comite/{session}/dossiers/{dossier}", Permission::AnyCall(MANAGER), opinion::record),
        Page::get("/comite/{session}/dossiers/{dossier}/deport", Permission::AnyCall(DESK), recusal::show),
        Page::post("/comite/{session}/dossiers/{dossier}/deport", Permission::AnyCall(DESK), recusal::record),
        Page::get("/comite/{session}/sceller", Permission::AnyCall(MANAGER), seal::show),
        Page::post("/comite/{session}/sceller", Permission::AnyCall(MANAGER), seal::seal),
        Page::get("/comite/{session}/proces-verbal", Permission::AnyCall(DESK), seal::minutes),
    ]
}

/// What the committee expects of a person now.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, _now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for call in actor.calls_with(DESK) {
        let call = calls::by_id(conn, call)?;
        let manages = actor.holds_in(call.id, MANAGER);
        let coming = store::sessions_of_call(conn, call.id)?;
        let coming: Vec<_> = coming.into_iter().filter(|s| !s.state.is_closed()).collect();
        if manages && coming.is_empty() {
            let ready = super::actions::count_ready(conn, actor, &call, super::SessionKind::Selection)?;
            if ready > 0 {
                expected.push(Expected {
                    label: "Prévoir une séance du comité de sélection".to_owned(),
                    href: format!("/appels/{}/comite", call.code),
                    detail: format!("{}, {}", call.code, text::count(ready, "dossier instruit", "dossiers instruits")),
                    due: None,
                });
            }
        }
        for session in coming {
            let number = session.number;
            let label = match (session.state, manages) {
                (SessionState::Open, true) => format!("Conclure et sceller la séance n°\u{A0}{number} du comité"),
                (SessionState::Open, false) => format!("Siéger à la séance n°\u{A0}{number} du comité, ouverte"),
                (_, true) => format!("Préparer et ouvrir la séance n°\u{A0}{number} du comité"),
                (_, false) => format!("Lire les dossiers de la séance n°\u{A0}{number} du comité"),
            };
            expected.push(Expected {
                label,
                href: format!("/comite/{}", session.id),
                detail: format!("{}, {}", call.code, session.held_at.long(call.zone())),
                due: Some(session.held_at),
            });
        }
    }
    Ok(expected)
}
