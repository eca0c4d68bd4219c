//! What a dossier says, once frozen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::money::Cents;
use crate::calls::definition::CallDefinition;
use crate::dossiers::answer::Answer;
use crate::dossiers::budget;

/// The applicant as of the submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub name: String,
    pub siret: Option<String>,
    pub rna: Option<String>,
    /// INSEE legal form code.
    pub legal_form: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub representative_name: String,
    pub representative_quality: String,
    /// Whom to write to about the project.
    pub contact_name: String,
    pub contact_email: String,
    pub contact_telephone: String,
}

/// A year of the budget plan: cents by line code. An absent line was left empty, which counts as nothing in totals
/// and is shown as empty, never as zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearBudget {
    pub year: i16,
    pub amounts: BTreeMap<String, Cents>,
}

/// Largest target or value of an indicator: no territory counts more people.
pub const LARGEST_COUNT: i64 = 1_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorTarget {
    /// Code of the call's [`crate::calls::definition::IndicatorChoice`].
    pub code: String,
    /// What exactly is counted, in the applicant's words.
    pub detail: String,
    /// In the indicator's unit, at least 1.
    pub target: i64,
}

crate::code_enum! {
    /// What a partner brings to the project.
    pub enum SupportKind {
        Money = "money" => "Financement",
        Staff = "staff" => "Mise à disposition de personnel",
        Premises = "premises" => "Locaux ou matériel",
        Expertise = "expertise" => "Expertise ou méthode",
        Referral = "referral" => "Orientation du public",
        Governance = "governance" => "Pilotage du projet",
        Other = "other" => "Autre soutien",
    }
}

/// A body that takes part in the project beside the applicant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    pub name: String,
    /// What it does in the project, in the applicant's words.
    pub role: String,
    pub kind: SupportKind,
    /// What its support is worth; unknown is not zero.
    pub amount: Option<Cents>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceRef {
    /// Code of the call's piece.
    pub piece: String,
    pub file_name: String,
    pub sha256: String,
    pub byte_size: i64,
}

/// Everything a submission freezes; its canonical JSON is what is hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub applicant: Applicant,
    pub answers: BTreeMap<String, Answer>,
    pub budget: Vec<YearBudget>,
    pub indicators: Vec<IndicatorTarget>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<Partner>,
    pub pieces: Vec<PieceRef>,
    /// Codes of the attestations ticked.
    pub attestations: Vec<String>,
    /// Consent to be notified electronically; otherwise letters are printed and posted.
    pub electronic_notification: bool,
}

impl Content {
    /// The answer to a one-value field, empty when missing.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        match self.answers.get(field) {
            Some(Answer::One(text)) => text,
            _ => "",
        }
    }

    /// The answers to a several-value field; a one-value answer counts as one.
    #[must_use]
    pub fn many(&self, field: &str) -> Vec<&str> {
        self.answers.get(field).map(Answer::values).unwrap_or_default()
    }

    #[must_use]
    pub fn title(&self) -> &str {
        self.text("title")
    }

    /// Years of the budget asked of this dossier, in order.
    #[must_use]
    pub fn years<'a>(&self, definition: &'a CallDefinition) -> &'a [i16] {
        let field = definition.budget.years_field.as_deref().unwrap_or_default();
        definition.years_asked(self.text(field))
    }

    /// Request of a year: the class-74 lines flagged for this call's funders.
    #[must_use]
    pub fn requested_in(&self, definition: &CallDefinition, year: i16) -> Cents {
        budget::requested_in(&self.budget, definition, year)
    }

    /// Request of a year to one funder of the call, by its code.
    #[must_use]
    pub fn requested_of(&self, definition: &CallDefinition, funder: &str, year: impl Into<i32>) -> Cents {
        budget::requested_of(&self.budget, definition, funder, year.into())
    }

    /// Request over all years.
    #[must_use]
    pub fn requested(&self, definition: &CallDefinition) -> Cents {
        self.budget.iter().map(|b| self.requested_in(definition, b.year)).sum()
    }
}
