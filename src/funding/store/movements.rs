//! Ledger lines over several calls: their sums, grouped in the database, and the lines behind a sum, page by page.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::lines::{READERS, authors_of, numbers_of};
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DecisionId, DossierId, EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::schema::{
    dossier_tags, dossiers as dossier_rows, envelopes, funding_lines, institutions, ledger_entries,
};
use crate::db::{Conn, Dialect, Window, among, outside};
use crate::dossiers::{self, tagged, tags};
use crate::fault::Fault;
use crate::ledger::EntryKind;

const SUM: &str = "CAST(SUM(ledger_entries.amount_cents) AS BIGINT)";

/// The calls whose money an agent reads, and the dossiers that are left out of every sum and list.
#[derive(Debug)]
pub struct Purview {
    pub calls: Vec<Call>,
    pub closed: HashSet<DossierId>,
}

impl Purview {
    #[must_use]
    pub fn ids(&self) -> Vec<CallId> {
        self.calls.iter().map(|call| call.id).collect()
    }

    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == id)
    }

    fn closed_ids(&self) -> Vec<DossierId> {
        self.closed.iter().copied().collect()
    }
}

/// # Errors
/// [`Fault::NotFound`] when `only` names a call whose money the agent does not read.
pub fn purview(conn: &mut Conn, actor: &Actor, only: Option<&str>) -> Result<Purview, Fault> {
    let mut all = Vec::new();
    for id in actor.calls_with(READERS) {
        all.push(calls::by_id(conn, id)?);
    }
    if let Some(code) = only {
        all.retain(|call| call.code == code);
        if all.is_empty() {
            return Err(Fault::NotFound);
        }
    }
    let mut closed = HashSet::new();
    for call in &all {
        closed.extend(dossiers::closed_by_interest(conn, actor, call.id)?);
    }
    Ok(Purview { calls: all, closed })
}

/// An envelope with the words that groups are named by.
#[derive(Clone, Debug, Queryable)]
pub struct EnvelopeRow {
    pub id: EnvelopeId,
    pub call: CallId,
    pub line: FundingLineId,
    pub line_name: String,
    pub funder: InstitutionId,
    pub funder_name: String,
    pub year: i32,
    pub voted: Option<Cents>,
    pub source: String,
}

/// Envelopes of these calls, oldest year first.
///
/// # Errors
/// When the database refuses.
pub fn envelope_rows(conn: &mut Conn, calls: &[CallId]) -> Result<Vec<EnvelopeRow>, Fault> {
    Ok(envelopes::table
        .inner_join(funding_lines::table)
        .inner_join(institutions::table.on(institutions::id.eq(funding_lines::funder_id)))
        .filter(among(envelopes::call_id, calls.to_vec()))
        .order((envelopes::year, envelopes::call_id, envelopes::id))
        .select((
            envelopes::id,
            envelopes::call_id,
            envelopes::funding_line_id,
            funding_lines::name,
            funding_lines::funder_id,
            institutions::short_name,
            envelopes::year,
            envelopes::voted,
            envelopes::source,
        ))
        .load(conn)?)
}

/// Sums by envelope and nature, without the closed dossiers.
///
/// # Errors
/// When the database refuses.
pub fn sums_by_envelope(conn: &mut Conn, purview: &Purview) -> Result<Vec<(EnvelopeId, EntryKind, Cents)>, Fault> {
    Ok(ledger_entries::table
        .inner_join(envelopes::table)
        .filter(among(envelopes::call_id, purview.ids()))
        .filter(ledger_entries::dossier_id.is_null().or(outside(ledger_entries::dossier_id, purview.closed_ids())))
        .group_by((ledger_entries::envelope_id, ledger_entries::kind))
        .select((ledger_entries::envelope_id, ledger_entries::kind, sql::<BigInt>(SUM)))
        .load(conn)?)
}

