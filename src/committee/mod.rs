//! The committee of a call: its sessions, its opinion on each dossier, its sealed minutes, its waiting list.
//!
//! Words: a *session* shortlists eligible dossiers or selects instructed ones; it has an *agenda*; a *seat* is held by
//! a member, who attends or gives their *proxy* to another; a *recusal* keeps a member out of one dossier; an *opinion*
//! is prepared before the session, given and revised during it, until the session is *sealed*, which writes the
//! *record* (canonical JSON and its hash), the minutes, and reserves the money of the call's first year.
//!
//! Rules, and where they come from (code des relations entre le public et l'administration, binding where consultation
//! is mandatory, a good model elsewhere; the call file sets each):
//!
//! * Members are convened `notice_days` before, but for an urgency said in the minutes (R133-8: five days).
//! * A member who cannot come gives their vote to another, who holds one at most (R133-9). It counts for the quorum
//!   (R133-10) unless the call says `proxies = "not_counted"` or `"none"`. Recused from a dossier, neither the giver nor
//!   the holder has that vote to cast.
//! * Without quorum, a session is adjourned with minutes saying who came; a second one, convened on the same agenda and
//!   told so, sits with `quorum_second` members, none by default (R133-10).
//! * A vote is counted when asked. The opinion recorded has the majority of the votes; on a tie, the chair's is casting,
//!   if the chair takes part (R133-11). Who has an interest takes no part (R133-12).
//! * A dossier on the agenda of a shortlisting session is that session's to shortlist or set aside; on none, it is the
//!   call manager's. The agenda is the only switch: no dossier has two doors at once.
//! * A rank on the waiting list serves once in a call, whatever its sessions.
//!
//! Reading order: [`model`], [`rules`], `store`, `recusals`, [`actions`], `sealing`, `record`, `minutes`, `waitlist`,
//! `verify`, [`pages`].

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
