//! Sessions, recusals, ranking, opinions and seals, as their people see them.

mod opinions;
mod quorum;
mod ranking;
mod recusals;
mod sealing;
mod sessions;
pub mod shortlisting;
mod waitlist;
