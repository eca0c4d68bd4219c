//! Pages of decisions, by audience: the desk, the decision itself, its notification, the applicant, anyone.

mod applicant;
mod batches;
mod change;
mod check;
mod correct;
mod decide;
mod desk;
mod desk_rows;
mod expected;
mod file;
mod links;
mod notify;
mod shared;
mod sign_many;
mod summary;
mod waitlist;

use super::store;
use crate::access::{Permission, Role};
use crate::web::Page;

pub use expected::expected;
pub use links::links;

/// Who works on decisions.
const DESK: &[Role] = &[Role::Signatory, Role::CallManager];
/// Who decides in an authority's name.
const SIGNS: &[Role] = &[Role::Signatory];
/// Who reads the sealed letter.
const READERS: &[Role] = &[Role::Signatory, Role::CallManager, Role::Funder];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/appels/{call}/decisions", Permission::ThisCall(DESK), desk::show),
        Page::post("/appels/{call}/decisions/signer", Permission::ThisCall(&[Role::Signatory]), sign_many::post),
        Page::get("/appels/{call}/decisions/notifier", Permission::ThisCall(&[Role::CallManager]), batches::confirm),
        Page::post("/appels/{call}/decisions/notifier", Permission::ThisCall(&[Role::CallManager]), batches::prepare),
        Page::get("/appels/{call}/decisions/envois", Permission::ThisCall(&[Role::CallManager]), batches::list),
        Page::get("/appels/{call}/decisions/envois/{batch}", Permission::ThisCall(&[Role::CallManager]), batches::show),
        Page::post(
            "/appels/{call}/decisions/envois/{batch}",
            Permission::ThisCall(&[Role::CallManager]),
            batches::posted,
        ),
        Page::get(
            "/appels/{call}/decisions/envois/{batch}/lettres.zip",
            Permission::ThisCall(&[Role::CallManager]),
            batches::archive_of_batch,
        ),
        Page::get("/appels/{call}/decisions/lettres.zip", Permission::ThisCall(DESK), batches::archive_of_call),
        Page::get("/dossiers/{dossier}/decision", Permission::AnyCall(DESK), decide::show),
        Page::post("/dossiers/{dossier}/decision", Permission::AnyCall(&[Role::Signatory]), decide::post),
        Page::get("/dossiers/{dossier}/courrier", Permission::AnyCall(READERS), file::last_letter),
        Page::get("/dossiers/{dossier}/courriers/{letter}", Permission::AnyCall(READERS), file::letter),
        Page::get("/dossiers/{dossier}/notifier", Permission::AnyCall(&[Role::CallManager]), notify::confirm),
        Page::post("/dossiers/{dossier}/notifier", Permission::AnyCall(&[Role::CallManager]), notify::one),
        Page::get("/dossiers/{dossier}/modification", Permission::AnyCall(SIGNS), change::amendment),
        Page::post("/dossiers/{dossier}/modification", Permission::AnyCall(SIGNS), change::amend),
        Page::get("/dossiers/{dossier}/decision-annuelle", Permission::AnyCall(SIGNS), change::year),
        Page::post("/dossiers/{dossier}/decision-annuelle", Permission::AnyCall(SIGNS), change::commit_year),
        Page::get("/dossiers/{dossier}/resiliation", Permission::AnyCall(SIGNS), change::termination),
        Page::post("/dossiers/{dossier}/resiliation", Permission::AnyCall(SIGNS), change::terminate),
        Page::get("/dossiers/{dossier}/rectification", Permission::AnyCall(SIGNS), correct::show),
        Page::post("/dossiers/{dossier}/rectification", Permission::AnyCall(SIGNS), correct::post),
        Page::get("/appels/{call}/decisions/liste-complementaire", Permission::ThisCall(DESK), waitlist::list),
        Page::get("/dossiers/{dossier}/promotion", Permission::AnyCall(SIGNS), waitlist::show),
        Page::post("/dossiers/{dossier}/promotion", Permission::AnyCall(SIGNS), waitlist::post),
        Page::post("/dossiers/{dossier}/fin-de-liste", Permission::AnyCall(SIGNS), waitlist::end),
        Page::get("/mes-dossiers/{dossier}/decision", Permission::SignedIn, applicant::show),
        Page::get("/mes-dossiers/{dossier}/courrier", Permission::SignedIn, applicant::last_letter),
        Page::get("/mes-dossiers/{dossier}/courriers/{letter}", Permission::SignedIn, applicant::letter),
        Page::get("/verifier", Permission::Public, check::ask),
        Page::post("/verifier", Permission::Public, check::find),
        Page::get("/verifier/{code}", Permission::Public, check::show),
        Page::post("/verifier/{code}", Permission::Public, check::compare),
    ]
}
