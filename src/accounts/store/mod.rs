//! Rows of accounts, institutions, organisations and rights.

mod organisations;
mod people;

pub use organisations::{Organisation, has_submitted, members, organisation, organisation_by_number, organisations_of};
pub use people::{Login, Person, login_by_email, person};
