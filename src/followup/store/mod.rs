//! Rows of follow-up. Reading order: `indicators`, `periods`, `territory`, `notes`.

mod indicators;
pub(super) mod periods;

pub use indicators::{Indicator, Value, of_version};
pub(super) use indicators::{NewRow, hold, insert_value};
pub use periods::{StoredPeriod, of_dossier as periods_of, reminders_sent};
