//! Operations of follow-up, one file a matter. Reading order: [`reports`], [`reminders`], [`notes`].

pub mod notes;
pub mod reminders;
pub mod reports;

pub use reminders::remind_due;
pub use reports::{NewReport, NewValue, Report, is_recorded, own, own_running, report};
