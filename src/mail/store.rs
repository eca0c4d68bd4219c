//! Rows of the outbox.

use diesel::prelude::*;

use super::Message;
use crate::base::clock::Instant;
use crate::base::ids::{DocumentId, DossierId, MailId};
use crate::db::Conn;
use crate::db::schema::mails;
use crate::fault::Fault;

/// A mail as the outbox shows it.
#[derive(Clone, Debug, Queryable)]
pub struct Sent {
    pub id: MailId,
    pub kind: String,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub body: String,
    pub document: Option<DocumentId>,
    pub created_at: Instant,
    pub sent_at: Option<Instant>,
    pub attempts: i32,
}

const COLUMNS: (
    mails::id,
    mails::kind,
    mails::recipient,
    mails::recipient_name,
    mails::subject,
    mails::body,
    mails::document_id,
    mails::created_at,
    mails::sent_at,
    mails::attempts,
) = (
    mails::id,
    mails::kind,
    mails::recipient,
    mails::recipient_name,
    mails::subject,
    mails::body,
    mails::document_id,
    mails::created_at,
    mails::sent_at,
    mails::attempts,
);

/// # Errors
/// When the database refuses.
pub fn enqueue(conn: &mut Conn, now: Instant, message: &Message) -> Result<(), Fault> {
    diesel::insert_into(mails::table)
        .values((
            mails::kind.eq(message.kind),
            mails::recipient.eq(&message.recipient),
            mails::recipient_name.eq(&message.recipient_name),
            mails::subject.eq(&message.subject),
            mails::body.eq(&message.body),
            mails::document_id.eq(message.document),
            mails::dossier_id.eq(message.dossier),
            mails::created_at.eq(now),
            mails::not_before.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The most recent mails, newest first.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Conn, limit: i64) -> Result<Vec<Sent>, Fault> {
    Ok(mails::table.order(mails::id.desc()).limit(limit).select(COLUMNS).load(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such mail.
pub fn get(conn: &mut Conn, id: MailId) -> Result<Sent, Fault> {
    Ok(mails::table.filter(mails::id.eq(id)).select(COLUMNS).first(conn)?)
}

/// To whom mails of one kind about a dossier were written, in order.
///
/// # Errors
/// When the database refuses.
pub fn recipients(conn: &mut Conn, dossier: DossierId, kind: &str) -> Result<Vec<String>, Fault> {
    Ok(mails::table
        .filter(mails::dossier_id.eq(dossier))
        .filter(mails::kind.eq(kind))
        .order(mails::id)
        .select(mails::recipient)
        .load(conn)?)
}

/// Takes the oldest mail that is due, for the length of a lease, so that two workers never send it twice.
pub(super) fn lease(conn: &mut Conn, now: Instant) -> Result<Option<Sent>, Fault> {
    let due = mails::table
        .filter(mails::sent_at.is_null())
        .filter(mails::failed_at.is_null())
        .filter(mails::not_before.le(now))
        .filter(mails::leased_until.is_null().or(mails::leased_until.lt(now)))
        .order(mails::id)
        .select(COLUMNS)
        .first::<Sent>(conn)
        .optional()?;
    let Some(mail) = due else { return Ok(None) };
    let taken = diesel::update(
        mails::table
            .filter(mails::id.eq(mail.id))
            .filter(mails::sent_at.is_null())
            .filter(mails::leased_until.is_null().or(mails::leased_until.lt(now))),
    )
    .set((mails::leased_until.eq(now.plus_minutes(5)), mails::attempts.eq(mails::attempts + 1)))
    .execute(conn)?;
    Ok((taken == 1).then_some(mail))
}

pub(super) fn mark_sent(conn: &mut Conn, id: MailId, now: Instant) -> Result<(), Fault> {
    diesel::update(mails::table.filter(mails::id.eq(id)))
        .set((mails::sent_at.eq(now), mails::last_error.eq("")))
        .execute(conn)?;
    Ok(())
}

/// Waits longer after each failure, and gives up, visibly, after the eighth.
pub(super) fn mark_failed(conn: &mut Conn, mail: &Sent, now: Instant, error: &str) -> Result<(), Fault> {
    const LAST_ATTEMPT: i32 = 8;
    let attempt = mail.attempts + 1;
    diesel::update(mails::table.filter(mails::id.eq(mail.id)))
        .set((
            mails::last_error.eq(error),
            mails::leased_until.eq(None::<Instant>),
            mails::not_before.eq(now.plus_minutes(1 << attempt.min(10))),
            mails::failed_at.eq((attempt >= LAST_ATTEMPT).then_some(now)),
        ))
        .execute(conn)?;
    Ok(())
}
