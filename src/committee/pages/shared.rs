//! What every page of a session begins with: the session as this visitor may know it.

use serde::Serialize;

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, SessionId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::committee::minutes::outcome_words;
use crate::committee::model::{HiddenItem, Item, Opinion, SeenBoard, Session, SessionKind};
use crate::committee::store;
use crate::db::Conn;
use crate::fault::Fault;
use crate::instruction::{Assessment, Score, TerritorialOpinion};
use crate::web::{Answer, Visit};

pub struct Room {
    pub call: Call,
    pub seen: SeenBoard,
    pub viewer: Actor,
    pub manages: bool,
    /// Holds a seat of this session.
    pub sits: bool,
}

impl Room {
    /// The session named in the address.
    pub fn of(visit: &Visit) -> Result<Self, Fault> {
        let id: SessionId = visit.param("session")?;
        let actor = visit.actor()?;
        visit.read(|conn| Self::load(conn, actor, id, None))
    }

    /// The session named in the address, around the dossier named there: the rest of the agenda is left out, unless a
    /// rank on the waitlist is to be said or kept from who does not see it whole.
    pub fn around(visit: &Visit) -> Result<Self, Fault> {
        let (id, dossier): (SessionId, DossierId) = (visit.param("session")?, visit.param("dossier")?);
        let actor = visit.actor()?;
        let room = visit.read(|conn| Self::load(conn, actor, id, Some(dossier)))?;
        let ranked =
            room.seen.board.item(dossier).is_some_and(|item| item.opinion.as_ref().is_some_and(|o| o.rank.is_some()));
        if ranked { Self::of(visit) } else { Ok(room) }
    }

    fn load(conn: &mut Conn, actor: &Actor, id: SessionId, only: Option<DossierId>) -> Result<Self, Fault> {
        let session = store::session(conn, id)?;
        actor.require_in(session.call, super::DESK)?;
        let call = calls::by_id(conn, session.call)?;
        let board = store::board_of(conn, &call, session, only)?;
        let visible = store::seen_of(conn, actor, &board)?;
        let sits = actor.holds_in(call.id, &[Role::CommitteeMember])
            && board.seats.iter().any(|seat| seat.account == Some(actor.id));
        let manages = actor.holds_in(call.id, super::MANAGER);
        Ok(Self { seen: board.seen_by(actor.id, &visible, manages), call, viewer: actor.clone(), manages, sits })
    }

    pub fn path(&self) -> String {
        format!("/comite/{}", self.seen.board.session.id)
    }

    pub fn title(&self) -> String {
        title(&self.seen.board.session)
    }

    /// Prepares opinions, or writes them during the session.
    pub fn writes(&self) -> bool {
        self.manages && !self.seen.board.session.state.is_closed()
    }

    pub fn overline(&self) -> String {
        format!("{} – {}", self.call.code, self.call.title)
    }

    pub fn when(&self, at: Instant) -> String {
        at.short(self.call.zone())
    }

    /// The way back to the call's sessions, and to this one when `inside` it.
    pub fn crumbs(&self, answer: Answer, inside: &str) -> Answer {
        let answer = answer
            .desk()
            .crumb("Appels", "/appels")
            .crumb(&self.call.code, format!("/appels/{}", self.call.code))
            .crumb("Comité", format!("/appels/{}/comite", self.call.code));
        if inside.is_empty() {
            answer.crumb(self.title(), "")
        } else {
            answer.crumb(self.title(), self.path()).crumb(inside, "")
        }
    }

    /// The item named in the address; a dossier the visitor is recused from is not found.
    pub fn item(&self, visit: &Visit) -> Result<&Item, Fault> {
        self.seen.board.item(visit.param("dossier")?).ok_or(Fault::NotFound)
    }

    /// A rank on the waitlist would tell of a hidden dossier by its gap.
    pub fn outcome(&self, opinion: &Opinion) -> String {
        outcome_words(opinion.outcome, opinion.rank.filter(|_| self.seen.hidden.is_empty()))
    }

    pub fn hidden(&self) -> Vec<HiddenRow> {
        self.seen.hidden.iter().map(|item| self.hidden_row(item)).collect()
    }

    fn hidden_row(&self, item: &HiddenItem) -> HiddenRow {
        HiddenRow {
            title: item.title.clone(),
            reason: if item.reason.is_empty() {
                "D’office\u{202F}: lien d’intérêts avec ce dossier.".to_owned()
            } else {
                item.reason.clone()
            },
            left: item.left_at.map(|at| format!("Sortie le {}", self.when(at))).unwrap_or_default(),
        }
    }
}

/// What a session is called.
pub fn title(session: &Session) -> String {
    let number = session.number;
    match session.kind {
        SessionKind::Selection => format!("Séance n°\u{A0}{number} du comité"),
        SessionKind::Shortlisting => format!("Séance n°\u{A0}{number} du comité, présélection"),
    }
}

/// A dossier the visitor is recused from: nothing but this.
#[derive(Serialize)]
pub struct HiddenRow {
    pub title: String,
    pub reason: String,
    pub left: String,
}

#[derive(Serialize)]
pub struct ReviewRow {
    pub institution: String,
    pub name: String,
    pub score: String,
    pub opinion: &'static str,
    pub tone: &'static str,
    pub proposed: String,
    pub comment: String,
}

pub const UNSCORED: &str = "Non noté";

/// A score, or that there is none.
pub fn scored(score: Option<Score>) -> String {
    score.map_or_else(|| UNSCORED.to_owned(), |score| score.to_string())
}

pub fn reviews(call: &Call, assessment: &Assessment) -> Vec<ReviewRow> {
    assessment
        .reviews
        .iter()
        .map(|review| ReviewRow {
            institution: review.institution.clone(),
            name: review.name.clone(),
            score: scored(review.score),
            opinion: review.opinion.label(),
            tone: review.opinion.tone(),
            proposed: review.proposed_words(&call.definition),
            comment: review.comment.clone(),
        })
        .collect()
}

/// The opinions that departments have given, as rows of the same shape: the department stands for the institution.
pub fn departments(opinions: &[TerritorialOpinion]) -> Vec<ReviewRow> {
    opinions
        .iter()
        .filter_map(|given| {
            let opinion = given.opinion?;
            Some(ReviewRow {
                institution: given.label.clone(),
                name: given.author.clone(),
                score: String::new(),
                opinion: opinion.label(),
                tone: opinion.tone(),
                proposed: String::new(),
                comment: given.comment.clone(),
            })
        })
        .collect()
}

pub fn shown(amount: Option<Cents>) -> String {
    amount.map(|amount| amount.to_string()).unwrap_or_default()
}
