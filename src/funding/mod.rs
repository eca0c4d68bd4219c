//! Funding: what was voted, reserved, committed and paid, and the acts and payments that follow a notified decision.
//!
//! Words: an *envelope* is a call, a funding line and a year; its *figures* are sums of ledger lines; an *act* (order
//! or agreement) fixes the schedule; a *payment* is an advance, then a balance. The money itself moves through
//! `ledger` only. Reading order: [`rules`], `store`, [`actions`], [`pages`].

pub mod actions;
mod check;
pub mod pages;
pub mod rules;
mod store;

pub use check::verify;
pub use rules::{ActKind, Figures, Line, PaymentKind, Schedule};
pub use store::{
    Act, Envelope, FundingFile, Payment, Viewing, envelope, envelopes_of_call, figures, file_of, lines_seen, view_of,
};
