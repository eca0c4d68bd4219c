//! Outgoing mail: written to the outbox in the transaction of the operation, delivered afterwards.

pub mod compose;
mod deliver;
mod store;

use crate::base::ids::{DocumentId, DossierId};

pub use deliver::{Attempt, Transport, deliver_due, deliver_next, relay, sender};
pub use store::{Outbox, Sent, Standing, enqueue, get, latest, outbox, outbox_count, recipients, retry};

/// A message to one person, in plain French text: [`compose`] makes its plain and HTML parts.
#[derive(Clone, Debug)]
pub struct Message {
    /// Stable code, `dossier.receipt`.
    pub kind: &'static str,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub body: String,
    /// A sealed document sent along.
    pub document: Option<DocumentId>,
    pub dossier: Option<DossierId>,
}
