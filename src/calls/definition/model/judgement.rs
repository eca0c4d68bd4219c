//! How dossiers are judged: grid, instruction, committee.

use serde::{Deserialize, Serialize};

use super::Source;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Words of the levels from 0 up; the highest level is `levels.len() - 1`.
    pub levels: Vec<String>,
    pub criteria: Vec<Criterion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub code: String,
    pub label: String,
    /// Whole points; the weights of the call sum to 100.
    pub weight: u32,
    /// Scored only for dossiers on this axis.
    #[serde(default)]
    pub axis: Option<String>,
    /// One per level; empty: the general words of the grid.
    #[serde(default)]
    pub descriptors: Vec<String>,
    /// A zero here is shown to the committee, never silently applied.
    #[serde(default)]
    pub blocking: bool,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstructionRules {
    pub reviewers_per_dossier: u32,
    /// The reviewers of one dossier come from different institutions.
    pub distinct_institutions: bool,
    /// Institutions whose agents may instruct.
    pub institutions: Vec<String>,
    /// Weighted difference from which a dossier is flagged as divergent, in points of 100.
    pub divergence_threshold: u32,
    /// When an instructor reads the others' reviews.
    #[serde(default)]
    pub reviews_visible: ReviewsVisible,
    pub source: Source,
}

/// When an instructor reads the reviews of the others on the same dossier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewsVisible {
    /// Once their own is submitted.
    #[default]
    AfterOwn,
    /// Once every review of the dossier is.
    AfterAll,
    /// As soon as they are submitted.
    Always,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitteeRules {
    /// Voting members present, at least.
    pub quorum: u32,
    /// The same for a second session on the agenda of one that lacked its quorum; zero: whoever comes (CRPA R133-10).
    #[serde(default)]
    pub quorum_second: u32,
    /// Whether a member may give their vote to another, and whether it then counts for the quorum.
    #[serde(default)]
    pub proxies: ProxyRule,
    /// Days between the convocation and the session, but for urgency (CRPA R133-8).
    #[serde(default = "five")]
    pub notice_days: u32,
    pub seats: Vec<Seat>,
    pub source: Source,
}

/// Proxies in the committee. CRPA R133-9 lets a member hold one; R133-10 counts it for the quorum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyRule {
    #[default]
    Counted,
    /// Votes, without counting for the quorum.
    NotCounted,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    pub code: String,
    pub label: String,
    /// Institution code.
    pub institution: String,
    #[serde(default)]
    pub chair: bool,
    pub source: Source,
}

fn five() -> u32 {
    5
}
