//! Rows of letters.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DecisionId, DocumentId, DossierId, LetterId, OrganisationId};
use crate::db::schema::{decisions, dossiers, letters};
use crate::db::{Conn, among, listed, outside};
use crate::decisions::model::{Letter, LetterKind};
use crate::fault::Fault;

type Row = (
    (LetterId, CallId, DossierId, LetterKind, String, String, DocumentId, bool),
    (Instant, Option<Instant>, Option<String>, Option<Instant>, Option<LetterId>),
);

macro_rules! columns {
    () => {
        (
            (
                letters::id,
                letters::call_id,
                letters::dossier_id,
                letters::kind,
                letters::number,
                letters::check_code,
                letters::document_id,
                letters::electronic,
            ),
            (letters::issued_at, letters::notified_at, letters::posted_on, letters::read_at, letters::replaced_by),
        )
    };
}

fn letter(row: Row) -> Letter {
    let (
        (id, call, dossier, kind, number, check_code, document, electronic),
        (issued_at, notified_at, posted_on, read_at, replaced_by),
    ) = row;
    Letter {
        id,
        call,
        dossier,
        kind,
        number,
        check_code,
        document,
        electronic,
        issued_at,
        notified_at,
        posted_on,
        read_at,
        replaced_by,
    }
}

/// The letter that carries a decision.
///
/// # Errors
/// [`Fault::NotFound`] while an authority has not signed.
pub fn letter_of(conn: &mut Conn, decision: DecisionId) -> Result<Letter, Fault> {
    Ok(letters::table
        .inner_join(decisions::table.on(decisions::letter_id.eq(letters::id.nullable())))
        .filter(decisions::id.eq(decision))
        .select(columns!())
        .first(conn)
        .map(letter)?)
}

/// Every letter of a dossier, oldest first, sent or not.
///
/// # Errors
/// When the database refuses.
pub fn letters_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Letter>, Fault> {
    let rows = letters::table
        .filter(letters::dossier_id.eq(dossier))
        .order(letters::id)
        .select(columns!())
        .load::<Row>(conn)?;
    Ok(rows.into_iter().map(letter).collect())
}

pub fn letter_by_id(conn: &mut Conn, id: LetterId) -> Result<Letter, Fault> {
    Ok(letters::table.filter(letters::id.eq(id)).select(columns!()).first(conn).map(letter)?)
}

pub fn letters_by_ids(conn: &mut Conn, ids: &[LetterId]) -> Result<Vec<Letter>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows =
        letters::table.filter(listed(letters::id, ids)).order(letters::id).select(columns!()).load::<Row>(conn)?;
    Ok(rows.into_iter().map(letter).collect())
}

/// The letter of a dossier that waits for its notification.
pub fn waiting_of(conn: &mut Conn, dossier: DossierId) -> Result<Option<Letter>, Fault> {
    Ok(letters::table
        .filter(letters::dossier_id.eq(dossier))
        .filter(letters::notified_at.is_null())
        .select(columns!())
        .first(conn)
        .optional()?
        .map(letter))
}

/// The last letter that the applicant of a dossier received.
pub fn last_notified(conn: &mut Conn, dossier: DossierId) -> Result<Option<Letter>, Fault> {
    Ok(letters::table
        .filter(letters::dossier_id.eq(dossier))
        .filter(letters::notified_at.is_not_null())
        .order(letters::id.desc())
        .select(columns!())
        .first(conn)
        .optional()?
        .map(letter))
}

/// Every letter of a call that waits for its notification.
pub fn waiting_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<Letter>, Fault> {
    let rows = letters::table
        .filter(letters::call_id.eq(call))
        .filter(letters::notified_at.is_null())
        .order(letters::id)
        .select(columns!())
        .load::<Row>(conn)?;
    Ok(rows.into_iter().map(letter).collect())
}

/// What a list of letters is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub kind: Option<LetterKind>,
    pub electronic: Option<bool>,
}

