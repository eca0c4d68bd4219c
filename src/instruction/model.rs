//! What instruction is about, as plain types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::money::Cents;

crate::code_enum! {
    /// The general opinion of an instructor, apart from the scores.
    pub enum ReviewOpinion {
        Favourable = "favourable" => "Favorable",
        Reserved = "reserved" => "Réservé",
        Unfavourable = "unfavourable" => "Défavorable",
    }
}

impl ReviewOpinion {
    /// Tone of the opinion's badge.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Favourable => "success",
            Self::Reserved => "warning",
            Self::Unfavourable => "danger",
        }
    }
}

/// What an instructor answered on one criterion. Not having answered yet is the absence of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Level(u32),
    /// « Je ne me prononce pas » : left out of the score, never counted as zero.
    Abstained,
}

impl Mark {
    #[must_use]
    pub fn level(self) -> Option<u32> {
        match self {
            Self::Level(level) => Some(level),
            Self::Abstained => None,
        }
    }
}

/// One criterion of a review, as saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionInput {
    pub mark: Option<Mark>,
    pub comment: String,
}

/// What a review says of one funder's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunderProposal {
    /// Code of a funder of the call.
    pub funder: String,
    /// Only when several funders are asked; with one, the general opinion is the funder's.
    pub opinion: Option<ReviewOpinion>,
    pub proposed: Option<Cents>,
}

impl FunderProposal {
    /// An amount under the general opinion.
    #[must_use]
    pub fn amount(funder: &str, proposed: Cents) -> Self {
        Self { funder: funder.to_owned(), opinion: None, proposed: Some(proposed) }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.opinion.is_none() && self.proposed.is_none()
    }
}

/// A review as its author writes it: anything may still be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewInput {
    /// By criterion code.
    pub scores: BTreeMap<String, CriterionInput>,
    pub opinion: Option<ReviewOpinion>,
    /// By funder, in the order of the call.
    pub proposed: Vec<FunderProposal>,
    pub comment: String,
}

impl ReviewInput {
    /// The mark on a criterion; absent when it is not answered.
    #[must_use]
    pub fn mark(&self, criterion: &str) -> Option<Mark> {
        self.scores.get(criterion)?.mark
    }
}

/// What a correspondent writes for a department: anything may still be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerritorialInput {
    pub opinion: Option<ReviewOpinion>,
    pub comment: String,
}

/// A manager's answers on completeness and eligibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityAnswer {
    pub complete: bool,
    pub eligible: bool,
    /// Why not; empty when both are true.
    pub ground: String,
}
