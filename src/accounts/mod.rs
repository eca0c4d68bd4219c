//! People: accounts, passwords, the institutions agents work for, the organisations applicants speak for.
//!
//! Reading order: [`password`], `tokens` (links sent by mail), `store`, [`actions`], [`pages`].

pub mod actions;
mod mails;
pub mod pages;
pub mod password;
mod store;
mod tokens;
