//! What a dossier is, as plain types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::budget;
use crate::base::money::Cents;
use crate::calls::definition::CallDefinition;

crate::code_enum! {
    /// Where a dossier stands. What an applicant is told before notification comes from
    /// [`State::label_for_applicant`].
    pub enum State {
        Draft = "draft" => "Brouillon",
        Submitted = "submitted" => "Déposé",
        Incomplete = "incomplete" => "À compléter",
        Ineligible = "ineligible" => "Irrecevable",
        IneligibilitySigned = "ineligibility_signed" => "Irrecevable, à notifier",
        IneligibilityNotified = "ineligibility_notified" => "Irrecevable, notifié",
        Eligible = "eligible" => "Recevable",
        Shortlisted = "shortlisted" => "Présélectionné",
        NotShortlisted = "not_shortlisted" => "Non présélectionné",
        NonShortlistingSigned = "non_shortlisting_signed" => "Non présélectionné, à notifier",
        NonShortlistingNotified = "non_shortlisting_notified" => "Non présélectionné, notifié",
        UnderInstruction = "under_instruction" => "En instruction",
        Instructed = "instructed" => "Instruit",
        InCommittee = "in_committee" => "En comité",
        Opined = "opined" => "Avis du comité rendu",
        Selected = "selected" => "Retenu, à notifier",
        Waitlisted = "waitlisted" => "Liste complémentaire, à notifier",
        Rejected = "rejected" => "Non retenu, à notifier",
        AwardNotified = "award_notified" => "Retenu, notifié",
        WaitlistNotified = "waitlist_notified" => "Liste complémentaire, notifié",
        RejectionNotified = "rejection_notified" => "Non retenu, notifié",
        Agreed = "agreed" => "Acte pris",
        InProgress = "in_progress" => "En cours",
        Closed = "closed" => "Soldé",
        Terminated = "terminated" => "Résilié",
        Withdrawn = "withdrawn" => "Retiré",
    }
}

crate::code_enum! {
    /// What the authority decides. The committee proposes one of [`Outcome::OPINIONS`].
    pub enum Outcome {
        Selected = "selected" => "Retenu",
        Waitlisted = "waitlisted" => "Liste complémentaire",
        Rejected = "rejected" => "Non retenu",
        NotShortlisted = "not_shortlisted" => "Non présélectionné",
        Ineligible = "ineligible" => "Irrecevable",
    }
}

impl Outcome {
    pub const OPINIONS: [Self; 3] = [Self::Selected, Self::Waitlisted, Self::Rejected];

    /// Tone of the outcome's badge.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Selected => "success",
            Self::Waitlisted => "warning",
            Self::Rejected | Self::NotShortlisted | Self::Ineligible => "danger",
        }
    }
}

/// What may happen to a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Submit,
    /// Something is missing that can be cured (CRPA L114-5).
    RequestCompletion,
    /// The applicant answers with a new version.
    AnswerCompletion,
    CancelCompletion,
    DeclareEligible,
    DeclareIneligible,
    Shortlist,
    SetAside,
    Assign,
    CompleteInstruction,
    /// An assignment is ended or added after the last review came in.
    ReopenInstruction,
    EnterCommittee,
    SealOpinion,
    Sign(Outcome),
    Notify,
    RecordAct,
    RecordPayment,
    /// The authority changes the terms of an award.
    Amend,
    /// Everything is paid, returned or given up.
    Close,
    /// The authority ends an award before its term.
    Terminate,
    Withdraw,
}

impl Event {
    pub const ALL: &'static [Self] = &[
        Self::Submit,
        Self::RequestCompletion,
        Self::AnswerCompletion,
        Self::CancelCompletion,
        Self::DeclareEligible,
        Self::DeclareIneligible,
        Self::Shortlist,
        Self::SetAside,
        Self::Assign,
        Self::CompleteInstruction,
        Self::ReopenInstruction,
        Self::EnterCommittee,
        Self::SealOpinion,
        Self::Sign(Outcome::Selected),
        Self::Sign(Outcome::Waitlisted),
        Self::Sign(Outcome::Rejected),
        Self::Sign(Outcome::NotShortlisted),
        Self::Sign(Outcome::Ineligible),
        Self::Notify,
        Self::RecordAct,
        Self::RecordPayment,
        Self::Amend,
        Self::Close,
        Self::Terminate,
        Self::Withdraw,
    ];

    /// The act in the infinitive, for refusals and the matrix.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Submit => "déposer le dossier",
            Self::RequestCompletion => "demander des compléments",
            Self::AnswerCompletion => "répondre à la demande de compléments",
            Self::CancelCompletion => "retirer la demande de compléments",
            Self::DeclareEligible => "déclarer le dossier complet et recevable",
            Self::DeclareIneligible => "déclarer le dossier irrecevable",
            Self::Shortlist => "présélectionner le dossier",
            Self::SetAside => "ne pas présélectionner le dossier",
            Self::Assign => "affecter le dossier à un instructeur",
            Self::CompleteInstruction => "clore l’instruction",
            Self::ReopenInstruction => "rouvrir l’instruction",
            Self::EnterCommittee => "inscrire le dossier à l’ordre du jour",
            Self::SealOpinion => "sceller l’avis du comité",
            Self::Sign(Outcome::Selected) => "signer la décision d’attribution",
            Self::Sign(Outcome::Waitlisted) => "signer l’inscription sur liste complémentaire",
            Self::Sign(Outcome::Rejected) => "signer la décision de rejet",
            Self::Sign(Outcome::NotShortlisted) => "signer la décision de non-présélection",
            Self::Sign(Outcome::Ineligible) => "signer la décision d’irrecevabilité",
            Self::Notify => "notifier la décision",
            Self::RecordAct => "enregistrer l’acte attributif",
            Self::RecordPayment => "enregistrer un versement",
            Self::Amend => "modifier l’attribution",
            Self::Close => "solder le dossier",
            Self::Terminate => "mettre fin à l’attribution",
            Self::Withdraw => "retirer le dossier",
        }
    }
}