/// Sums by envelope, axis (`axis`) or department (`department`) and nature: a dossier in several counts whole in each.
///
/// # Errors
/// When the database refuses.
pub fn sums_by_tag(
    conn: &mut Conn,
    purview: &Purview,
    tag: &str,
) -> Result<Vec<(EnvelopeId, String, EntryKind, Cents)>, Fault> {
    Ok(ledger_entries::table
        .inner_join(envelopes::table)
        .inner_join(dossier_tags::table.on(ledger_entries::dossier_id.eq(dossier_tags::dossier_id.nullable())))
        .filter(among(envelopes::call_id, purview.ids()))
        .filter(dossier_tags::kind.eq(tag))
        .filter(outside(ledger_entries::dossier_id, purview.closed_ids()))
        .group_by((ledger_entries::envelope_id, dossier_tags::code, ledger_entries::kind))
        .select((ledger_entries::envelope_id, dossier_tags::code, ledger_entries::kind, sql::<BigInt>(SUM)))
        .load(conn)?)
}

/// What narrows the lines behind a figure.
#[derive(Clone, Debug, Default)]
pub struct Narrowing {
    /// Empty: of any nature.
    pub kinds: Vec<EntryKind>,
    pub funder: Option<InstitutionId>,
    pub year: Option<i32>,
    pub department: Option<String>,
    pub axis: Option<String>,
    pub by_amount: bool,
    pub descending: bool,
}

/// A ledger line with what its reader may know of the dossier behind it.
#[derive(Clone, Debug)]
pub struct Movement {
    pub call: CallId,
    pub line: String,
    pub year: i32,
    pub kind: EntryKind,
    pub amount: Cents,
    pub reason: String,
    pub recorded_at: Instant,
    pub author: Option<String>,
    pub decision: Option<String>,
    pub dossier: Option<DossierId>,
    pub reference: String,
    pub title: String,
    /// Whether the reader may open the dossier.
    pub open: bool,
}

macro_rules! narrowed {
    ($purview:expr, $narrowing:expr) => {{
        let narrowing: &Narrowing = $narrowing;
        let closed = $purview.closed_ids();
        let mut query = ledger_entries::table
            .inner_join(envelopes::table.inner_join(funding_lines::table))
            .left_join(dossier_rows::table)
            .into_boxed::<Dialect>()
            .filter(among(envelopes::call_id, $purview.ids()))
            .filter(ledger_entries::dossier_id.is_null().or(outside(ledger_entries::dossier_id, closed)));
        if !narrowing.kinds.is_empty() {
            query = query.filter(among(ledger_entries::kind, narrowing.kinds.clone()));
        }
        if let Some(funder) = narrowing.funder {
            query = query.filter(funding_lines::funder_id.eq(funder));
        }
        if let Some(year) = narrowing.year {
            query = query.filter(envelopes::year.eq(year));
        }
        for (kind, code) in [(tags::DEPARTMENT, &narrowing.department), (tags::AXIS, &narrowing.axis)] {
            if let Some(code) = code {
                let theirs = tagged(kind, code.clone()).select(dossier_tags::dossier_id.nullable());
                query = query.filter(ledger_entries::dossier_id.eq_any(theirs));
            }
        }
        query
    }};
}

/// # Errors
/// When the database refuses.
pub fn count_movements(conn: &mut Conn, purview: &Purview, narrowing: &Narrowing) -> Result<i64, Fault> {
    Ok(narrowed!(purview, narrowing).count().get_result(conn)?)
}

/// Sums by nature of what the narrowing keeps.
///
/// # Errors
/// When the database refuses.
pub fn sums_of_movements(
    conn: &mut Conn,
    purview: &Purview,
    narrowing: &Narrowing,
) -> Result<BTreeMap<EntryKind, Cents>, Fault> {
    let kinds = if narrowing.kinds.is_empty() { EntryKind::ALL.to_vec() } else { narrowing.kinds.clone() };
    let mut sums = BTreeMap::new();
    for kind in kinds {
        let one = Narrowing { kinds: vec![kind], ..narrowing.clone() };
        let sum = narrowed!(purview, &one).select(sql::<Nullable<BigInt>>(SUM)).first::<Option<Cents>>(conn)?;
        sums.insert(kind, sum.unwrap_or_default());
    }
    Ok(sums)
}

