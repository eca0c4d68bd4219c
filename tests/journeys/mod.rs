//! Whole paths in a real browser, each person at their own screen.

mod accounts;
mod decisions;
mod public;
mod spine;
