//! A session whole, and what one person may know of it.

use std::collections::HashSet;

use super::{Item, Presence, Recusal, SeatHolder, Session, SessionState};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId};
use crate::calls::definition::ProxyRule;

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
    /// `prepares` is whoever may write opinions. Withdrawn dossiers stay, since only their title shows; of every other
    /// hidden one nothing remains but the viewer's own recusal.
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
