//! Pages about accounts: the doors, one's own profile, organisations, administration.

mod administration;
mod email;
mod hats;
mod invitations;
mod organisations;
mod passwords;
mod profile;
mod sign_in;
mod sign_up;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::Actor;
use crate::access::Permission::{Public, SignedIn};
use crate::base::clock::Instant;
use crate::db::Conn;
use crate::fault::Fault;
use crate::fault::FieldError;
use crate::web::{Expected, Page};

pub use hats::in_whose_name;
pub use sign_in::sign_in_again;

#[must_use]
pub fn pages() -> Vec<Page> {
    let own = vec![
        Page::get("/connexion", Public, sign_in::show),
        Page::post("/connexion", Public, sign_in::enter),
        Page::post("/deconnexion", Public, sign_in::leave),
        Page::get("/inscription", Public, sign_up::show),
        Page::post("/inscription", Public, sign_up::register),
        Page::get("/inscription/confirmer/{token}", Public, sign_up::show_confirmation),
        Page::post("/inscription/confirmer/{token}", Public, sign_up::confirm),
        Page::get("/mot-de-passe/oublie", Public, passwords::show_forgotten),
        Page::post("/mot-de-passe/oublie", Public, passwords::request),
        Page::get("/mot-de-passe/{token}", Public, passwords::show_choice),
        Page::post("/mot-de-passe/{token}", Public, passwords::choose),
        Page::get("/profil", SignedIn, profile::show),
        Page::post("/profil", SignedIn, profile::rename),
        Page::post("/profil/mot-de-passe", SignedIn, profile::change_password),
        Page::post("/profil/adresse", SignedIn, email::ask),
        Page::get("/profil/adresse/{token}", Public, email::show),
        Page::post("/profil/adresse/{token}", Public, email::confirm),
        Page::get("/profil/institutions", SignedIn, hats::show),
        Page::post("/profil/institutions", SignedIn, hats::choose),
        Page::post("/profil/sessions/fermer-les-autres", SignedIn, profile::end_other_sessions),
        Page::post("/profil/sessions/{session}/fermer", SignedIn, profile::end_session),
        Page::get("/organisations/nouvelle", SignedIn, organisations::show_new),
        Page::post("/organisations/nouvelle", SignedIn, organisations::add),
        Page::get("/organisations/{organisation}", SignedIn, organisations::show),
        Page::post("/organisations/{organisation}", SignedIn, organisations::change),
        Page::post("/organisations/{organisation}/invitations", SignedIn, invitations::send),
        Page::post("/organisations/{organisation}/invitations/{invitation}/annuler", SignedIn, invitations::cancel),
        Page::get("/rejoindre/{token}", Public, invitations::show),
        Page::post("/rejoindre/{token}", SignedIn, invitations::accept),
    ];
    own.into_iter().chain(administration::pages()).collect()
}

/// What this person must do before anything else: an applicant needs an organisation to speak for; an agent of several
/// institutions says in whose name they act.
///
/// # Errors
/// When the database refuses.
pub fn expected(_conn: &mut Conn, actor: &Actor, _now: Instant) -> Result<Vec<Expected>, Fault> {
    if actor.hats.iter().any(|hat| hat.chosen.is_none()) {
        return Ok(vec![Expected {
            label: "Choisir au nom de quelle institution vous agissez".to_owned(),
            href: "/profil/institutions".to_owned(),
            detail: "Vous avez des rôles au nom de plusieurs institutions dans un même appel.".to_owned(),
            due: None,
        }]);
    }
    if actor.is_agent() || actor.administrator || !actor.organisations.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Expected {
        label: "Déclarer votre organisme".to_owned(),
        href: "/organisations/nouvelle".to_owned(),
        detail: "Un dossier se dépose au nom d’un organisme.".to_owned(),
        due: None,
    }])
}

/// An option of a list.
#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

impl Choice {
    fn list(first: &str, chosen: &str, options: impl IntoIterator<Item = (String, String)>) -> Vec<Self> {
        let none = Self { value: String::new(), label: first.to_owned(), selected: chosen.is_empty() };
        let options = options.into_iter();
        let options = options.map(|(value, label)| Self { selected: value == chosen, value, label });
        std::iter::once(none).chain(options).collect()
    }
}

/// The message of each field, the first one when there are several.
fn by_field(errors: &[FieldError]) -> BTreeMap<String, String> {
    errors.iter().rev().map(|e| (e.field.clone(), e.message.clone())).collect()
}
