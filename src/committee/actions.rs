//! One function per operation of the committee: load, decide, store, journal.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::{Board, Presence, Recusal, Session, SessionState};
use super::rules::{self, Draft, Reading};
use super::{recusals, store};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId, EnvelopeId, SessionId};
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::{self, Call};
use crate::db::schema::{agenda_items, attendances, committee_opinions, committee_sessions};
use crate::dossiers::{self, Event, Outcome};
use crate::fault::{Fault, Mistakes, is_unique_violation};
use crate::journal::Entry;
use crate::ledger;
use crate::service::Operation;

pub use super::sealing::seal;

#[derive(Clone, Debug)]
pub struct NewSession {
    pub held_at: Instant,
    pub place: String,
}

/// Plans the next session of a call, with the quorum its definition asks for.
///
/// # Errors
/// [`Fault::Invalid`] for a session before the call opens or without place.
pub fn plan_session(op: &mut Operation<'_>, actor: &Actor, call: CallId, new: &NewSession) -> Result<SessionId, Fault> {
    actor.require_in(call, &[Role::CallManager])?;
    let call = calls::by_id(op.conn, call)?;
    let mut mistakes = Mistakes::default();
    // A call that takes dossiers as they come holds sessions while it is open.
    if new.held_at <= call.opens_at {
        let opening = call.opens_at.short(call.zone());
        mistakes.add("date", format!("Choisissez une date après l’ouverture de l’appel, le {opening}."));
    }
    let place = mistakes.line("place", &new.place, 200, "Saisissez le lieu, par exemple Salle Tilleul, Montpellier.");
    mistakes.finish()?;
    let last = store::sessions_of_call(op.conn, call.id)?.last().map_or(0, |session| session.number);
    let number = last + 1;
    let id = diesel::insert_into(committee_sessions::table)
        .values((
            committee_sessions::call_id.eq(call.id),
            committee_sessions::number.eq(number),
            committee_sessions::held_at.eq(new.held_at),
            committee_sessions::place.eq(&place),
            committee_sessions::state.eq(SessionState::Planned),
            committee_sessions::quorum.eq(i64::from(call.definition.committee.quorum)),
            committee_sessions::created_at.eq(op.now),
        ))
        .returning(committee_sessions::id)
        .get_result(op.conn)
        .map_err(stale_when_taken)?;
    let when = new.held_at.long(call.zone());
    op.record(
        Entry::new("committee.plan", format!("Séance n°\u{A0}{number} du comité prévue le {when}")).call(call.id),
    );
    Ok(id)
}

/// Puts instructed dossiers on the agenda, each on its current version.
///
/// # Errors
/// [`Fault::Refused`] when one is not instructed or the session is sealed; then none is added.
pub fn put_on_agenda(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    chosen: &[DossierId],
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let chosen: HashSet<DossierId> = chosen.iter().copied().collect();
    if chosen.is_empty() {
        return Err(Fault::invalid("dossiers", "Cochez au moins un dossier instruit."));
    }
    let mut chosen: Vec<DossierId> = chosen.into_iter().collect();
    chosen.sort_unstable();
    for id in chosen {
        let view = dossiers::for_staff(op.conn, actor, id)?;
        view.require(Role::CallManager)?;
        if view.dossier.call != call.id {
            return Err(Fault::NotFound);
        }
        let dossier = dossiers::advance(op, id, Event::EnterCommittee)?;
        diesel::insert_into(agenda_items::table)
            .values((
                agenda_items::session_id.eq(session.id),
                agenda_items::dossier_id.eq(id),
                agenda_items::dossier_version_id.eq(dossier.current_version.ok_or(Fault::NotFound)?),
                agenda_items::added_at.eq(op.now),
            ))
            .execute(op.conn)?;
        let text = format!("Dossier inscrit à l’ordre du jour de la séance n°\u{A0}{} du comité", session.number);
        op.record(Entry::new("committee.agenda", text).call(call.id).dossier(id));
    }
    Ok(())
}

