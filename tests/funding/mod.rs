//! Money: the ledger's invariants, acts, payments, and what each person sees of it.

mod acts;
mod concurrency;
mod ledger;
mod pages;
mod payments;
mod shares;
mod verify;
