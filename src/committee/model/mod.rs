//! What a committee session is, as plain types: its parts here, the whole in [`Board`].

mod board;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DocumentId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, OpinionId, SessionId,
};
use crate::base::money::Cents;
use crate::dossiers::{Dossier, Excerpt, Outcome, State};
use crate::ledger::Share;
pub use board::{Board, HiddenItem, SeenBoard};

crate::code_enum! {
    /// Where a session stands.
    pub enum SessionState {
        Planned = "planned" => "Prévue",
        Open = "open" => "Ouverte",
        Adjourned = "adjourned" => "Ajournée",
        Sealed = "sealed" => "Scellée",
    }
}

impl SessionState {
    /// Nothing in it changes any more.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Adjourned | Self::Sealed)
    }

    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Planned => "neutral",
            Self::Open => "info",
            Self::Adjourned => "warning",
            Self::Sealed => "success",
        }
    }
}

crate::code_enum! {
    /// What a session rules on.
    pub enum SessionKind {
        Shortlisting = "shortlisting" => "Présélection",
        Selection = "selection" => "Sélection",
    }
}

crate::code_enum! {
    /// What the committee says of one dossier.
    pub enum Verdict {
        Shortlisted = "shortlisted" => "Présélectionné",
        SetAside = "set_aside" => "Non présélectionné",
        Selected = "selected" => "Retenu",
        Waitlisted = "waitlisted" => "Liste complémentaire",
        Rejected = "rejected" => "Non retenu",
    }
}

impl Verdict {
    /// What a session of this kind chooses from, in the order of its form.
    #[must_use]
    pub fn of_kind(kind: SessionKind) -> &'static [Self] {
        match kind {
            SessionKind::Shortlisting => &[Self::Shortlisted, Self::SetAside],
            SessionKind::Selection => &[Self::Selected, Self::Waitlisted, Self::Rejected],
        }
    }

    /// What the authority decides on; a shortlisting leads to instruction, not to a decision.
    #[must_use]
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Shortlisted => None,
            Self::SetAside => Some(Outcome::NotShortlisted),
            Self::Selected => Some(Outcome::Selected),
            Self::Waitlisted => Some(Outcome::Waitlisted),
            Self::Rejected => Some(Outcome::Rejected),
        }
    }

    /// Whoever is not favoured is told why.
    #[must_use]
    pub fn needs_motive(self) -> bool {
        !matches!(self, Self::Shortlisted | Self::Selected)
    }

    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Shortlisted | Self::Selected => "success",
            Self::Waitlisted => "warning",
            Self::SetAside | Self::Rejected => "danger",
        }
    }
}

crate::code_enum! {
    /// How a seat is held on the day, in words that suit a woman as well as a man.
    pub enum Presence {
        Present = "present" => "Sur place",
        Remote = "remote" => "À distance",
        Represented = "represented" => "A donné mandat",
        Absent = "absent" => "Absence",
    }
}

impl Presence {
    /// In the room or on the line: members there and remote ones count alike.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Present | Self::Remote)
    }
}

/// A session's row.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub call: CallId,
    pub number: i64,
    pub kind: SessionKind,
    /// The session that lacked its quorum and whose agenda this one takes up.
    pub second_of: Option<SessionId>,
    pub held_at: Instant,
    pub place: String,
    pub state: SessionState,
    /// Voting members present or remote, at least.
    pub quorum: i64,
    /// When the members were sent their convocation.
    pub convened_at: Option<Instant>,
    /// Why they had less notice than the call asks; empty when they had it.
    pub urgency: String,
    pub opened_at: Option<Instant>,
    pub sealed_at: Option<Instant>,
    pub record_sha256: Option<String>,
    pub minutes: Option<DocumentId>,
    /// Grows when the session itself changes: what a stale save is recognised by.
    pub version: i64,
}

