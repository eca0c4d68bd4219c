//! Operations of instruction, one file per matter.

mod assignment;
mod bulk;
mod eligibility;
mod interests;
mod messages;
mod reminders;
mod reopening;
mod review;
mod territory;

pub use assignment::{assign, end_assignment, refuse_assignment};
pub use bulk::{Given, Readers, Waiting, assign_many, waiting};
pub use eligibility::{decide_eligibility, declare_eligible, declare_ineligible, set_aside, shortlist};
pub use interests::declare_interests;
pub use reminders::{Reminded, remind, remind_late};
pub use reopening::reopen_review;
pub use review::{save_review, submit_review};
pub use territory::{Asked, ask_departments, save_territorial, takes_territorial_opinions};

use super::{rules, store};
use crate::base::ids::DossierId;
use crate::calls;
use crate::dossiers::{self, Event, State};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Closes the instruction of a dossier once every review it waits for is in.
fn complete_if_ready(op: &mut Operation<'_>, dossier: DossierId) -> Result<bool, Fault> {
    let found = dossiers::get(op.conn, dossier)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let active: Vec<_> = store::assignments_of(op.conn, dossier)?.into_iter().filter(|a| a.is_active()).collect();
    let submitted = active.iter().filter(|a| a.submitted_at.is_some()).count();
    let ready = rules::is_instructed(submitted, active.len(), call.definition.instruction.reviewers_per_dossier);
    if found.state != State::UnderInstruction || !ready {
        return Ok(false);
    }
    let dossier = dossiers::advance(op, dossier, Event::CompleteInstruction)?;
    op.record(
        Entry::new("instruction.complete", format!("Instruction close\u{A0}: {submitted} avis rendus"))
            .call(call.id)
            .dossier(dossier.id),
    );
    messages::tell_managers_complete(op, &call, &dossier)?;
    Ok(true)
}
