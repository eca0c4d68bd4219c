//! Rows of the replies to practice notes.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, PracticeNoteId, PracticeReplyId};
use crate::db::schema::{accounts, practice_replies};
use crate::db::{Conn, listed};
use crate::fault::Fault;

#[derive(Clone, Debug)]
pub struct Reply {
    pub id: PracticeReplyId,
    pub note: PracticeNoteId,
    /// Absent: written by an agent.
    pub dossier: Option<DossierId>,
    pub body: String,
    pub version: i64,
    pub written_by: AccountId,
    pub author: String,
    pub written_at: Instant,
    pub edited_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub withdrawal_reason: String,
}

type ReplyRow = (
    (PracticeReplyId, PracticeNoteId, Option<DossierId>, String, i64, AccountId),
    (Instant, Option<Instant>, Option<Instant>, String),
    (String, String),
);

macro_rules! reply_columns {
    () => {
        (
            (
                practice_replies::id,
                practice_replies::note_id,
                practice_replies::dossier_id,
                practice_replies::body,
                practice_replies::version,
                practice_replies::written_by,
            ),
            (
                practice_replies::written_at,
                practice_replies::edited_at,
                practice_replies::withdrawn_at,
                practice_replies::withdrawal_reason,
            ),
            (accounts::given_name, accounts::surname),
        )
    };
}

fn reply(row: ReplyRow) -> Reply {
    let ((id, note, dossier, body, version, written_by), life, (given_name, surname)) = row;
    let (written_at, edited_at, withdrawn_at, withdrawal_reason) = life;
    let author = format!("{given_name} {surname}");
    Reply {
        id,
        note,
        dossier,
        body,
        version,
        written_by,
        author,
        written_at,
        edited_at,
        withdrawn_at,
        withdrawal_reason,
    }
}

/// Every reply of a note, oldest first.
pub(in crate::followup) fn of_note(conn: &mut Conn, note: PracticeNoteId) -> Result<Vec<Reply>, Fault> {
    let rows = practice_replies::table
        .inner_join(accounts::table.on(practice_replies::written_by.eq(accounts::id)))
        .filter(practice_replies::note_id.eq(note))
        .order(practice_replies::id)
        .select(reply_columns!())
        .load::<ReplyRow>(conn)?;
    Ok(rows.into_iter().map(reply).collect())
}

/// Replies standing under these notes, by note.
pub(in crate::followup) fn counts(
    conn: &mut Conn,
    notes: &[PracticeNoteId],
) -> Result<HashMap<PracticeNoteId, Vec<Option<DossierId>>>, Fault> {
    if notes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = practice_replies::table
        .filter(listed(practice_replies::note_id, notes))
        .filter(practice_replies::withdrawn_at.is_null())
        .select((practice_replies::note_id, practice_replies::dossier_id))
        .load::<(PracticeNoteId, Option<DossierId>)>(conn)?;
    let mut all: HashMap<PracticeNoteId, Vec<Option<DossierId>>> = HashMap::new();
    for (note, dossier) in rows {
        all.entry(note).or_default().push(dossier);
    }
    Ok(all)
}

pub(in crate::followup) fn insert(
    conn: &mut Conn,
    note: PracticeNoteId,
    dossier: Option<DossierId>,
    body: &str,
    by: AccountId,
    at: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(practice_replies::table)
        .values((
            practice_replies::note_id.eq(note),
            practice_replies::dossier_id.eq(dossier),
            practice_replies::body.eq(body),
            practice_replies::version.eq(1_i64),
            practice_replies::written_by.eq(by),
            practice_replies::written_at.eq(at),
            practice_replies::withdrawal_reason.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

pub(in crate::followup) fn update(conn: &mut Conn, reply: &Reply, body: &str, at: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        practice_replies::table
            .filter(practice_replies::id.eq(reply.id))
            .filter(practice_replies::version.eq(reply.version))
            .filter(practice_replies::withdrawn_at.is_null()),
    )
    .set((
        practice_replies::body.eq(body),
        practice_replies::version.eq(reply.version + 1),
        practice_replies::edited_at.eq(at),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub(in crate::followup) fn withdraw(
    conn: &mut Conn,
    reply: &Reply,
    by: AccountId,
    at: Instant,
    reason: &str,
) -> Result<(), Fault> {
    let changed = diesel::update(
        practice_replies::table
            .filter(practice_replies::id.eq(reply.id))
            .filter(practice_replies::version.eq(reply.version))
            .filter(practice_replies::withdrawn_at.is_null()),
    )
    .set((
        practice_replies::withdrawn_at.eq(at),
        practice_replies::withdrawn_by.eq(by),
        practice_replies::withdrawal_reason.eq(reason),
        practice_replies::version.eq(reply.version + 1),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}
