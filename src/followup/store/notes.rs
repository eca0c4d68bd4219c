//! Rows of practice notes, and in whose name people write them.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId, PracticeNoteId};
use crate::db::schema::{accounts, agents, dossiers, institutions, organisations, practice_notes};
use crate::db::{Conn, listed, outside};
use crate::fault::Fault;

/// What a project shares of its practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteText {
    /// Code of an axis of the call; empty: none in particular.
    pub axis: String,
    pub title: String,
    pub situation: String,
    pub practice: String,
    pub lesson: String,
    pub quotable: bool,
}

#[derive(Clone, Debug)]
pub struct Note {
    pub id: PracticeNoteId,
    pub call: CallId,
    pub dossier: DossierId,
    pub text: NoteText,
    pub version: i64,
    pub written_by: AccountId,
    pub written_at: Instant,
    pub edited_at: Option<Instant>,
    pub retained_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub withdrawal_reason: String,
    pub project: String,
    pub organisation: String,
}

type Texts = (String, String, String, String, String, bool);
type Life = (i64, AccountId, Instant, Option<Instant>, Option<Instant>, Option<Instant>, String);
type NoteRow = (PracticeNoteId, CallId, DossierId, Texts, Life, String, String);

macro_rules! note_columns {
    () => {
        (
            practice_notes::id,
            practice_notes::call_id,
            practice_notes::dossier_id,
            (
                practice_notes::axis,
                practice_notes::title,
                practice_notes::situation,
                practice_notes::practice,
                practice_notes::lesson,
                practice_notes::quotable,
            ),
            (
                practice_notes::version,
                practice_notes::written_by,
                practice_notes::written_at,
                practice_notes::edited_at,
                practice_notes::retained_at,
                practice_notes::withdrawn_at,
                practice_notes::withdrawal_reason,
            ),
            dossiers::title,
            organisations::name,
        )
    };
}

fn note(row: NoteRow) -> Note {
    let (id, call, dossier, texts, life, project, organisation) = row;
    let (axis, title, situation, practice, lesson, quotable) = texts;
    let (version, written_by, written_at, edited_at, retained_at, withdrawn_at, withdrawal_reason) = life;
    Note {
        id,
        call,
        dossier,
        text: NoteText { axis, title, situation, practice, lesson, quotable },
        version,
        written_by,
        written_at,
        edited_at,
        retained_at,
        withdrawn_at,
        withdrawal_reason,
        project,
        organisation,
    }
}

/// Which notes of a call a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Code of an axis; empty: all.
    pub axis: String,
    pub retained_only: bool,
    /// Never shown to this reader.
    pub closed: Vec<DossierId>,
}

macro_rules! wanted {
    ($call:expr, $wanted:expr) => {{
        let mut query = practice_notes::table
            .inner_join(dossiers::table.inner_join(organisations::table))
            .filter(practice_notes::call_id.eq($call))
            .filter(practice_notes::withdrawn_at.is_null())
            .filter(outside(practice_notes::dossier_id, $wanted.closed.clone()))
            .into_boxed();
        if !$wanted.axis.is_empty() {
            query = query.filter(practice_notes::axis.eq($wanted.axis.clone()));
        }
        if $wanted.retained_only {
            query = query.filter(practice_notes::retained_at.is_not_null());
        }
        query
    }};
}

/// Newest first.
pub(in crate::followup) fn page(
    conn: &mut Conn,
    call: CallId,
    wanted: &Wanted,
    (offset, limit): (i64, i64),
) -> Result<Vec<Note>, Fault> {
    let rows = wanted!(call, wanted)
        .order(practice_notes::id.desc())
        .offset(offset)
        .limit(limit)
        .select(note_columns!())
        .load::<NoteRow>(conn)?;
    Ok(rows.into_iter().map(note).collect())
}

