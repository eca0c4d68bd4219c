//! A session whole: its seats, its agenda, its recusals.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::opinions::opinions_on;
use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, CallId, DossierId, DossierVersionId, SessionId};
use crate::calls::Call;
use crate::committee::model::{Board, Item, Opinion, Presence, SeatHolder, Session};
use crate::committee::record::{self, Record};
use crate::committee::recusals;
use crate::db::schema::{
    accounts, agenda_items, attendances, call_roles, committee_opinions, committee_sessions, dossiers as dossier_rows,
    institutions,
};
use crate::db::{Conn, Dialect, listed};
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;

/// Everything a session holds. Pages narrow it with [`Board::seen_by`] before showing any of it.
///
/// # Errors
/// When the database refuses.
pub fn board(conn: &mut Conn, call: &Call, session: Session) -> Result<Board, Fault> {
    board_of(conn, call, session, None)
}

/// [`board`], whose agenda is one dossier alone when `only` names it.
pub(in crate::committee) fn board_of(
    conn: &mut Conn,
    call: &Call,
    session: Session,
    only: Option<DossierId>,
) -> Result<Board, Fault> {
    let seats = seats(conn, call, &session)?;
    let mut items = items(conn, session.id, only)?;
    if session.state.is_closed()
        && let Some(record) = record::of_session(conn, session.id)?
    {
        items.iter_mut().for_each(|item| as_sealed(item, &record));
    }
    let members: Vec<AccountId> = seats.iter().filter_map(|s| s.account).collect();
    let recusals = recusals::of_session(conn, session.id, &items, &members)?;
    Ok(Board { session, proxies: call.definition.committee.proxies, seats, items, recusals })
}

/// What a closed session shows is what was sealed.
fn as_sealed(item: &mut Item, record: &Record) {
    let Some(recorded) = record.agenda.iter().find(|r| r.dossier == item.dossier.id) else { return };
    item.requested = recorded.requested;
    if let (Some(opinion), Some(sealed)) = (&mut item.opinion, &recorded.opinion) {
        opinion.outcome = sealed.outcome;
        opinion.rank = sealed.rank;
        opinion.shares.clone_from(&sealed.shares);
        opinion.debate.clone_from(&sealed.debate);
        opinion.motive.clone_from(&sealed.motive);
        opinion.vote = sealed.vote;
    }
}

type Recorded = (Option<AccountId>, Presence, Option<String>);

