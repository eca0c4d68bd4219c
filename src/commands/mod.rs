//! The commands of the binary, one file each. They print for people; everything they change goes through the same
//! operations as the pages.
#![allow(clippy::print_stdout, clippy::print_stderr)]

pub mod backup;
pub mod call;
pub mod check;
pub mod demo;
pub mod migrate;
pub mod serve;
pub mod user;

use crate::base::clock::Clock;
use crate::config::Settings;
use crate::fault::Fault;
use crate::service::Service;

/// What a command that ran to its end found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Good,
    /// Printed already; the process exits with 1.
    Problems,
}

/// Opens the service on a database whose schema is up to date.
fn open(settings: Settings) -> Result<Service, String> {
    let service = Service::open(settings, Clock::System).map_err(told)?;
    service.db.migrate().map_err(told)?;
    Ok(service)
}

fn told(fault: Fault) -> String {
    fault.to_string()
}
