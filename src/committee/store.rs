//! Rows of sessions and what lies around them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::{Board, EnvelopeChoice, Item, Opinion, Presence, SeatHolder, Session, SessionState};
use super::recusals;
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DocumentId, DossierId, DossierVersionId, EnvelopeId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::Conn;
use crate::db::schema::{
    accounts, agenda_items, attendances, call_roles, committee_opinions, committee_sessions, dossier_versions,
    envelopes, funding_lines, institutions, ledger_entries,
};
use crate::dossiers::{self, Outcome};
use crate::fault::Fault;
use crate::ledger::EntryKind;

type SessionRow = (
    SessionId,
    CallId,
    i64,
    Instant,
    String,
    SessionState,
    i64,
    Option<Instant>,
    Option<Instant>,
    Option<String>,
    Option<DocumentId>,
    i64,
);

const SESSION: (
    committee_sessions::id,
    committee_sessions::call_id,
    committee_sessions::number,
    committee_sessions::held_at,
    committee_sessions::place,
    committee_sessions::state,
    committee_sessions::quorum,
    committee_sessions::opened_at,
    committee_sessions::sealed_at,
    committee_sessions::record_sha256,
    committee_sessions::minutes_id,
    committee_sessions::version,
) = (
    committee_sessions::id,
    committee_sessions::call_id,
    committee_sessions::number,
    committee_sessions::held_at,
    committee_sessions::place,
    committee_sessions::state,
    committee_sessions::quorum,
    committee_sessions::opened_at,
    committee_sessions::sealed_at,
    committee_sessions::record_sha256,
    committee_sessions::minutes_id,
    committee_sessions::version,
);

fn session_of(row: SessionRow) -> Session {
    let (id, call, number, held_at, place, state, quorum, opened_at, sealed_at, record_sha256, minutes, version) = row;
    Session { id, call, number, held_at, place, state, quorum, opened_at, sealed_at, record_sha256, minutes, version }
}

/// Without any check of rights.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such session.
pub fn session(conn: &mut Conn, id: SessionId) -> Result<Session, Fault> {
    let row = committee_sessions::table.filter(committee_sessions::id.eq(id)).select(SESSION).first(conn)?;
    Ok(session_of(row))
}

/// The sessions of a call, in their order.
///
/// # Errors
/// When the database refuses.
pub fn sessions_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<Session>, Fault> {
    let rows: Vec<SessionRow> = committee_sessions::table
        .filter(committee_sessions::call_id.eq(call))
        .order(committee_sessions::number)
        .select(SESSION)
        .load(conn)?;
    Ok(rows.into_iter().map(session_of).collect())
}

/// Everything a session holds. Pages narrow it with [`Board::seen_by`] before showing any of it.
///
/// # Errors
/// When the database refuses.
pub fn board(conn: &mut Conn, call: &Call, session: Session) -> Result<Board, Fault> {
    let seats = seats(conn, call, &session)?;
    let items = items(conn, session.id)?;
    let members: Vec<AccountId> = seats.iter().filter_map(|s| s.account).collect();
    let recusals = recusals::of_session(conn, session.id, &items, &members)?;
    Ok(Board { session, seats, items, recusals })
}

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
    let recorded: HashMap<String, (Option<AccountId>, Presence)> = attendances::table
        .filter(attendances::session_id.eq(session.id))
        .select((attendances::seat, attendances::account_id, attendances::presence))
        .load::<(String, Option<AccountId>, Presence)>(conn)?
        .into_iter()
        .map(|(seat, account, presence)| (seat, (account, presence)))
        .collect();
    let mut seats = Vec::new();
    for seat in &call.definition.committee.seats {
        let attendance = recorded.get(&seat.code);
        // Who sat is kept, even when the seat has changed hands since.
        let account = attendance.and_then(|(account, _)| *account).or_else(|| holders.get(&seat.code).copied());
        let name = match account {
            None => String::new(),
            Some(account) => {
                let (given, surname) = accounts::table
                    .filter(accounts::id.eq(account))
                    .select((accounts::given_name, accounts::surname))
                    .first::<(String, String)>(conn)?;
                format!("{given} {surname}")
            }
        };
        let institution = institutions::table
            .filter(institutions::code.eq(&seat.institution))
            .select(institutions::short_name)
            .first::<String>(conn)
            .optional()?
            .unwrap_or_else(|| seat.institution.clone());
        seats.push(SeatHolder {
            code: seat.code.clone(),
            label: seat.label.clone(),
            institution,
            chair: seat.chair,
            account,
            name,
            presence: attendance.map(|(_, presence)| *presence),
        });
    }
    Ok(seats)
}

