//! What a committee session is, as plain types.

use std::collections::HashSet;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DocumentId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, OpinionId, SessionId,
};
use crate::base::money::Cents;
use crate::calls::definition::ProxyRule;
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
    pub version: DossierVersionId,
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

/// Everything a session holds, without regard to who looks: pages go through [`Board::seen_by`] first.
#[derive(Clone, Debug)]
pub struct Board {
    pub session: Session,
    /// What the call says of proxies.
    pub proxies: ProxyRule,
    pub seats: Vec<SeatHolder>,
    /// In the order of references.
    pub items: Vec<Item>,
    pub recusals: Vec<Recusal>,
}

impl Board {
    /// Everything on the agenda.
    #[must_use]
    pub fn dossiers(&self) -> Vec<DossierId> {
        self.items.iter().map(|item| item.dossier.id).collect()
    }

    #[must_use]
    pub fn item(&self, dossier: DossierId) -> Option<&Item> {
        self.items.iter().find(|item| item.dossier.id == dossier)
    }

    #[must_use]
    pub fn seat(&self, code: &str) -> Option<&SeatHolder> {
        self.seats.iter().find(|seat| seat.code == code)
    }

    /// Members counted for the session as a whole.
    #[must_use]
    pub fn attending(&self) -> usize {
        self.seats.iter().filter(|seat| self.counts(seat, None)).count()
    }

    /// Members counted for one dossier: those recused from it do not.
    #[must_use]
    pub fn attending_for(&self, dossier: DossierId) -> usize {
        self.seats.iter().filter(|seat| self.counts(seat, Some(dossier))).count()
    }

    /// Votes that may be cast on one dossier, proxies included.
    #[must_use]
    pub fn voices_for(&self, dossier: DossierId) -> usize {
        self.seats.iter().filter(|seat| self.votes(seat, Some(dossier))).count()
    }

    fn counts(&self, seat: &SeatHolder, dossier: Option<DossierId>) -> bool {
        let represented = seat.presence == Some(Presence::Represented);
        self.votes(seat, dossier) && (!represented || self.proxies == ProxyRule::Counted)
    }

    /// In the room, or represented by somebody in the room; recused from the dossier, neither the one who gives a
    /// proxy nor the one who holds it has a vote to cast with it.
    fn votes(&self, seat: &SeatHolder, dossier: Option<DossierId>) -> bool {
        let takes_part = |seat: &SeatHolder| !dossier.is_some_and(|id| self.is_recused(id, seat.account));
        if !takes_part(seat) {
            return false;
        }
        match seat.presence {
            Some(Presence::Represented) => {
                let holder = seat.proxy.as_deref().and_then(|code| self.seat(code));
                self.proxies != ProxyRule::None
                    && seat.account.is_some()
                    && holder.is_some_and(|holder| holder.attends() && takes_part(holder))
            }
            _ => seat.attends(),
        }
    }

    /// Somebody at least always sits, even where a second session asks for no quorum.
    #[must_use]
    pub fn has_quorum(&self, attending: usize) -> bool {
        i64::try_from(attending).is_ok_and(|n| n >= self.session.quorum.max(1))
    }

    /// What is counted against the quorum: `4 pour 3 requis`, or that none is asked.
    #[must_use]
    pub fn against_quorum(&self, counted: &str) -> String {
        if self.session.quorum == 0 {
            format!("{counted}, aucun quorum n’est exigé")
        } else {
            format!("{counted} pour {} requis", self.session.quorum)
        }
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
    /// `prepares` is whoever may write opinions. Withdrawn dossiers stay, since only their title shows; of every other hidden one nothing remains but the
    /// viewer's own recusal.
    #[must_use]
    pub fn seen_by(mut self, viewer: AccountId, visible: &HashSet<DossierId>, prepares: bool) -> SeenBoard {
        // What the secretary prepares is nobody else's before the session opens.
        if !prepares && matches!(self.session.state, SessionState::Planned) {
            for item in &mut self.items {
                item.opinion = None;
            }
        }
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
