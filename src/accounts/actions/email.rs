//! Changing the address of an account: asked from the account, confirmed from the new address, told to the old one.

use diesel::prelude::*;

use crate::accounts::mails::{self, Recipient};
use crate::accounts::store;
use crate::accounts::tokens::{self, Purpose};
use crate::base::ids::AccountId;
use crate::base::text::{fold, fold_email, looks_like_email};
use crate::db::schema::accounts;
use crate::fault::{Fault, is_unique_violation};
use crate::journal::Entry;
use crate::service::Operation;

const DAYS: i64 = 1;

/// Sends a link to the new address and a word to the present one. An address that has an account already gets the
/// mail that says so, and nothing on the page tells the two apart.
///
/// # Errors
/// [`Fault::Invalid`] for what is no address, or the present one.
pub fn ask_email_change(op: &mut Operation<'_>, account: AccountId, email: &str) -> Result<(), Fault> {
    let email = fold_email(email);
    let person = store::person(op.conn, account)?;
    if !looks_like_email(&email) {
        let message = "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.";
        return Err(Fault::invalid("new_email", message));
    }
    if email == person.email {
        return Err(Fault::invalid("new_email", "C’est déjà l’adresse de votre compte."));
    }
    tokens::cancel(op.conn, account, Purpose::Email, op.now)?;
    let to = Recipient { email: email.clone(), name: person.name() };
    match store::login_by_email(op.conn, &email)? {
        Some(holder) => {
            let to = Recipient { name: holder.name(), ..to };
            op.send(&mails::exists(op.settings, &to))?;
        }
        None => {
            let until = op.now.plus_days(DAYS);
            let token = tokens::issue_about(op.conn, account, Purpose::Email, &email, op.now, until)?;
            op.send(&mails::confirm_email(op.settings, &to, &token, until))?;
        }
    }
    op.send(&mails::email_change_asked(op.settings, &person.recipient(), &email, op.now))?;
    op.record(Entry::new("account.email_ask", format!("Changement d’adresse demandé pour le compte n° {account}")));
    Ok(())
}

/// Gives an account the address that its link proves.
///
/// # Errors
/// [`Fault::NotFound`] when the link is unknown, used or expired; [`Fault::Refused`] when another account took the
/// address meanwhile.
pub fn confirm_email_change(op: &mut Operation<'_>, token: &str) -> Result<String, Fault> {
    let email = tokens::detail(op.conn, Purpose::Email, token, op.now)?;
    let account = tokens::redeem(op.conn, Purpose::Email, token, op.now)?;
    let person = store::person(op.conn, account)?;
    let taken = || Fault::refused("Un autre compte utilise désormais cette adresse\u{A0}: la vôtre n’a pas changé.");
    if store::login_by_email(op.conn, &email)?.is_some() {
        return Err(taken());
    }
    diesel::update(accounts::table.filter(accounts::id.eq(account)))
        .set((
            accounts::email.eq(&email),
            accounts::search_text.eq(fold(&format!("{} {} {email}", person.given_name, person.surname))),
        ))
        .execute(op.conn)
        .map_err(|error| if is_unique_violation(&error) { taken() } else { error.into() })?;
    // Links sent to the address that was left are worth nothing any more.
    tokens::cancel_all(op.conn, account, op.now)?;
    op.send(&mails::email_changed(op.settings, &person.recipient(), &email, op.now))?;
    op.record(Entry::new("account.email_change", format!("Adresse du compte n° {account} changée")));
    Ok(email)
}
