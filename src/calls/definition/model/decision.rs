//! The decision and its letters.

use serde::{Deserialize, Serialize};

use super::Source;
use super::money::ScheduleRules;
use crate::calls::definition::letters::Letters;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRules {
    /// Months of silence after which the request is implicitly rejected (CRPA L231-4).
    pub silence_months: u8,
    /// Threshold in whole euros above which an agreement is mandatory (law 2000-321 art. 10).
    pub agreement_above_euros: i64,
    /// How a grant is paid unless the authority's agent says otherwise.
    #[serde(default)]
    pub schedule: ScheduleRules,
    pub court: Court,
    /// Days left to a beneficiary to answer a formal notice before an award is ended (CSP R1435-33: a month).
    #[serde(default = "month")]
    pub observation_days: i64,
    /// Legal bases quoted in letters, one per line.
    pub legal_bases: Vec<String>,
    pub letters: Letters,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Court {
    pub name: String,
    pub address: Vec<String>,
}

/// Paragraphs may use the words of [`crate::calls::definition::check::PLACEHOLDERS`], in braces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterText {
    pub object: String,
    pub paragraphs: Vec<String>,
}

fn month() -> i64 {
    30
}
