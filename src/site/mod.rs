//! Pages that belong to no capability: the home page, the pages the law asks for, the health check,
//! and the demonstration's outbox.

pub mod outbox;
mod pages;

pub use pages::pages;
