//! The form of a call: what applicants answer and join.

use serde::{Deserialize, Serialize};

use super::Source;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub code: String,
    pub title: String,
    /// A short introduction above the fields.
    #[serde(default)]
    pub intro: String,
    pub kind: SectionKind,
    /// Only for `fields` sections.
    #[serde(default)]
    pub fields: Vec<Field>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// The applicant organisation and its representative: exactly one.
    Identity,
    /// Questions of the call.
    Fields,
    /// The budget plan: exactly one.
    Budget,
    /// Indicators and targets: exactly one.
    Indicators,
    /// Bodies that take part in the project: at most one.
    Partners,
    /// Supporting documents: at most one.
    Pieces,
    /// Attestations: at most one, last.
    Attestations,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique in the call. Three codes carry meaning for lists and letters: `title`, `summary`, `axes`,
    /// plus `departments` and `scale`.
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
    pub kind: FieldKind,
    #[serde(default = "yes")]
    pub required: bool,
    /// Longest text accepted, in characters.
    #[serde(default)]
    pub max: Option<u32>,
    /// Only for `choice` and `choices`.
    #[serde(default)]
    pub options: Vec<FieldOption>,
    /// The question is asked only when an earlier `choice` field has this value.
    #[serde(default)]
    pub when: Option<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Line,
    Text,
    Choice,
    Choices,
    /// The call's axes, one or several as [`Axes::choice`] says.
    Axes,
    /// The call's departments, one at least.
    Departments,
    Date,
    Integer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldOption {
    pub value: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: String,
    pub is: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub hint: String,
    #[serde(default = "yes")]
    pub required: bool,
    /// Asked only of these legal forms; empty: of everyone.
    #[serde(default)]
    pub legal_forms: Vec<String>,
    /// Asked only of dossiers filed from this day (`2022-01-02`).
    #[serde(default)]
    pub from_date: Option<String>,
    /// Asked only above this request, in whole euros.
    #[serde(default)]
    pub above_euros: Option<i64>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub code: String,
    pub label: String,
    pub source: Source,
}

fn yes() -> bool {
    true
}
