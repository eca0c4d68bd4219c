//! Single-use links sent by mail. The database keeps the hash of a token, never the token.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::AccountId;
use crate::db::Conn;
use crate::db::schema::account_tokens;
use crate::fault::Fault;
use crate::web::session::{hash_token, random_token};

crate::code_enum! {
    /// What a link allows.
    pub enum Purpose {
        Confirm = "confirm" => "Confirmer l’adresse",
        Reset = "reset" => "Choisir un mot de passe",
        Email = "email" => "Changer d’adresse",
    }
}

/// Makes a link good until `expires_at`, and those sent before it worthless; the answer goes into a mail and nowhere
/// else.
///
/// # Errors
/// When the database refuses.
pub fn issue(
    conn: &mut Conn,
    account: AccountId,
    purpose: Purpose,
    now: Instant,
    expires_at: Instant,
) -> Result<String, Fault> {
    issue_about(conn, account, purpose, "", now, expires_at)
}

/// A link about something: the new address of an account. It takes the place of any other sent for the same purpose.
///
/// # Errors
/// When the database refuses.
pub fn issue_about(
    conn: &mut Conn,
    account: AccountId,
    purpose: Purpose,
    detail: &str,
    now: Instant,
    expires_at: Instant,
) -> Result<String, Fault> {
    cancel(conn, account, purpose, now)?;
    let token = random_token();
    diesel::insert_into(account_tokens::table)
        .values((
            account_tokens::account_id.eq(account),
            account_tokens::purpose.eq(purpose.code()),
            account_tokens::detail.eq(detail),
            account_tokens::token_hash.eq(hash_token(&token)),
            account_tokens::created_at.eq(now),
            account_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(token)
}

/// Whose link this is, if it may still be used.
///
/// # Errors
/// [`Fault::NotFound`] when it is unknown, used or expired: the three are not told apart.
pub fn holder(conn: &mut Conn, purpose: Purpose, token: &str, now: Instant) -> Result<AccountId, Fault> {
    Ok(account_tokens::table
        .filter(account_tokens::token_hash.eq(hash_token(token)))
        .filter(account_tokens::purpose.eq(purpose.code()))
        .filter(account_tokens::used_at.is_null())
        .filter(account_tokens::expires_at.gt(now))
        .select(account_tokens::account_id)
        .first(conn)?)
}

/// What a link that may still be used is about.
///
/// # Errors
/// [`Fault::NotFound`] as [`holder`].
pub fn detail(conn: &mut Conn, purpose: Purpose, token: &str, now: Instant) -> Result<String, Fault> {
    holder(conn, purpose, token, now)?;
    Ok(account_tokens::table
        .filter(account_tokens::token_hash.eq(hash_token(token)))
        .select(account_tokens::detail)
        .first(conn)?)
}

/// Uses a link up. Of two requests at once, one gets the account and the other nothing.
///
/// # Errors
/// [`Fault::NotFound`] as [`holder`].
pub fn redeem(conn: &mut Conn, purpose: Purpose, token: &str, now: Instant) -> Result<AccountId, Fault> {
    let account = holder(conn, purpose, token, now)?;
    let used = diesel::update(
        account_tokens::table
            .filter(account_tokens::token_hash.eq(hash_token(token)))
            .filter(account_tokens::used_at.is_null()),
    )
    .set(account_tokens::used_at.eq(now))
    .execute(conn)?;
    if used == 1 { Ok(account) } else { Err(Fault::NotFound) }
}

/// Makes the links of one purpose worthless: a newer one was asked for.
///
/// # Errors
/// When the database refuses.
pub fn cancel(conn: &mut Conn, account: AccountId, purpose: Purpose, now: Instant) -> Result<(), Fault> {
    diesel::update(
        account_tokens::table
            .filter(account_tokens::account_id.eq(account))
            .filter(account_tokens::purpose.eq(purpose.code()))
            .filter(account_tokens::used_at.is_null()),
    )
    .set(account_tokens::used_at.eq(now))
    .execute(conn)?;
    Ok(())
}

/// Makes every link of an account worthless, whatever its purpose.
///
/// # Errors
/// When the database refuses.
pub fn cancel_all(conn: &mut Conn, account: AccountId, now: Instant) -> Result<(), Fault> {
    diesel::update(
        account_tokens::table.filter(account_tokens::account_id.eq(account)).filter(account_tokens::used_at.is_null()),
    )
    .set(account_tokens::used_at.eq(now))
    .execute(conn)?;
    Ok(())
}
