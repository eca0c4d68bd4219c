//! What people do with their own account: open it, prove its address, enter, leave, choose a password.

use diesel::prelude::*;

use crate::accounts::mails::{self, Recipient};
use crate::accounts::password;
use crate::accounts::store::{self, Login};
use crate::accounts::tokens::{self, Purpose};
use crate::base::ids::AccountId;
use crate::base::text::{fold, fold_email, looks_like_email};
use crate::db::Conn;
use crate::db::schema::accounts;
use crate::fault::{Fault, Mistakes, is_unique_violation};
use crate::journal::Entry;
use crate::service::Operation;
use crate::web::session::{self, SessionCookie};

const CONFIRM_DAYS: i64 = 1;
const RESET_MINUTES: i64 = 60;

/// A checked sign-up form. The password is hashed before the transaction: hashing is slow on purpose.
#[derive(Clone, Debug)]
pub struct Registration {
    email: String,
    given_name: String,
    surname: String,
    password_hash: String,
}

impl Registration {
    /// # Errors
    /// [`Fault::Invalid`] names each field to correct; whether the address is known plays no part.
    pub fn check(given_name: &str, surname: &str, email: &str, password: &str) -> Result<Self, Fault> {
        let mut mistakes = Mistakes::default();
        let given_name = mistakes.line("given_name", given_name, 80, "Saisissez votre prénom.");
        let surname = mistakes.line("surname", surname, 80, "Saisissez votre nom.");
        let email = fold_email(email);
        if !looks_like_email(&email) {
            mistakes.add("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
        }
        mistakes.take("password", password::check_strength(password, &email));
        mistakes.finish()?;
        Ok(Self { email, given_name, surname, password_hash: password::hash(password)? })
    }

    fn recipient(&self) -> Recipient {
        Recipient { email: self.email.clone(), name: format!("{} {}", self.given_name, self.surname) }
    }
}

/// Opens an account that waits for its address to be confirmed. A known address gets a mail that says so, and
/// nothing else tells the two apart.
///
/// # Errors
/// [`Fault::Stale`] when the same address signed up at the same instant: try again.
pub fn sign_up(op: &mut Operation<'_>, new: &Registration) -> Result<(), Fault> {
    let known = store::login_by_email(op.conn, &new.email)?;
    if let Some(known) = known.as_ref().filter(|login| login.confirmed_at.is_some()) {
        let to = Recipient { email: new.email.clone(), name: known.name() };
        op.send(&mails::exists(op.settings, &to))?;
        let summary = format!("Inscription demandée avec l’adresse du compte n° {}", known.id);
        op.record(Entry::new("account.sign_up_known", summary));
        return Ok(());
    }
    let search_text = fold(&format!("{} {} {}", new.given_name, new.surname, new.email));
    let values = (
        accounts::email.eq(&new.email),
        accounts::given_name.eq(&new.given_name),
        accounts::surname.eq(&new.surname),
        accounts::password_hash.eq(Some(&new.password_hash)),
        accounts::search_text.eq(search_text),
    );
    let account = match known {
        // The latest form counts: whoever typed the first one has not shown that the address is theirs.
        Some(unconfirmed) => {
            diesel::update(accounts::table.filter(accounts::id.eq(unconfirmed.id))).set(values).execute(op.conn)?;
            tokens::cancel_all(op.conn, unconfirmed.id, op.now)?;
            unconfirmed.id
        }
        None => diesel::insert_into(accounts::table)
            .values((values, accounts::created_at.eq(op.now)))
            .returning(accounts::id)
            .get_result(op.conn)
            .map_err(|error| if is_unique_violation(&error) { Fault::Stale } else { error.into() })?,
    };
    send_confirmation(op, account, &new.recipient())?;
    op.record(Entry::new("account.sign_up", format!("Compte n° {account} demandé, adresse à confirmer")));
    Ok(())
}

fn send_confirmation(op: &mut Operation<'_>, account: AccountId, to: &Recipient) -> Result<(), Fault> {
    let until = op.now.plus_days(CONFIRM_DAYS);
    let token = tokens::issue(op.conn, account, Purpose::Confirm, op.now, until)?;
    op.send(&mails::confirm(op.settings, to, &token, until))
}

/// Uses a confirmation link: the address is proven.
///
/// # Errors
/// [`Fault::NotFound`] when the link is unknown, used or expired.
pub fn confirm(op: &mut Operation<'_>, token: &str) -> Result<AccountId, Fault> {
    let account = tokens::redeem(op.conn, Purpose::Confirm, token, op.now)?;
    tokens::cancel_all(op.conn, account, op.now)?;
    prove_address(op, account)?;
    op.record(Entry::new("account.confirm", format!("Adresse du compte n° {account} confirmée")));
    Ok(account)
}

fn prove_address(op: &mut Operation<'_>, account: AccountId) -> Result<(), Fault> {
    diesel::update(accounts::table.filter(accounts::id.eq(account)).filter(accounts::confirmed_at.is_null()))
        .set(accounts::confirmed_at.eq(Some(op.now)))
        .execute(op.conn)?;
    Ok(())
}

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

/// Spends the same time on every answer. Writes nothing, so that no transaction waits for the hash.
///
/// # Errors
/// When the database refuses.
pub fn check_credentials(conn: &mut Conn, email: &str, password: &str) -> Result<Credentials, Fault> {
    let Some(login) = store::login_by_email(conn, &fold_email(email))? else {
        password::spend_time(password);
        return Ok(Credentials::Unknown);
    };
    let good = match &login.password_hash {
        Some(hash) => password::verify(password, hash),
        None => {
            password::spend_time(password);
            false
        }
    };
    Ok(match (good, login.disabled_at, login.confirmed_at) {
        (true, None, Some(_)) => Credentials::Good(login),
        (true, None, None) => Credentials::Unconfirmed(login),
        _ => Credentials::Refused(login.id),
    })
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
    let actor = crate::access::load_actor(op.conn, account)?;
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
            let summary = format!("Connexion refusée au compte n° {} : adresse à confirmer", login.id);
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

/// Sends a link to choose a new password, if the address has an account in use.
///
/// # Errors
/// When the database refuses.
pub fn request_reset(op: &mut Operation<'_>, email: &str) -> Result<(), Fault> {
    let email = fold_email(email);
    match store::login_by_email(op.conn, &email)?.filter(|login| login.disabled_at.is_none()) {
        Some(login) => {
            let until = op.now.plus_minutes(RESET_MINUTES);
            let token = tokens::issue(op.conn, login.id, Purpose::Reset, op.now, until)?;
            let to = Recipient { email, name: login.name() };
            op.send(&mails::reset(op.settings, &to, &token, until))?;
            let summary = format!("Nouveau mot de passe demandé pour le compte n° {}", login.id);
            op.record(Entry::new("account.reset_request", summary));
        }
        None => {
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

/// # Errors
/// [`Fault::Invalid`] for an empty or too long name.
pub fn rename(op: &mut Operation<'_>, account: AccountId, given_name: &str, surname: &str) -> Result<(), Fault> {
    let mut mistakes = Mistakes::default();
    let given_name = mistakes.line("given_name", given_name, 80, "Saisissez votre prénom.");
    let surname = mistakes.line("surname", surname, 80, "Saisissez votre nom.");
    mistakes.finish()?;
    let person = store::person(op.conn, account)?;
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set((
            accounts::given_name.eq(&given_name),
            accounts::surname.eq(&surname),
            accounts::search_text.eq(fold(&format!("{given_name} {surname} {}", person.email))),
        ))
        .execute(op.conn)?;
    op.record(Entry::new("account.rename", format!("Nom du compte n° {account} modifié")));
    Ok(())
}

/// # Errors
/// When the database refuses.
pub fn end_other_sessions(op: &mut Operation<'_>, account: AccountId, keep: Option<i64>) -> Result<(), Fault> {
    session::revoke_all(op.conn, account, keep, op.now)?;
    op.record(Entry::new("account.sign_out", format!("Autres sessions du compte n° {account} fermées")));
    Ok(())
}
