//! Follow-up: periods and reports, reminders, territory, practice notes, pages.

mod notes;
mod periods;
mod reminders;
mod reports;
mod territory;
