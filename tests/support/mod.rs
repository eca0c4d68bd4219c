//! The harness: a service of its own per test, real requests over loopback, people and calls made through the real
//! operations.

use std::io::Write;

mod app;
mod browser;
mod client;
pub mod committee;
pub mod database;
pub mod decisions;
pub mod demonstration;
pub mod dossiers;
pub mod funding;
pub mod instruction;
mod mail_server;
mod postgres;
mod world;

pub use app::TestApp;
pub use browser::{Browser, Inspection};
pub use client::{Client, Reply};
pub use mail_server::MailServer;
#[allow(unused_imports)]
pub use postgres::OwnPostgres;
#[allow(unused_imports)]
pub use world::{CALL_FILE, PASSWORD, World};

/// Says what a run leaves out, past the test runner's capture of output: a skipped check must be seen.
pub fn skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}
