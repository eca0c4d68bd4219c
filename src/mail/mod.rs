//! Outgoing mail: written to the outbox in the transaction of the operation, delivered afterwards.

mod deliver;
mod store;

use crate::base::ids::{DocumentId, DossierId};

pub use deliver::{Transport, deliver_due};
pub use store::{Sent, enqueue, get, latest, recipients};

/// A message to one person, in plain French text.
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
