//! Dossiers, from the first draft to the receipt.

mod access;
mod budget;
mod completion;
mod conflicts;
mod counts;
mod editors;
mod engine;
mod listing;
mod plan;
mod present;
mod receipt;
mod submission;
mod uploads;
mod validation;
mod writing;
