//! Rows of the outbox.

use diesel::prelude::*;

use super::Message;
use super::compose::Parts;
use crate::base::clock::Instant;
use crate::base::ids::{DocumentId, DossierId, MailId};
use crate::base::text::{fold, pattern};
use crate::db::schema::mails;
use crate::db::{Conn, Dialect, Window};
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
    pub html: String,
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
    mails::html,
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
    mails::html,
    mails::document_id,
    mails::created_at,
    mails::sent_at,
    mails::attempts,
);

/// # Errors
/// When the database refuses.
pub fn enqueue(conn: &mut Conn, now: Instant, message: &Message, parts: &Parts) -> Result<(), Fault> {
    diesel::insert_into(mails::table)
        .values((
            mails::kind.eq(message.kind),
            mails::recipient.eq(&message.recipient),
            mails::recipient_name.eq(&message.recipient_name),
            mails::subject.eq(&message.subject),
            mails::body.eq(&parts.plain),
            mails::html.eq(&parts.html),
            mails::search_text
                .eq(fold(&format!("{} {} {}", message.subject, message.recipient_name, message.recipient))),
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

crate::code_enum! {
    /// Where a mail stands.
    pub enum Standing {
        Waiting = "waiting" => "En attente d’envoi",
        Retrying = "retrying" => "Nouvel essai prévu",
        Sent = "sent" => "Envoyé",
        GivenUp = "given_up" => "Abandonné",
    }
}

/// A mail as administrators see it: never its words, which may hold a personal link.
#[derive(Clone, Debug, Queryable)]
pub struct Outbox {
    pub id: MailId,
    pub kind: String,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub created_at: Instant,
    pub not_before: Instant,
    pub attempts: i32,
    pub sent_at: Option<Instant>,
    pub failed_at: Option<Instant>,
    pub last_error: String,
}

impl Outbox {
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.sent_at, self.failed_at, self.last_error.is_empty()) {
            (Some(_), ..) => Standing::Sent,
            (None, Some(_), _) => Standing::GivenUp,
            (None, None, false) => Standing::Retrying,
            (None, None, true) => Standing::Waiting,
        }
    }
}

type OutboxQuery<'q> = mails::BoxedQuery<'q, Dialect>;

fn narrowed<'q>(standing: Option<Standing>, words: &[String]) -> OutboxQuery<'q> {
    let mut query = mails::table.into_boxed::<Dialect>();
    for word in words {
        query = query.filter(mails::search_text.like(pattern(word)));
    }
    match standing {
        None => query,
        Some(Standing::Sent) => query.filter(mails::sent_at.is_not_null()),
        Some(Standing::GivenUp) => query.filter(mails::sent_at.is_null()).filter(mails::failed_at.is_not_null()),
        Some(Standing::Retrying) => {
            query.filter(mails::sent_at.is_null()).filter(mails::failed_at.is_null()).filter(mails::last_error.ne(""))
        }
        Some(Standing::Waiting) => {
            query.filter(mails::sent_at.is_null()).filter(mails::failed_at.is_null()).filter(mails::last_error.eq(""))
        }
    }
}

/// # Errors
/// When the database refuses.
pub fn outbox_count(conn: &mut Conn, standing: Option<Standing>, words: &[String]) -> Result<i64, Fault> {
    Ok(narrowed(standing, words).count().get_result(conn)?)
}

/// Mails that have every word, in one standing or any, sorted by `date`, `destinataire` or `objet`.
///
/// # Errors
/// When the database refuses.
pub fn outbox(
    conn: &mut Conn,
    standing: Option<Standing>,
    words: &[String],
    (sort, descending): (&str, bool),
    window: Window,
) -> Result<Vec<Outbox>, Fault> {
    let query = narrowed(standing, words);
    let query = match (sort, descending) {
        ("destinataire", false) => query.order(mails::recipient.asc()),
        ("destinataire", true) => query.order(mails::recipient.desc()),
        ("objet", false) => query.order(mails::search_text.asc()),
        ("objet", true) => query.order(mails::search_text.desc()),
        (_, false) => query.order(mails::created_at.asc()),
        (_, true) => query.order(mails::created_at.desc()),
    };
    let query = if descending { query.then_order_by(mails::id.desc()) } else { query.then_order_by(mails::id.asc()) };
    Ok(query
        .offset(window.offset)
        .limit(window.limit)
        .select((
            mails::id,
            mails::kind,
            mails::recipient,
            mails::recipient_name,
            mails::subject,
            mails::created_at,
            mails::not_before,
            mails::attempts,
            mails::sent_at,
            mails::failed_at,
            mails::last_error,
        ))
        .load(conn)?)
}

/// Puts a mail that was not delivered at the head of the queue, with all its attempts before it; answers to whom it
/// goes.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such mail; [`Fault::Refused`] when it has left.
pub fn retry(conn: &mut Conn, id: MailId, now: Instant) -> Result<String, Fault> {
    let mail = get(conn, id)?;
    let again = diesel::update(mails::table.filter(mails::id.eq(id)).filter(mails::sent_at.is_null()))
        .set((
            mails::failed_at.eq(None::<Instant>),
            mails::leased_until.eq(None::<Instant>),
            mails::not_before.eq(now),
            mails::attempts.eq(0),
        ))
        .execute(conn)?;
    if again == 1 { Ok(mail.recipient) } else { Err(Fault::refused("Ce courriel est déjà parti.")) }
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

/// How long a worker has a mail to itself; one that was killed meanwhile leaves it to others after that.
const LEASE_MINUTES: i64 = 5;
/// The longest pause before another attempt, in minutes.
const LONGEST_PAUSE_MINUTES: i64 = 1 << 10;

/// Takes the oldest mail that is due, for the length of a lease, so that two workers never send it twice. A lease or a
/// pause clearly longer than any we give was dated by a clock that has stepped back since: it holds nothing up. Clearly,
/// because two workers never read quite the same hour.
pub(super) fn lease(conn: &mut Conn, now: Instant) -> Result<Option<Sent>, Fault> {
    let due = mails::table
        .filter(mails::sent_at.is_null())
        .filter(mails::failed_at.is_null())
        .filter(
            mails::not_before
                .le(now)
                .or(mails::attempts.eq(0))
                .or(mails::not_before.gt(now.plus_minutes(LONGEST_PAUSE_MINUTES + LEASE_MINUTES))),
        )
        .filter(free(now))
        .order(mails::id)
        .select(COLUMNS)
        .first::<Sent>(conn)
        .optional()?;
    let Some(mail) = due else { return Ok(None) };
    let taken =
        diesel::update(mails::table.filter(mails::id.eq(mail.id)).filter(mails::sent_at.is_null()).filter(free(now)))
            .set((mails::leased_until.eq(now.plus_minutes(LEASE_MINUTES)), mails::attempts.eq(mails::attempts + 1)))
            .execute(conn)?;
    Ok((taken == 1).then_some(mail))
}

/// Whether nobody is sending it now.
#[diesel::dsl::auto_type(no_type_alias)]
fn free(now: Instant) -> _ {
    let until: Instant = now.plus_minutes(2 * LEASE_MINUTES);
    mails::leased_until.is_null().or(mails::leased_until.lt(now)).or(mails::leased_until.gt(until))
}

/// A mail that left keeps its subject and its recipient. Its words are forgotten, unless `keeping_words`: they may hold a
/// personal link, of which the database keeps only the hash.
pub(super) fn mark_sent(conn: &mut Conn, id: MailId, now: Instant, keeping_words: bool) -> Result<(), Fault> {
    let row = mails::table.filter(mails::id.eq(id));
    diesel::update(row).set((mails::sent_at.eq(now), mails::last_error.eq(""))).execute(conn)?;
    if !keeping_words {
        diesel::update(row).set((mails::body.eq(""), mails::html.eq(""))).execute(conn)?;
    }
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
            mails::not_before.eq(now.plus_minutes((1 << attempt.min(20)).min(LONGEST_PAUSE_MINUTES))),
            mails::failed_at.eq((attempt >= LAST_ATTEMPT).then_some(now)),
        ))
        .execute(conn)?;
    Ok(())
}
