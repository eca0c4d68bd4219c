//! Money: the ledger's invariants, acts, payments, and what each person sees of it.

mod acts;
mod boards;
mod clawbacks;
pub mod closures;
mod concurrency;
mod ledger;
mod pages;
mod payments;
mod schedules;
mod shares;
mod verify;
pub mod years;
