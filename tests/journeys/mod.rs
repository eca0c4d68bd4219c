//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod instruction;
mod dossiers;
mod public;
mod spine;
