//! Pages of follow-up: the project holder's reports, the call's desk.

mod bars;
mod desk;
mod equity;
mod notes;
mod overview;
mod report;

use crate::access::{Actor, Permission, Role};
use crate::base::clock::Instant;
use crate::base::ids::CallId;
use crate::db::Conn;
use crate::fault::Fault;
use crate::followup::actions;
use crate::followup::periods::Standing;
use crate::followup::store::periods;
use crate::web::{Expected, Page, Visit};

/// Dossiers whose periods one page may write.
const OPENED_AT_ONCE: i64 = 500;

/// Who follows the projects of a call.
const DESK: &[Role] = &[Role::CallManager, Role::Funder];

#[must_use]
pub fn pages() -> Vec<Page> {
    let mut pages = vec![
        Page::get("/mes-dossiers/{dossier}/indicateurs", Permission::SignedIn, overview::show),
        Page::get("/mes-dossiers/{dossier}/indicateurs/{period}", Permission::SignedIn, report::show),
        Page::post("/mes-dossiers/{dossier}/indicateurs/{period}", Permission::SignedIn, report::send),
        Page::get("/appels/{call}/suivi", Permission::ThisCall(DESK), desk::show),
        Page::get("/appels/{call}/suivi/equite", Permission::ThisCall(DESK), equity::equity),
        Page::get("/dossiers/{dossier}/suivi", Permission::AnyCall(DESK), desk::project),
    ];
    pages.extend(notes::pages());
    pages
}

/// Writes the periods of newly awarded dossiers, which the scheduled work may not have reached: what is counted is what
/// is shown.
fn open_periods(visit: &Visit, call: CallId) -> Result<(), Fault> {
    if visit.read(|conn| desk::needs_periods(conn, call))? {
        visit.note(|conn| periods::open(conn, Some(call), OPENED_AT_ONCE))?;
    }
    Ok(())
}

/// What a project holder must do now: report on the periods that are over.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut all = Vec::new();
    for (dossier, call, periods) in actions::own_running(conn, actor)? {
        let zone = call.zone();
        for stored in &periods {
            let standing = stored.period.standing(stored.reported_at.is_some(), now, zone);
            if !matches!(standing, Standing::Expected | Standing::Late) {
                continue;
            }
            let due = stored.period.due_at.date(zone);
            let when = if standing == Standing::Late {
                format!("en retard, attendu le {due}")
            } else {
                format!("avant le {due}")
            };
            all.push(Expected {
                label: format!("Transmettre le suivi de la période {}", stored.period.label()),
                href: format!("/mes-dossiers/{}/indicateurs/{}", dossier.id, stored.period.number),
                detail: format!("{}, {when}", dossier.title_or_untitled()),
                due: Some(stored.period.due_at),
            });
        }
    }
    Ok(all)
}
