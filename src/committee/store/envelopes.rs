//! What envelopes hold, and what opinions already ask of them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::board::visible_to;
use crate::access::Actor;
use crate::base::ids::{CallId, DossierId, EnvelopeId, FundingLineId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::committee::model::{Asked, EnvelopeChoice, SessionState};
use crate::db::schema::{
    committee_opinions, committee_sessions, dossiers as dossier_rows, envelopes, funding_lines, ledger_entries,
    opinion_shares,
};
use crate::db::{Conn, among, listed};
use crate::dossiers::{Excerpt, State};
use crate::fault::Fault;
use crate::ledger::{self, EntryKind, LineInfo};

/// Envelopes of a call, by line and year.
///
/// # Errors
/// When the database refuses.
pub(in crate::committee) fn envelopes_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<EnvelopeChoice>, Fault> {
    let rows = envelopes::table
        .inner_join(funding_lines::table)
        .filter(envelopes::call_id.eq(call))
        .order((envelopes::year, envelopes::id))
        .select((
            envelopes::id,
            funding_lines::id,
            funding_lines::name,
            envelopes::year,
            envelopes::voted,
            envelopes::reserved,
            envelopes::committed,
        ))
        .load::<(EnvelopeId, FundingLineId, String, i32, Option<Cents>, Cents, Cents)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, line, name, year, voted, reserved, committed)| EnvelopeChoice {
            id,
            line,
            name,
            year,
            voted,
            left: voted.map(|voted| voted - reserved - committed),
        })
        .collect())
}

/// What the dossiers that a person sees hold reserved or committed on a call's envelopes, but for some of them: sums
/// leave out whom the viewer may not know.
pub(in crate::committee) fn held_by_others(
    conn: &mut Conn,
    viewer: &Actor,
    call: CallId,
    envelopes: &[EnvelopeChoice],
    but: &HashSet<DossierId>,
) -> Result<HashMap<EnvelopeId, Cents>, Fault> {
    let ids: Vec<EnvelopeId> = envelopes.iter().map(|envelope| envelope.id).collect();
    let entries = ledger_entries::table
        .filter(listed(ledger_entries::envelope_id, ids))
        .filter(among(ledger_entries::kind, [EntryKind::Reservation, EntryKind::Commitment]))
        .filter(ledger_entries::dossier_id.is_not_null())
        .select((
            ledger_entries::envelope_id,
            ledger_entries::dossier_id.assume_not_null(),
            ledger_entries::amount_cents,
        ))
        .load::<(EnvelopeId, DossierId, Cents)>(conn)?;
    let others: HashSet<DossierId> = entries.iter().map(|entry| entry.1).filter(|id| !but.contains(id)).collect();
    let seen = visible_to(conn, viewer, call, &others.into_iter().collect::<Vec<_>>())?;
    let mut held = HashMap::new();
    for (envelope, dossier, amount) in entries {
        if seen.contains(&dossier) {
            *held.entry(envelope).or_insert(Cents::ZERO) += amount;
        }
    }
    Ok(held)
}

/// Amounts prepared by line and year in sessions of a call not yet sealed, but for one dossier.
pub(in crate::committee) fn prepared(
    conn: &mut Conn,
    call: CallId,
    but: DossierId,
) -> Result<HashMap<(FundingLineId, i32), Cents>, Fault> {
    let rows = opinion_shares::table
        .inner_join(committee_opinions::table.inner_join(committee_sessions::table).inner_join(dossier_rows::table))
        .filter(committee_sessions::call_id.eq(call))
        .filter(committee_sessions::state.ne(SessionState::Sealed))
        .filter(committee_opinions::dossier_id.ne(but))
        .filter(dossier_rows::state.ne(State::Withdrawn))
        .select((opinion_shares::funding_line_id, opinion_shares::year, opinion_shares::amount_cents))
        .load::<(FundingLineId, i32, Cents)>(conn)?;
    let mut prepared = HashMap::new();
    for (line, year, amount) in rows {
        *prepared.entry((line, year)).or_insert(Cents::ZERO) += amount;
    }
    Ok(prepared)
}

/// What a dossier may still be given by line and year, once what is prepared for the others is set aside; unknown without
/// a vote.
pub(in crate::committee) fn left_for(
    conn: &mut Conn,
    call: CallId,
    dossier: DossierId,
) -> Result<HashMap<(FundingLineId, i32), Option<Cents>>, Fault> {
    let prepared = prepared(conn, call, dossier)?;
    let envelopes = envelopes_of_call(conn, call)?.into_iter();
    Ok(envelopes
        .map(|envelope| {
            let slot = (envelope.line, envelope.year);
            (slot, envelope.left.map(|left| left - prepared.get(&slot).copied().unwrap_or(Cents::ZERO)))
        })
        .collect())
}

/// What a dossier asks of each line of the call, in each year of its plan; nothing where it asks nothing.
pub(in crate::committee) fn asked(conn: &mut Conn, call: &Call, version: &Excerpt) -> Result<Vec<Asked>, Fault> {
    let lines = ledger::lines_of_call(conn, call.id)?;
    Ok(asked_on(&lines, call, |funder, year| version.requested_of(&call.definition, funder, year)))
}

/// [`asked`], of lines already read and what is requested of a funder, by its code, in a year.
pub(in crate::committee) fn asked_on(
    lines: &[LineInfo],
    call: &Call,
    requested_of: impl Fn(&str, i16) -> Cents,
) -> Vec<Asked> {
    let mut asked = Vec::new();
    for year in &call.definition.budget.years {
        for line in lines {
            let requested = requested_of(&line.funder_code, *year);
            if requested.is_positive() {
                asked.push(Asked {
                    line: line.line,
                    year: i32::from(*year),
                    funder: line.funder_code.clone(),
                    label: format!("{}, {year}", line.name),
                    requested,
                });
            }
        }
    }
    asked
}