fn items(conn: &mut Conn, session: SessionId) -> Result<Vec<Item>, Fault> {
    let rows = agenda_items::table
        .inner_join(dossier_versions::table)
        .filter(agenda_items::session_id.eq(session))
        .select((agenda_items::dossier_id, agenda_items::dossier_version_id, dossier_versions::requested_cents))
        .load::<(DossierId, DossierVersionId, Cents)>(conn)?;
    let opinions: HashMap<DossierId, Opinion> =
        opinions(conn, session)?.into_iter().map(|opinion| (opinion.dossier, opinion)).collect();
    let mut items = Vec::new();
    for (id, version, requested) in rows {
        let dossier = dossiers::get(conn, id)?;
        items.push(Item { dossier, version, requested, opinion: opinions.get(&id).cloned() });
    }
    items.sort_by_cached_key(|item| {
        let reference = item.dossier.reference_or_draft();
        (reference.len(), reference)
    });
    Ok(items)
}

type OpinionRow = (
    OpinionId,
    SessionId,
    DossierId,
    DossierVersionId,
    Outcome,
    Option<i64>,
    Option<Cents>,
    Option<EnvelopeId>,
    String,
    String,
    i64,
    Instant,
);

pub(super) fn opinions(conn: &mut Conn, session: SessionId) -> Result<Vec<Opinion>, Fault> {
    let rows: Vec<OpinionRow> = committee_opinions::table
        .filter(committee_opinions::session_id.eq(session))
        .order(committee_opinions::id)
        .select((
            committee_opinions::id,
            committee_opinions::session_id,
            committee_opinions::dossier_id,
            committee_opinions::dossier_version_id,
            committee_opinions::outcome,
            committee_opinions::waitlist_rank,
            committee_opinions::amount_cents,
            committee_opinions::envelope_id,
            committee_opinions::debate,
            committee_opinions::motive,
            committee_opinions::version,
            committee_opinions::recorded_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, session, dossier, dossier_version, outcome, rank, amount, envelope, debate, motive, version, at)| {
            Opinion {
                id,
                session,
                dossier,
                dossier_version,
                outcome,
                rank,
                amount,
                envelope,
                debate,
                motive,
                version,
                recorded_at: at,
            }
        })
        .collect())
}

/// Envelopes of a call, by line and year.
///
/// # Errors
/// When the database refuses.
pub(super) fn envelopes_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<EnvelopeChoice>, Fault> {
    let rows = envelopes::table
        .inner_join(funding_lines::table)
        .filter(envelopes::call_id.eq(call))
        .order((envelopes::year, envelopes::id))
        .select((
            envelopes::id,
            funding_lines::name,
            envelopes::year,
            envelopes::voted,
            envelopes::reserved,
            envelopes::committed,
        ))
        .load::<(EnvelopeId, String, i32, Option<Cents>, Cents, Cents)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, line, year, voted, reserved, committed)| EnvelopeChoice {
            id,
            line,
            year,
            voted,
            left: voted.map(|voted| voted - reserved - committed),
        })
        .collect())
}

/// What each of `dossiers` holds reserved or committed, by envelope: sums that leave out whom the viewer may not know.
pub(super) fn held_by(
    conn: &mut Conn,
    envelopes: &[EnvelopeChoice],
    dossiers: &HashSet<DossierId>,
) -> Result<HashMap<EnvelopeId, Cents>, Fault> {
    let mut held = HashMap::new();
    for envelope in envelopes {
        let entries = ledger_entries::table
            .filter(ledger_entries::envelope_id.eq(envelope.id))
            .filter(ledger_entries::kind.eq_any([EntryKind::Reservation, EntryKind::Commitment]))
            .filter(ledger_entries::dossier_id.is_not_null())
            .select((ledger_entries::dossier_id.assume_not_null(), ledger_entries::amount_cents))
            .load::<(DossierId, Cents)>(conn)?;
        let total = entries.into_iter().filter(|(d, _)| dossiers.contains(d)).map(|(_, amount)| amount).sum();
        held.insert(envelope.id, total);
    }
    Ok(held)
}

