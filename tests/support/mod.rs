//! The harness: a service of its own per test, real requests over loopback, people and calls made through the real
//! operations.

mod app;
mod browser;
mod client;
pub mod committee;
mod database;
pub mod decisions;
pub mod dossiers;
pub mod instruction;
mod world;

pub use app::TestApp;
pub use browser::Browser;
pub use client::{Client, Reply};
#[allow(unused_imports)]
pub use world::{PASSWORD, World};
