//! Entering and leaving, and entering again without losing a form.

use std::collections::BTreeMap;

use serde::Serialize;

use super::by_field;
use crate::access::load_actor;
use crate::accounts::actions::{self, Credentials};
use crate::accounts::store;
use crate::base::ids::AccountId;
use crate::base::text::fold_email;
use crate::fault::{Fault, FieldError};
use crate::web::guard::is_own_path;
use crate::web::session::{self, SessionCookie};
use crate::web::{Answer, Pace, Visit};

/// Put before the names of fields kept from a form that came too late.
const KEPT: &str = "reprise.";
const KEPT_FOR: &str = "reprise_vers";

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct SignIn {
    email: String,
    back: String,
    /// Where the kept form goes; empty when there is none.
    kept_for: String,
    kept: Vec<Field>,
    /// Whether a file was sent along, which no page can keep.
    file_lost: bool,
    summary: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

impl SignIn {
    fn answer(self) -> Result<Answer, Fault> {
        Answer::page("Se connecter", "accounts/sign_in.html", &self)
    }
}

/// Our own path, or nothing.
pub(super) fn own(path: &str) -> String {
    if is_own_path(path) { path.to_owned() } else { String::new() }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let back = own(visit.query.text("retour"));
    if visit.actor.is_some() {
        return Ok(Answer::redirect(if back.is_empty() { "/".to_owned() } else { back }));
    }
    page(String::new(), back, &[], None)
}

fn page(email: String, back: String, errors: &[FieldError], visit: Option<&Visit>) -> Result<Answer, Fault> {
    SignIn {
        email,
        back,
        kept_for: visit.map_or_else(String::new, |v| own(v.form.text(KEPT_FOR))),
        kept: visit.map_or_else(Vec::new, kept_fields),
        file_lost: visit.is_some_and(|v| v.form.checked("fichier_perdu")),
        summary: errors.to_vec(),
        errors: by_field(errors),
    }
    .answer()
}

fn kept_fields(visit: &Visit) -> Vec<Field> {
    let fields = visit.form.fields().iter();
    fields
        .filter_map(|(name, value)| Some(Field { name: name.strip_prefix(KEPT)?.to_owned(), value: value.clone() }))
        .collect()
}

/// A form that arrives without a session: sign in first, then send it again. Passwords are not kept.
///
/// # Errors
/// When the page cannot be built.
pub fn sign_in_again(visit: &Visit) -> Result<Answer, Fault> {
    let fields = visit.form.fields().iter().filter(|(name, _)| !name.contains("password"));
    let view = SignIn {
        email: String::new(),
        back: String::new(),
        kept_for: visit.path_and_query(),
        kept: fields.map(|(name, value)| Field { name: name.clone(), value: value.clone() }).collect(),
        file_lost: visit.form.has_uploads(),
        summary: Vec::new(),
        errors: BTreeMap::new(),
    };
    view.answer().map(|answer| answer.status(401))
}

pub(super) fn enter(visit: &Visit) -> Result<Answer, Fault> {
    let pace = Pace::start();
    let email = fold_email(visit.form.text("email"));
    visit.site.throttle.attempt("connexion", &subject(&email), visit.address)?;
    let login = visit.read(|conn| store::login_by_email(conn, &email))?;
    let credentials = actions::check_credentials(&visit.site.passwords, login, visit.form.text("password"));
    let Credentials::Good(login) = &credentials else {
        visit.perform(|op| actions::refuse_sign_in(op, &email, &credentials))?;
        let message = "L’adresse ou le mot de passe ne correspond à aucun compte ouvert. Vérifiez-les, ou, si vous \
                       venez de créer votre compte, ouvrez d’abord le lien reçu dans votre messagerie.";
        let errors = [FieldError { field: "email".into(), message: message.into() }];
        let back = own(visit.form.text("retour"));
        pace.keep();
        return Ok(page(visit.form.text("email").to_owned(), back, &errors, Some(visit))?.status(422));
    };
    let cookie = open_session(visit, login.id)?;
    let answer = resume(visit, login.id)?;
    Ok(answer.cookie(cookie))
}

/// A fresh session; the one the browser came with ends.
pub(super) fn open_session(visit: &Visit, account: AccountId) -> Result<SessionCookie, Fault> {
    let previous = visit.actor.as_ref().map(|a| a.id).zip(visit.session);
    visit.perform(|op| actions::sign_in(op, account, previous, &visit.user_agent))
}

#[derive(Serialize)]
struct Resume {
    action: String,
    kept: Vec<Field>,
    file_lost: bool,
}

/// Back to where the visitor was going, or to the form they were sending.
fn resume(visit: &Visit, account: AccountId) -> Result<Answer, Fault> {
    let action = own(visit.form.text(KEPT_FOR));
    if action.is_empty() {
        let back = own(visit.form.text("retour"));
        return Ok(Answer::redirect(if back.is_empty() { "/".to_owned() } else { back }));
    }
    let view = Resume { action, kept: kept_fields(visit), file_lost: visit.form.checked("fichier_perdu") };
    let reader = visit.read(|conn| load_actor(conn, account))?;
    Ok(Answer::page("Reprendre l’envoi", "accounts/resume.html", &view)?.read_by(reader))
}

pub(super) fn leave(visit: &Visit) -> Result<Answer, Fault> {
    if let (Some(actor), Some(session)) = (&visit.actor, visit.session) {
        visit.perform(|op| actions::sign_out(op, actor.id, session))?;
    }
    let forget = session::forget(&visit.service().settings);
    Ok(Answer::redirect("/connexion").flash("Vous êtes déconnecté.").cookie(forget))
}

/// The throttle's key for an address; what is too long to be one is cut.
pub(super) fn subject(email: &str) -> String {
    email.chars().take(254).collect()
}
