//! What the service tells a person in its own pages, beside the mails: written by the operation that makes it true,
//! counted in the header, read at `/notifications`.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, OrganisationId};
use crate::db::schema::{notifications, organisation_members};
use crate::db::{Conn, Window};
use crate::fault::Fault;
use crate::service::Operation;

#[derive(Clone, Debug, Queryable)]
pub struct Notification {
    pub id: i64,
    pub kind: String,
    pub text: String,
    pub href: String,
    pub created_at: Instant,
    pub read_at: Option<Instant>,
}

/// Tells a person something, unless they did it themselves. `text` is one French sentence; `href` one of our paths.
///
/// # Errors
/// When the database refuses.
pub fn tell(
    op: &mut Operation<'_>,
    account: AccountId,
    kind: &'static str,
    text: impl Into<String>,
    href: impl Into<String>,
) -> Result<(), Fault> {
    if op.author.id == Some(account) {
        return Ok(());
    }
    diesel::insert_into(notifications::table)
        .values((
            notifications::account_id.eq(account),
            notifications::kind.eq(kind),
            notifications::text.eq(text.into()),
            notifications::href.eq(href.into()),
            notifications::created_at.eq(op.now),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// Tells everyone who speaks for an organisation.
///
/// # Errors
/// When the database refuses.
pub fn tell_organisation(
    op: &mut Operation<'_>,
    organisation: OrganisationId,
    kind: &'static str,
    text: &str,
    href: &str,
) -> Result<(), Fault> {
    let members: Vec<AccountId> = organisation_members::table
        .filter(organisation_members::organisation_id.eq(organisation))
        .order(organisation_members::id)
        .select(organisation_members::account_id)
        .load(op.conn)?;
    members.into_iter().try_for_each(|member| tell(op, member, kind, text, href))
}

/// How many a person has not read.
///
/// # Errors
/// When the database refuses.
pub fn unread(conn: &mut Conn, account: AccountId) -> Result<i64, Fault> {
    Ok(notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::read_at.is_null())
        .count()
        .get_result(conn)?)
}

/// A person's notifications, the latest first; unread ones only when asked.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, account: AccountId, only_unread: bool) -> Result<i64, Fault> {
    if only_unread {
        return unread(conn, account);
    }
    Ok(notifications::table.filter(notifications::account_id.eq(account)).count().get_result(conn)?)
}

/// One window of them, the latest first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    account: AccountId,
    only_unread: bool,
    window: Window,
) -> Result<Vec<Notification>, Fault> {
    let mut query = notifications::table
        .filter(notifications::account_id.eq(account))
        .order(notifications::id.desc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            notifications::id,
            notifications::kind,
            notifications::text,
            notifications::href,
            notifications::created_at,
            notifications::read_at,
        ))
        .into_boxed();
    if only_unread {
        query = query.filter(notifications::read_at.is_null());
    }
    Ok(query.load(conn)?)
}

/// Notes that a person read one of theirs, and answers where it leads.
///
/// # Errors
/// [`Fault::NotFound`] when it is not theirs.
pub fn read(conn: &mut Conn, account: AccountId, id: i64, now: Instant) -> Result<String, Fault> {
    let own = || notifications::table.filter(notifications::id.eq(id)).filter(notifications::account_id.eq(account));
    let href = own().select(notifications::href).first(conn)?;
    diesel::update(own().filter(notifications::read_at.is_null()))
        .set(notifications::read_at.eq(Some(now)))
        .execute(conn)?;
    Ok(href)
}

/// Notes that a person read all of theirs.
///
/// # Errors
/// When the database refuses.
pub fn read_all(conn: &mut Conn, account: AccountId, now: Instant) -> Result<(), Fault> {
    diesel::update(
        notifications::table.filter(notifications::account_id.eq(account)).filter(notifications::read_at.is_null()),
    )
    .set(notifications::read_at.eq(Some(now)))
    .execute(conn)?;
    Ok(())
}
