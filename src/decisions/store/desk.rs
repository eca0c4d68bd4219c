//! What waits on the desk of a call, in a fixed number of queries whatever the number of dossiers.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;

use crate::base::ids::{CallId, DossierId, InstitutionId, OpinionId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::committee::SessionState;
use crate::db::schema::{
    committee_opinions, committee_sessions, decisions, dossiers, funding_lines, letters, opinion_shares, organisations,
};
use crate::db::{Conn, among, listed, outside};
use crate::decisions::model::Kind;
use crate::dossiers::{Outcome, State};
use crate::fault::Fault;

/// A dossier awaiting signatures.
#[derive(Clone, Debug)]
pub struct ToSign {
    pub dossier: DossierId,
    pub state: State,
    /// Authorities that have still to sign, and those that have.
    pub pending: Vec<InstitutionId>,
    pub signed: Vec<InstitutionId>,
}

const WAITING: [State; 3] = [State::Opined, State::Ineligible, State::NotShortlisted];

/// Every dossier of a call that awaits a signature, oldest first. Pages leave out what their reader does not see.
pub fn to_sign(conn: &mut Conn, call: &Call) -> Result<Vec<ToSign>, Fault> {
    let waiting = dossiers::table
        .filter(dossiers::call_id.eq(call.id))
        .filter(among(dossiers::state, WAITING))
        .order(dossiers::id)
        .select((dossiers::id, dossiers::state))
        .load::<(DossierId, State)>(conn)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let opined = committee_opinions::table
        .inner_join(committee_sessions::table)
        .inner_join(dossiers::table)
        .inner_join(opinion_shares::table.on(opinion_shares::opinion_id.eq(committee_opinions::id)))
        .inner_join(funding_lines::table.on(funding_lines::id.eq(opinion_shares::funding_line_id)))
        .filter(dossiers::call_id.eq(call.id))
        .filter(dossiers::state.eq(State::Opined))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .filter(committee_opinions::outcome.eq(Outcome::Selected))
        .select((committee_opinions::dossier_id, committee_opinions::id, funding_lines::authority_id))
        .load::<(DossierId, OpinionId, InstitutionId)>(conn)?;
    let mut required: HashMap<DossierId, (OpinionId, Vec<InstitutionId>)> = HashMap::new();
    for (dossier, opinion, authority) in opined {
        let entry = required.entry(dossier).or_insert((opinion, Vec::new()));
        if opinion > entry.0 {
            *entry = (opinion, Vec::new());
        }
        if opinion == entry.0 && !entry.1.contains(&authority) {
            entry.1.push(authority);
        }
    }
    let mut signed: HashMap<DossierId, Vec<InstitutionId>> = HashMap::new();
    let rows = decisions::table
        .inner_join(dossiers::table)
        .filter(decisions::call_id.eq(call.id))
        .filter(decisions::kind.eq(Kind::Initial))
        .filter(among(dossiers::state, WAITING))
        .select((decisions::dossier_id, decisions::authority_id))
        .load::<(DossierId, InstitutionId)>(conn)?;
    for (dossier, authority) in rows {
        signed.entry(dossier).or_default().push(authority);
    }
    Ok(waiting
        .into_iter()
        .map(|(dossier, state)| {
            let mut pending = required.remove(&dossier).map_or_else(|| vec![call.authority], |(_, found)| found);
            pending.sort_by_key(|authority| (*authority != call.authority, *authority));
            let signed = signed.remove(&dossier).unwrap_or_default();
            pending.retain(|authority| !signed.contains(authority));
            ToSign { dossier, state, pending, signed }
        })
        .collect())
}

/// A dossier as the lists of the desk name it.
#[derive(Clone, Debug)]
pub struct Named {
    pub reference: String,
    pub title: String,
    pub organisation: String,
}

pub fn named(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Named>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = dossiers::table
        .inner_join(organisations::table)
        .filter(listed(dossiers::id, ids))
        .select((dossiers::id, dossiers::reference, dossiers::title, organisations::name))
        .load::<(DossierId, Option<String>, String, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, reference, title, organisation)| {
            (id, Named { reference: reference.unwrap_or_default(), title, organisation })
        })
        .collect())
}

/// What the committee proposes on these dossiers: outcome, rank, and its amount by authority.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub outcome: Outcome,
    pub rank: Option<i64>,
    pub amounts: BTreeMap<InstitutionId, Cents>,
}

pub fn proposals(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Proposal>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<DossierId, (OpinionId, Proposal)> = HashMap::new();
    let rows = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(listed(committee_opinions::dossier_id, ids))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .filter(among(committee_opinions::outcome, Outcome::OPINIONS))
        .order(committee_opinions::id)
        .select((
            committee_opinions::dossier_id,
            committee_opinions::id,
            committee_opinions::outcome,
            committee_opinions::waitlist_rank,
        ))
        .load::<(DossierId, OpinionId, Outcome, Option<i64>)>(conn)?;
    for (dossier, opinion, outcome, rank) in rows {
        found.insert(dossier, (opinion, Proposal { outcome, rank, amounts: BTreeMap::new() }));
    }
    if found.is_empty() {
        return Ok(HashMap::new());
    }
    let opinions: HashMap<OpinionId, DossierId> = found.iter().map(|(id, (opinion, _))| (*opinion, *id)).collect();
    let wanted: Vec<OpinionId> = opinions.keys().copied().collect();
    let rows = opinion_shares::table
        .inner_join(funding_lines::table.on(funding_lines::id.eq(opinion_shares::funding_line_id)))
        .filter(listed(opinion_shares::opinion_id, wanted))
        .select((opinion_shares::opinion_id, funding_lines::authority_id, opinion_shares::amount_cents))
        .load::<(OpinionId, InstitutionId, Cents)>(conn)?;
    for (opinion, authority, amount) in rows {
        if let Some((_, proposal)) = opinions.get(&opinion).and_then(|dossier| found.get_mut(dossier)) {
            *proposal.amounts.entry(authority).or_default() += amount;
        }
    }
    Ok(found.into_iter().map(|(id, (_, proposal))| (id, proposal)).collect())
}

/// How many letters of a call were sent, and how many of those were read, without `closed` dossiers.
pub fn counts(conn: &mut Conn, call: CallId, closed: &HashSet<DossierId>) -> Result<(i64, i64), Fault> {
    let sent = letters::table
        .filter(letters::call_id.eq(call))
        .filter(outside(letters::dossier_id, closed.iter().copied().collect::<Vec<_>>()))
        .filter(letters::notified_at.is_not_null());
    let total = sent.clone().count().get_result(conn)?;
    let read = sent.filter(letters::read_at.is_not_null()).count().get_result(conn)?;
    Ok((total, read))
}