/// Records how each named seat attends; other seats keep what was said of them.
///
/// # Errors
/// [`Fault::Stale`] when the session changed since `version` was read; [`Fault::Refused`] when a vacant seat is said
/// to attend.
pub fn record_attendance(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    version: i64,
    presences: &[(String, Presence)],
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    for (code, presence) in presences {
        let seat = board.seats.iter().find(|seat| &seat.code == code).ok_or(Fault::NotFound)?;
        if seat.account.is_none() && presence.counts() {
            return Err(Fault::refused(format!(
                "Le siège «\u{202F}{}\u{202F}» est vacant\u{202F}: donnez-lui d’abord un titulaire.",
                seat.label
            )));
        }
        let known = attendances::table
            .filter(attendances::session_id.eq(session.id))
            .filter(attendances::seat.eq(code))
            .select(attendances::id)
            .first::<i64>(op.conn)
            .optional()?;
        match known {
            Some(id) => {
                diesel::update(attendances::table.filter(attendances::id.eq(id)))
                    .set((attendances::presence.eq(*presence), attendances::account_id.eq(seat.account)))
                    .execute(op.conn)?;
            }
            None => {
                diesel::insert_into(attendances::table)
                    .values((
                        attendances::session_id.eq(session.id),
                        attendances::seat.eq(code),
                        attendances::account_id.eq(seat.account),
                        attendances::presence.eq(*presence),
                    ))
                    .execute(op.conn)?;
            }
        }
    }
    bump(op, &session, version)?;
    let text = format!("Présences de la séance n°\u{A0}{} du comité enregistrées", session.number);
    op.record(Entry::new("committee.attendance", text).call(call.id));
    Ok(())
}

/// Opens a planned session once its quorum is reached.
///
/// # Errors
/// [`Fault::Refused`] with the count when it is not.
pub fn open_session(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    if session.state != SessionState::Planned {
        return Err(Fault::refused("Cette séance est déjà ouverte."));
    }
    let board = store::board(op.conn, &call, session.clone())?;
    let attending = board.attending();
    if !board.has_quorum(attending) {
        return Err(Fault::refused(format!(
            "Le quorum n’est pas atteint\u{202F}: il faut {} membres sur place ou à distance, {} à ce jour. \
             Enregistrez les présences, ou reportez la séance.",
            session.quorum,
            text::count(attending, "est noté", "sont notés")
        )));
    }
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(session.id)))
        .set((
            committee_sessions::state.eq(SessionState::Open),
            committee_sessions::opened_at.eq(Some(op.now)),
            committee_sessions::version.eq(session.version + 1),
        ))
        .execute(op.conn)?;
    let text = format!("Séance n°\u{A0}{} du comité ouverte, quorum atteint", session.number);
    op.record(Entry::new("committee.open", text).call(call.id));
    Ok(())
}

#[derive(Clone, Debug)]
pub struct NewRecusal {
    /// The member who leaves: oneself, or any member when the manager records it.
    pub account: AccountId,
    pub reason: String,
    /// When the member left; absent: now.
    pub left_at: Option<Instant>,
}

