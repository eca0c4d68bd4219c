//! Opening an account and proving its address.

use diesel::prelude::*;

use crate::access::passwords::Passwords;
use crate::accounts::mails::{self, Recipient};
use crate::accounts::tokens::{self, Purpose};
use crate::accounts::{password, store};
use crate::base::ids::AccountId;
use crate::base::text::{fold, fold_email, looks_like_email};
use crate::db::schema::accounts;
use crate::fault::{Fault, Mistakes, is_unique_violation};
use crate::journal::Entry;
use crate::service::Operation;

const CONFIRM_DAYS: i64 = 1;

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
    pub fn check(
        passwords: &Passwords,
        given_name: &str,
        surname: &str,
        email: &str,
        password: &str,
    ) -> Result<Self, Fault> {
        let mut mistakes = Mistakes::default();
        let given_name = mistakes.line("given_name", given_name, 80, "Saisissez votre prénom.");
        let surname = mistakes.line("surname", surname, 80, "Saisissez votre nom.");
        let email = fold_email(email);
        if !looks_like_email(&email) {
            mistakes.add("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
        }
        mistakes.take("password", password::check_strength(password, &email));
        mistakes.finish()?;
        Ok(Self { email, given_name, surname, password_hash: passwords.hash(password)? })
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
            let unconfirmed_row =
                accounts::table.filter(accounts::id.eq(unconfirmed.id)).filter(accounts::confirmed_at.is_null());
            if diesel::update(unconfirmed_row).set(values).execute(op.conn)? == 0 {
                return Err(Fault::Stale);
            }
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

pub(super) fn send_confirmation(op: &mut Operation<'_>, account: AccountId, to: &Recipient) -> Result<(), Fault> {
    let until = op.now.plus_days(CONFIRM_DAYS);
    let token = tokens::issue(op.conn, account, Purpose::Confirm, op.now, until)?;
    op.send(&mails::confirm(op.settings, to, &token, until))
}

/// Uses a confirmation link: the address is proven.
///
/// The password shows that whoever opens the mail is whoever filled the form. Without it, a stranger could open an
/// account with somebody's address and have its holder confirm the stranger's password.
///
/// `proven` is the hash that [`check_sign_up_password`] found good, away from the transaction; a link dies with the
/// password it was sent for.
///
/// # Errors
/// [`Fault::NotFound`] when the link is unknown, used or expired, or the account has another password by now.
pub fn confirm(op: &mut Operation<'_>, token: &str, proven: &str) -> Result<AccountId, Fault> {
    let account = tokens::redeem(op.conn, Purpose::Confirm, token, op.now)?;
    if store::person(op.conn, account)?.password_hash.as_deref() != Some(proven) {
        return Err(Fault::NotFound);
    }
    tokens::cancel_all(op.conn, account, op.now)?;
    prove_address(op, account)?;
    op.record(Entry::new("account.confirm", format!("Adresse du compte n° {account} confirmée")));
    Ok(account)
}

/// The hash of the password chosen at sign-up, if this is the one.
///
/// # Errors
/// [`Fault::Invalid`] for another password, which leaves the link usable.
pub fn check_sign_up_password(passwords: &Passwords, hash: Option<String>, password: &str) -> Result<String, Fault> {
    let good = passwords.verify(password, hash.as_deref());
    hash.filter(|_| good).ok_or_else(|| {
        Fault::invalid(
            "password",
            "Ce n’est pas le mot de passe choisi à l’inscription. Vérifiez-le, ou recommencez l’inscription.",
        )
    })
}

pub(super) fn prove_address(op: &mut Operation<'_>, account: AccountId) -> Result<(), Fault> {
    diesel::update(accounts::table.filter(accounts::id.eq(account)).filter(accounts::confirmed_at.is_null()))
        .set(accounts::confirmed_at.eq(Some(op.now)))
        .execute(op.conn)?;
    Ok(())
}
