//! People: accounts, passwords, the institutions agents work for, the organisations applicants speak for.
//!
//! Reading order: [`password`], `actions`.

pub mod actions;
pub mod password;
