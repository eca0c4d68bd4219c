//! Changing one's address: asked from the profile, confirmed by the link sent to the new address.

use std::collections::BTreeMap;

use serde::Serialize;

use super::profile;
use crate::accounts::tokens::{self, Purpose};
use crate::accounts::{actions, store};
use crate::fault::{Fault, Mistakes};
use crate::web::session::hash_token;
use crate::web::{Answer, Visit};

pub(super) fn ask(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    visit.site.throttle.attempt("profil", &actor.email, visit.address)?;
    let person = visit.read(|conn| store::person(conn, actor.id))?;
    let mut mistakes = Mistakes::default();
    if !visit.site.passwords.verify(visit.form.text("email_password"), person.password_hash.as_deref()) {
        mistakes.add("email_password", "Ce n’est pas votre mot de passe actuel.");
    }
    if let Err(fault) = mistakes.finish() {
        return visit.with_mistakes(fault, profile::page);
    }
    match visit.perform(|op| actions::ask_email_change(op, actor.id, visit.form.text("new_email"))) {
        Ok(()) => {
            let text = "Ouvrez le lien envoyé à la nouvelle adresse pour la confirmer. Jusque-là, rien ne change.";
            Ok(Answer::redirect("/profil").flash_as("info", text))
        }
        Err(fault) => visit.with_mistakes(fault, profile::page),
    }
}

#[derive(Serialize)]
struct Confirmation {
    path: String,
    email: String,
}

/// Only shows a button: programs that open the links of mails must not use them up.
pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let token: String = visit.param("token")?;
    match visit.read(|conn| tokens::detail(conn, Purpose::Email, &token, visit.now)) {
        Ok(email) => {
            let view = Confirmation { path: visit.path.clone(), email };
            Answer::page("Confirmer votre nouvelle adresse", "accounts/email_confirm.html", &view)
        }
        Err(Fault::NotFound) => link_over(),
        Err(other) => Err(other),
    }
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    let token: String = visit.param("token")?;
    visit.site.throttle.attempt("confirmation", &hash_token(&token), visit.address)?;
    match visit.perform(|op| actions::confirm_email_change(op, &token)) {
        Ok(email) => {
            let text = format!("Votre adresse est désormais {email}. Elle sert aussi à vous connecter.");
            let to = if visit.actor.is_some() { "/profil" } else { "/connexion" };
            Ok(Answer::redirect(to).flash(text))
        }
        Err(Fault::NotFound) => link_over(),
        Err(other) => Err(other),
    }
}

fn link_over() -> Result<Answer, Fault> {
    let view = BTreeMap::<String, String>::new();
    Ok(Answer::page("Ce lien ne sert plus", "accounts/email_over.html", &view)?.status(404))
}
