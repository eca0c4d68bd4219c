//! Indicators, and what funded projects report.

use serde::{Deserialize, Serialize};

use super::{Source, SourceKind};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorChoice {
    pub code: String,
    pub label: String,
    /// `personnes`, `%`, `séances`…
    pub unit: String,
    pub family: IndicatorFamily,
    #[serde(default)]
    pub total: IndicatorTotal,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorFamily {
    Process,
    Result,
    Impact,
    Equity,
}

impl IndicatorFamily {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Process => "Processus",
            Self::Result => "Résultat",
            Self::Impact => "Impact",
            Self::Equity => "Équité",
        }
    }
}

/// How the values of successive periods make the figure that is compared with the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorTotal {
    /// Each value is counted since the start of the project: the last one stands.
    #[default]
    Last,
    /// Each value is of its period alone: they add up.
    Sum,
}

/// What funded projects report, when, and how they are reminded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowupRules {
    pub period: PeriodLength,
    /// Days given after the end of a period to report on it.
    pub report_within_days: u16,
    /// Days from the due date at which a reminder leaves, in order; negative: before.
    pub reminders: Vec<i16>,
    /// Date fields of the form between which the project runs.
    pub start_field: String,
    pub end_field: String,
    /// The indicator that counts the people reached, asked per department; empty: the call has none.
    pub reach: String,
    pub source: Source,
}

impl Default for FollowupRules {
    fn default() -> Self {
        Self {
            period: PeriodLength::HalfYear,
            report_within_days: 45,
            reminders: vec![-15, 1, 15],
            start_field: "start".to_owned(),
            end_field: "end".to_owned(),
            reach: String::new(),
            source: Source {
                kind: SourceKind::Proposed,
                reference: "Règles d’Essaim, pour un appel dont le fichier n’en donne pas".to_owned(),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodLength {
    Quarter,
    HalfYear,
    Year,
}

impl PeriodLength {
    #[must_use]
    pub fn months(self) -> i32 {
        match self {
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// `chaque semestre`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarter => "chaque trimestre",
            Self::HalfYear => "chaque semestre",
            Self::Year => "chaque année",
        }
    }
}
