//! Everything about one dossier’s money, from its decisions on.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use jiff::civil::Date;

use super::{
    Act, Clawback, Closure, FinancialReport, Instalment, Payment, acts_of, clawbacks_of, closures_of, instalments_of,
    payments_of, reports_of,
};
use crate::base::ids::{
    ActId, CallId, ClawbackId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, InstalmentId, InstitutionId,
    OrganisationId,
};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::schema::{
    acts, dossiers as dossier_rows, envelopes, instalments, institutions, ledger_entries, organisations, payments,
};
use crate::db::{Conn, among};
use crate::dossiers::{self, Content, Dossier};
use crate::fault::Fault;
use crate::funding::awards::{Award, awards_of};
use crate::funding::rules::{Due, InstalmentState, PaymentFacts, SlotKey, due_by, instalment_state};
use crate::ledger::EntryKind;

/// The applicant organisation of today: a SIRET declared after the submission counts.
#[derive(Clone, Debug, Queryable)]
pub struct Payee {
    pub name: String,
    pub siret: Option<String>,
    pub rna: Option<String>,
}

/// A dossier's sums on one line in one year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub reserved: Cents,
    pub committed: Cents,
    pub paid: Cents,
}

/// A funding line as the pages of a dossier name it.
#[derive(Clone, Debug)]
pub struct NamedLine {
    pub id: FundingLineId,
    pub name: String,
    pub funder: InstitutionId,
    /// As the call file names the funder.
    pub funder_code: String,
    pub authority: InstitutionId,
    pub payer: InstitutionId,
}

/// Everything about one dossier's money, from its decisions on.
#[derive(Clone, Debug)]
pub struct FundingFile {
    pub dossier: Dossier,
    pub call: Call,
    pub payee: Payee,
    /// As submitted.
    pub content: Content,
    pub lines: BTreeMap<FundingLineId, NamedLine>,
    /// Names of institutions, by id.
    pub names: BTreeMap<InstitutionId, String>,
    pub balances: BTreeMap<SlotKey, Balance>,
    pub envelopes: BTreeMap<SlotKey, EnvelopeId>,
    pub awards: Vec<Award>,
    /// All authorities', in the order recorded.
    pub acts: Vec<Act>,
    pub instalments: Vec<Instalment>,
    pub payments: Vec<Payment>,
    pub clawbacks: Vec<Clawback>,
    pub report: Option<FinancialReport>,
    pub closures: Vec<Closure>,
    /// Granted to the same body on its other dossiers, by authority and year.
    pub elsewhere: BTreeMap<(InstitutionId, i32), Cents>,
}

impl FundingFile {
    #[must_use]
    pub fn award(&self, authority: InstitutionId) -> Option<&Award> {
        self.awards.iter().find(|award| award.authority == authority)
    }

    #[must_use]
    pub fn name(&self, institution: InstitutionId) -> &str {
        self.names.get(&institution).map_or("", String::as_str)
    }