fn seats(conn: &mut Conn, call: &Call, session: &Session) -> Result<Vec<SeatHolder>, Fault> {
    let holders: HashMap<String, AccountId> = call_roles::table
        .filter(call_roles::call_id.eq(call.id))
        .filter(call_roles::role.eq(Role::CommitteeMember))
        .filter(call_roles::revoked_at.is_null())
        .filter(call_roles::seat.is_not_null())
        .order(call_roles::id)
        .select((call_roles::seat.assume_not_null(), call_roles::account_id))
        .load::<(String, AccountId)>(conn)?
        .into_iter()
        .collect();
    let recorded: HashMap<String, Recorded> = attendances::table
        .filter(attendances::session_id.eq(session.id))
        .select((attendances::seat, attendances::account_id, attendances::presence, attendances::proxy_seat))
        .load::<(String, Option<AccountId>, Presence, Option<String>)>(conn)?
        .into_iter()
        .map(|(seat, account, presence, proxy)| (seat, (account, presence, proxy)))
        .collect();
    let seated: Vec<AccountId> =
        recorded.values().filter_map(|(account, ..)| *account).chain(holders.values().copied()).collect();
    let names: HashMap<AccountId, String> = accounts::table
        .filter(listed(accounts::id, seated))
        .select((accounts::id, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String)>(conn)?
        .into_iter()
        .map(|(id, given_name, surname)| (id, format!("{given_name} {surname}")))
        .collect();
    let codes: Vec<&str> = call.definition.committee.seats.iter().map(|seat| seat.institution.as_str()).collect();
    let bodies: HashMap<String, String> = institutions::table
        .filter(listed(institutions::code, codes))
        .select((institutions::code, institutions::short_name))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect();
    let mut seats = Vec::new();
    for seat in &call.definition.committee.seats {
        let attendance = recorded.get(&seat.code);
        let holder = holders.get(&seat.code).copied();
        // A sealed session keeps who sat. Until then a seat that changed hands is its new holder's, whose presence is
        // still to be recorded.
        let attendance =
            attendance.filter(|(account, ..)| session.state.is_closed() || holder.is_none() || *account == holder);
        let account = attendance.and_then(|(account, ..)| *account).or(holder);
        let name = account.and_then(|account| names.get(&account).cloned()).unwrap_or_default();
        seats.push(SeatHolder {
            code: seat.code.clone(),
            label: seat.label.clone(),
            institution: bodies.get(&seat.institution).unwrap_or(&seat.institution).clone(),
            chair: seat.chair,
            account,
            name,
            presence: attendance.map(|(_, presence, _)| *presence),
            proxy: attendance.and_then(|(.., proxy)| proxy.clone()),
        });
    }
    Ok(seats)
}

fn items(conn: &mut Conn, session: SessionId, only: Option<DossierId>) -> Result<Vec<Item>, Fault> {
    let mut query = agenda_items::table
        .filter(agenda_items::session_id.eq(session))
        .select((agenda_items::dossier_id, agenda_items::dossier_version_id))
        .into_boxed::<Dialect>();
    if let Some(only) = only {
        query = query.filter(agenda_items::dossier_id.eq(only));
    }
    let rows = query.load::<(DossierId, DossierVersionId)>(conn)?;
    let mut opinions: HashMap<DossierId, Opinion> =
        opinions_on(conn, session, only)?.into_iter().map(|opinion| (opinion.dossier, opinion)).collect();
    let ids: Vec<DossierId> = rows.iter().map(|row| row.0).collect();
    let versions: Vec<DossierVersionId> = rows.iter().map(|row| row.1).collect();
    let mut known = dossiers::by_ids(conn, &ids)?;
    let mut excerpts = dossiers::excerpts_by_ids(conn, &versions)?;
    let mut items = Vec::with_capacity(rows.len());
    for (id, version) in rows {
        let dossier = known.remove(&id).ok_or(Fault::NotFound)?;
        let version = excerpts.remove(&version).ok_or(Fault::NotFound)?;
        items.push(Item { dossier, requested: version.requested, version, opinion: opinions.remove(&id) });
    }
    items.sort_by_cached_key(|item| {
        let reference = item.dossier.reference_or_draft();
        (reference.len(), reference)
    });
    Ok(items)
}

/// Roles of the committee's desk.
const DESK: &[Role] = &[Role::CallManager, Role::CommitteeMember];

/// What this person may know of the agenda of a session, through either role of the committee's desk.
pub(in crate::committee) fn seen_of(
    conn: &mut Conn,
    actor: &Actor,
    board: &Board,
) -> Result<HashSet<DossierId>, Fault> {
    let read: Vec<&Dossier> = board.items.iter().map(|item| &item.dossier).collect();
    dossiers::seen_of(conn, actor, board.session.call, &read, DESK)
}

/// Those of some dossiers of a call that this person may know, through either role of the committee's desk.
pub(in crate::committee) fn visible_to(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    among: &[DossierId],
) -> Result<HashSet<DossierId>, Fault> {
    let seen = dossiers::visible_among(conn, actor, call, among, DESK)?;
    Ok(seen.into_iter().map(|view| view.dossier.id).collect())
}

/// A dossier on the agenda of a session.
pub(in crate::committee) struct Placed {
    pub dossier: DossierId,
    pub withdrawn: bool,
    pub has_opinion: bool,
}

/// What is on the agendas of every session of a call, without any check of rights.
pub(in crate::committee) fn agendas_of_call(
    conn: &mut Conn,
    call: CallId,
) -> Result<HashMap<SessionId, Vec<Placed>>, Fault> {
    let given: HashSet<(SessionId, DossierId)> = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call))
        .select((committee_opinions::session_id, committee_opinions::dossier_id))
        .load(conn)?
        .into_iter()
        .collect();
    let rows = agenda_items::table
        .inner_join(committee_sessions::table)
        .inner_join(dossier_rows::table)
        .filter(committee_sessions::call_id.eq(call))
        .select((agenda_items::session_id, agenda_items::dossier_id, dossier_rows::state))
        .load::<(SessionId, DossierId, State)>(conn)?;
    let mut agendas: HashMap<SessionId, Vec<Placed>> = HashMap::new();
    for (session, dossier, state) in rows {
        let has_opinion = given.contains(&(session, dossier));
        let placed = Placed { dossier, withdrawn: state == State::Withdrawn, has_opinion };
        agendas.entry(session).or_default().push(placed);
    }
    Ok(agendas)
}
