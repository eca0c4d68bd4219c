//! Leaf types shared by every capability. Pure: no I/O, no system clock, no database.
//!
//! Reading order: [`money`], [`clock`], [`ids`], [`text`], [`identifiers`].

pub mod clock;
pub mod identifiers;
pub mod ids;
pub mod money;
pub mod text;

pub use clock::{Clock, Instant};
pub use money::Cents;
