//! Calls: what is published, to whom, until when, and how dossiers will be judged.

pub mod definition;
