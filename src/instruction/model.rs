//! What instruction is about, as plain types.

use std::collections::BTreeMap;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriterionInput {
    pub mark: Option<Mark>,
    pub comment: String,
}

/// A review as its author writes it: anything may still be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewInput {
    /// By criterion code.
    pub scores: BTreeMap<String, CriterionInput>,
    pub opinion: Option<ReviewOpinion>,
    pub proposed: Option<Cents>,
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
