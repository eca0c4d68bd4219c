//! Everything about one dossier’s money, from its decisions on.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::civil::Date;

use super::{
    Act, Clawback, Closure, FinancialReport, Instalment, Payment, acts_of, clawbacks_of, closures_of, instalments_of,
    payments_of, report_of,
};
use crate::base::ids::{ActId, ClawbackId, EnvelopeId, FundingLineId, InstalmentId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::db::schema::{
    acts, dossiers as dossier_rows, envelopes, instalments, institutions, ledger_entries, organisations, payments,
};
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
    let call = calls::of_dossier(conn, dossier.id)?;
    let payee = organisations::table
        .filter(organisations::id.eq(dossier.organisation))
        .select((organisations::name, organisations::siret, organisations::rna))
        .first::<Payee>(conn)?;
    let content = dossiers::current_version(conn, &dossier)?.content;
    let (balances, envelopes) = balances(conn, &dossier)?;
    let lines = lines(conn, call.id)?;
    let names = institutions::table
        .select((institutions::id, institutions::name))
        .load::<(InstitutionId, String)>(conn)?
        .into_iter()
        .collect();
    Ok(FundingFile {
        awards: awards_of(conn, dossier.id)?,
        acts: acts_of(conn, dossier.id)?,
        instalments: instalments_of(conn, dossier.id)?,
        payments: payments_of(conn, dossier.id)?,
        clawbacks: clawbacks_of(conn, dossier.id)?,
        report: report_of(conn, dossier.id)?,
        closures: closures_of(conn, dossier.id)?,
        elsewhere: elsewhere(conn, &dossier)?,
        dossier,
        call,
        payee,
        content,
        lines,
        names,
        balances,
        envelopes,
    })
}

type Balances = (BTreeMap<SlotKey, Balance>, BTreeMap<SlotKey, EnvelopeId>);

fn balances(conn: &mut Conn, dossier: &Dossier) -> Result<Balances, Fault> {
    let rows = envelopes::table
        .filter(envelopes::call_id.eq(dossier.call))
        .select((envelopes::id, envelopes::funding_line_id, envelopes::year))
        .load::<(EnvelopeId, FundingLineId, i32)>(conn)?;
    let slots: BTreeMap<EnvelopeId, SlotKey> = rows.iter().map(|(id, line, year)| (*id, (*line, *year))).collect();
    let mut balances: BTreeMap<SlotKey, Balance> = BTreeMap::new();
    let entries = ledger_entries::table
        .filter(ledger_entries::dossier_id.eq(dossier.id))
        .select((ledger_entries::envelope_id, ledger_entries::kind, ledger_entries::amount_cents))
        .load::<(EnvelopeId, EntryKind, Cents)>(conn)?;
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
    Ok((balances, slots.into_iter().map(|(id, slot)| (slot, id)).collect()))
}

fn lines(conn: &mut Conn, call: crate::base::ids::CallId) -> Result<BTreeMap<FundingLineId, NamedLine>, Fault> {
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

/// What the acts of each authority grant the same body on other dossiers, by year.
fn elsewhere(conn: &mut Conn, dossier: &Dossier) -> Result<BTreeMap<(InstitutionId, i32), Cents>, Fault> {
    let others = dossier_rows::table
        .filter(dossier_rows::organisation_id.eq(dossier.organisation))
        .filter(dossier_rows::id.ne(dossier.id))
        .select(dossier_rows::id);
    let in_force = instalments::table
        .inner_join(acts::table)
        .filter(instalments::dossier_id.eq_any(others))
        .filter(instalments::ended_at.is_null())
        .select((acts::authority_id, instalments::year, instalments::amount_cents))
        .load::<(InstitutionId, i32, Cents)>(conn)?;
    let others = dossier_rows::table
        .filter(dossier_rows::organisation_id.eq(dossier.organisation))
        .filter(dossier_rows::id.ne(dossier.id))
        .select(dossier_rows::id);
    let ended = payments::table
        .inner_join(instalments::table)
        .inner_join(acts::table.on(acts::id.eq(payments::act_id)))
        .filter(payments::dossier_id.eq_any(others))
        .filter(instalments::ended_at.is_not_null())
        .select((acts::authority_id, instalments::year, payments::amount_cents))
        .load::<(InstitutionId, i32, Cents)>(conn)?;
    let mut sums = BTreeMap::new();
    for (authority, year, amount) in in_force.into_iter().chain(ended) {
        *sums.entry((authority, year)).or_insert(Cents::ZERO) += amount;
    }
    Ok(sums)
}
