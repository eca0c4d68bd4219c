//! Pages that belong to no capability: the home page, the pages the law asks for, the health check,
//! and the demonstration's outbox.

mod legal;
pub mod outbox;
mod pages;
pub mod plan;

pub use pages::pages;
