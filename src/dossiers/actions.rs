//! Operations on dossiers.

mod completion;
mod copy;
mod draft;
mod editors;
mod reminders;
mod submission;
mod withdrawal;

use super::completion as requests;
use super::model::{Event, State};
use super::rules::transition;
use super::store::{self, Dossier};
use crate::base::ids::DossierId;
use crate::calls;
use crate::fault::Fault;
use crate::service::Operation;

pub use completion::{MAX_MESSAGE, answer_completion, cancel_completion, request_completion};
pub use copy::copy_draft;
pub use draft::{Attached, NewFile, attach_file, attach_piece, create_draft, keep_piece, remove_piece, save_section};
pub use editors::{accept, invite, other_address, remove_editor};
pub use reminders::remind_drafts;
pub use submission::submit;
pub use withdrawal::{MAX_REASON, withdraw};

/// The one door: moves a dossier to the state the engine answers, and gives it back as it then is.
///
/// The caller records the journal entry, which says more than the event's name.
///
/// # Errors
/// [`Fault::Refused`] with the engine's words; [`Fault::Stale`] when somebody moved it in between.
pub fn advance(op: &mut Operation<'_>, dossier: DossierId, event: Event) -> Result<Dossier, Fault> {
    let before = store::get(op.conn, dossier)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let next = transition(before.state, event, &call.definition.stages)
        .map_err(|refusal| Fault::refused(refusal.to_string()))?;
    store::set_state(op.conn, &before, next, op.now)?;
    if before.state == State::Incomplete && event != Event::AnswerCompletion {
        requests::close_unanswered(op.conn, dossier, op.now)?;
    }
    store::get(op.conn, dossier)
}
