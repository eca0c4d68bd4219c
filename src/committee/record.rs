//! The record of a sealed session: what was known and said, as canonical JSON, hashed once and never rewritten.
//!
//! Canonical means: the fields in the order of these types, no white space, instants in UTC, scores as fractions in
//! lowest terms, amounts in cents.

use serde::{Deserialize, Serialize};

use crate::base::ids::{AccountId, DossierId, DossierVersionId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::instruction::FunderProposal;
use crate::ledger::Share;

use super::model::{Opinion, Presence, Verdict};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub format: u32,
    pub call: String,
    pub session: SessionId,
    pub number: i64,
    pub held_at: String,
    pub place: String,
    pub opened_at: Option<String>,
    pub sealed_at: String,
    pub quorum: i64,
    /// Code of the seat that presided.
    pub presiding: String,
    pub seats: Vec<RecordedSeat>,
    /// In the order of the ranking, withdrawn dossiers last.
    pub agenda: Vec<RecordedItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedSeat {
    pub seat: String,
    pub account: Option<AccountId>,
    pub name: String,
    /// Missing when nobody recorded it.
    pub presence: Option<Presence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedItem {
    pub dossier: DossierId,
    pub reference: String,
    pub version: DossierVersionId,
    pub version_sha256: String,
    pub requested: Cents,
    pub withdrawn: bool,
    pub rank: Option<usize>,
    pub score: Option<String>,
    pub spread: Option<String>,
    pub divergent: bool,
    pub blocking: Vec<String>,
    pub reviews: Vec<RecordedReview>,
    pub recusals: Vec<RecordedRecusal>,
    /// Members counted for this dossier.
    pub attending: usize,
    /// Missing for a withdrawn dossier only.
    pub opinion: Option<RecordedOpinion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedReview {
    pub account: AccountId,
    pub institution: String,
    pub score: Option<String>,
    pub opinion: String,
    pub proposed: Vec<FunderProposal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRecusal {
    pub account: AccountId,
    pub reason: String,
    pub left_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedOpinion {
    pub id: OpinionId,
    pub version: i64,
    pub outcome: Verdict,
    pub rank: Option<i64>,
    pub shares: Vec<Share>,
    pub debate: String,
    pub motive: String,
}

impl From<&Opinion> for RecordedOpinion {
    fn from(opinion: &Opinion) -> Self {
        Self {
            id: opinion.id,
            version: opinion.version,
            outcome: opinion.outcome,
            rank: opinion.rank,
            shares: opinion.shares.clone(),
            debate: opinion.debate.clone(),
            motive: opinion.motive.clone(),
        }
    }
}
