//! Passwords forgotten, chosen and changed.

use diesel::prelude::*;

use super::sign_up::prove_address;
use crate::accounts::mails::{self, Recipient};
use crate::accounts::store;
use crate::accounts::tokens::{self, Purpose};
use crate::base::ids::AccountId;
use crate::base::text::fold_email;
use crate::db::schema::accounts;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::mail::compose::compose;
use crate::service::Operation;
use crate::web::session::{self, random_token};

const RESET_MINUTES: i64 = 60;

/// Sends a link to choose a new password, if the address has an account in use.
///
/// # Errors
/// When the database refuses.
pub fn request_reset(op: &mut Operation<'_>, email: &str) -> Result<(), Fault> {
    let email = fold_email(email);
    let until = op.now.plus_minutes(RESET_MINUTES);
    match store::login_by_email(op.conn, &email)?.filter(|login| login.disabled_at.is_none()) {
        Some(login) => {
            let token = tokens::issue(op.conn, login.id, Purpose::Reset, op.now, until)?;
            let to = Recipient { email, name: login.name() };
            op.send(&mails::reset(op.settings, &to, &token, until))?;
            let summary = format!("Nouveau mot de passe demandé pour le compte n° {}", login.id);
            op.record(Entry::new("account.reset_request", summary));
        }
        None => {
            // The longest part of the work, so that the answer takes as long.
            let nobody = Recipient { name: email.clone(), email };
            compose(op.settings, &mails::reset(op.settings, &nobody, &random_token(), until))?;
            op.record(Entry::new("account.reset_request", "Nouveau mot de passe demandé pour une adresse inconnue"))
        }
    }
    Ok(())
}

/// Sets the password through a link: every session ends, every other link is worthless, and the address is proven.
///
/// # Errors
/// [`Fault::NotFound`] when the link is unknown, used or expired.
pub fn reset_password(op: &mut Operation<'_>, token: &str, hash: &str) -> Result<AccountId, Fault> {
    let account = tokens::redeem(op.conn, Purpose::Reset, token, op.now)?;
    set_password(op, account, hash, None)?;
    prove_address(op, account)?;
    op.record(Entry::new("account.reset", format!("Mot de passe du compte n° {account} choisi par lien")));
    Ok(account)
}

/// Changes the password of a person who knows the present one; their other sessions end.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such account.
pub fn change_password(
    op: &mut Operation<'_>,
    account: AccountId,
    hash: &str,
    session: Option<i64>,
) -> Result<(), Fault> {
    set_password(op, account, hash, session)?;
    op.record(Entry::new("account.password", format!("Mot de passe du compte n° {account} changé")));
    Ok(())
}

fn set_password(op: &mut Operation<'_>, account: AccountId, hash: &str, keep: Option<i64>) -> Result<(), Fault> {
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set(accounts::password_hash.eq(Some(hash)))
        .execute(op.conn)?;
    session::revoke_all(op.conn, account, keep, op.now)?;
    tokens::cancel_all(op.conn, account, op.now)?;
    let to = store::person(op.conn, account)?.recipient();
    op.send(&mails::password_changed(op.settings, &to, op.now))
}
