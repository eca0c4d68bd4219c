//! Server-side sessions: a random token in a cookie, its hash in the database.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;

use crate::access::{Actor, load_actor};
use crate::base::clock::Instant;
use crate::base::ids::AccountId;
use crate::config::Settings;
use crate::db::Conn;
use crate::db::schema::sessions;
use crate::fault::Fault;
use crate::files::sha256_hex;

/// WCAG 2.2.6 asks for twenty hours without data loss; a working week of mornings fits in a day.
const LIFETIME_DAYS: i64 = 1;
/// However often it is used, a session ends after this.
const LONGEST_DAYS: i64 = 30;
/// How often an open session is prolonged, in minutes.
const REFRESH_MINUTES: i64 = 10;

/// Hands the token of a session to the browser, and to nobody else.
pub type SessionCookie = Cookie<'static>;

/// An open session as its holder sees it.
#[derive(Clone, Debug, Queryable)]
pub struct OpenSession {
    pub id: i64,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub user_agent: String,
}

/// 256 random bits, for addresses and cookies.
#[must_use]
pub fn random_token() -> String {
    BASE64URL_NOPAD.encode(&rand::random::<[u8; 32]>())
}

/// What is stored of a token: a copy of the database opens no session.
#[must_use]
pub fn hash_token(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

#[must_use]
pub fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-essaim" } else { "essaim" }
}

/// A cookie out of reach of scripts, of other sites and, over HTTPS, of other hosts of the domain (`__Host-`).
pub(super) fn own_cookie(settings: &Settings, name: &'static str, value: String) -> Cookie<'static> {
    let cookie = Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(settings.is_https()).finish()
}

/// Opens a fresh session; the token of any earlier one is never reused.
///
/// # Errors
/// When the database refuses.
pub fn open(
    conn: &mut Conn,
    settings: &Settings,
    now: Instant,
    account: AccountId,
    user_agent: &str,
) -> Result<SessionCookie, Fault> {
    let token = random_token();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(hash_token(&token)),
            sessions::account_id.eq(account),
            sessions::created_at.eq(now),
            sessions::seen_at.eq(now),
            sessions::expires_at.eq(now.plus_days(LIFETIME_DAYS)),
            sessions::user_agent.eq(user_agent.chars().take(200).collect::<String>()),
        ))
        .execute(conn)?;
    let mut cookie = own_cookie(settings, cookie_name(settings), token);
    cookie.set_max_age(Duration::days(LONGEST_DAYS));
    Ok(cookie)
}

/// The cookie that makes a browser forget its session.
#[must_use]
pub fn forget(settings: &Settings) -> SessionCookie {
    let mut cookie = own_cookie(settings, cookie_name(settings), String::new());
    cookie.make_removal();
    cookie
}

/// Who holds a token, with rights read afresh.
pub struct Holder {
    pub session: i64,
    pub actor: Actor,
    /// Whether the session is to be prolonged.
    pub is_due: bool,
}

/// Who holds this token now.
///
/// # Errors
/// When the database refuses; an unknown, expired or revoked token is simply nobody.
pub fn find(conn: &mut Conn, token: &str, now: Instant) -> Result<Option<Holder>, Fault> {
    let row = sessions::table
        .filter(sessions::token_hash.eq(hash_token(token)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::created_at.gt(now.plus_days(-LONGEST_DAYS)))
        .select((sessions::id, sessions::account_id, sessions::seen_at))
        .first::<(i64, AccountId, Instant)>(conn)
        .optional()?;
    let Some((id, account, seen_at)) = row else { return Ok(None) };
    let actor = match load_actor(conn, account) {
        Ok(actor) => actor,
        Err(Fault::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(Some(Holder { session: id, actor, is_due: seen_at.plus_minutes(REFRESH_MINUTES) < now }))
}

/// Makes an open session last from now.
///
/// # Errors
/// When the database refuses.
pub fn prolong(conn: &mut Conn, session: i64, now: Instant) -> Result<(), Fault> {
    diesel::update(sessions::table.filter(sessions::id.eq(session)))
        .set((sessions::seen_at.eq(now), sessions::expires_at.eq(now.plus_days(LIFETIME_DAYS))))
        .execute(conn)?;
    Ok(())
}

/// Ends one session of an account.
///
/// # Errors
/// [`Fault::NotFound`] when the account has no such session.
pub fn revoke(conn: &mut Conn, account: AccountId, session: i64, now: Instant) -> Result<(), Fault> {
    let ended =
        diesel::update(sessions::table.filter(sessions::id.eq(session)).filter(sessions::account_id.eq(account)))
            .set(sessions::revoked_at.eq(now))
            .execute(conn)?;
    if ended == 1 { Ok(()) } else { Err(Fault::NotFound) }
}

/// Ends every session of an account, but one.
///
/// # Errors
/// When the database refuses.
pub fn revoke_all(conn: &mut Conn, account: AccountId, but: Option<i64>, now: Instant) -> Result<(), Fault> {
    diesel::update(
        sessions::table
            .filter(sessions::account_id.eq(account))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::id.ne(but.unwrap_or(0))),
    )
    .set(sessions::revoked_at.eq(now))
    .execute(conn)?;
    Ok(())
}

/// Open sessions of an account, latest first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, account: AccountId, now: Instant) -> Result<Vec<OpenSession>, Fault> {
    Ok(sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::created_at.gt(now.plus_days(-LONGEST_DAYS)))
        .order(sessions::seen_at.desc())
        .select((sessions::id, sessions::created_at, sessions::seen_at, sessions::user_agent))
        .load(conn)?)
}
