//! Operations on dossiers.

mod draft;
mod submission;

use super::model::Event;
use super::rules::transition;
use super::store::{self, Dossier};
use crate::base::ids::DossierId;
use crate::calls;
use crate::fault::Fault;
use crate::service::Operation;

pub use draft::{attach_piece, create_draft, remove_piece, save_section};
pub use submission::submit;

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
    store::get(op.conn, dossier)
}
