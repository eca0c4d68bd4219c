//! Dossiers, from the first draft to the receipt.

mod access;
mod budget;
mod engine;
mod listing;
mod present;
mod receipt;
mod submission;
mod uploads;
mod validation;
mod writing;
