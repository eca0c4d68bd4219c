//! Whole paths in a real browser, each person at their own screen.

mod public;
mod spine;
