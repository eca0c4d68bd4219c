//! Dossiers: what project holders write, submit and follow.
//!
//! Words: a *draft* is filled section by section; a *submission* freezes it as an immutable version; a *state*
//! changes through [`advance`] only. Reading order: [`model`], [`rules`], `store`, `sight` (who sees which dossier),
//! `actions`.

pub mod actions;
pub mod model;
pub mod rules;
mod sight;
mod store;

pub use actions::advance;
pub use model::{Answer, Applicant, Content, Event, IndicatorTarget, Outcome, PieceRef, State, YearBudget};
pub use sight::{StaffView, closed_by_interest, for_applicant, for_staff, visible_in_call};
pub use store::{Dossier, Version, current_version, get, version_by_id};
