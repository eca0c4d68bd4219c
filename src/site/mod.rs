//! Pages that belong to no capability: the home page, the pages the law asks for, the health check.

mod pages;

pub use pages::pages;
