//! Rows of envelopes, their lines, acts and payments, one file per matter.

mod acts;
mod envelopes;
mod file;
mod lines;

pub use acts::{Act, Payment, act_of, payments_of};
pub(super) use acts::{Recording, act_reference_is_taken, insert_act, insert_payment, payment_reference_is_taken};
pub use envelopes::{Envelope, envelope, envelopes_of_call};
pub use file::{FundingFile, file_of};
pub use lines::{READERS, SeenDossier, SeenLine, Viewing, figures, lines_seen, view_of};
