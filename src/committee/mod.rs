//! The selection committee: its sessions, its opinion on each dossier, its sealed minutes.
//!
//! Words: a *session* has an *agenda* of instructed dossiers; a *seat* is held by a member; a *recusal* keeps a
//! member out of one dossier; an *opinion* is prepared and revised until the session is *sealed*, which writes the
//! *record* (canonical JSON and its hash), the minutes, and reserves the money. Reading order: [`model`], [`rules`],
//! `store`, `recusals`, [`actions`],
//! `sealing`, `record`, `minutes`, `verify`, [`pages`].

pub mod actions;
mod minutes;
pub mod model;
pub mod pages;
mod record;
mod recusals;
pub mod rules;
mod sealing;
mod store;
mod verify;
mod waitlist;

pub use model::{Board, Presence, SeenBoard, Session, SessionKind, SessionState, Verdict};
pub use record::Record;
pub use store::{SealedOpinion, board, sealed_opinion, session, sessions_of_call};
pub use verify::verify;
pub use waitlist::{WaitlistLine, waitlist};
