//! Ledger lines as one agent may see them, and the figures they make.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::Envelope;
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DecisionId, DossierId, EnvelopeId};
use crate::base::money::Cents;
use crate::db::schema::{accounts, decisions as decision_rows, dossiers as dossier_rows, envelopes, ledger_entries};
use crate::db::{Conn, among, listed};
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::funding::rules::{Figures, Line};
use crate::ledger::EntryKind;

/// Roles that read envelopes.
pub const READERS: &[Role] = &[Role::Funder, Role::CallManager, Role::Signatory];

/// A ledger line with what its reader may know of the dossier behind it.
#[derive(Clone, Debug)]
pub struct SeenLine {
    pub kind: EntryKind,
    pub amount: Cents,
    pub reason: String,
    pub recorded_at: Instant,
    pub author: Option<String>,
    pub decision_number: Option<String>,
    pub dossier: SeenDossier,
}

#[derive(Clone, Debug)]
pub enum SeenDossier {
    /// The line concerns no dossier: a vote.
    None,
    Open(Box<Dossier>),
    /// The reader may know the amount, not the dossier.
    Withheld,
}

impl SeenLine {
    #[must_use]
    pub fn line(&self) -> Line {
        Line { kind: self.kind, amount: self.amount }
    }
}

/// What one agent may know of a call's money.
#[derive(Debug)]
pub struct Viewing {
    /// Never counted nor shown.
    closed: HashSet<DossierId>,
    open: HashMap<DossierId, Dossier>,
}

impl Viewing {
    /// Whether a recusal leaves something out, whatever the dossier became.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.closed.is_empty()
    }

    /// Dossiers with money that this agent may open, oldest submission first.
    #[must_use]
    pub fn dossiers(&self) -> Vec<&Dossier> {
        let mut all: Vec<&Dossier> = self.open.values().collect();
        all.sort_by_key(|dossier| (dossier.submitted_at, dossier.id));
        all
    }
}

/// # Errors
/// When the database refuses.
pub fn view_of(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<Viewing, Fault> {
    let closed = dossiers::closed_by_interest(conn, actor, call)?;
    let moved = ledger_entries::table
        .inner_join(envelopes::table)
        .filter(envelopes::call_id.eq(call))
        .filter(ledger_entries::dossier_id.is_not_null())
        .select(ledger_entries::dossier_id.assume_not_null())
        .distinct()
        .load::<DossierId>(conn)?;
    let open = dossiers::visible_among(conn, actor, call, &moved, READERS)?
        .into_iter()
        .map(|view| (view.dossier.id, view.dossier))
        .collect();
    Ok(Viewing { closed, open })
}

type EntryRow = (EntryKind, Cents, String, Instant, Option<AccountId>, Option<DecisionId>, Option<DossierId>);

/// An envelope's lines in the order recorded, without those of the dossiers closed to the reader.
///
/// # Errors
/// When the database refuses.
pub fn lines_seen(conn: &mut Conn, viewing: &Viewing, envelope: EnvelopeId) -> Result<Vec<SeenLine>, Fault> {
    let rows = ledger_entries::table
        .filter(ledger_entries::envelope_id.eq(envelope))
        .order(ledger_entries::id)
        .select((
            ledger_entries::kind,
            ledger_entries::amount_cents,
            ledger_entries::reason,
            ledger_entries::recorded_at,
            ledger_entries::recorded_by,
            ledger_entries::decision_id,
            ledger_entries::dossier_id,
        ))
        .load::<EntryRow>(conn)?;
    let rows: Vec<EntryRow> =
        rows.into_iter().filter(|row| row.6.is_none_or(|dossier| !viewing.closed.contains(&dossier))).collect();
    let authors = authors_of(conn, rows.iter().filter_map(|row| row.4).collect())?;
    let numbers = numbers_of(conn, rows.iter().filter_map(|row| row.5).collect())?;
    Ok(rows
        .into_iter()
        .map(|(kind, amount, reason, recorded_at, author, decision, dossier)| SeenLine {
            kind,
            amount,
            reason,
            recorded_at,
            author: author.and_then(|id| authors.get(&id).cloned()),
            decision_number: decision.and_then(|id| numbers.get(&id).cloned()),
            dossier: match dossier {
                None => SeenDossier::None,
                Some(id) => viewing
                    .open
                    .get(&id)
                    .map_or(SeenDossier::Withheld, |dossier| SeenDossier::Open(Box::new(dossier.clone()))),
            },
        })
        .collect())
}

/// The figures that those lines make.
#[must_use]
pub fn figures(envelope: &Envelope, lines: &[SeenLine]) -> Figures {
    Figures::of(envelope.vote_is_known, lines.iter().map(SeenLine::line))
}

pub(super) fn authors_of(conn: &mut Conn, ids: Vec<AccountId>) -> Result<HashMap<AccountId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(accounts::table
        .filter(listed(accounts::id, ids))
        .select((accounts::id, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String)>(conn)?
        .into_iter()
        .map(|(id, given_name, surname)| (id, format!("{given_name} {surname}")))
        .collect())
}

pub(super) fn numbers_of(conn: &mut Conn, ids: Vec<DecisionId>) -> Result<HashMap<DecisionId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(decision_rows::table
        .filter(listed(decision_rows::id, ids))
        .select((decision_rows::id, decision_rows::number))
        .load::<(DecisionId, String)>(conn)?
        .into_iter()
        .collect())
}

/// Dossiers of a call in one of these states that an agent sees through one of `roles`.
///
/// # Errors
/// When the database refuses.
pub fn in_states(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    roles: &[Role],
    states: &[State],
) -> Result<Vec<DossierId>, Fault> {
    let mut found = dossier_rows::table
        .filter(dossier_rows::call_id.eq(call))
        .filter(among(dossier_rows::state, states.to_vec()))
        .filter(dossiers::visible(actor, roles))
        .select((dossier_rows::submitted_at, dossier_rows::id))
        .load::<(Option<Instant>, DossierId)>(conn)?;
    // Asked for this order, SQLite would read the whole call by date.
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}
