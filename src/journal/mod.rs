//! The append-only trail: who did what, when and why, each entry chained to the one before by its hash.
//!
//! The chain holds references and salted digests only. Names, summaries and reasons lie in `journal_texts`, which
//! may be erased when a retention period ends without breaking the chain.

mod store;

use crate::base::ids::{CallId, DossierId};

pub use store::{Read, administration, append, count_administration, of_dossier, verify};

crate::code_enum! {
    /// Who may read an entry, beyond the rights on its dossier.
    pub enum Audience {
        Everyone = "everyone" => "Porteur et institutions",
        Institutions = "institutions" => "Institutions",
    }
}

/// What an operation says it did.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Stable code, `dossier.submit`.
    pub action: &'static str,
    pub audience: Audience,
    pub call: Option<CallId>,
    pub dossier: Option<DossierId>,
    /// One French sentence without scores, amounts of others or opinions not yet shared.
    pub summary: String,
    /// Why, in the author's words; empty when the act needs no reason.
    pub reason: String,
}

impl Entry {
    #[must_use]
    pub fn new(action: &'static str, summary: impl Into<String>) -> Self {
        Self {
            action,
            audience: Audience::Institutions,
            call: None,
            dossier: None,
            summary: summary.into(),
            reason: String::new(),
        }
    }

    #[must_use]
    pub fn call(mut self, call: CallId) -> Self {
        self.call = Some(call);
        self
    }

    #[must_use]
    pub fn dossier(mut self, dossier: DossierId) -> Self {
        self.dossier = Some(dossier);
        self
    }

    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Also shown to the applicant.
    #[must_use]
    pub fn for_everyone(mut self) -> Self {
        self.audience = Audience::Everyone;
        self
    }
}
