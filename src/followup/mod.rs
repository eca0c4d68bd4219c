//! Follow-up: what funded projects report against their targets, and what they learn from each other.
//!
//! Words: a *period* is a stretch of the project after which it *reports*; a *value* is reported once for a period, and
//! *corrected* by a new row that keeps the one before; a *reminder* leaves at the steps the call file gives; a *practice note* is read and
//! answered among the funded projects of a call. Reading order: [`periods`], [`rules`], [`territory`], `store`, [`actions`], [`pages`].

pub mod actions;
pub mod pages;
pub mod periods;
pub mod rules;
mod store;
pub mod territory;

pub use store::notes::NoteText;
pub use store::{Footprint, Indicator, StoredPeriod, Value, of_version, periods_of, reminders_sent};
