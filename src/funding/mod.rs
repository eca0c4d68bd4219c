//! Funding: what was voted, reserved, committed and paid, and what follows a notified decision until it is closed.
//!
//! Words: an *envelope* is a call, a funding line and a year, and a *slot* is a line and a year; its *figures* are sums
//! of ledger lines; an *award* is what one authority grants a dossier, by its latest notified decision; an *act* (order
//! or agreement, then amendments) fixes its *instalments*; a *payment* is of an instalment; a *clawback* asks money
//! back; a *closure* frees what will not be paid. The money itself moves through `ledger` only. Reading order:
//! [`rules`], [`awards`], `store`, [`actions`], [`pages`].

pub mod actions;
pub mod awards;
mod check;
pub mod pages;
pub mod rules;
mod store;

pub use awards::{Award, awards_of};
pub use check::verify;
pub use rules::{ActKind, Figures, Line};
pub use store::{
    Act, Balance, Clawback, Closure, Envelope, FinancialReport, FundingFile, Instalment, Payment, Viewing, envelope,
    envelopes_of_call, figures, file_of, lines_seen, view_of,
};
