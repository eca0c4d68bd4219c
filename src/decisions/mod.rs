//! Decisions: what the competent authority signs, notifies and answers for.
//!
//! Words: the committee's *opinion* is advisory; the *decision* is the authority's, signed under a *delegation*; the
//! *letter* carries it, sealed when signed and sent as it is; nothing is public before its *notification*.
//! Reading order: [`model`], [`rules`], [`check_code`], `letter` (what the letter says), `store`, [`actions`],
//! `verify`, [`pages`].

pub mod actions;
mod archive;
mod basis;
pub mod check_code;
mod letter;
pub mod model;
pub mod pages;
pub mod rules;
mod store;
mod verify;

pub use model::{AuthorityShare, Choice, Decision, Delegation, Granted, Kind, Letter, LetterKind, Procedure, Terms};
pub use rules::Basis;
pub use store::{all, current_shares, in_call, letter_of, letters_of, notified_shares, of_dossier, of_dossiers};
pub use verify::verify;
