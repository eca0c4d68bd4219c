//! Planning a session and opening it.

use diesel::prelude::*;

use super::{managed, stale_when_taken};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{CallId, SessionId};
use crate::base::text;
use crate::calls::definition::Stage;
use crate::calls::{self, Call};
use crate::committee::model::{Presence, Session, SessionKind, SessionState};
use crate::committee::store;
use crate::db::schema::{agenda_items, committee_sessions};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug)]
pub struct NewSession {
    pub held_at: Instant,
    pub place: String,
}

/// Plans the next selection session of a call, with the quorum its definition asks for.
///
/// # Errors
/// [`Fault::Invalid`] for a session before the call opens or without place.
pub fn plan_session(op: &mut Operation<'_>, actor: &Actor, call: CallId, new: &NewSession) -> Result<SessionId, Fault> {
    plan(op, actor, call, SessionKind::Selection, new)
}

/// Plans a session that shortlists. From the agenda on, the session alone shortlists its dossiers; the manager keeps
/// doing so for those on no agenda.
///
/// # Errors
/// As [`plan_session`]; [`Fault::Refused`] when the call has no shortlisting.
pub fn plan_shortlisting(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    new: &NewSession,
) -> Result<SessionId, Fault> {
    plan(op, actor, call, SessionKind::Shortlisting, new)
}

fn plan(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    kind: SessionKind,
    new: &NewSession,
) -> Result<SessionId, Fault> {
    actor.require_in(call, &[Role::CallManager])?;
    let call = calls::by_id(op.conn, call)?;
    if kind == SessionKind::Shortlisting && !call.definition.has_stage(Stage::Shortlisting) {
        return Err(Fault::refused("Cet appel n’a pas d’étape de présélection."));
    }
    let quorum = i64::from(call.definition.committee.quorum);
    insert(op, &call, &Planned { kind, second_of: None, quorum }, new)
}

struct Planned {
    kind: SessionKind,
    second_of: Option<SessionId>,
    quorum: i64,
}

fn insert(op: &mut Operation<'_>, call: &Call, planned: &Planned, new: &NewSession) -> Result<SessionId, Fault> {
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
            committee_sessions::kind.eq(planned.kind),
            committee_sessions::second_of.eq(planned.second_of),
            committee_sessions::held_at.eq(new.held_at),
            committee_sessions::place.eq(&place),
            committee_sessions::state.eq(SessionState::Planned),
            committee_sessions::quorum.eq(planned.quorum),
            committee_sessions::urgency.eq(""),
            committee_sessions::created_at.eq(op.now),
        ))
        .returning(committee_sessions::id)
        .get_result(op.conn)
        .map_err(stale_when_taken)?;
    let when = new.held_at.long(call.zone());
    let what = match (planned.second_of, planned.kind) {
        (Some(_), _) => " sur le même ordre du jour",
        (None, SessionKind::Shortlisting) => " pour la présélection",
        (None, SessionKind::Selection) => "",
    };
    op.record(
        Entry::new("committee.plan", format!("Séance n°\u{A0}{number} du comité prévue le {when}{what}")).call(call.id),
    );
    Ok(id)
}

/// Plans the second session of one adjourned for want of quorum: the same agenda, and the quorum of second sessions
/// (CRPA R133-10: none, once the convocation says so).
///
/// # Errors
/// [`Fault::Refused`] when the session was not adjourned or has its second one already; [`Fault::Invalid`] for a date
/// that does not follow.
pub fn plan_second(
    op: &mut Operation<'_>,
    actor: &Actor,
    adjourned: SessionId,
    new: &NewSession,
) -> Result<SessionId, Fault> {
    let (call, first) = managed(op, actor, adjourned)?;
    if first.state != SessionState::Adjourned {
        return Err(Fault::refused("Une seconde séance ne suit qu’une séance ajournée faute de quorum."));
    }
    if store::second_session(op.conn, first.id)?.is_some() {
        return Err(Fault::refused("La seconde séance est déjà prévue."));
    }
    if new.held_at <= first.held_at || new.held_at <= op.now {
        return Err(Fault::invalid("date", "Choisissez une date à venir, après la séance ajournée."));
    }
    let quorum = i64::from(call.definition.committee.quorum_second);
    let planned = Planned { kind: first.kind, second_of: Some(first.id), quorum };
    let second = insert(op, &call, &planned, new)?;
    let board = store::board(op.conn, &call, first)?;
    for item in board.items.iter().filter(|item| !item.is_withdrawn()) {
        diesel::insert_into(agenda_items::table)
            .values((
                agenda_items::session_id.eq(second),
                agenda_items::dossier_id.eq(item.dossier.id),
                agenda_items::dossier_version_id.eq(item.version.id),
                agenda_items::added_at.eq(op.now),
            ))
            .execute(op.conn)?;
    }
    Ok(second)
}

/// Opens a planned session once its quorum is reached.
///
/// # Errors
/// [`Fault::Refused`] with the count when it is not, or when a second session was not convened.
pub fn open_session(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    match session.state {
        SessionState::Planned => {}
        SessionState::Open => return Err(Fault::refused("Cette séance est déjà ouverte.")),
        SessionState::Adjourned | SessionState::Sealed => return super::refuse_sealed(&session),
    }
    let board = store::board(op.conn, &call, session.clone())?;
    let attending = board.attending();
    if !board.has_quorum(attending) {
        return Err(Fault::refused(format!(
            "Le quorum n’est pas atteint\u{202F}: il faut {} membres sur place, à distance ou représentés, {} à ce jour. \
             Enregistrez les présences, ou ajournez la séance.",
            session.quorum.max(1),
            text::count(attending, "est noté", "sont notés")
        )));
    }
    if let Some(code) = board.seats.iter().find_map(|seat| {
        (seat.presence == Some(Presence::Represented) && !seat_is_represented(&board, seat)).then(|| seat.label.clone())
    }) {
        return Err(Fault::refused(format!(
            "Le siège «\u{202F}{code}\u{202F}» a donné mandat à un membre qui n’est pas en séance\u{202F}: corrigez les \
             présences."
        )));
    }
    if session.second_of.is_some() && session.convened_at.is_none() {
        return Err(Fault::refused(
            "Envoyez d’abord la convocation à cette seconde séance\u{202F}: elle seule permet de siéger sans le quorum \
             de la première.",
        ));
    }
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(session.id)))
        .set((
            committee_sessions::state.eq(SessionState::Open),
            committee_sessions::opened_at.eq(Some(op.now)),
            committee_sessions::version.eq(session.version + 1),
        ))
        .execute(op.conn)?;
    let text = format!("Séance n°\u{A0}{} du comité ouverte, {}", session.number, reached(&session));
    op.record(Entry::new("committee.open", text).call(call.id));
    Ok(())
}

fn seat_is_represented(board: &crate::committee::Board, seat: &crate::committee::model::SeatHolder) -> bool {
    seat.proxy.as_deref().and_then(|code| board.seat(code)).is_some_and(|holder| holder.attends())
}

fn reached(session: &Session) -> &'static str {
    if session.quorum == 0 { "sans condition de quorum" } else { "quorum atteint" }
}
