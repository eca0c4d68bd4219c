//! Filling a session's agenda and moving dossiers from one session to another.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{managed, refuse_sealed};
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, SessionId};
use crate::base::text;
use crate::calls::Call;
use crate::committee::model::SessionKind;
use crate::committee::store;
use crate::db::Conn;
use crate::db::Window;
use crate::db::schema::{agenda_items, recusals};
use crate::dossiers::listing::{self, Criteria, Scope};
use crate::dossiers::rules::allows;
use crate::dossiers::{self, Event, State};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Puts dossiers on the agenda, each on its current version: instructed ones for a selection, eligible ones for a
/// shortlisting.
///
/// # Errors
/// [`Fault::Refused`] when one has not reached that point, is on another agenda, or the session is closed; then none
/// is added.
pub fn put_on_agenda(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    chosen: &[DossierId],
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    if session.second_of.is_some() {
        return Err(Fault::refused(
            "Une seconde séance porte sur le même ordre du jour que la première\u{202F}: inscrivez ce dossier à une autre.",
        ));
    }
    let chosen = in_order(chosen, "Cochez au moins un dossier.")?;
    for id in chosen {
        let view = dossiers::for_staff(op.conn, actor, id)?;
        view.require(Role::CallManager)?;
        if view.dossier.call != call.id {
            return Err(Fault::NotFound);
        }
        let dossier = match session.kind {
            SessionKind::Selection => dossiers::advance(op, id, Event::EnterCommittee)?,
            SessionKind::Shortlisting => {
                dossiers::hold(op.conn, id)?;
                let dossier = dossiers::get(op.conn, id)?;
                dossiers::rules::transition(dossier.state, Event::Shortlist, &call.definition.stages)
                    .map_err(|refusal| Fault::refused(refusal.to_string()))?;
                if let Some(number) = store::shortlisting_of(op.conn, id)? {
                    return Err(Fault::refused(format!(
                        "Le dossier {} est déjà à l’ordre du jour de la séance n°\u{A0}{number}.",
                        dossier.reference_or_draft()
                    )));
                }
                dossier
            }
        };
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

/// Dossiers of the manager that may join the agenda of a session of this kind.
///
/// # Errors
/// When the database refuses.
pub fn ready_for(
    conn: &mut Conn,
    actor: &Actor,
    call: &Call,
    kind: SessionKind,
) -> Result<Vec<dossiers::Dossier>, Fault> {
    let states = ready_states(call, kind);
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let placed = placed_before(conn, call, kind)?;
    let criteria = Criteria { call: Some(call.id), states, ..Criteria::default() };
    let all = Window { offset: 0, limit: i64::MAX };
    let rows = listing::rows(conn, Scope::Staff(actor, &[Role::CallManager]), &criteria, all)?;
    Ok(rows.into_iter().map(|row| row.dossier).filter(|dossier| !placed.contains(&dossier.id)).collect())
}

/// How many dossiers [`ready_for`] would answer, without reading them.
///
/// # Errors
/// When the database refuses.
pub fn count_ready(conn: &mut Conn, actor: &Actor, call: &Call, kind: SessionKind) -> Result<usize, Fault> {
    let states = ready_states(call, kind);
    if states.is_empty() {
        return Ok(0);
    }
    let placed: Vec<DossierId> = placed_before(conn, call, kind)?.into_iter().collect();
    let roles = [Role::CallManager];
    let seen = dossiers::visible_among(conn, actor, call.id, &placed, &roles)?;
    let taken = seen.iter().filter(|view| states.contains(&view.dossier.state)).count();
    let criteria = Criteria { call: Some(call.id), states, ..Criteria::default() };
    let all = listing::count(conn, Scope::Staff(actor, &roles), &criteria)?;
    Ok(usize::try_from(all).unwrap_or_default().saturating_sub(taken))
}

/// States from which a dossier may be put on the agenda of such a session.
fn ready_states(call: &Call, kind: SessionKind) -> Vec<State> {
    let event = match kind {
        SessionKind::Selection => Event::EnterCommittee,
        SessionKind::Shortlisting => Event::Shortlist,
    };
    State::ALL.iter().copied().filter(|state| allows(*state, event, &call.definition.stages)).collect()
}

/// A shortlisting takes a dossier once.
fn placed_before(conn: &mut Conn, call: &Call, kind: SessionKind) -> Result<HashSet<DossierId>, Fault> {
    match kind {
        SessionKind::Shortlisting => store::on_shortlistings(conn, call.id),
        SessionKind::Selection => Ok(HashSet::new()),
    }
}

/// Moves dossiers without opinion from one session's agenda to another's; what was declared of them follows.
///
/// # Errors
/// [`Fault::Refused`] when either session is closed, one is a second session, they are not of one kind and call, or
/// a dossier has its opinion; then none is moved.
pub fn move_to_session(
    op: &mut Operation<'_>,
    actor: &Actor,
    from: SessionId,
    to: SessionId,
    chosen: &[DossierId],
) -> Result<(), Fault> {
    // Rows are taken in one order, whichever way dossiers move.
    let (call, first) = managed(op, actor, from.min(to))?;
    let (_, last) = managed(op, actor, from.max(to))?;
    let (from, to) = if first.id == from { (first, last) } else { (last, first) };
    refuse_sealed(&from)?;
    refuse_sealed(&to)?;
    if from.id == to.id || from.call != to.call || from.kind != to.kind {
        return Err(Fault::refused("Choisissez une autre séance du même appel et de même objet."));
    }
    if from.second_of.is_some() || to.second_of.is_some() {
        return Err(Fault::refused(
            "L’ordre du jour d’une seconde séance est celui de la première\u{202F}: il ne change pas.",
        ));
    }
    let board = store::board(op.conn, &call, from.clone())?;
    for id in in_order(chosen, "Cochez au moins un dossier à déplacer.")? {
        dossiers::for_staff(op.conn, actor, id)?.require(Role::CallManager)?;
        let item = board.item(id).ok_or(Fault::NotFound)?;
        if item.is_withdrawn() || item.opinion.is_some() {
            return Err(Fault::refused(format!(
                "Le dossier {} a déjà un avis dans cette séance, ou est retiré\u{202F}: il y reste.",
                item.dossier.reference_or_draft()
            )));
        }
        diesel::update(
            agenda_items::table.filter(agenda_items::session_id.eq(from.id)).filter(agenda_items::dossier_id.eq(id)),
        )
        .set(agenda_items::session_id.eq(to.id))
        .execute(op.conn)?;
        diesel::update(recusals::table.filter(recusals::session_id.eq(from.id)).filter(recusals::dossier_id.eq(id)))
            .set(recusals::session_id.eq(to.id))
            .execute(op.conn)?;
        let text = format!(
            "Dossier déplacé de l’ordre du jour de la séance n°\u{A0}{} à celui de la séance n°\u{A0}{}",
            from.number, to.number
        );
        op.record(Entry::new("committee.agenda", text).call(call.id).dossier(id));
    }
    Ok(())
}

/// Each once, in the order in which rows are always taken.
fn in_order(chosen: &[DossierId], empty: &str) -> Result<Vec<DossierId>, Fault> {
    let mut chosen: Vec<DossierId> = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() { Err(Fault::invalid("dossiers", text::clean_line(empty))) } else { Ok(chosen) }
}