/// Keeps a member out of one dossier, for good.
///
/// # Errors
/// [`Fault::Invalid`] without reason or for an hour yet to come; [`Fault::Refused`] when the session is sealed or the
/// member is out already.
pub fn recuse(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    dossier: DossierId,
    new: &NewRecusal,
) -> Result<(), Fault> {
    let session = store::lock(op.conn, session)?;
    let call = calls::by_id(op.conn, session.call)?;
    let by = if new.account == actor.id { Role::CommitteeMember } else { Role::CallManager };
    actor.require_in(call.id, &[by])?;
    dossiers::for_staff(op.conn, actor, dossier)?.require(by)?;
    refuse_sealed(&session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    let seat = board.seats.iter().find(|s| s.account == Some(new.account)).ok_or(Fault::NotFound)?;
    if board.is_recused(dossier, Some(new.account)) {
        return Err(Fault::refused(format!("{} est déjà en déport sur ce dossier.", seat.name)));
    }
    let mut mistakes = Mistakes::default();
    let reason = mistakes.line(
        "reason",
        &new.reason,
        500,
        "Saisissez le motif, par exemple\u{A0}: administrateur de l’association.",
    );
    if new.left_at.is_some_and(|at| at > op.now) {
        mistakes.add("left_at", "L’heure de sortie ne peut pas être à venir.");
    }
    mistakes.finish()?;
    let left_at = Some(new.left_at.unwrap_or(op.now));
    let recusal = Recusal { dossier, account: new.account, reason: reason.clone(), left_at };
    recusals::insert(op.conn, session.id, &recusal, op.now)?;
    let text = format!("{} se déporte du dossier {}", seat.name, item.dossier.reference_or_draft());
    op.record(Entry::new("committee.recuse", text).call(call.id).dossier(dossier).reason(reason));
    Ok(())
}

/// The committee's opinion as typed.
#[derive(Clone, Debug, Default)]
pub struct NewOpinion {
    /// Version of the opinion that was read; zero when there was none.
    pub version: i64,
    pub envelope: Option<EnvelopeId>,
    pub draft: Draft,
}

impl NewOpinion {
    #[must_use]
    pub fn selected(amount: Cents, envelope: EnvelopeId, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Selected),
            amount: amount.plain(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: Some(envelope), draft }
    }

    #[must_use]
    pub fn waitlisted(rank: i64, motive: &str, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Waitlisted),
            rank: rank.to_string(),
            motive: motive.to_owned(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: None, draft }
    }

    #[must_use]
    pub fn rejected(motive: &str, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Rejected),
            motive: motive.to_owned(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: None, draft }
    }

    /// Revises what was read at this version.
    #[must_use]
    pub fn over(mut self, version: i64) -> Self {
        self.version = version;
        self
    }
}

/// Prepares or revises the opinion on a dossier; the money is reserved when the session is sealed.
///
/// # Errors
/// [`Fault::Refused`] without quorum for this dossier or outside an open session; [`Fault::Invalid`] for each mistake;
/// [`Fault::Stale`] when somebody revised it in between.
pub fn record_opinion(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    dossier: DossierId,
    new: &NewOpinion,
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::CallManager)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    may_opine(&board, dossier)?;
    let draft = Draft { envelope: new.envelope.is_some(), ..new.draft.clone() };
    let reading = rules::read_opinion(&draft, item.requested)?;
    let envelope = if reading.outcome == Outcome::Selected { new.envelope } else { None };
    fits(op, &call, dossier, envelope, &reading)?;
    let values = (
        committee_opinions::outcome.eq(reading.outcome),
        committee_opinions::waitlist_rank.eq(reading.rank),
        committee_opinions::amount_cents.eq(reading.amount),
        committee_opinions::envelope_id.eq(envelope),
        committee_opinions::debate.eq(&reading.debate),
        committee_opinions::motive.eq(&reading.motive),
        committee_opinions::version.eq(new.version + 1),
        committee_opinions::recorded_by.eq(actor.id),
        committee_opinions::recorded_at.eq(op.now),
    );
    match &item.opinion {
        Some(before) => {
            let changed = diesel::update(
                committee_opinions::table
                    .filter(committee_opinions::id.eq(before.id))
                    .filter(committee_opinions::version.eq(new.version)),
            )
            .set(values)
            .execute(op.conn)?;
            if changed != 1 {
                return Err(Fault::Stale);
            }
        }
        None if new.version != 0 => return Err(Fault::Stale),
        None => {
            diesel::insert_into(committee_opinions::table)
                .values((
                    committee_opinions::session_id.eq(session.id),
                    committee_opinions::dossier_id.eq(dossier),
                    committee_opinions::dossier_version_id.eq(item.version),
                    values,
                ))
                .execute(op.conn)
                .map_err(stale_when_taken)?;
        }
    }
    let verb = if item.opinion.is_some() { "révisé" } else { "préparé" };
    let text = format!("Avis du comité {verb} en séance n°\u{A0}{}", session.number);
    op.record(Entry::new("committee.opinion", text).call(call.id).dossier(dossier));
    Ok(())
}