impl State {
    /// Nothing of the institutions' work shows before notification.
    #[must_use]
    pub fn label_for_applicant(self) -> &'static str {
        match self {
            Self::Draft => "Brouillon",
            Self::Submitted => "Déposé",
            Self::Incomplete => "À compléter",
            Self::Ineligible
            | Self::IneligibilitySigned
            | Self::Eligible
            | Self::Shortlisted
            | Self::NotShortlisted
            | Self::NonShortlistingSigned
            | Self::UnderInstruction
            | Self::Instructed
            | Self::InCommittee
            | Self::Opined
            | Self::Selected
            | Self::Waitlisted
            | Self::Rejected => "En cours d’examen",
            Self::AwardNotified => "Retenu",
            Self::WaitlistNotified => "Liste complémentaire",
            Self::RejectionNotified => "Non retenu",
            Self::IneligibilityNotified => "Irrecevable",
            Self::NonShortlistingNotified => "Non présélectionné",
            Self::Agreed => "Acte attributif pris",
            Self::InProgress => "En cours de réalisation",
            Self::Closed => "Soldé",
            Self::Terminated => "Résilié",
            Self::Withdrawn => "Retiré",
        }
    }

    /// Whether the applicant still waits to be told the decision.
    #[must_use]
    pub fn awaits_decision(self) -> bool {
        !self.is_notified() && !matches!(self, Self::Draft | Self::Withdrawn)
    }

    /// Whether the applicant knows the decision.
    #[must_use]
    pub fn is_notified(self) -> bool {
        matches!(
            self,
            Self::AwardNotified
                | Self::WaitlistNotified
                | Self::RejectionNotified
                | Self::IneligibilityNotified
                | Self::NonShortlistingNotified
                | Self::Agreed
                | Self::InProgress
                | Self::Closed
                | Self::Terminated
        )
    }

    /// Tone of the state's badge.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Withdrawn | Self::Closed => "neutral",
            Self::Ineligible
            | Self::IneligibilitySigned
            | Self::IneligibilityNotified
            | Self::NotShortlisted
            | Self::NonShortlistingSigned
            | Self::NonShortlistingNotified
            | Self::Rejected
            | Self::RejectionNotified
            | Self::Terminated => "danger",
            Self::Incomplete | Self::Waitlisted | Self::WaitlistNotified => "warning",
            Self::Selected | Self::AwardNotified | Self::Agreed | Self::InProgress => "success",
            Self::Submitted
            | Self::Eligible
            | Self::Shortlisted
            | Self::UnderInstruction
            | Self::Instructed
            | Self::InCommittee
            | Self::Opined => "info",
        }
    }

    /// The same for the applicant, who learns nothing from a colour.
    #[must_use]
    pub fn tone_for_applicant(self) -> &'static str {
        if self.awaits_decision() && self != Self::Incomplete { "info" } else { self.tone() }
    }

    /// From the committee's sealed opinion on.
    #[must_use]
    pub fn has_opinion(self) -> bool {
        self == Self::Opined
            || matches!(self.outcome(), Some(Outcome::Selected | Outcome::Waitlisted | Outcome::Rejected))
    }

    /// From where the authority may have to decide: a sealed opinion, or an end before the committee.
    #[must_use]
    pub fn reaches_authority(self) -> bool {
        self.has_opinion() || matches!(self, Self::Ineligible | Self::NotShortlisted) || self.outcome().is_some()
    }

    /// An award was notified: money and indicators follow, or followed.
    #[must_use]
    pub fn is_awarded(self) -> bool {
        self.is_running() || matches!(self, Self::Closed | Self::Terminated)
    }

    /// An award that still runs.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::AwardNotified | Self::Agreed | Self::InProgress)
    }

    /// The signed outcome, once there is one.
    #[must_use]
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Selected
            | Self::AwardNotified
            | Self::Agreed
            | Self::InProgress
            | Self::Closed
            | Self::Terminated => Some(Outcome::Selected),
            Self::Waitlisted | Self::WaitlistNotified => Some(Outcome::Waitlisted),
            Self::Rejected | Self::RejectionNotified => Some(Outcome::Rejected),
            Self::NonShortlistingSigned | Self::NonShortlistingNotified => Some(Outcome::NotShortlisted),
            Self::IneligibilitySigned | Self::IneligibilityNotified => Some(Outcome::Ineligible),
            _ => None,
        }
    }
}

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
