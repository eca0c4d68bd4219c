//! Essaim runs public funding calls, from publication to shared follow-up.

pub mod base;
pub mod calls;
pub mod documents;
