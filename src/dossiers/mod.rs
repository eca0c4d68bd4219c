//! Dossiers: what project holders write, submit and follow.
//!
//! Words: a *draft* is filled section by section, everything typed being kept; it is put together as [`Content`]; a
//! *submission* freezes it as an immutable version; a *state* changes through [`advance`] only. Reading order:
//! [`model`], [`rules`] (the engine), [`budget`], [`validate`], `store`, [`drafts`], [`content`], [`form`], [`completion`]
//! (what is asked again), [`editors`] (who writes), `sight` (who sees which dossier), [`counts`], `tags` and [`listing`]
//! (lists of them), `excerpt` (what a ranking reads), [`actions`], [`receipt`], [`mails`], [`present`], `versions`,
//! [`pages`].

pub mod actions;
mod answer;
pub mod budget;
mod bulk;
pub mod completion;
pub mod content;
pub mod counts;
pub mod drafts;
pub mod editors;
mod excerpt;
pub mod form;
pub mod listing;
pub mod mails;
pub mod model;
pub mod pages;
pub mod present;
pub mod receipt;
pub mod rules;
mod sight;
mod store;
pub mod tags;
pub mod validate;
mod versions;

pub use actions::advance;
pub use answer::Answer;
pub use bulk::{by_ids, hashes_by_ids, versions_by_ids};
pub use excerpt::{Excerpt, excerpts_by_ids};
pub use model::{
    Applicant, Content, Event, IndicatorTarget, Outcome, Partner, PieceRef, State, SupportKind, YearBudget,
};
pub use sight::{
    StaffView, closed_by_interest, for_applicant, for_member, for_staff, own, seen_of, sees_partially, visible,
    visible_among, visible_in_call,
};
pub use store::{
    Dossier, Version, current_version, get, hold, of_organisations, verify, verify_attachments, version_by_id,
};
pub use tags::{Tags, tagged, tags};
pub use versions::{Difference, differences, versions};