    pub fn acts_by(&self, authority: InstitutionId) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(move |act| act.authority == authority)
    }

    #[must_use]
    pub fn act(&self, id: ActId) -> Option<&Act> {
        self.acts.iter().find(|act| act.id == id)
    }

    /// The authority's act in force.
    #[must_use]
    pub fn last_act(&self, authority: InstitutionId) -> Option<&Act> {
        self.acts_by(authority).last()
    }

    #[must_use]
    pub fn instalment(&self, id: InstalmentId) -> Option<&Instalment> {
        self.instalments.iter().find(|instalment| instalment.id == id)
    }

    #[must_use]
    pub fn clawback(&self, id: ClawbackId) -> Option<&Clawback> {
        self.clawbacks.iter().find(|clawback| clawback.id == id)
    }

    #[must_use]
    pub fn closure(&self, authority: InstitutionId) -> Option<&Closure> {
        self.closures.iter().find(|closure| closure.authority == authority)
    }

    /// Instalments of an authority's acts.
    pub fn instalments_by(&self, authority: InstitutionId) -> impl Iterator<Item = &Instalment> {
        self.instalments
            .iter()
            .filter(move |i| self.acts.iter().any(|act| act.id == i.act && act.authority == authority))
    }

    #[must_use]
    pub fn paid_on(&self, instalment: &Instalment) -> Cents {
        self.payments.iter().filter(|p| p.instalment == instalment.id).map(|p| p.amount).sum()
    }

    #[must_use]
    pub fn left_of(&self, instalment: &Instalment) -> Cents {
        instalment.amount - self.paid_on(instalment)
    }

    /// What an authority's instalments have been paid, by slot; money given back since does not come off.
    #[must_use]
    pub fn paid_by(&self, authority: InstitutionId) -> BTreeMap<SlotKey, Cents> {
        let mut paid = BTreeMap::new();
        for instalment in self.instalments_by(authority) {
            let amount = self.paid_on(instalment);
            if amount.is_positive() {
                *paid.entry(instalment.slot()).or_insert(Cents::ZERO) += amount;
            }
        }
        paid
    }

    /// What an authority's acts schedule: what is in force, and what was paid of the rest.
    #[must_use]
    pub fn scheduled_by(&self, authority: InstitutionId) -> BTreeMap<SlotKey, Cents> {
        let mut scheduled = BTreeMap::new();
        for instalment in self.instalments_by(authority) {
            let amount = if instalment.ended { self.paid_on(instalment) } else { instalment.amount };
            if amount.is_positive() {
                *scheduled.entry(instalment.slot()).or_insert(Cents::ZERO) += amount;
            }
        }
        scheduled
    }

    /// Whether an authority's decision in force still needs an act: its first, or one that amends.
    #[must_use]
    pub fn act_is_due(&self, award: &Award) -> bool {
        let granted: BTreeMap<SlotKey, Cents> =
            award.granted.iter().filter(|(_, amount)| amount.is_positive()).map(|(s, a)| (*s, *a)).collect();
        self.dossier.state.is_running()
            && self.closure(award.authority).is_none()
            && !granted.is_empty()
            && self.acts.iter().all(|act| act.decision != award.decision)
            && self.scheduled_by(award.authority) != granted
    }

    /// Today's sums on a slot.
    #[must_use]
    pub fn balance(&self, slot: SlotKey) -> Balance {
        self.balances.get(&slot).copied().unwrap_or_default()
    }

    /// Sums over an authority's lines.
    #[must_use]
    pub fn balance_of(&self, authority: InstitutionId) -> Balance {
        let mut sum = Balance::default();
        for ((line, _), balance) in &self.balances {
            if self.lines.get(line).is_some_and(|line| line.authority == authority) {
                sum.reserved += balance.reserved;
                sum.committed += balance.committed;
                sum.paid += balance.paid;
            }
        }
        sum
    }

    /// Sums over every line and year.
    #[must_use]
    pub fn total(&self) -> Balance {
        self.balances.values().fold(Balance::default(), |sum, balance| Balance {
            reserved: sum.reserved + balance.reserved,
            committed: sum.committed + balance.committed,
            paid: sum.paid + balance.paid,
        })
    }

    /// By when an instalment is to be paid; unknown while what makes it due has not happened.
    #[must_use]
    pub fn due_by(&self, instalment: &Instalment) -> Option<Date> {
        let authority = self.act(instalment.act)?.authority;
        let committed_at = self.award(authority)?.firm.get(&instalment.slot()).copied();
        let committed_on = committed_at.map(|at| at.in_zone(self.call.zone()).date());
        due_by(instalment.due, committed_on, instalment.service_done_on)
    }

    #[must_use]
    pub fn state_of(&self, instalment: &Instalment, today: Date) -> InstalmentState {
        let authority = self.act(instalment.act).map(|act| act.authority);
        let firm = authority
            .and_then(|authority| self.award(authority))
            .is_some_and(|award| award.firm.contains_key(&instalment.slot()));
        let ended = instalment.ended || !self.dossier.state.is_running();
        instalment_state(self.left_of(instalment), ended, firm, self.due_by(instalment), today)
    }

    /// What decides the payment of an instalment.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when its act is absent.
    pub fn payment_facts(&self, instalment: &Instalment, today: Date) -> Result<PaymentFacts, Fault> {
        let balance = self.balance(instalment.slot());
        Ok(PaymentFacts {
            state: self.state_of(instalment, today),
            left: self.left_of(instalment),
            committed: balance.committed,
            paid: balance.paid,
            has_siret: self.payee.siret.is_some(),
            act_dated_on: self.act(instalment.act).ok_or(Fault::NotFound)?.dated_on,
            service_done_on: instalment.service_done_on.filter(|_| instalment.due == Due::Service),
            today,
        })
    }
}

/// Without any check of rights: the caller has seen the dossier through `for_staff` or `for_applicant`.
///
/// # Errors
/// When the database refuses.
pub fn file_of(conn: &mut Conn, dossier: Dossier) -> Result<FundingFile, Fault> {
    files_of(conn, vec![dossier])?.pop().ok_or(Fault::NotFound)
}

/// Dossiers read in one go.
const AT_ONCE: usize = 500;

/// [`file_of`] of many dossiers, in their order: what is asked of the database does not grow with them.
///
/// # Errors
/// When the database refuses.
pub fn files_of(conn: &mut Conn, mut dossiers: Vec<Dossier>) -> Result<Vec<FundingFile>, Fault> {
    let mut files = Vec::with_capacity(dossiers.len());
    while !dossiers.is_empty() {
        let later = dossiers.split_off(dossiers.len().min(AT_ONCE));
        files.extend(some_files(conn, dossiers)?);
        dossiers = later;
    }
    Ok(files)
}

fn some_files(conn: &mut Conn, dossiers: Vec<Dossier>) -> Result<Vec<FundingFile>, Fault> {
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
        .filter(among(organisations::id, bodies.iter().copied()))
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
        .filter(among(ledger_entries::dossier_id, ids))
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
        .filter(among(dossier_rows::organisation_id, bodies.iter().copied()))
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
        .filter(among(dossier_rows::organisation_id, bodies.iter().copied()))
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
