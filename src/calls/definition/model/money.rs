//! Money: the budget plan that applicants fill, who funds, what each has, how a grant is paid.

use serde::{Deserialize, Serialize};

use super::Source;
use crate::base::money::Cents;

/// Lines of CERFA 12156*06 unless the call says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetPlan {
    /// Years of the plan, one to four. The first is firm: later ones depend on the credits of their year.
    pub years: Vec<i16>,
    /// Code of a `choice` field whose value is the number of years asked; every year is asked without it.
    #[serde(default)]
    pub years_field: Option<String>,
    pub charges: Vec<BudgetGroup>,
    pub produits: Vec<BudgetGroup>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetGroup {
    /// Class of the chart of accounts: `60`, `74`, `86`…
    pub class: String,
    pub label: String,
    pub lines: Vec<BudgetLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetLine {
    /// Unique in the plan.
    pub code: String,
    pub label: String,
    /// Code of the funder of this call to whom the line is the request (class 74 only).
    #[serde(default)]
    pub request_to: Option<String>,
    /// Public money, for the share of public funding.
    #[serde(default)]
    pub public: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funder {
    /// Institution code.
    pub code: String,
    pub label: String,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeDefinition {
    /// Code of a [`Funder`].
    pub funder: String,
    /// Name of the funding line: `FIR – Ségur mesure 27`.
    pub line: String,
    /// Institution that decides on the line; the call's authority unless said otherwise.
    pub authority: Option<String>,
    /// Institution that pays; the one that decides unless said otherwise.
    pub payer: Option<String>,
    pub year: i16,
    /// Unknown is not unlimited: nothing can be reserved on it until a vote is recorded.
    pub amount: Option<Cents>,
    pub source: Source,
}

/// Each year's grant is paid in two: an advance at the notification, the balance on service done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRules {
    /// Share of the year's grant paid in advance, in hundredths; 100: paid at once.
    pub advance_percent: u8,
}

impl Default for ScheduleRules {
    fn default() -> Self {
        Self { advance_percent: 80 }
    }
}
