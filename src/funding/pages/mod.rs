//! Pages of the money: envelopes for those who watch them, a dossier's act and payments for its funder and for its
//! applicant.

mod applicant;
mod board;
mod dossier;
mod envelopes;
mod expected;
mod links;
mod lists;
mod plan;
mod report;
mod schedule;
mod steps;

use crate::access::Permission;
use crate::fault::FieldError;
use crate::funding::store::READERS;
use crate::web::Page;

pub use expected::expected;
pub use links::links;

#[must_use]
pub fn pages() -> Vec<Page> {
    let mut pages = vec![
        Page::get("/appels/{call}/financement", Permission::ThisCall(READERS), envelopes::of_call),
        Page::get("/enveloppes/{envelope}", Permission::AnyCall(READERS), envelopes::lines::show),
        Page::get("/dossiers/{dossier}/financement", Permission::AnyCall(READERS), dossier::show),
        Page::get("/mes-dossiers/{dossier}/financement", Permission::SignedIn, applicant::show),
    ];
    pages.extend(lists::pages());
    pages.extend(steps::pages());
    pages
}

/// Errors by field, as templates look them up.
fn by_field(errors: &[FieldError]) -> std::collections::BTreeMap<String, String> {
    let mut map = std::collections::BTreeMap::new();
    for error in errors {
        map.entry(error.field.clone()).or_insert_with(|| error.message.clone());
    }
    map
}

/// A row of `summary_list` or `meta_list`.
#[derive(serde::Serialize)]
struct Row {
    key: String,
    value: String,
}

fn row(key: &str, value: impl Into<String>) -> Row {
    Row { key: key.to_owned(), value: value.into() }
}

/// A figure whose value may be missing: never shown as zero.
fn amount(value: Option<crate::base::money::Cents>) -> String {
    value.map_or_else(|| "non connu".to_owned(), |cents| cents.to_string())
}
