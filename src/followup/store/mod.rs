//! Rows of follow-up. Reading order: `indicators`, `periods`, `projects`, `notes`, `replies`.

mod indicators;
pub mod notes;
pub(super) mod periods;
pub(super) mod projects;
pub mod replies;

pub use indicators::{Indicator, Value, of_version};
pub(super) use indicators::{NewRow, hold, insert_value, of_versions};
pub use periods::{StoredPeriod, of_dossier as periods_of, reminders_sent};
pub use projects::Footprint;
