//! Pure rules: which act a decision needs, how a grant is scheduled, paid, given back and closed.

mod acts;
mod clawbacks;
mod closure;
mod figures;
mod schedule;

pub use acts::{AGREEMENT_SOURCE, ActFacts, ActKind, YearGrant};
pub use clawbacks::{ClawbackEvent, ClawbackState, next_clawback};
pub use closure::{ClosureFacts, Side};
pub use figures::{Figures, Line};
pub use schedule::{
    Due, DueRule, InstalmentState, PAYMENT_SOURCE, PaymentFacts, Planned, SIRET_MISSING, SlotKey, by_slot, due_by,
    instalment_state, label, plan, rest, unbalanced,
};

use crate::base::ids::InstitutionId;

/// Whether an agent acting for these institutions is one of those concerned.
#[must_use]
pub fn concerns(institutions: &[InstitutionId], parties: &[InstitutionId]) -> bool {
    institutions.iter().any(|institution| parties.contains(institution))
}
