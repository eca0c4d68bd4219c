//! Accounts as administrators open them.

use diesel::prelude::*;

use super::institutions::{add_agent, check_post};
use crate::access::passwords;
use crate::accounts::tokens::{self, Purpose};
use crate::accounts::{mails, password, store};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, InstitutionId};
use crate::base::text::{fold, fold_email, looks_like_email};
use crate::db::schema::accounts;
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;
use crate::web::session;

#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub given_name: String,
    pub surname: String,
    /// Absent: the person chooses one through the password reset.
    pub password: Option<String>,
    pub administrator: bool,
}

/// Adds an account whose address the administrator vouches for.
///
/// # Errors
/// [`Fault::Invalid`] for a bad address, name or password, or an address already taken.
pub fn add_user(op: &mut Operation<'_>, user: &NewUser) -> Result<AccountId, Fault> {
    let mut mistakes = Mistakes::default();
    let email = fold_email(&user.email);
    if !looks_like_email(&email) {
        mistakes.add("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
    } else if email_taken(op, &email)? {
        mistakes.add("email", "Un compte existe déjà avec cette adresse.");
    }
    let given_name = mistakes.line("given_name", &user.given_name, 80, "Saisissez le prénom.");
    let surname = mistakes.line("surname", &user.surname, 80, "Saisissez le nom.");
    if let Some(password) = &user.password {
        mistakes.take("password", password::check_strength(password, &email));
    }
    mistakes.finish()?;
    let hash = user.password.as_deref().map(passwords::hash).transpose()?;
    let id = diesel::insert_into(accounts::table)
        .values((
            accounts::email.eq(&email),
            accounts::given_name.eq(&given_name),
            accounts::surname.eq(&surname),
            accounts::password_hash.eq(hash),
            accounts::administrator.eq(user.administrator),
            accounts::confirmed_at.eq(Some(op.now)),
            accounts::search_text.eq(fold(&format!("{given_name} {surname} {email}"))),
            accounts::created_at.eq(op.now),
        ))
        .returning(accounts::id)
        .get_result(op.conn)?;
    op.record(Entry::new("account.add", format!("Compte ouvert pour {given_name} {surname}")));
    Ok(id)
}

pub(super) fn email_taken(op: &mut Operation<'_>, email: &str) -> Result<bool, Fault> {
    let found = accounts::table.filter(accounts::email.eq(email)).count().get_result::<i64>(op.conn)?;
    Ok(found > 0)
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

/// The post of a new agent.
#[derive(Clone, Debug)]
pub struct Post {
    pub institution: InstitutionId,
    pub quality: String,
    pub service: String,
}

/// Opens an account for somebody, gives them their post if they are an agent, and sends them the link with which
/// they choose a password.
///
/// # Errors
/// [`Fault::Invalid`] names every field to correct.
pub fn open_account(op: &mut Operation<'_>, user: &NewUser, post: Option<&Post>) -> Result<AccountId, Fault> {
    let account = match (add_user(op, user), post) {
        (Ok(account), Some(post)) => {
            add_agent(op, account, post.institution, &post.quality, &post.service)?;
            account
        }
        (Err(Fault::Invalid(mut mistakes)), Some(post)) => {
            mistakes.extend(check_post(&post.quality, &post.service).err().unwrap_or_default());
            return Err(Fault::Invalid(mistakes));
        }
        (answer, _) => answer?,
    };
    invite(op, account)?;
    Ok(account)
}

/// Sends the link with which a person chooses their first password.
///
/// # Errors
/// [`Fault::Refused`] when the account is disabled.
pub fn invite(op: &mut Operation<'_>, account: AccountId) -> Result<(), Fault> {
    const DAYS: i64 = 7;
    let person = store::person(op.conn, account)?;
    if person.disabled_at.is_some() {
        return Err(Fault::refused("Ce compte est désactivé\u{A0}: réactivez-le d’abord."));
    }
    let until = op.now.plus_days(DAYS);
    let token = tokens::issue(op.conn, account, Purpose::Reset, op.now, until)?;
    op.send(&mails::invited(op.settings, &person.recipient(), &token, until))?;
    op.record(Entry::new("account.invite", format!("Invitation envoyée pour le compte n° {account}")));
    Ok(())
}

/// Shuts an account at once: its sessions end, its links die, its history stays.
///
/// # Errors
/// [`Fault::Refused`] for the last administrator.
pub fn disable(op: &mut Operation<'_>, account: AccountId) -> Result<(), Fault> {
    let person = store::person(op.conn, account)?;
    if person.disabled_at.is_some() {
        return Err(Fault::refused("Ce compte est déjà désactivé."));
    }
    if person.administrator {
        keep_an_administrator(op, account)?;
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set(accounts::disabled_at.eq(Some(op.now)))
        .execute(op.conn)?;
    session::revoke_all(op.conn, account, None, op.now)?;
    tokens::cancel_all(op.conn, account, op.now)?;
    op.record(Entry::new("account.disable", format!("Compte n° {account} désactivé")));
    Ok(())
}

/// # Errors
/// [`Fault::Refused`] when the account is in use already.
pub fn enable(op: &mut Operation<'_>, account: AccountId) -> Result<(), Fault> {
    if store::person(op.conn, account)?.disabled_at.is_none() {
        return Err(Fault::refused("Ce compte est déjà actif."));
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set(accounts::disabled_at.eq(None::<Instant>))
        .execute(op.conn)?;
    op.record(Entry::new("account.enable", format!("Compte n° {account} réactivé")));
    Ok(())
}

/// Makes a person an administrator, or no longer one.
///
/// # Errors
/// [`Fault::Refused`] for the last administrator.
pub fn set_administrator(op: &mut Operation<'_>, account: AccountId, administrator: bool) -> Result<(), Fault> {
    let person = store::person(op.conn, account)?;
    if person.administrator && !administrator {
        keep_an_administrator(op, account)?;
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set(accounts::administrator.eq(administrator))
        .execute(op.conn)?;
    let what = if administrator { "devient administrateur" } else { "n’est plus administrateur" };
    op.record(Entry::new("account.administrator", format!("Le compte n° {account} {what}")));
    Ok(())
}

/// Somebody else must remain who can let people in.
fn keep_an_administrator(op: &mut Operation<'_>, leaving: AccountId) -> Result<(), Fault> {
    // Touching every administrator's row makes two departures at once wait for each other.
    diesel::update(accounts::table.filter(accounts::administrator.eq(true)))
        .set(accounts::administrator.eq(true))
        .execute(op.conn)?;
    let others = accounts::table
        .filter(accounts::administrator.eq(true))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::confirmed_at.is_not_null())
        .filter(accounts::password_hash.is_not_null())
        .filter(accounts::id.ne(leaving))
        .count()
        .get_result::<i64>(op.conn)?;
    if others > 0 {
        return Ok(());
    }
    Err(Fault::refused(
        "C’est le dernier administrateur actif\u{A0}: nommez-en un autre, qui ait choisi son mot de passe, avant de retirer \
         celui-ci.",
    ))
}
