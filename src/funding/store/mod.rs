//! Rows of envelopes, their lines, acts, payments, clawbacks and closures, one file per matter.

mod acts;
mod clawbacks;
mod closures;
mod envelopes;
mod file;
mod lines;
mod movements;
mod plans;
mod records;

pub use acts::{Act, Instalment, Payment, acts_of, instalments_of, payments_of};
pub(super) use acts::{
    ActRecord, PaymentRecord, Recording, act_reference_is_taken, delete_schedule, end_instalments, insert_act,
    insert_payment, insert_schedule, payment_reference_is_taken, set_service_done, take_act,
};
pub use clawbacks::{Clawback, clawbacks_of};
pub(super) use clawbacks::{NoticeRecord, Turn, clawback_reference_is_taken, insert_clawback, turn_clawback};
pub use closures::{Closure, FinancialReport, closures_of, reports_of};
pub(super) use closures::{insert_closure, save_report};
pub use envelopes::{Envelope, envelope, envelopes_of_call};
pub use file::{Balance, FundingFile, file_of, files_of};
pub(super) use lines::in_states;
pub use lines::{READERS, SeenDossier, SeenLine, Viewing, figures, lines_seen, view_of};
pub(super) use movements::{
    EnvelopeRow, Movement, Narrowing, Purview, count_movements, envelope_rows, movements, purview, sums_by_envelope,
    sums_by_tag, sums_of_movements,
};
pub(super) use plans::{PlanItem, plan_items};
pub(super) use records::{
    ListedAct, Listing, count_acts, count_payments, listed_acts, listed_payments, schedules_of, sirets,
};
