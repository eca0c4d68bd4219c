//! What a dossier is, as plain types: where it stands, and what it says.

mod content;
mod state;

pub use content::{Applicant, Content, IndicatorTarget, LARGEST_COUNT, Partner, PieceRef, SupportKind, YearBudget};
pub use state::{Event, Outcome, State};
