//! What a decision is, as plain types.

use jiff::civil::Date;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DecisionId, DelegationId, DocumentId, DossierId, DossierVersionId, EnvelopeId, InstitutionId,
    LetterBatchId, LetterId, OpinionId,
};
use crate::base::money::Cents;
use crate::dossiers::Outcome;
use crate::ledger::Share;

crate::code_enum! {
    /// Why an authority decides.
    pub enum Kind {
        Initial = "initial" => "Décision",
        /// From the waiting list, when money frees up.
        Promotion = "promotion" => "Attribution depuis la liste complémentaire",
        /// The waiting list is closed without money for this dossier.
        ListEnd = "list_end" => "Clôture de la liste complémentaire",
        Amendment = "amendment" => "Décision modificative",
        /// Replaces a notified decision whose letter holds an error.
        Correction = "correction" => "Décision rectificative",
        /// Commits a planned year on its voted envelope.
        Yearly = "yearly" => "Décision annuelle",
        Termination = "termination" => "Décision de résiliation",
    }
}

crate::code_enum! {
    /// What a letter tells its addressee.
    pub enum LetterKind {
        Notification = "notification" => "Notification de décision",
        Amendment = "amendment" => "Modification d’une attribution",
        Correction = "correction" => "Rectification d’un courrier",
        Yearly = "yearly" => "Attribution de l’année",
        Termination = "termination" => "Fin d’une attribution",
    }
}

impl Kind {
    /// The letter that carries such a decision.
    #[must_use]
    pub fn letter(self) -> LetterKind {
        match self {
            Self::Initial | Self::Promotion | Self::ListEnd => LetterKind::Notification,
            Self::Amendment => LetterKind::Amendment,
            Self::Correction => LetterKind::Correction,
            Self::Yearly => LetterKind::Yearly,
            Self::Termination => LetterKind::Termination,
        }
    }

    /// Code of its signature in the journal.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::Initial => "decision.sign",
            Self::Promotion => "decision.promote",
            Self::ListEnd => "decision.list_end",
            Self::Amendment => "decision.amend",
            Self::Correction => "decision.correct",
            Self::Yearly => "decision.yearly",
            Self::Termination => "decision.terminate",
        }
    }
}

/// A share as an authority decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Granted {
    pub share: Share,
    /// Committed on the year's envelope; otherwise planned, subject to credits.
    pub firm: bool,
}

/// One authority's act on one dossier.
#[derive(Clone, Debug)]
pub struct Decision {
    pub id: DecisionId,
    pub call: CallId,
    pub dossier: DossierId,
    /// The frozen submission it was made on.
    pub version: DossierVersionId,
    /// The committee's, when the dossier reached it.
    pub opinion: Option<OpinionId>,
    pub kind: Kind,
    pub authority: InstitutionId,
    /// `AMI-ISS-2021-D0012`.
    pub number: String,
    pub outcome: Outcome,
    /// All that this authority grants the dossier once this decision is signed.
    pub shares: Vec<Granted>,
    pub rank: Option<i64>,
    pub motive: String,
    /// Why the authority departs from the committee or from the order of the list; empty when it follows.
    pub departure_reason: String,
    pub replaces: Option<DecisionId>,
    pub procedure: Option<Procedure>,
    pub delegation: DelegationId,
    pub signed_by: AccountId,
    pub signed_at: Instant,
    /// The letter that carries it, once every authority has signed.
    pub letter: Option<LetterId>,
    pub notified_at: Option<Instant>,
    /// What a stale change is recognised by.
    pub row_version: i64,
}

impl Decision {
    /// Firm and planned together; none when nothing is granted.
    #[must_use]
    pub fn total(&self) -> Option<Cents> {
        (!self.shares.is_empty()).then(|| self.shares.iter().map(|g| g.share.amount).sum())
    }

    /// What is committed.
    #[must_use]
    pub fn firm(&self) -> Option<Cents> {
        let firm: Vec<Cents> = self.shares.iter().filter(|g| g.firm).map(|g| g.share.amount).collect();
        (!firm.is_empty()).then(|| firm.into_iter().sum())
    }
}

/// What was done before an award is ended (CRPA L121-1, L122-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    pub formal_notice_on: Date,
    /// What the beneficiary answered, or that nothing was answered.
    pub observations: String,
}

/// A share in force, and by which decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityShare {
    pub authority: InstitutionId,
    pub share: Share,
    /// Committed.
    pub firm: bool,
    pub decision: DecisionId,
}

/// The sealed letter that carries the decisions of a dossier.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: LetterId,
    pub call: CallId,
    pub dossier: DossierId,
    pub kind: LetterKind,
    /// `AMI-ISS-2021-D0012-C1`.
    pub number: String,
    /// Twelve characters without separators.
    pub check_code: String,
    pub document: DocumentId,
    /// Whether the applicant accepted to be notified electronically.
    pub electronic: bool,
    pub issued_at: Instant,
    pub notified_at: Option<Instant>,
    /// `2022-01-31`, for a letter sent by post.
    pub posted_on: Option<String>,
    pub read_at: Option<Instant>,
    /// The letter that takes its place.
    pub replaced_by: Option<LetterId>,
}

/// What a signatory asks to sign, before any check.
#[derive(Clone, Debug)]
pub struct Choice {
    pub outcome: Outcome,
    /// On the lines where the signatory's authority decides; others are left out.
    pub shares: Vec<Share>,
    pub rank: Option<i64>,
    pub motive: String,
    pub departure_reason: String,
}

/// What will be signed: complete, checked, and ready to be shown as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub outcome: Outcome,
    pub shares: Vec<Granted>,
    pub rank: Option<i64>,
    pub motive: String,
    pub departure_reason: String,
    pub movements: Vec<Movement>,
}

impl Terms {
    /// Firm and planned together; none when nothing is granted.
    #[must_use]
    pub fn total(&self) -> Option<Cents> {
        (!self.shares.is_empty()).then(|| self.shares.iter().map(|g| g.share.amount).sum())
    }
}

/// What the signature does to an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// `reserved` is given back, `amount` is committed.
    Commit {
        envelope: EnvelopeId,
        reserved: Cents,
        amount: Cents,
    },
    Release {
        envelope: EnvelopeId,
        reserved: Cents,
    },
    /// Part of what is committed for the dossier is given back.
    Reduce {
        envelope: EnvelopeId,
        amount: Cents,
    },
}

/// In whose name, as what and up to how much a person may sign.
#[derive(Clone, Debug)]
pub struct Delegation {
    pub id: DelegationId,
    pub institution: InstitutionId,
    pub quality: String,
    pub service: String,
    pub reference: String,
    pub valid_from: Instant,
    pub valid_until: Option<Instant>,
    pub ceiling: Option<Cents>,
    pub revoked_at: Option<Instant>,
}

crate::code_enum! {
    /// How the letters of a batch leave.
    pub enum BatchKind {
        Electronic = "electronic" => "Par voie électronique",
        Postal = "postal" => "Par la poste",
    }
}

crate::code_enum! {
    /// Where one letter of a batch stands.
    pub enum JobState {
        Waiting = "waiting" => "En attente",
        Done = "done" => "Envoyée",
        Kept = "kept" => "Non envoyée",
    }
}

/// Letters sent together.
#[derive(Clone, Debug)]
pub struct Batch {
    pub id: LetterBatchId,
    pub call: CallId,
    pub kind: BatchKind,
    pub created_by: AccountId,
    pub created_at: Instant,
    /// `2022-01-31`: when printed letters were handed to the post.
    pub posted_on: Option<String>,
    pub finished_at: Option<Instant>,
}