/// A seat of the call's committee, with who holds it and how they attend.
#[derive(Clone, Debug)]
pub struct SeatHolder {
    pub code: String,
    pub label: String,
    pub institution: String,
    pub chair: bool,
    /// Vacant when no account holds the seat.
    pub account: Option<AccountId>,
    pub name: String,
    /// Missing until somebody records it.
    pub presence: Option<Presence>,
    /// The seat that votes for a represented one.
    pub proxy: Option<String>,
}

impl SeatHolder {
    #[must_use]
    pub fn attends(&self) -> bool {
        self.account.is_some() && self.presence.is_some_and(Presence::counts)
    }
}

/// Why a member does not take part in one dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recusal {
    pub dossier: DossierId,
    pub account: AccountId,
    pub reason: String,
    /// Missing for a member who never took part: a known interest keeps them out from the start.
    pub left_at: Option<Instant>,
    /// When they came back into the room, the dossier being closed.
    pub returned_at: Option<Instant>,
}

/// How the committee voted on an opinion, when a vote was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    #[serde(rename = "for")]
    pub favour: i64,
    pub against: i64,
    pub abstained: i64,
}

impl Vote {
    #[must_use]
    pub fn total(self) -> i64 {
        self.favour + self.against + self.abstained
    }

    /// An opinion that stands on a tie stands by the chair's casting vote.
    #[must_use]
    pub fn is_tied(self) -> bool {
        self.favour == self.against
    }
}

/// `3 pour, 1 contre, 1 abstention`.
impl std::fmt::Display for Vote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let abstained = if self.abstained > 1 { "abstentions" } else { "abstention" };
        write!(f, "{} pour, {} contre, {} {abstained}", self.favour, self.against, self.abstained)?;
        if self.is_tied() { f.write_str("\u{A0}: voix prépondérante de la présidence") } else { Ok(()) }
    }
}

/// The committee's opinion on one dossier; what applicants and members read of it depends on the session's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    pub id: OpinionId,
    pub session: SessionId,
    pub dossier: DossierId,
    pub dossier_version: DossierVersionId,
    pub outcome: Verdict,
    pub rank: Option<i64>,
    /// What a selected dossier would receive, by line and year; empty for any other.
    pub shares: Vec<Share>,
    pub debate: String,
    pub motive: String,
    pub vote: Option<Vote>,
    pub version: i64,
    pub recorded_at: Instant,
}

impl Opinion {
    /// All years together; unknown when nothing is proposed, never zero.
    #[must_use]
    pub fn total(&self) -> Option<Cents> {
        Share::total(&self.shares)
    }
}

/// What a dossier asks of the funder of a line in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub line: FundingLineId,
    pub year: i32,
    /// Code of the funder: its lines of one year share one request.
    pub funder: String,
    /// `FIR – Ségur mesure 27, 2022`.
    pub label: String,
    pub requested: Cents,
}

/// A dossier on the agenda, judged on the version that was current when it was put there.
#[derive(Clone, Debug)]
pub struct Item {
    pub dossier: Dossier,
    pub version: Excerpt,
    /// As sealed, once the session is closed.
    pub requested: Cents,
    pub opinion: Option<Opinion>,
}

impl Item {
    /// Prepared before the session opened, and not confirmed since: the committee has not said it yet.
    #[must_use]
    pub fn is_prepared(&self, session: &Session) -> bool {
        let opened = session.opened_at;
        self.opinion.as_ref().is_some_and(|opinion| opened.is_none_or(|at| opinion.recorded_at < at))
    }

    /// A withdrawn dossier stays on the agenda but is no longer judged.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.dossier.state == State::Withdrawn
    }

    /// Whether its outcome is known to its applicant.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.dossier.state.is_notified() || self.is_withdrawn()
    }
}

/// An envelope of the call as the committee chooses it.
#[derive(Clone, Debug)]
pub struct EnvelopeChoice {
    pub id: EnvelopeId,
    pub line: FundingLineId,
    /// `FIR – Ségur mesure 27`.
    pub name: String,
    pub year: i32,
    pub voted: Option<Cents>,
    pub left: Option<Cents>,
}

impl EnvelopeChoice {
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {}", self.name, self.year)
    }
}
