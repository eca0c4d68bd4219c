//! The plan of the funded dossiers of some calls, by line and year.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::lines::READERS;
use super::movements::{Purview, envelope_rows};
use crate::access::Actor;
use crate::base::ids::{CallId, DossierId, EnvelopeId, FundingLineId, InstitutionId, OrganisationId};
use crate::base::money::Cents;
use crate::db::schema::{envelopes, institutions, ledger_entries, organisations};
use crate::db::{Conn, listed};
use crate::dossiers::{self, Dossier};
use crate::fault::Fault;
use crate::funding::awards::planned_in;
use crate::funding::rules::SlotKey;
use crate::ledger::{self, EntryKind, LineInfo};

/// A funded dossier on one line in one year.
#[derive(Clone, Debug)]
pub struct PlanItem {
    pub call: CallId,
    pub dossier: DossierId,
    pub reference: String,
    pub title: String,
    pub organisation: String,
    pub authority: String,
    pub funder: String,
    pub line: FundingLineId,
    pub line_name: String,
    pub year: i32,
    /// Of the funder, once per funder and year: missing on its other lines.
    pub requested: Option<Cents>,
    pub reserved: Cents,
    pub committed: Cents,
    /// Subject to credits.
    pub planned: Cents,
    pub paid: Cents,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    reserved: Cents,
    committed: Cents,
    planned: Cents,
    paid: Cents,
}

/// Every slot where money moved or is planned for a dossier that the agent may open; by call, dossier, year and line.
///
/// # Errors
/// When the database refuses.
pub fn plan_items(conn: &mut Conn, actor: &Actor, purview: &Purview) -> Result<Vec<PlanItem>, Fault> {
    let names: HashMap<InstitutionId, String> = institutions::table
        .select((institutions::id, institutions::short_name))
        .load::<(InstitutionId, String)>(conn)?
        .into_iter()
        .collect();
    let mut items = Vec::new();
    for call in &purview.calls {
        let sums = sums_of_call(conn, purview, call.id)?;
        let ids: Vec<DossierId> = {
            let mut ids: Vec<DossierId> = sums.keys().map(|(dossier, _)| *dossier).collect();
            ids.dedup();
            ids
        };
        let seen: BTreeMap<DossierId, Dossier> = dossiers::visible_among(conn, actor, call.id, &ids, READERS)?
            .into_iter()
            .map(|view| (view.dossier.id, view.dossier))
            .collect();
        if seen.is_empty() {
            continue;
        }
        let applicants = applicants_of(conn, &seen)?;
        let versions: Vec<_> = seen.values().filter_map(|dossier| dossier.current_version).collect();
        let versions = dossiers::excerpts_by_ids(conn, &versions)?;
        let lines: BTreeMap<FundingLineId, LineInfo> =
            ledger::lines_of_call(conn, call.id)?.into_iter().map(|line| (line.line, line)).collect();
        for ((id, (line, year)), sum) in sums {
            let (Some(dossier), Some(info)) = (seen.get(&id), lines.get(&line)) else { continue };
            let first = lines.values().find(|other| other.funder == info.funder).map(|other| other.line);
            let requested = dossier
                .current_version
                .and_then(|version| versions.get(&version))
                .filter(|_| first == Some(line))
                .map(|version| version.requested_of(&call.definition, &info.funder_code, year))
                .filter(|amount| amount.is_positive());
            items.push(PlanItem {
                call: call.id,
                dossier: id,
                reference: dossier.reference_or_draft(),
                title: dossier.title_or_untitled().to_owned(),
                organisation: applicants.get(&dossier.organisation).cloned().unwrap_or_default(),
                authority: names.get(&info.authority).cloned().unwrap_or_default(),
                funder: info.funder_name.clone(),
                line,
                line_name: info.name.clone(),
                year,
                requested,
                reserved: sum.reserved,
                committed: sum.committed,
                planned: sum.planned,
                paid: sum.paid,
            });
        }
    }
    Ok(items)
}

fn sums_of_call(
    conn: &mut Conn,
    purview: &Purview,
    call: CallId,
) -> Result<BTreeMap<(DossierId, SlotKey), Sums>, Fault> {
    let slots: HashMap<EnvelopeId, SlotKey> =
        envelope_rows(conn, &[call])?.into_iter().map(|row| (row.id, (row.line, row.year))).collect();
    let rows = ledger_entries::table
        .inner_join(envelopes::table)
        .filter(envelopes::call_id.eq(call))
        .filter(ledger_entries::dossier_id.is_not_null())
        .group_by((ledger_entries::dossier_id, ledger_entries::envelope_id, ledger_entries::kind))
        .select((
            ledger_entries::dossier_id.assume_not_null(),
            ledger_entries::envelope_id,
            ledger_entries::kind,
            sql::<BigInt>("CAST(SUM(ledger_entries.amount_cents) AS BIGINT)"),
        ))
        .load::<(DossierId, EnvelopeId, EntryKind, Cents)>(conn)?;
    let mut sums: BTreeMap<(DossierId, SlotKey), Sums> = BTreeMap::new();
    for (dossier, envelope, kind, amount) in rows {
        let (false, Some(slot)) = (purview.closed.contains(&dossier), slots.get(&envelope)) else { continue };
        let of = sums.entry((dossier, *slot)).or_default();
        match kind {
            EntryKind::Vote => {}
            EntryKind::Reservation => of.reserved += amount,
            EntryKind::Commitment => of.committed += amount,
            EntryKind::Payment => of.paid += amount,
        }
    }
    for (dossier, slot, amount) in planned_in(conn, call)? {
        if !purview.closed.contains(&dossier) {
            sums.entry((dossier, slot)).or_default().planned += amount;
        }
    }
    // A reservation given back leaves nothing to plan.
    sums.retain(|_, s| [s.reserved, s.committed, s.planned, s.paid].iter().any(|amount| !amount.is_zero()));
    Ok(sums)
}

fn applicants_of(
    conn: &mut Conn,
    seen: &BTreeMap<DossierId, Dossier>,
) -> Result<HashMap<OrganisationId, String>, Fault> {
    let ids: Vec<OrganisationId> = seen.values().map(|dossier| dossier.organisation).collect();
    let names = organisations::table
        .filter(listed(organisations::id, ids))
        .select((organisations::id, organisations::name))
        .load::<(OrganisationId, String)>(conn)?;
    Ok(names.into_iter().collect())
}
