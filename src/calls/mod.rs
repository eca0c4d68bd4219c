//! Calls: what is published, to whom, until when, and how dossiers will be judged.
//!
//! Reading order: [`definition`] (the call file), `store`, `actions` (import), `pages`.

pub mod actions;
pub mod definition;
mod department_map;
pub mod pages;
mod store;

pub use department_map::DepartmentMap;
pub use store::{Call, by_code, by_id, institution_by_code, list, of_dossier, of_dossiers};