type MovementRow = (
    (CallId, String, i32, EntryKind, Cents, String),
    (Instant, Option<AccountId>, Option<DecisionId>),
    Option<(DossierId, Option<String>, String)>,
);

/// The rows of one window, in the order recorded unless asked otherwise.
///
/// # Errors
/// When the database refuses.
pub fn movements(
    conn: &mut Conn,
    actor: &Actor,
    purview: &Purview,
    narrowing: &Narrowing,
    window: Window,
) -> Result<Vec<Movement>, Fault> {
    let query = narrowed!(purview, narrowing);
    let query = match (narrowing.by_amount, narrowing.descending) {
        (true, true) => query.order(ledger_entries::amount_cents.desc()),
        (true, false) => query.order(ledger_entries::amount_cents.asc()),
        (false, true) => query.order(ledger_entries::id.desc()),
        (false, false) => query.order(ledger_entries::id.asc()),
    };
    let rows = query
        .then_order_by(ledger_entries::id.asc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            (
                envelopes::call_id,
                funding_lines::name,
                envelopes::year,
                ledger_entries::kind,
                ledger_entries::amount_cents,
                ledger_entries::reason,
            ),
            (ledger_entries::recorded_at, ledger_entries::recorded_by, ledger_entries::decision_id),
            (dossier_rows::id, dossier_rows::reference, dossier_rows::title).nullable(),
        ))
        .load::<MovementRow>(conn)?;
    let open = open_among(conn, actor, rows.iter().filter_map(|row| Some((row.0.0, row.2.as_ref()?.0))))?;
    let authors = authors_of(conn, rows.iter().filter_map(|row| row.1.1).collect())?;
    let numbers = numbers_of(conn, rows.iter().filter_map(|row| row.1.2).collect())?;
    Ok(rows
        .into_iter()
        .map(|((call, line, year, kind, amount, reason), (recorded_at, author, decision), dossier)| {
            let id = dossier.as_ref().map(|(id, ..)| *id);
            let seen = id.is_none_or(|id| open.contains(&id));
            let (reference, title) = match dossier {
                None => (String::new(), String::new()),
                Some((id, reference, title)) if seen => (reference.unwrap_or_else(|| format!("Dossier {id}")), title),
                Some(_) => ("Dossier non accessible".to_owned(), String::new()),
            };
            Movement {
                call,
                line,
                year,
                kind,
                amount,
                // The reason of a withheld dossier's line may tell what the dossier is.
                reason: if seen { reason } else { String::new() },
                recorded_at,
                author: author.and_then(|id| authors.get(&id).cloned()),
                decision: decision.filter(|_| seen).and_then(|id| numbers.get(&id).cloned()),
                dossier: id,
                reference,
                title,
                open: seen && id.is_some(),
            }
        })
        .collect())
}

/// Those of some dossiers, each with its call, that an agent may open.
pub(super) fn open_among(
    conn: &mut Conn,
    actor: &Actor,
    dossiers: impl Iterator<Item = (CallId, DossierId)>,
) -> Result<HashSet<DossierId>, Fault> {
    let mut by_call: HashMap<CallId, HashSet<DossierId>> = HashMap::new();
    for (call, dossier) in dossiers {
        by_call.entry(call).or_default().insert(dossier);
    }
    let mut open = HashSet::new();
    for (call, ids) in by_call {
        let ids: Vec<DossierId> = ids.into_iter().collect();
        let seen = dossiers::visible_among(conn, actor, call, &ids, READERS)?;
        open.extend(seen.into_iter().map(|view| view.dossier.id));
    }
    Ok(open)
}
