//! Leaf types shared by every capability. Pure: no I/O, no system clock, no database.
//!
//! Reading order: [`money`], [`clock`], [`ids`], [`codes`], [`text`], [`typography`], [`identifiers`], [`network`]. Types
//! that are stored carry Diesel's column derives as they carry serde's; how they are stored is said in `db::columns`.

pub mod clock;
pub mod codes;
pub mod identifiers;
pub mod ids;
pub mod money;
pub mod network;
pub mod text;
pub mod typography;

pub use clock::{Clock, Instant};
pub use money::Cents;
