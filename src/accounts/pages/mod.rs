//! Pages about accounts: the doors, one's own profile, organisations, administration.

mod passwords;
mod sign_in;
mod sign_up;

use std::collections::BTreeMap;

use crate::access::Permission::Public;
use crate::fault::FieldError;
use crate::web::Page;

pub use sign_in::sign_in_again;

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
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
    ]
}

/// The message of each field, the first one when there are several.
fn by_field(errors: &[FieldError]) -> BTreeMap<String, String> {
    errors.iter().rev().map(|e| (e.field.clone(), e.message.clone())).collect()
}
