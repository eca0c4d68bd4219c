//! Rows of accounts, institutions, organisations and rights.

mod people;

pub use people::{Login, Person, login_by_email, person};
