//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod dossiers;
mod instruction;
mod public;
mod spine;
