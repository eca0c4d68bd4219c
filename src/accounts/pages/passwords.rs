//! Choosing a new password through a link received by mail.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_field;
use super::sign_in::subject;
use super::sign_up::Mailbox;
use crate::accounts::password::{self, MIN_LENGTH};
use crate::accounts::tokens::{self, Purpose};
use crate::accounts::{actions, store};
use crate::base::text::{fold_email, looks_like_email};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::session;
use crate::web::{Answer, Pace, Visit};

#[derive(Serialize)]
struct Forgotten<'a> {
    email: &'a str,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_forgotten(visit: &Visit) -> Result<Answer, Fault> {
    forgotten(visit, Vec::new())
}

fn forgotten(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let view = Forgotten { email: visit.form.text("email"), errors: by_field(&summary), summary };
    Answer::page("Mot de passe oublié", "accounts/password_forgotten.html", &view)
}

/// The same answer whether the address is known or not.
pub(super) fn request(visit: &Visit) -> Result<Answer, Fault> {
    let email = fold_email(visit.form.text("email"));
    visit.site.throttle.attempt("mot-de-passe", &subject(&email), visit.address)?;
    if !looks_like_email(&email) {
        let fault = Fault::invalid("email", "Saisissez votre adresse électronique, par exemple prenom.nom@exemple.fr.");
        return visit.with_mistakes(fault, forgotten);
    }
    let pace = Pace::start();
    visit.perform(|op| actions::request_reset(op, &email))?;
    pace.keep();
    Answer::page("Consultez votre messagerie", "accounts/password_sent.html", &Mailbox { email: &email })
}

#[derive(Serialize)]
struct Choice {
    path: String,
    email: String,
    min_length: usize,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_choice(visit: &Visit) -> Result<Answer, Fault> {
    choice(visit, Vec::new())
}

fn choice(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    match email_of_link(visit) {
        Ok(email) => {
            let errors = by_field(&summary);
            let view = Choice { path: visit.path.clone(), email, min_length: MIN_LENGTH, errors, summary };
            Answer::page("Choisir un mot de passe", "accounts/password_choice.html", &view)
        }
        Err(Fault::NotFound) => link_over(),
        Err(other) => Err(other),
    }
}

fn email_of_link(visit: &Visit) -> Result<String, Fault> {
    let token: String = visit.param("token")?;
    visit.read(|conn| {
        let account = tokens::holder(conn, Purpose::Reset, &token, visit.now)?;
        Ok(store::person(conn, account)?.email)
    })
}

pub(super) fn choose(visit: &Visit) -> Result<Answer, Fault> {
    let email = match email_of_link(visit) {
        Err(Fault::NotFound) => return link_over(),
        other => other?,
    };
    let mut mistakes = Mistakes::default();
    let chosen = visit.form.text("password");
    mistakes.take("password", password::check_strength(chosen, &email));
    if let Err(fault) = mistakes.finish() {
        return visit.with_mistakes(fault, choice);
    }
    let (token, hash): (String, _) = (visit.param("token")?, visit.site.passwords.hash(chosen)?);
    match visit.perform(|op| actions::reset_password(op, &token, &hash)) {
        Ok(_) => {
            let text = "Votre mot de passe est changé. Connectez-vous avec le nouveau.";
            Ok(Answer::redirect("/connexion").flash(text).cookie(session::forget(&visit.service().settings)))
        }
        Err(Fault::NotFound) => link_over(),
        Err(other) => Err(other),
    }
}

fn link_over() -> Result<Answer, Fault> {
    Ok(Answer::page("Ce lien ne sert plus", "accounts/password_over.html", &BTreeMap::<String, String>::new())?
        .status(404))
}
