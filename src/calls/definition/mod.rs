//! The call file: a whole funding call as data.
//!
//! Reading order: [`model`].

pub mod model;

pub use model::*;
