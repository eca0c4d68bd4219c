//! Recording how each seat attends.

use diesel::prelude::*;

use super::{managed, refuse_sealed};
use crate::access::Actor;
use crate::base::ids::SessionId;
use crate::committee::model::{Presence, Session};
use crate::committee::store;
use crate::db::schema::{attendances, committee_sessions};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Records how each named seat attends; other seats keep what was said of them.
///
/// # Errors
/// [`Fault::Stale`] when the session changed since `version` was read; [`Fault::Refused`] when a vacant seat is said
/// to attend.
pub fn record_attendance(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    version: i64,
    presences: &[(String, Presence)],
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    for (code, presence) in presences {
        let seat = board.seats.iter().find(|seat| &seat.code == code).ok_or(Fault::NotFound)?;
        if seat.account.is_none() && presence.counts() {
            return Err(Fault::refused(format!(
                "Le siège «\u{202F}{}\u{202F}» est vacant\u{202F}: donnez-lui d’abord un titulaire.",
                seat.label
            )));
        }
        let known = attendances::table
            .filter(attendances::session_id.eq(session.id))
            .filter(attendances::seat.eq(code))
            .select(attendances::id)
            .first::<i64>(op.conn)
            .optional()?;
        match known {
            Some(id) => {
                diesel::update(attendances::table.filter(attendances::id.eq(id)))
                    .set((attendances::presence.eq(*presence), attendances::account_id.eq(seat.account)))
                    .execute(op.conn)?;
            }
            None => {
                diesel::insert_into(attendances::table)
                    .values((
                        attendances::session_id.eq(session.id),
                        attendances::seat.eq(code),
                        attendances::account_id.eq(seat.account),
                        attendances::presence.eq(*presence),
                    ))
                    .execute(op.conn)?;
            }
        }
    }
    bump(op, &session, version)?;
    let text = format!("Présences de la séance n°\u{A0}{} du comité enregistrées", session.number);
    op.record(Entry::new("committee.attendance", text).call(call.id));
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