/// Amounts prepared on an envelope in sessions not yet sealed, but for one dossier.
pub(super) fn prepared_on(conn: &mut Conn, envelope: EnvelopeId, but: DossierId) -> Result<Cents, Fault> {
    let rows = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_opinions::envelope_id.eq(envelope))
        .filter(committee_sessions::state.ne(SessionState::Sealed))
        .filter(committee_opinions::dossier_id.ne(but))
        .select((committee_opinions::dossier_id, committee_opinions::amount_cents))
        .load::<(DossierId, Option<Cents>)>(conn)?;
    let mut total = Cents::ZERO;
    for (dossier, amount) in rows {
        if dossiers::get(conn, dossier)?.state != dossiers::State::Withdrawn {
            total += amount.unwrap_or(Cents::ZERO);
        }
    }
    Ok(total)
}

/// Dossiers already on the call's waitlist at a rank, but for one.
pub(super) fn waitlisted_at(
    conn: &mut Conn,
    call: CallId,
    rank: i64,
    but: DossierId,
) -> Result<Vec<dossiers::Dossier>, Fault> {
    let ids = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call))
        .filter(committee_opinions::waitlist_rank.eq(rank))
        .filter(committee_opinions::dossier_id.ne(but))
        .select(committee_opinions::dossier_id)
        .load::<DossierId>(conn)?;
    let mut found = Vec::new();
    for id in ids {
        let dossier = dossiers::get(conn, id)?;
        if dossier.state != dossiers::State::Withdrawn {
            found.push(dossier);
        }
    }
    Ok(found)
}

/// Dossiers of the call that this person may know, through either role of the committee's desk.
///
/// # Errors
/// When the database refuses.
pub fn visible_to(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<HashSet<DossierId>, Fault> {
    let seen = dossiers::visible_in_call(conn, actor, call, &[Role::CallManager, Role::CommitteeMember])?;
    Ok(seen.into_iter().map(|view| view.dossier.id).collect())
}

/// Takes the session's row, so that writers of one session follow each other.
pub(super) fn lock(conn: &mut Conn, id: SessionId) -> Result<Session, Fault> {
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(id)))
        .set(committee_sessions::version.eq(committee_sessions::version))
        .execute(conn)?;
    session(conn, id)
}

/// The committee's opinion as sealed, and where it was given.
#[derive(Clone, Debug)]
pub struct SealedOpinion {
    pub id: OpinionId,
    pub session: SessionId,
    pub session_number: i64,
    pub held_at: Instant,
    pub outcome: Outcome,
    pub amount: Option<Cents>,
    pub envelope: Option<EnvelopeId>,
    pub rank: Option<i64>,
    pub motive: String,
    pub debate: String,
    pub version: DossierVersionId,
}

/// What a decision is taken on; nothing before the session is sealed. Without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn sealed_opinion(conn: &mut Conn, dossier: DossierId) -> Result<Option<SealedOpinion>, Fault> {
    let row = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_opinions::dossier_id.eq(dossier))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .order(committee_opinions::id.desc())
        .select((
            (
                committee_opinions::id,
                committee_sessions::id,
                committee_sessions::number,
                committee_sessions::held_at,
                committee_opinions::outcome,
            ),
            (
                committee_opinions::amount_cents,
                committee_opinions::envelope_id,
                committee_opinions::waitlist_rank,
                committee_opinions::motive,
                committee_opinions::debate,
                committee_opinions::dossier_version_id,
            ),
        ))
        .first::<(
            (OpinionId, SessionId, i64, Instant, Outcome),
            (Option<Cents>, Option<EnvelopeId>, Option<i64>, String, String, DossierVersionId),
        )>(conn)
        .optional()?;
    Ok(row.map(
        |((id, session, session_number, held_at, outcome), (amount, envelope, rank, motive, debate, version))| {
            SealedOpinion {
                id,
                session,
                session_number,
                held_at,
                outcome,
                amount,
                envelope,
                rank,
                motive,
                debate,
                version,
            }
        },
    ))
}
