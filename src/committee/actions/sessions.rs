//! Planning a session, filling its agenda, opening it.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{managed, refuse_sealed, stale_when_taken};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId, SessionId};
use crate::base::text;
use crate::calls;
use crate::committee::model::{SessionKind, SessionState};
use crate::committee::store;
use crate::db::schema::{agenda_items, committee_sessions};
use crate::dossiers::{self, Event};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

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
            committee_sessions::kind.eq(SessionKind::Selection),
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
