//! Operations on decisions: sign, notify, and the record of a first reading.

mod notify;
mod sign;

pub use notify::{Delivery, accepts_electronic, notified, notify, recipients, record_reading};
pub use sign::{Case, Draft, OUTCOMES, case, check_funds, draft, preview, sign};
