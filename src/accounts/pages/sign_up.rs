//! Opening an account and proving its address.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_field;
use super::sign_in::{open_session, subject};
use crate::accounts::actions::{self, Registration};
use crate::accounts::password::MIN_LENGTH;
use crate::accounts::store;
use crate::accounts::tokens::{self, Purpose};
use crate::base::text::fold_email;
use crate::fault::{Fault, FieldError};
use crate::web::session::hash_token;
use crate::web::{Answer, Pace, Visit};

#[derive(Serialize)]
struct SignUp<'a> {
    given_name: &'a str,
    surname: &'a str,
    email: &'a str,
    min_length: usize,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    if visit.actor.is_some() {
        return Ok(Answer::redirect("/profil"));
    }
    page(visit, Vec::new())
}

fn page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let view = SignUp {
        given_name: visit.form.text("given_name"),
        surname: visit.form.text("surname"),
        email: visit.form.text("email"),
        min_length: MIN_LENGTH,
        errors: by_field(&summary),
        summary,
    };
    Answer::page("Créer un compte", "accounts/sign_up.html", &view)
}

#[derive(Serialize)]
pub(super) struct Mailbox<'a> {
    pub email: &'a str,
}

pub(super) fn register(visit: &Visit) -> Result<Answer, Fault> {
    let email = fold_email(visit.form.text("email"));
    visit.site.throttle.attempt("inscription", &subject(&email), visit.address)?;
    let pace = Pace::start();
    let field = |name| visit.form.text(name);
    let passwords = &visit.site.passwords;
    let (given_name, surname) = (field("given_name"), field("surname"));
    let new = match Registration::check(passwords, given_name, surname, field("email"), field("password")) {
        Ok(new) => new,
        Err(fault) => return visit.with_mistakes(fault, page),
    };
    match visit.perform(|op| actions::sign_up(op, &new)) {
        // The same form sent twice at once: the second finds the account of the first.
        Err(Fault::Stale) => visit.perform(|op| actions::sign_up(op, &new))?,
        other => other?,
    }
    pace.keep();
    Answer::page("Consultez votre messagerie", "accounts/sign_up_sent.html", &Mailbox { email: &email })
}

#[derive(Serialize)]
struct Confirmation {
    path: String,
    error: String,
    summary: Vec<FieldError>,
}

/// Only shows a button: programs that open the links of mails must not use them up.
pub(super) fn show_confirmation(visit: &Visit) -> Result<Answer, Fault> {
    let token: String = visit.param("token")?;
    match visit.read(|conn| tokens::holder(conn, Purpose::Confirm, &token, visit.now)) {
        Ok(_) => confirmation_page(visit, Vec::new()),
        Err(Fault::NotFound) => link_over(),
        Err(other) => Err(other),
    }
}

fn confirmation_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let error = summary.first().map(|e| e.message.clone()).unwrap_or_default();
    let view = Confirmation { path: visit.path.clone(), error, summary };
    Answer::page("Confirmer votre compte", "accounts/confirm.html", &view)
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    let token: String = visit.param("token")?;
    visit.site.throttle.attempt("confirmation", &hash_token(&token), visit.address)?;
    let holder = visit.read(|conn| {
        let account = tokens::holder(conn, Purpose::Confirm, &token, visit.now)?;
        store::person(conn, account)
    });
    let hash = match holder {
        Ok(person) => person.password_hash,
        Err(Fault::NotFound) => return link_over(),
        Err(other) => return Err(other),
    };
    let confirmed = actions::check_sign_up_password(&visit.site.passwords, hash, visit.form.text("password"))
        .and_then(|proven| visit.perform(|op| actions::confirm(op, &token, &proven)));
    match confirmed {
        Ok(account) => {
            let cookie = open_session(visit, account)?;
            Ok(Answer::redirect("/").flash("Votre compte est confirmé. Vous êtes connecté.").cookie(cookie))
        }
        Err(Fault::NotFound) => link_over(),
        Err(other) => visit.with_mistakes(other, confirmation_page),
    }
}

fn link_over() -> Result<Answer, Fault> {
    Ok(Answer::page("Ce lien ne sert plus", "accounts/confirm_over.html", &BTreeMap::<String, String>::new())?
        .status(404))
}
