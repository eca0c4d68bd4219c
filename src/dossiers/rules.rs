//! The engine: the only place that says what may happen to a dossier next.

use super::model::{Event, Outcome, State};
use crate::calls::definition::Stage;

/// Why the engine refuses, with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub state: State,
    pub event: Event,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Impossible de {} : le dossier est dans l’état « {} ».",
            self.event.label(),
            self.state.label().to_lowercase()
        )
    }
}

/// The next state, or a refusal that explains itself.
///
/// `stages` are the call's: where shortlisting is not a stage, eligible dossiers go straight to instruction.
///
/// # Errors
/// [`Refusal`] when the event has no place in this state.
pub fn transition(state: State, event: Event, stages: &[Stage]) -> Result<State, Refusal> {
    use Event as E;
    use State as S;
    let shortlisting = stages.contains(&Stage::Shortlisting);
    let next = match (state, event) {
        (S::Draft, E::Submit) => S::Submitted,
        (S::Submitted, E::DeclareEligible) => S::Eligible,
        (S::Submitted, E::RequestCompletion) => S::Incomplete,
        (S::Incomplete, E::AnswerCompletion | E::CancelCompletion) => S::Submitted,
        (S::Submitted | S::Incomplete, E::DeclareIneligible) => S::Ineligible,
        (S::Ineligible, E::Sign(Outcome::Ineligible)) => S::IneligibilitySigned,
        (S::IneligibilitySigned, E::Notify) => S::IneligibilityNotified,
        (S::Eligible, E::Shortlist) if shortlisting => S::Shortlisted,
        (S::Eligible, E::SetAside) if shortlisting => S::NotShortlisted,
        (S::NotShortlisted, E::Sign(Outcome::NotShortlisted)) => S::NonShortlistingSigned,
        (S::NonShortlistingSigned, E::Notify) => S::NonShortlistingNotified,
        (S::Eligible, E::Assign) if !shortlisting => S::UnderInstruction,
        (S::Shortlisted | S::UnderInstruction, E::Assign) => S::UnderInstruction,
        (S::UnderInstruction, E::CompleteInstruction) => S::Instructed,
        (S::Instructed, E::ReopenInstruction) => S::UnderInstruction,
        (S::Instructed, E::EnterCommittee) => S::InCommittee,
        (S::InCommittee, E::SealOpinion) => S::Opined,
        // From the waiting list: promoted when money frees up, or told that the list is closed.
        (S::Opined | S::WaitlistNotified, E::Sign(Outcome::Selected)) => S::Selected,
        (S::Opined | S::WaitlistNotified, E::Sign(Outcome::Rejected)) => S::Rejected,
        (S::Opined, E::Sign(Outcome::Waitlisted)) => S::Waitlisted,
        (S::Selected, E::Notify) => S::AwardNotified,
        (S::Waitlisted, E::Notify) => S::WaitlistNotified,
        (S::Rejected, E::Notify) => S::RejectionNotified,
        (S::AwardNotified, E::RecordAct) => S::Agreed,
        (S::Agreed | S::InProgress, E::RecordPayment) => S::InProgress,
        (S::AwardNotified | S::Agreed | S::InProgress, E::Amend) => state,
        (S::Agreed | S::InProgress, E::Close) => S::Closed,
        (S::AwardNotified | S::Agreed | S::InProgress, E::Terminate) => S::Terminated,
        (
            S::Submitted
            | S::Incomplete
            | S::Eligible
            | S::Shortlisted
            | S::UnderInstruction
            | S::Instructed
            | S::InCommittee
            | S::WaitlistNotified,
            E::Withdraw,
        ) => S::Withdrawn,
        _ => return Err(Refusal { state, event }),
    };
    Ok(next)
}

/// Whether a page may offer the event.
#[must_use]
pub fn allows(state: State, event: Event, stages: &[Stage]) -> bool {
    transition(state, event, stages).is_ok()
}
