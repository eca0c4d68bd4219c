//! Dossiers: what project holders write, submit and follow.
//!
//! Words: a *draft* is filled section by section, everything typed being kept; it is put together as [`Content`]; a
//! *submission* freezes it as an immutable version; a *state* changes through [`advance`] only. Reading order:
//! [`model`], [`rules`] (the engine), [`budget`], [`validate`], `store`, [`drafts`], [`content`], [`form`], `sight` (who sees which
//! dossier), [`listing`] (lists of them), [`actions`], [`receipt`], [`present`], [`pages`].

pub mod actions;
pub mod budget;
pub mod content;
pub mod drafts;
pub mod form;
pub mod listing;
pub mod model;
pub mod pages;
pub mod present;
pub mod receipt;
pub mod rules;
mod sight;
mod store;
pub mod validate;

pub use actions::advance;
pub use model::{Answer, Applicant, Content, Event, IndicatorTarget, Outcome, PieceRef, State, YearBudget};
pub use sight::{
    StaffView, closed_by_interest, for_applicant, for_staff, own, sees_partially, visible, visible_among,
    visible_in_call,
};
pub use store::{Dossier, Version, current_version, get, hold, of_organisations, verify, version_by_id};
