//! Operations on decisions: sign, notify, change a running award, rectify, promote, send in batches.

mod award;
mod batch;
mod case;
mod change;
mod correct;
mod letters;
mod notify;
mod promote;
mod sign;

pub use award::{Award, award};
pub use batch::{batch_for, batchable, post_batch, prepare_batch, run_batches, step};
pub(super) use case::is_to_sign;
pub use case::{Case, Draft, Signer, case, check_funds, draft};
pub use change::{Ask, Planned, amend, change, commit_year, plan, preview_change, terminate};
pub use correct::{Rectifiable, correct, correction_delegation, read_correction, rectifiable};
pub use notify::{Delivery, notified, notify, notify_many, recipients, record_reading};
pub use promote::{
    Candidate, Promotion, Waiting, candidate, end_wait, preview_promotion, promote, promotion, waiting_list,
};
pub(super) use sign::said;
pub use sign::{Many, preview, sign, sign_many};
