//! Rows of sessions.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{CallId, DocumentId, DossierId, SessionId};
use crate::committee::model::{Session, SessionKind, SessionState};
use crate::db::Conn;
use crate::db::schema::{agenda_items, calls, committee_sessions};
use crate::fault::Fault;

type SessionRow = (
    SessionId,
    CallId,
    i64,
    SessionKind,
    Option<SessionId>,
    Instant,
    String,
    SessionState,
    i64,
    Option<Instant>,
    String,
    Option<Instant>,
    Option<Instant>,
    Option<String>,
    Option<DocumentId>,
    i64,
);

const SESSION: (
    committee_sessions::id,
    committee_sessions::call_id,
    committee_sessions::number,
    committee_sessions::kind,
    committee_sessions::second_of,
    committee_sessions::held_at,
    committee_sessions::place,
    committee_sessions::state,
    committee_sessions::quorum,
    committee_sessions::convened_at,
    committee_sessions::urgency,
    committee_sessions::opened_at,
    committee_sessions::sealed_at,
    committee_sessions::record_sha256,
    committee_sessions::minutes_id,
    committee_sessions::version,
) = (
    committee_sessions::id,
    committee_sessions::call_id,
    committee_sessions::number,
    committee_sessions::kind,
    committee_sessions::second_of,
    committee_sessions::held_at,
    committee_sessions::place,
    committee_sessions::state,
    committee_sessions::quorum,
    committee_sessions::convened_at,
    committee_sessions::urgency,
    committee_sessions::opened_at,
    committee_sessions::sealed_at,
    committee_sessions::record_sha256,
    committee_sessions::minutes_id,
    committee_sessions::version,
);

fn session_of(row: SessionRow) -> Session {
    let (
        id,
        call,
        number,
        kind,
        second_of,
        held_at,
        place,
        state,
        quorum,
        convened_at,
        urgency,
        opened_at,
        sealed_at,
        record_sha256,
        minutes,
        version,
    ) = row;
    Session {
        id,
        call,
        number,
        kind,
        second_of,
        held_at,
        place,
        state,
        quorum,
        convened_at,
        urgency,
        opened_at,
        sealed_at,
        record_sha256,
        minutes,
        version,
    }
}

/// Without any check of rights.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such session.
pub fn session(conn: &mut Conn, id: SessionId) -> Result<Session, Fault> {
    let row = committee_sessions::table.filter(committee_sessions::id.eq(id)).select(SESSION).first(conn)?;
    Ok(session_of(row))
}

/// The sessions of a call, in their order.
///
/// # Errors
/// When the database refuses.
pub fn sessions_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<Session>, Fault> {
    let rows: Vec<SessionRow> = committee_sessions::table
        .filter(committee_sessions::call_id.eq(call))
        .order(committee_sessions::number)
        .select(SESSION)
        .load(conn)?;
    Ok(rows.into_iter().map(session_of).collect())
}

/// Takes the session's row, so that writers of one session follow each other.
pub(in crate::committee) fn lock(conn: &mut Conn, id: SessionId) -> Result<Session, Fault> {
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(id)))
        .set(committee_sessions::version.eq(committee_sessions::version))
        .execute(conn)?;
    session(conn, id)
}

/// The session that takes up the agenda of an adjourned one.
pub(in crate::committee) fn second_session(conn: &mut Conn, first: SessionId) -> Result<Option<SessionId>, Fault> {
    Ok(committee_sessions::table
        .filter(committee_sessions::second_of.eq(first))
        .select(committee_sessions::id)
        .first(conn)
        .optional()?)
}

/// Takes the call's row, so that what two of its sessions take from the call comes one after the other.
pub(in crate::committee) fn hold_call(conn: &mut Conn, call: CallId) -> Result<(), Fault> {
    diesel::update(calls::table.filter(calls::id.eq(call)))
        .set(calls::last_reference.eq(calls::last_reference))
        .execute(conn)?;
    Ok(())
}

/// Number of the shortlisting session that has a dossier on its agenda and may still rule on it.
pub(in crate::committee) fn shortlisting_of(conn: &mut Conn, dossier: DossierId) -> Result<Option<i64>, Fault> {
    Ok(agenda_items::table
        .inner_join(committee_sessions::table)
        .filter(agenda_items::dossier_id.eq(dossier))
        .filter(committee_sessions::kind.eq(SessionKind::Shortlisting))
        .order(committee_sessions::id.desc())
        .select(committee_sessions::number)
        .first(conn)
        .optional()?)
}

/// Dossiers of a call on the agenda of a shortlisting session.
pub(in crate::committee) fn on_shortlistings(conn: &mut Conn, call: CallId) -> Result<HashSet<DossierId>, Fault> {
    Ok(agenda_items::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call))
        .filter(committee_sessions::kind.eq(SessionKind::Shortlisting))
        .select(agenda_items::dossier_id)
        .load::<DossierId>(conn)?
        .into_iter()
        .collect())
}
