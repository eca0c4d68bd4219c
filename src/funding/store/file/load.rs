//! Reads the files of some dossiers, with as many queries for one as for many.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{Balance, FundingFile, NamedLine, Payee};
use crate::base::ids::{CallId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, InstitutionId, OrganisationId};
use crate::base::money::Cents;
use crate::calls;
use crate::db::schema::{
    acts, dossiers as dossier_rows, envelopes, instalments, institutions, ledger_entries, organisations, payments,
};
use crate::db::{Conn, listed};
use crate::dossiers::{self, Dossier};
use crate::fault::Fault;
use crate::funding::awards::awards_of;
use crate::funding::rules::SlotKey;
use crate::funding::store::{acts_of, clawbacks_of, closures_of, instalments_of, payments_of, reports_of};
use crate::ledger::EntryKind;

/// Without any check of rights: the caller has seen the dossier through `for_staff` or `for_applicant`.
///
/// # Errors
/// When the database refuses.
pub fn file_of(conn: &mut Conn, dossier: Dossier) -> Result<FundingFile, Fault> {
    files_of(conn, vec![dossier])?.pop().ok_or(Fault::NotFound)
}

/// [`file_of`] of many dossiers, in their order: what is asked of the database does not grow with them.
///
/// # Errors
/// When the database refuses.
pub fn files_of(conn: &mut Conn, dossiers: Vec<Dossier>) -> Result<Vec<FundingFile>, Fault> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<DossierId> = dossiers.iter().map(|dossier| dossier.id).collect();
    let versions: Vec<DossierVersionId> = dossiers.iter().filter_map(|dossier| dossier.current_version).collect();
    let bodies: BTreeSet<OrganisationId> = dossiers.iter().map(|dossier| dossier.organisation).collect();
    let mut in_calls: BTreeMap<CallId, Slots> = BTreeMap::new();
    for dossier in &dossiers {
        if let Entry::Vacant(place) = in_calls.entry(dossier.call) {
            place.insert(slots(conn, dossier.call)?);
        }
    }
    let mut calls = calls::of_dossiers(conn, &ids)?;
    let payees: HashMap<OrganisationId, Payee> = organisations::table
        .filter(listed(organisations::id, &bodies))
        .select((organisations::id, (organisations::name, organisations::siret, organisations::rna)))
        .load::<(OrganisationId, Payee)>(conn)?
        .into_iter()
        .collect();
    let mut versions = dossiers::versions_by_ids(conn, &versions)?;
    let names: BTreeMap<InstitutionId, String> = institutions::table
        .select((institutions::id, institutions::name))
        .load::<(InstitutionId, String)>(conn)?
        .into_iter()
        .collect();
    let mut entries = entries_of(conn, &ids)?;
    let mut awards = awards_of(conn, &ids)?;
    let (mut acts, mut instalments) = (acts_of(conn, &ids)?, instalments_of(conn, &ids)?);
    let (mut payments, mut clawbacks) = (payments_of(conn, &ids)?, clawbacks_of(conn, &ids)?);
    let (mut reports, mut closures) = (reports_of(conn, &ids)?, closures_of(conn, &ids)?);
    let granted = granted_to(conn, &bodies)?;
    dossiers
        .into_iter()
        .map(|dossier| {
            let id = dossier.id;
            let version = dossier.current_version.and_then(|version| versions.remove(&version));
            let Slots { envelopes, lines } = in_calls.get(&dossier.call).cloned().unwrap_or_default();
            Ok(FundingFile {
                call: calls.remove(&id).ok_or(Fault::NotFound)?,
                payee: payees.get(&dossier.organisation).cloned().ok_or(Fault::NotFound)?,
                content: version.ok_or(Fault::NotFound)?.content,
                balances: balances(&envelopes, entries.remove(&id).unwrap_or_default()),
                envelopes,
                lines,
                names: names.clone(),
                awards: awards.remove(&id).unwrap_or_default(),
                acts: acts.remove(&id).unwrap_or_default(),
                instalments: instalments.remove(&id).unwrap_or_default(),
                payments: payments.remove(&id).unwrap_or_default(),
                clawbacks: clawbacks.remove(&id).unwrap_or_default(),
                report: reports.remove(&id),
                closures: closures.remove(&id).unwrap_or_default(),
                elsewhere: elsewhere(&granted, &dossier),
                dossier,
            })
        })
        .collect()
}

/// The envelopes and the lines of a call.
#[derive(Clone, Default)]
struct Slots {
    envelopes: BTreeMap<SlotKey, EnvelopeId>,
    lines: BTreeMap<FundingLineId, NamedLine>,
}

