//! Everything about one dossier’s money, from its decisions on.

mod load;

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::civil::Date;

use super::{Act, Clawback, Closure, FinancialReport, Instalment, Payment};
use crate::base::ids::{ActId, ClawbackId, EnvelopeId, FundingLineId, InstalmentId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::dossiers::{Content, Dossier};
use crate::fault::Fault;
use crate::funding::awards::Award;
use crate::funding::rules::{Due, InstalmentState, PaymentFacts, SlotKey, due_by, instalment_state};
pub use load::{file_of, files_of};

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
