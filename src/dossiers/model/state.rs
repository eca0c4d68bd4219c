//! Where a dossier stands, what happens to it, and what it comes to.

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