fn slots(conn: &mut Conn, call: CallId) -> Result<Slots, Fault> {
    let envelopes = envelopes::table
        .filter(envelopes::call_id.eq(call))
        .select((envelopes::id, envelopes::funding_line_id, envelopes::year))
        .load::<(EnvelopeId, FundingLineId, i32)>(conn)?
        .into_iter()
        .map(|(id, line, year)| ((line, year), id))
        .collect();
    Ok(Slots { envelopes, lines: lines(conn, call)? })
}

type LedgerRow = (EnvelopeId, EntryKind, Cents);

fn entries_of(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Vec<LedgerRow>>, Fault> {
    let rows = ledger_entries::table
        .filter(listed(ledger_entries::dossier_id, ids))
        .select((
            ledger_entries::dossier_id.assume_not_null(),
            ledger_entries::envelope_id,
            ledger_entries::kind,
            ledger_entries::amount_cents,
        ))
        .load::<(DossierId, EnvelopeId, EntryKind, Cents)>(conn)?;
    let mut all: HashMap<DossierId, Vec<LedgerRow>> = HashMap::new();
    for (dossier, envelope, kind, amount) in rows {
        all.entry(dossier).or_default().push((envelope, kind, amount));
    }
    Ok(all)
}

fn balances(envelopes: &BTreeMap<SlotKey, EnvelopeId>, entries: Vec<LedgerRow>) -> BTreeMap<SlotKey, Balance> {
    let slots: HashMap<EnvelopeId, SlotKey> = envelopes.iter().map(|(slot, id)| (*id, *slot)).collect();
    let mut balances: BTreeMap<SlotKey, Balance> = BTreeMap::new();
    for (envelope, kind, amount) in entries {
        let Some(slot) = slots.get(&envelope) else { continue };
        let balance = balances.entry(*slot).or_default();
        match kind {
            EntryKind::Vote => {}
            EntryKind::Reservation => balance.reserved += amount,
            EntryKind::Commitment => balance.committed += amount,
            EntryKind::Payment => balance.paid += amount,
        }
    }
    balances
}

fn lines(conn: &mut Conn, call: CallId) -> Result<BTreeMap<FundingLineId, NamedLine>, Fault> {
    let of_call = crate::ledger::lines_of_call(conn, call)?;
    Ok(of_call
        .into_iter()
        .map(|line| {
            let named = NamedLine {
                id: line.line,
                name: line.name,
                funder: line.funder,
                funder_code: line.funder_code,
                authority: line.authority,
                payer: line.payer,
            };
            (named.id, named)
        })
        .collect())
}

/// A sum granted by an act, to a body on a dossier in a year.
type Granted = (OrganisationId, DossierId, InstitutionId, i32, Cents);

/// What acts grant these bodies: what is in force, and what was paid of the rest.
fn granted_to(conn: &mut Conn, bodies: &BTreeSet<OrganisationId>) -> Result<Vec<Granted>, Fault> {
    let mut granted = instalments::table
        .inner_join(acts::table)
        .inner_join(dossier_rows::table.on(dossier_rows::id.eq(instalments::dossier_id)))
        .filter(listed(dossier_rows::organisation_id, bodies))
        .filter(instalments::ended_at.is_null())
        .select((
            dossier_rows::organisation_id,
            dossier_rows::id,
            acts::authority_id,
            instalments::year,
            instalments::amount_cents,
        ))
        .load::<Granted>(conn)?;
    let ended = payments::table
        .inner_join(instalments::table)
        .inner_join(acts::table.on(acts::id.eq(payments::act_id)))
        .inner_join(dossier_rows::table.on(dossier_rows::id.eq(payments::dossier_id)))
        .filter(listed(dossier_rows::organisation_id, bodies))
        .filter(instalments::ended_at.is_not_null())
        .select((
            dossier_rows::organisation_id,
            dossier_rows::id,
            acts::authority_id,
            instalments::year,
            payments::amount_cents,
        ))
        .load::<Granted>(conn)?;
    granted.extend(ended);
    Ok(granted)
}

/// What the acts of each authority grant the same body on other dossiers, by year.
fn elsewhere(granted: &[Granted], dossier: &Dossier) -> BTreeMap<(InstitutionId, i32), Cents> {
    let mut sums = BTreeMap::new();
    for (body, other, authority, year, amount) in granted {
        if *body == dossier.organisation && *other != dossier.id {
            *sums.entry((*authority, *year)).or_insert(Cents::ZERO) += *amount;
        }
    }
    sums
}
