//! Follow-up: the values that project holders report for their indicators, against the targets they set.
//!
//! Words: a *value* is observed on a day and never edited, a correction is a new value; the *latest* is the one
//! observed last. Reading order: [`rules`], `store`, [`actions`], [`pages`].

pub mod actions;
pub mod pages;
pub mod rules;
mod store;

pub use store::{Indicator, Value, of_version};
