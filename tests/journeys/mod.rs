//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod committee;
mod instruction;
mod dossiers;
mod people;
mod followup;
mod public;
mod spine;
