//! The record of a sealed session: what was known and said, as canonical JSON, hashed once and never rewritten.
//!
//! Canonical means: the fields in the order of these types, no white space, instants in UTC, scores as fractions in
//! lowest terms, amounts in cents.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::ids::{AccountId, DossierId, DossierVersionId, FundingLineId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::committee_sessions;
use crate::fault::Fault;
use crate::instruction::{Assessment, FunderProposal, ReviewOpinion, Score, SubmittedReview};
use crate::ledger::Share;

use super::model::{Opinion, Presence, SessionKind, Verdict, Vote};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub format: u32,
    pub call: String,
    pub session: SessionId,
    pub number: i64,
    pub kind: SessionKind,
    pub second_of: Option<SessionId>,
    /// Adjourned for want of quorum: nothing of the agenda was judged.
    pub adjourned: bool,
    pub held_at: String,
    pub place: String,
    pub convened_at: Option<String>,
    pub urgency: String,
    pub opened_at: Option<String>,
    pub sealed_at: String,
    pub quorum: i64,
    /// Code of the seat that presided.
    pub presiding: String,
    pub seats: Vec<RecordedSeat>,
    /// In the order of the ranking, withdrawn dossiers last.
    pub agenda: Vec<RecordedItem>,
    /// What the session could share out, as it was just before.
    pub envelopes: Vec<RecordedEnvelope>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedEnvelope {
    pub line: FundingLineId,
    pub name: String,
    pub year: i32,
    pub voted: Option<Cents>,
    /// After what other sessions and decisions already held.
    pub left: Option<Cents>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedSeat {
    pub seat: String,
    pub account: Option<AccountId>,
    pub name: String,
    /// Missing when nobody recorded it.
    pub presence: Option<Presence>,
    /// The seat that voted for this one.
    pub proxy: Option<String>,
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
    /// Votes that could be cast on it, proxies included.
    pub voices: usize,
    /// Missing for a withdrawn dossier only.
    pub opinion: Option<RecordedOpinion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedReview {
    pub account: AccountId,
    pub name: String,
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
    pub returned_at: Option<String>,
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
    pub vote: Option<Vote>,
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
            vote: opinion.vote,
        }
    }
}

impl RecordedItem {
    /// The instructors' part as it was sealed; their comments are not of the record.
    #[must_use]
    pub fn assessment(&self) -> Assessment {
        let score = |exact: &Option<String>| exact.as_deref().and_then(Score::from_exact);
        Assessment {
            reviews: self
                .reviews
                .iter()
                .filter_map(|review| {
                    Some(SubmittedReview {
                        account: review.account,
                        name: review.name.clone(),
                        institution: review.institution.clone(),
                        score: score(&review.score),
                        opinion: ReviewOpinion::from_code(&review.opinion)?,
                        proposed: review.proposed.clone(),
                        comment: String::new(),
                    })
                })
                .collect(),
            score: score(&self.score),
            spread: score(&self.spread),
            divergent: self.divergent,
            blocking: self.blocking.clone(),
        }
    }
}

/// The sealed record of a closed session; none before.
///
/// # Errors
/// When the database refuses or the record no longer reads.
pub fn of_session(conn: &mut Conn, session: SessionId) -> Result<Option<Record>, Fault> {
    let text: Option<String> = committee_sessions::table
        .filter(committee_sessions::id.eq(session))
        .select(committee_sessions::record)
        .first(conn)?;
    text.map(|text| serde_json::from_str(&text).map_err(Fault::from)).transpose()
}