/// A page of the letters of a call, sent (latest first) or waiting (oldest first), without `closed` dossiers; with how
/// many there are.
pub fn in_call_page(
    conn: &mut Conn,
    call: CallId,
    sent: bool,
    closed: &HashSet<DossierId>,
    asked: Wanted,
    (offset, limit): (i64, i64),
) -> Result<(i64, Vec<Letter>), Fault> {
    let closed: Vec<DossierId> = closed.iter().copied().collect();
    macro_rules! wanted {
        () => {{
            let mut query = letters::table
                .filter(letters::call_id.eq(call))
                .filter(outside(letters::dossier_id, closed.iter().copied()))
                .into_boxed();
            if let Some(kind) = asked.kind {
                query = query.filter(letters::kind.eq(kind));
            }
            if let Some(electronic) = asked.electronic {
                query = query.filter(letters::electronic.eq(electronic));
            }
            if sent {
                query.filter(letters::notified_at.is_not_null())
            } else {
                query.filter(letters::notified_at.is_null())
            }
        }};
    }
    let total = wanted!().count().get_result::<i64>(conn)?;
    let ordered = if sent {
        wanted!().order((letters::notified_at.desc(), letters::id.desc()))
    } else {
        wanted!().order(letters::id.asc())
    };
    let rows = ordered.limit(limit).offset(offset).select(columns!()).load::<Row>(conn)?;
    Ok((total, rows.into_iter().map(letter).collect()))
}

/// A notified letter: before that, its code is nobody's to know of.
pub fn letter_by_code(conn: &mut Conn, code: &str) -> Result<Option<Letter>, Fault> {
    Ok(letters::table
        .filter(letters::check_code.eq(code))
        .filter(letters::notified_at.is_not_null())
        .select(columns!())
        .first(conn)
        .optional()?
        .map(letter))
}

/// A letter about to be written.
pub struct NewLetter<'a> {
    pub call: CallId,
    pub dossier: DossierId,
    pub kind: LetterKind,
    pub number: &'a str,
    pub check_code: &'a str,
    pub document: DocumentId,
    pub electronic: bool,
    pub at: Instant,
}

pub fn insert_letter(conn: &mut Conn, new: &NewLetter<'_>) -> Result<LetterId, Fault> {
    Ok(diesel::insert_into(letters::table)
        .values((
            letters::call_id.eq(new.call),
            letters::dossier_id.eq(new.dossier),
            letters::kind.eq(new.kind),
            letters::number.eq(new.number),
            letters::check_code.eq(new.check_code),
            letters::document_id.eq(new.document),
            letters::electronic.eq(new.electronic),
            letters::issued_at.eq(new.at),
        ))
        .returning(letters::id)
        .get_result(conn)?)
}

/// Of two notifications at once, the second finds the letter gone.
pub fn notify_letter(conn: &mut Conn, id: LetterId, at: Instant, posted_on: Option<&str>) -> Result<(), Fault> {
    let changed = diesel::update(letters::table.filter(letters::id.eq(id)).filter(letters::notified_at.is_null()))
        .set((letters::notified_at.eq(Some(at)), letters::posted_on.eq(posted_on)))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub fn replace_letter(conn: &mut Conn, old: LetterId, new: LetterId) -> Result<(), Fault> {
    let changed = diesel::update(letters::table.filter(letters::id.eq(old)).filter(letters::replaced_by.is_null()))
        .set(letters::replaced_by.eq(Some(new)))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Whether this is the first reading.
pub fn set_read(conn: &mut Conn, letter: LetterId, by: AccountId, at: Instant) -> Result<bool, Fault> {
    let changed = diesel::update(letters::table.filter(letters::id.eq(letter)).filter(letters::read_at.is_null()))
        .set((letters::read_at.eq(Some(at)), letters::read_by.eq(Some(by))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notified letters nobody in these organisations has opened: dossier, reference, title.
pub fn unread(conn: &mut Conn, organisations: &[OrganisationId]) -> Result<Vec<(DossierId, String, String)>, Fault> {
    let rows = letters::table
        .inner_join(dossiers::table)
        .filter(among(dossiers::organisation_id, organisations))
        .filter(letters::notified_at.is_not_null())
        .filter(letters::read_at.is_null())
        .filter(letters::replaced_by.is_null())
        .order(letters::id)
        .select((dossiers::id, dossiers::reference, dossiers::title))
        .load::<(DossierId, Option<String>, String)>(conn)?;
    Ok(rows.into_iter().map(|(id, reference, title)| (id, reference.unwrap_or_default(), title)).collect())
}
