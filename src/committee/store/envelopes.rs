//! What envelopes hold, and what opinions already ask of them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::base::ids::{CallId, DossierId, EnvelopeId};
use crate::base::money::Cents;
use crate::committee::model::{EnvelopeChoice, SessionState};
use crate::db::Conn;
use crate::db::schema::{committee_opinions, committee_sessions, envelopes, funding_lines, ledger_entries};
use crate::dossiers;
use crate::fault::Fault;
use crate::ledger::EntryKind;

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
pub(in crate::committee) fn held_by(
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
pub(in crate::committee) fn prepared_on(conn: &mut Conn, envelope: EnvelopeId, but: DossierId) -> Result<Cents, Fault> {
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
