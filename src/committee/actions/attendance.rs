//! Recording how each seat attends.

use diesel::prelude::*;

use super::{managed, refuse_sealed};
use crate::access::Actor;
use crate::base::ids::SessionId;
use crate::calls::Call;
use crate::calls::definition::ProxyRule;
use crate::committee::model::{Board, Presence, Session};
use crate::committee::store;
use crate::db::schema::{attendances, committee_sessions};
use crate::fault::{Fault, is_unique_violation};
use crate::journal::Entry;
use crate::service::Operation;

/// How one seat attends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatAttendance {
    pub seat: String,
    pub presence: Presence,
    /// The seat that votes for a represented one.
    pub proxy: Option<String>,
}

/// [`record_seats`], without proxies.
///
/// # Errors
/// As [`record_seats`].
pub fn record_attendance(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    version: i64,
    presences: &[(String, Presence)],
) -> Result<(), Fault> {
    let seats: Vec<SeatAttendance> = presences
        .iter()
        .map(|(seat, presence)| SeatAttendance { seat: seat.clone(), presence: *presence, proxy: None })
        .collect();
    record_seats(op, actor, session, version, &seats)
}

/// Records how each named seat attends; other seats keep what was said of them.
///
/// # Errors
/// [`Fault::Stale`] when the session changed since `version` was read; [`Fault::Refused`] when a vacant seat is said
/// to attend; [`Fault::Invalid`] on a proxy that the rules do not allow.
pub fn record_seats(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    version: i64,
    seats: &[SeatAttendance],
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    check_proxies(&call, &board, seats)?;
    for SeatAttendance { seat: code, presence, .. } in seats {
        let seat = board.seat(code).ok_or(Fault::NotFound)?;
        if seat.account.is_none() && *presence != Presence::Absent {
            return Err(Fault::refused(format!(
                "Le siège «\u{202F}{}\u{202F}» est vacant\u{202F}: donnez-lui d’abord un titulaire.",
                seat.label
            )));
        }
        // Cleared first, so that two seats may exchange their proxies.
        diesel::delete(
            attendances::table.filter(attendances::session_id.eq(session.id)).filter(attendances::seat.eq(code)),
        )
        .execute(op.conn)?;
    }
    for SeatAttendance { seat: code, presence, proxy } in seats {
        let seat = board.seat(code).ok_or(Fault::NotFound)?;
        diesel::insert_into(attendances::table)
            .values((
                attendances::session_id.eq(session.id),
                attendances::seat.eq(code),
                attendances::account_id.eq(seat.account),
                attendances::presence.eq(*presence),
                attendances::proxy_seat.eq(proxy),
            ))
            .execute(op.conn)
            .map_err(
                |error| if is_unique_violation(&error) { taken(proxy.as_deref(), &board) } else { error.into() },
            )?;
    }
    bump(op, &session, version)?;
    let text = format!("Présences de la séance n°\u{A0}{} du comité enregistrées", session.number);
    op.record(Entry::new("committee.attendance", text).call(call.id));
    Ok(())
}

fn taken(proxy: Option<&str>, board: &Board) -> Fault {
    let label = proxy.and_then(|code| board.seat(code)).map_or("", |seat| seat.label.as_str());
    Fault::refused(format!(
        "Le siège «\u{202F}{label}\u{202F}» porte déjà un mandat\u{202F}: un membre n’en reçoit qu’un."
    ))
}

/// One proxy a member, held by somebody in the room (CRPA R133-9); the call may allow none.
fn check_proxies(call: &Call, board: &Board, seats: &[SeatAttendance]) -> Result<(), Fault> {
    let presence_of = |code: &str| {
        let typed = seats.iter().find(|s| s.seat == code).map(|s| s.presence);
        typed.or_else(|| board.seat(code).and_then(|seat| seat.presence))
    };
    for seat in seats {
        let represented = seat.presence == Presence::Represented;
        if represented != seat.proxy.is_some() {
            return Err(Fault::refused(
                "Choisissez le membre qui reçoit le mandat, et seulement pour un siège qui donne mandat.",
            ));
        }
        let Some(holder) = &seat.proxy else { continue };
        if call.definition.committee.proxies == ProxyRule::None {
            return Err(Fault::refused("Cet appel ne permet pas de donner mandat."));
        }
        let label = board.seat(holder).ok_or(Fault::NotFound)?.label.as_str();
        if *holder == seat.seat || !presence_of(holder).is_some_and(Presence::counts) {
            return Err(Fault::refused(format!(
                "Le siège «\u{202F}{label}\u{202F}» ne peut pas recevoir de mandat\u{202F}: il n’est ni sur place ni à \
                 distance."
            )));
        }
        let others = seats.iter().filter(|other| other.proxy.as_ref() == Some(holder)).count();
        if others > 1 {
            return Err(taken(Some(holder), board));
        }
    }
    Ok(())
}

fn bump(op: &mut Operation<'_>, session: &Session, version: i64) -> Result<(), Fault> {
    let changed = diesel::update(
        committee_sessions::table
            .filter(committee_sessions::id.eq(session.id))
            .filter(committee_sessions::version.eq(version)),
    )
    .set(committee_sessions::version.eq(committee_sessions::version + 1))
    .execute(op.conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}
