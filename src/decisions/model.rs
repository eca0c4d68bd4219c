//! What a decision is, as plain types.

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DecisionId, DelegationId, DocumentId, DossierId, DossierVersionId, EnvelopeId, InstitutionId,
    LetterId, OpinionId,
};
use crate::base::money::Cents;
use crate::dossiers::Outcome;

/// What the authority signed on a dossier.
#[derive(Clone, Debug)]
pub struct Decision {
    pub id: DecisionId,
    pub call: CallId,
    pub dossier: DossierId,
    /// The frozen submission it was made on.
    pub version: DossierVersionId,
    pub opinion: OpinionId,
    pub authority: InstitutionId,
    /// `AMI-ISS-2021-D0012`.
    pub number: String,
    pub outcome: Outcome,
    pub amount: Option<Cents>,
    pub envelope: Option<EnvelopeId>,
    pub rank: Option<i64>,
    pub motive: String,
    /// Why the authority departs from the committee; empty when it follows it.
    pub departure_reason: String,
    pub delegation: DelegationId,
    pub signed_by: AccountId,
    pub signed_at: Instant,
    pub notified_at: Option<Instant>,
    /// What a stale change is recognised by.
    pub row_version: i64,
}

/// The sealed letter that carries a decision.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: LetterId,
    pub decision: DecisionId,
    pub dossier: DossierId,
    /// `AMI-ISS-2021-D0012-C1`.
    pub number: String,
    /// Twelve characters without separators.
    pub check_code: String,
    pub document: DocumentId,
    pub issued_at: Instant,
    pub notified_at: Option<Instant>,
    pub read_at: Option<Instant>,
}

/// What a signatory asks to sign, before any check.
#[derive(Clone, Debug)]
pub struct Choice {
    pub outcome: Outcome,
    pub amount: Option<Cents>,
    /// Only read when the committee did not select the dossier.
    pub envelope: Option<EnvelopeId>,
    pub rank: Option<i64>,
    pub motive: String,
    pub departure_reason: String,
}

/// What will be signed: complete, checked, and ready to be shown as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub outcome: Outcome,
    pub amount: Option<Cents>,
    pub envelope: Option<EnvelopeId>,
    pub rank: Option<i64>,
    pub motive: String,
    pub departure_reason: String,
    pub movement: Movement,
}

/// What the signature does to the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    None,
    Commit { envelope: EnvelopeId, reserved: Cents, amount: Cents },
    Release { envelope: EnvelopeId, reserved: Cents },
}

/// In whose name, as what and up to how much a person may sign.
#[derive(Clone, Debug)]
pub struct Delegation {
    pub id: DelegationId,
    pub institution: InstitutionId,
    pub quality: String,
    pub service: String,
    pub reference: String,
    pub valid_from: Instant,
    pub valid_until: Option<Instant>,
    pub ceiling: Option<Cents>,
    pub revoked_at: Option<Instant>,
}
