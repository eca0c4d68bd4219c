//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod funding;
mod dossiers;
mod public;
mod spine;
