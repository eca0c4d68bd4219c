//! Rows of sessions and what lies around them, one file per matter.

mod board;
mod envelopes;
mod opinions;
mod sessions;

pub use board::board;
pub(super) use board::{agendas_of_call, board_of, seen_of, visible_to};
pub(super) use envelopes::{asked, asked_on, envelopes_of_call, held_by_others, left_for, prepared};
pub use opinions::{SealedOpinion, sealed_opinion};
pub(super) use opinions::{opinions, replace_shares, waitlisted_at};
pub(super) use sessions::{hold_call, lock, on_shortlistings, second_session, shortlisting_of};
pub use sessions::{session, sessions_of_call};