/// Whether an opinion may be given on a dossier now, with the words of the refusal.
///
/// # Errors
/// [`Fault::Refused`] outside an open session, without quorum for this dossier, or once it is withdrawn.
pub fn may_opine(board: &Board, dossier: DossierId) -> Result<(), Fault> {
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    match board.session.state {
        SessionState::Planned => {
            return Err(Fault::refused(
                "La séance n’est pas ouverte\u{202F}: enregistrez les présences, puis ouvrez-la.",
            ));
        }
        SessionState::Sealed => return refuse_sealed(&board.session),
        SessionState::Open => {}
    }
    if item.is_withdrawn() {
        return Err(Fault::refused("Le porteur a retiré ce dossier\u{202F}: il n’y a plus d’avis à rendre."));
    }
    let attending = board.attending_for(dossier);
    if board.has_quorum(attending) {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "Le quorum n’est pas atteint pour le dossier {}\u{202F}: sans les membres en déport, {} sur {} requis. \
         L’avis ne peut pas être rendu dans cette séance tant qu’un autre membre ne la rejoint pas.",
        item.dossier.reference_or_draft(),
        text::count(attending, "membre compte", "membres comptent"),
        board.session.quorum
    )))
}

/// Checks what an opinion takes from the call: a free rank on the waitlist, an envelope that holds it.
fn fits(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: DossierId,
    envelope: Option<EnvelopeId>,
    reading: &Reading,
) -> Result<(), Fault> {
    if let Some(rank) = reading.rank
        && let Some(other) = store::waitlisted_at(op.conn, call.id, rank, dossier)?.first()
    {
        let other = other.reference_or_draft();
        return Err(Fault::invalid("rank", format!("Le rang {rank} est déjà celui du dossier {other}.")));
    }
    let (Some(envelope), Some(amount)) = (envelope, reading.amount) else { return Ok(()) };
    let known = store::envelopes_of_call(op.conn, call.id)?;
    if !known.iter().any(|e| e.id == envelope) {
        return Err(Fault::invalid("envelope", "Choisissez une enveloppe de cet appel."));
    }
    let Some(left) = ledger::counters(op.conn, envelope)?.left() else {
        return Err(Fault::invalid(
            "envelope",
            "Le vote de cette enveloppe n’est pas connu\u{202F}: rien ne peut y être réservé.",
        ));
    };
    let prepared = store::prepared_on(op.conn, envelope, dossier)?;
    if prepared + amount > left {
        return Err(Fault::invalid(
            "amount",
            format!(
                "L’enveloppe ne suffit pas\u{202F}: il reste {left}, dont {prepared} déjà proposés à d’autres \
                 dossiers. Proposez {} au plus, ou révisez un autre avis.",
                (left - prepared).max(Cents::ZERO)
            ),
        ));
    }
    Ok(())
}

/// The session's row, taken, and its call, for its manager.
pub(super) fn managed(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(Call, Session), Fault> {
    let session = store::lock(op.conn, session)?;
    actor.require_in(session.call, &[Role::CallManager])?;
    Ok((calls::by_id(op.conn, session.call)?, session))
}

pub(super) fn refuse_sealed(session: &Session) -> Result<(), Fault> {
    if session.state == SessionState::Sealed {
        return Err(Fault::refused("Cette séance est scellée\u{202F}: plus rien n’y change."));
    }
    Ok(())
}

fn bump(op: &mut Operation<'_>, session: &Session, version: i64) -> Result<(), Fault> {
    let changed = diesel::update(
        committee_sessions::table
            .filter(committee_sessions::id.eq(session.id))
            .filter(committee_sessions::version.eq(version)),
    )
    .set(committee_sessions::version.eq(version + 1))
    .execute(op.conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Somebody took the same number or opinion at the same moment.
fn stale_when_taken(error: diesel::result::Error) -> Fault {
    if is_unique_violation(&error) { Fault::Stale } else { error.into() }
}
