//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod committee;
mod decisions;
mod dossiers;
mod followup;
mod funding;
mod instruction;
mod people;
mod pictures;
mod public;
mod spine;
