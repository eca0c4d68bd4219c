//! What a call file says, as plain types. The file is the whole call: no code knows a call by name.

mod decision;
mod followup;
mod form;
mod judgement;
mod money;

use serde::{Deserialize, Serialize};

pub use self::decision::*;
pub use self::followup::*;
pub use self::form::*;
pub use self::judgement::*;
pub use self::money::*;
pub use super::letters::Letters;
use crate::base::clock::Instant;

/// Where a value of a call file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub kind: SourceKind,
    /// Document and line, or the reason of the proposal.
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Read in a public document.
    Sourced,
    /// Chosen by the authors of the call file.
    Proposed,
    /// Invented for the demonstration, and labelled so wherever shown.
    Fictitious,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallDefinition {
    pub call: Identity,
    pub calendar: Calendar,
    pub contact: Contact,
    /// Ordered; `submission`, `eligibility`, `instruction`, `committee` and `decision` are mandatory.
    pub stages: Vec<Stage>,
    pub axes: Axes,
    pub eligibility: Eligibility,
    /// The task list of the form, in order.
    pub sections: Vec<Section>,
    pub budget: BudgetPlan,
    #[serde(default)]
    pub pieces: Vec<Piece>,
    #[serde(default)]
    pub attestations: Vec<Attestation>,
    pub indicators: Vec<IndicatorChoice>,
    pub grid: Grid,
    pub instruction: InstructionRules,
    pub committee: CommitteeRules,
    pub funders: Vec<Funder>,
    pub envelopes: Vec<EnvelopeDefinition>,
    pub decision: DecisionRules,
    #[serde(default)]
    pub followup: FollowupRules,
    /// Historic facts about the call, shown with their source and never recomputed.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Unique, upper case, digits and hyphens: `AMI-ISS-2021`. Prefix of every dossier reference.
    pub code: String,
    pub kind: CallKind,
    pub title: String,
    /// One sentence for lists.
    pub summary: String,
    /// Paragraphs.
    pub purpose: Vec<String>,
    /// What the authority gives priority to.
    #[serde(default)]
    pub priorities: Vec<String>,
    /// The body that launches the call, as an institution code.
    pub authority: String,
    /// Shown on public pages when the call is part of the demonstration.
    #[serde(default)]
    pub demonstration: bool,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// Appel à manifestation d'intérêt.
    Ami,
    /// Appel à projets.
    Aap,
}

impl CallKind {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ami => "Appel à manifestation d’intérêt",
            Self::Aap => "Appel à projets",
        }
    }
}

/// Civil times in the file are read in `zone` and kept as UTC instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name, `Europe/Paris`.
    pub zone: String,
    pub opening: Instant,
    /// Last instant at which a submission is in time, inclusive.
    pub closing: Instant,
    /// Unknown dates of historic calls stay unknown.
    pub committee: Option<Instant>,
    pub notification: Option<Instant>,
    /// Provenance per date, in the order of the file.
    pub sources: Vec<(String, Source)>,
}

/// Who answers applicants, as CRPA R112-5 asks of an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub service: String,
    /// Lines of the postal address.
    pub address: Vec<String>,
    pub email: String,
    pub telephone: String,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Submission,
    Eligibility,
    Shortlisting,
    Instruction,
    Committee,
    Decision,
}

impl Stage {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Submission => "Dépôt des dossiers",
            Self::Eligibility => "Complétude et recevabilité",
            Self::Shortlisting => "Présélection",
            Self::Instruction => "Instruction",
            Self::Committee => "Comité de sélection",
            Self::Decision => "Décision et notification",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axes {
    pub choice: AxesChoice,
    pub list: Vec<Axis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxesChoice {
    One,
    Several,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    pub code: String,
    pub label: String,
    /// Other wordings of the same axis in dated documents.
    #[serde(default)]
    pub aliases: Vec<AxisAlias>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisAlias {
    pub label: String,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Sentences: who may apply.
    pub applicants: Vec<String>,
    /// INSEE legal form codes accepted; a dossier from another form may still be judged by a person.
    pub legal_forms: Vec<String>,
    /// Department codes of the territory, in the order shown.
    pub departments: Vec<String>,
    /// What the call does not fund.
    #[serde(default)]
    pub exclusions: Vec<String>,
    pub source: Source,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// As precise as the source: `2021`, `2021-11` or `2021-12-15`.
    pub date: String,
    pub label: String,
    #[serde(default)]
    pub count: Option<u32>,
    #[serde(default)]
    pub euros: Option<i64>,
    pub source: Source,
}
