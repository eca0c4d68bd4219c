//! The call file: a whole funding call as data.
//!
//! Reading order: [`model`] (what a call is), [`queries`] (what is asked of it), [`file`] (the keys of each
//! table), [`check`] (the rules), [`parse`] (the door), [`reference`] (shared data).

pub mod check;
mod dates;
mod file;
pub mod mistake;
pub mod model;
pub mod parse;
pub mod queries;
mod reader;
pub mod reference;
mod values;

pub use check::{PLACEHOLDERS, check_for_publication};
pub use mistake::Mistake;
pub use model::*;
pub use parse::{parse, parse_at};
pub use queries::Phase;