pub(in crate::followup) fn count(conn: &mut Conn, call: CallId, wanted: &Wanted) -> Result<i64, Fault> {
    Ok(wanted!(call, wanted).count().get_result(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such note.
pub(in crate::followup) fn get(conn: &mut Conn, id: PracticeNoteId) -> Result<Note, Fault> {
    practice_notes::table
        .inner_join(dossiers::table.inner_join(organisations::table))
        .filter(practice_notes::id.eq(id))
        .select(note_columns!())
        .first::<NoteRow>(conn)
        .map(note)
        .map_err(Fault::from)
}

/// The last note an account wrote for a dossier, to recognise a second click.
pub(in crate::followup) fn last_of(
    conn: &mut Conn,
    dossier: DossierId,
    account: AccountId,
) -> Result<Option<Note>, Fault> {
    Ok(practice_notes::table
        .inner_join(dossiers::table.inner_join(organisations::table))
        .filter(practice_notes::dossier_id.eq(dossier))
        .filter(practice_notes::written_by.eq(account))
        .filter(practice_notes::withdrawn_at.is_null())
        .order(practice_notes::id.desc())
        .select(note_columns!())
        .first::<NoteRow>(conn)
        .optional()?
        .map(note))
}

pub(in crate::followup) fn insert(
    conn: &mut Conn,
    (call, dossier): (CallId, DossierId),
    text: &NoteText,
    by: AccountId,
    at: Instant,
) -> Result<PracticeNoteId, Fault> {
    Ok(diesel::insert_into(practice_notes::table)
        .values((
            practice_notes::call_id.eq(call),
            practice_notes::dossier_id.eq(dossier),
            practice_notes::axis.eq(&text.axis),
            practice_notes::title.eq(&text.title),
            practice_notes::situation.eq(&text.situation),
            practice_notes::practice.eq(&text.practice),
            practice_notes::lesson.eq(&text.lesson),
            practice_notes::quotable.eq(text.quotable),
            practice_notes::version.eq(1_i64),
            practice_notes::written_by.eq(by),
            practice_notes::written_at.eq(at),
            practice_notes::withdrawal_reason.eq(""),
        ))
        .returning(practice_notes::id)
        .get_result(conn)?)
}

/// Replaces the text of a note that nobody changed since; a note that may no longer be quoted is no longer retained.
pub(in crate::followup) fn update(conn: &mut Conn, note: &Note, text: &NoteText, at: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        practice_notes::table
            .filter(practice_notes::id.eq(note.id))
            .filter(practice_notes::version.eq(note.version))
            .filter(practice_notes::withdrawn_at.is_null()),
    )
    .set((
        practice_notes::axis.eq(&text.axis),
        practice_notes::title.eq(&text.title),
        practice_notes::situation.eq(&text.situation),
        practice_notes::practice.eq(&text.practice),
        practice_notes::lesson.eq(&text.lesson),
        practice_notes::quotable.eq(text.quotable),
        practice_notes::retained_at.eq(note.retained_at.filter(|_| text.quotable)),
        practice_notes::version.eq(note.version + 1),
        practice_notes::edited_at.eq(at),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub(in crate::followup) fn retain(
    conn: &mut Conn,
    note: &Note,
    by: AccountId,
    at: Option<Instant>,
) -> Result<(), Fault> {
    let changed = diesel::update(
        practice_notes::table
            .filter(practice_notes::id.eq(note.id))
            .filter(practice_notes::version.eq(note.version))
            .filter(practice_notes::withdrawn_at.is_null()),
    )
    .set((
        practice_notes::retained_at.eq(at),
        practice_notes::retained_by.eq(at.map(|_| by)),
        practice_notes::version.eq(note.version + 1),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub(in crate::followup) fn withdraw(
    conn: &mut Conn,
    note: &Note,
    by: AccountId,
    at: Instant,
    reason: &str,
) -> Result<(), Fault> {
    let changed = diesel::update(
        practice_notes::table
            .filter(practice_notes::id.eq(note.id))
            .filter(practice_notes::version.eq(note.version))
            .filter(practice_notes::withdrawn_at.is_null()),
    )
    .set((
        practice_notes::withdrawn_at.eq(at),
        practice_notes::withdrawn_by.eq(by),
        practice_notes::withdrawal_reason.eq(reason),
        practice_notes::retained_at.eq(None::<Instant>),
        practice_notes::version.eq(note.version + 1),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// In whose name somebody writes: organisations of dossiers, else the institution of an agent.
pub(in crate::followup) fn organisations_of(
    conn: &mut Conn,
    ids: &[DossierId],
) -> Result<HashMap<DossierId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(dossiers::table
        .inner_join(organisations::table)
        .filter(listed(dossiers::id, ids))
        .select((dossiers::id, organisations::name))
        .load::<(DossierId, String)>(conn)?
        .into_iter()
        .collect())
}

/// Short names of the institutions of agents.
pub(in crate::followup) fn institutions_of(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(agents::table
        .inner_join(institutions::table)
        .filter(listed(agents::account_id, ids))
        .select((agents::account_id, institutions::short_name))
        .load::<(AccountId, String)>(conn)?
        .into_iter()
        .collect())
}

/// Address and name of an account that may still be written to.
pub(in crate::followup) fn mailbox(conn: &mut Conn, id: AccountId) -> Result<Option<(String, String)>, Fault> {
    let row = accounts::table
        .filter(accounts::id.eq(id))
        .filter(accounts::disabled_at.is_null())
        .select((accounts::email, accounts::given_name, accounts::surname))
        .first::<(String, String, String)>(conn)
        .optional()?;
    Ok(row.map(|(email, given_name, surname)| (email, format!("{given_name} {surname}"))))
}
