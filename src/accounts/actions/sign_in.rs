//! Entering and leaving.

use super::sign_up::send_confirmation;
use crate::access::load_actor;
use crate::access::passwords::Passwords;
use crate::accounts::mails::Recipient;
use crate::accounts::store::Login;
use crate::base::ids::AccountId;
use crate::base::text::fold_email;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;
use crate::web::session::{self, SessionCookie};

/// What an address and a password open.
#[derive(Clone, Debug)]
pub enum Credentials {
    Good(Login),
    /// The right password of an address not yet confirmed.
    Unconfirmed(Login),
    /// A known account, but not its password, or a disabled account.
    Refused(AccountId),
    Unknown,
}

/// Spends the same time on every answer. Away from the database, so that neither a connection nor a transaction waits
/// for the hash.
#[must_use]
pub fn check_credentials(passwords: &Passwords, login: Option<Login>, password: &str) -> Credentials {
    let good = passwords.verify(password, login.as_ref().and_then(|login| login.password_hash.as_deref()));
    let Some(login) = login else { return Credentials::Unknown };
    match (good, login.disabled_at, login.confirmed_at) {
        (true, None, Some(_)) => Credentials::Good(login),
        (true, None, None) => Credentials::Unconfirmed(login),
        _ => Credentials::Refused(login.id),
    }
}

/// Opens a fresh session and ends the one the browser came with.
///
/// # Errors
/// [`Fault::NotFound`] when the account was disabled meanwhile.
pub fn sign_in(
    op: &mut Operation<'_>,
    account: AccountId,
    previous: Option<(AccountId, i64)>,
    user_agent: &str,
) -> Result<SessionCookie, Fault> {
    let actor = load_actor(op.conn, account)?;
    if let Some((holder, session)) = previous {
        session::revoke(op.conn, holder, session, op.now)?;
    }
    op.author = actor.author();
    op.record(Entry::new("account.sign_in", format!("Connexion au compte n° {account}")));
    session::open(op.conn, op.settings, op.now, account, user_agent)
}

/// Notes a refused sign-in; the holder of the right password of an unconfirmed address gets a fresh link.
///
/// # Errors
/// When the database refuses.
pub fn refuse_sign_in(op: &mut Operation<'_>, email: &str, credentials: &Credentials) -> Result<(), Fault> {
    match credentials {
        Credentials::Unconfirmed(login) => {
            let to = Recipient { email: fold_email(email), name: login.name() };
            send_confirmation(op, login.id, &to)?;
            let summary = format!("Connexion refusée au compte n° {}\u{A0}: adresse à confirmer", login.id);
            op.record(Entry::new("account.sign_in_refused", summary));
        }
        Credentials::Good(Login { id, .. }) | Credentials::Refused(id) => {
            op.record(Entry::new("account.sign_in_refused", format!("Connexion refusée au compte n° {id}")));
        }
        Credentials::Unknown => {
            op.record(Entry::new("account.sign_in_refused", "Connexion refusée à une adresse inconnue"));
        }
    }
    Ok(())
}

/// # Errors
/// When the database refuses.
pub fn sign_out(op: &mut Operation<'_>, account: AccountId, session: i64) -> Result<(), Fault> {
    session::revoke(op.conn, account, session, op.now)?;
    op.record(Entry::new("account.sign_out", format!("Session du compte n° {account} fermée")));
    Ok(())
}

/// # Errors
/// When the database refuses.
pub fn end_other_sessions(op: &mut Operation<'_>, account: AccountId, keep: Option<i64>) -> Result<(), Fault> {
    session::revoke_all(op.conn, account, keep, op.now)?;
    op.record(Entry::new("account.sign_out", format!("Autres sessions du compte n° {account} fermées")));
    Ok(())
}
