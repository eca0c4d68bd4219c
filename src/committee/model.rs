//! What a committee session is, as plain types.

use std::collections::HashSet;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DocumentId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, OpinionId, SessionId,
};
use crate::base::money::Cents;
use crate::dossiers::{Dossier, Outcome, State};
use crate::ledger::Share;

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
        Absent = "absent" => "Absence",
    }
}

impl Presence {
    /// Present and remote members count alike.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Self::Absent
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
    pub version: DossierVersionId,
    pub requested: Cents,
    pub opinion: Option<Opinion>,
}

impl Item {
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

/// Everything a session holds, without regard to who looks: pages go through [`Board::seen_by`] first.
#[derive(Clone, Debug)]
pub struct Board {
    pub session: Session,
    pub seats: Vec<SeatHolder>,
    /// In the order of references.
    pub items: Vec<Item>,
    pub recusals: Vec<Recusal>,
}

impl Board {
    #[must_use]
    pub fn item(&self, dossier: DossierId) -> Option<&Item> {
        self.items.iter().find(|item| item.dossier.id == dossier)
    }

    /// Members counted for the session as a whole.
    #[must_use]
    pub fn attending(&self) -> usize {
        self.seats.iter().filter(|seat| seat.attends()).count()
    }

    /// Members counted for one dossier: those recused from it do not.
    #[must_use]
    pub fn attending_for(&self, dossier: DossierId) -> usize {
        self.seats.iter().filter(|seat| seat.attends() && !self.is_recused(dossier, seat.account)).count()
    }

    #[must_use]
    pub fn has_quorum(&self, attending: usize) -> bool {
        i64::try_from(attending).is_ok_and(|n| n >= self.session.quorum)
    }

    #[must_use]
    pub fn is_recused(&self, dossier: DossierId, account: Option<AccountId>) -> bool {
        account.is_some_and(|account| self.recusal(dossier, account).is_some())
    }

    #[must_use]
    pub fn recusal(&self, dossier: DossierId, account: AccountId) -> Option<&Recusal> {
        self.recusals.iter().find(|r| r.dossier == dossier && r.account == account)
    }

    /// Who presides: the chair's seat when attended, else the first attended seat.
    #[must_use]
    pub fn presiding(&self) -> Option<&SeatHolder> {
        self.seats.iter().find(|s| s.chair && s.attends()).or_else(|| self.seats.iter().find(|s| s.attends()))
    }

    /// The same session without what the viewer may not know: `visible` are the dossiers they see.
    ///
    /// Withdrawn dossiers stay, since only their title shows; of every other hidden one nothing remains but the
    /// viewer's own recusal.
    #[must_use]
    pub fn seen_by(mut self, viewer: AccountId, visible: &HashSet<DossierId>) -> SeenBoard {
        let mine: HashSet<DossierId> =
            self.recusals.iter().filter(|r| r.account == viewer).map(|r| r.dossier).collect();
        let hides = |item: &Item| {
            mine.contains(&item.dossier.id) || (!visible.contains(&item.dossier.id) && !item.is_withdrawn())
        };
        let (gone, kept): (Vec<Item>, Vec<Item>) = self.items.into_iter().partition(hides);
        let hidden = gone
            .into_iter()
            .map(|item| {
                let own = self.recusals.iter().find(|r| r.dossier == item.dossier.id && r.account == viewer);
                HiddenItem {
                    dossier: item.dossier.id,
                    title: item.dossier.title.clone(),
                    reason: own.map(|r| r.reason.clone()).unwrap_or_default(),
                    left_at: own.and_then(|r| r.left_at),
                    published: item.is_published(),
                }
            })
            .collect();
        self.items = kept;
        self.recusals.retain(|r| self.items.iter().any(|item| item.dossier.id == r.dossier));
        SeenBoard { board: self, hidden }
    }
}

/// A dossier the viewer is recused from: its title and their own recusal, nothing else.
#[derive(Clone, Debug)]
pub struct HiddenItem {
    pub dossier: DossierId,
    pub title: String,
    pub reason: String,
    pub left_at: Option<Instant>,
    pub published: bool,
}

/// A session as one person may know it.
#[derive(Clone, Debug)]
pub struct SeenBoard {
    pub board: Board,
    pub hidden: Vec<HiddenItem>,
}
