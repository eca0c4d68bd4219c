//! Instruction: from a submitted dossier to the scores and opinions put before the committee.
//!
//! Words: an *eligibility check* says that a dossier is complete and eligible, or the ground why not; *shortlisting*
//! is an optional stage; an *assignment* gives a dossier to an instructor of an institution; a *declaration of
//! interests* comes before reading and a conflict is a recusal; a *review* holds scores, an opinion and a proposed
//! amount per funder on one version of the dossier, and never changes once submitted.
//! Reading order: [`model`], [`rules`] (the arithmetic of scores), `marks`, [`proposals`], `store`, `assess` (what the
//! committee reads), [`actions`], [`pages`], `verify`.

pub mod actions;
mod assess;
pub mod distribution;
mod marks;
pub mod model;
pub mod pages;
pub mod proposals;
pub mod rules;
mod sight;
mod store;
mod territory;
mod verify;

pub use assess::{Assessment, SubmittedReview, assessments, assessments_of};
pub use marks::Marks;
pub use model::{
    CriterionInput, EligibilityAnswer, FunderProposal, Mark, ReviewInput, ReviewOpinion, TerritorialInput,
};
pub use rules::Score;
pub use sight::ReviewSight;
pub use store::{EligibilityCheck, last_eligibility};
pub use territory::{TerritorialOpinion, territorial};
pub use verify::verify;
