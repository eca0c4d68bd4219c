//! One test binary: support first, then a folder per capability.
//!
//! Every test runs on SQLite; with `TEST_DATABASE_URL` naming a PostgreSQL server, on PostgreSQL instead.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

mod access;
mod accounts;
mod base;
mod calls;
mod check;
mod committee;
mod crawl;
mod database;
mod decisions;
mod demo;
mod documents;
mod dossiers;
mod durability;
mod followup;
mod funding;
mod hostile;
mod identity;
mod instruction;
mod journeys;
mod mail;
mod site;
mod speed;
mod web;
