//! What `check` verifies of acts, schedules, payments, clawbacks and closures, beyond the ledger's own counters.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::awards::amounts_decided;
use super::rules::{ClawbackState, SlotKey};
use crate::base::ids::{
    ActId, ClawbackId, DecisionId, DossierId, EnvelopeId, FundingLineId, InstalmentId, InstitutionId, PaymentId,
};
use crate::base::money::Cents;
use crate::db::schema::{acts, clawbacks, closures, envelopes, funding_lines, instalments, ledger_entries, payments};
use crate::db::{Conn, among};
use crate::fault::Fault;
use crate::ledger::EntryKind;

#[derive(Queryable)]
struct ActRow {
    id: ActId,
    decision: DecisionId,
    dossier: DossierId,
    authority: InstitutionId,
    reference: String,
    amount: Cents,
}

#[derive(Queryable)]
struct InstalmentRow {
    id: InstalmentId,
    act: ActId,
    dossier: DossierId,
    line: FundingLineId,
    year: i32,
    amount: Cents,
}

#[derive(Queryable)]
struct PaymentRow {
    id: PaymentId,
    reference: String,
    act: ActId,
    instalment: InstalmentId,
    dossier: DossierId,
    envelope: EnvelopeId,
    amount: Cents,
}

#[derive(Queryable)]
struct EntryRow {
    kind: EntryKind,
    payment: Option<PaymentId>,
    clawback: Option<ClawbackId>,
    dossier: Option<DossierId>,
    envelope: EnvelopeId,
    amount: Cents,
}

struct Rows {
    acts: Vec<ActRow>,
    instalments: Vec<InstalmentRow>,
    payments: Vec<PaymentRow>,
    entries: Vec<EntryRow>,
    /// Slot and deciding authority of each envelope.
    slots: HashMap<EnvelopeId, (SlotKey, InstitutionId)>,
}

/// Holds acts against decisions, schedules against acts, payments and clawbacks against the ledger; answers how many
/// were read and what differs, in French.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let rows = Rows {
        acts: acts::table
            .order(acts::id)
            .select((
                acts::id,
                acts::decision_id,
                acts::dossier_id,
                acts::authority_id,
                acts::reference,
                acts::amount_cents,
            ))
            .load(conn)?,
        instalments: instalments::table
            .order(instalments::id)
            .select((
                instalments::id,
                instalments::act_id,
                instalments::dossier_id,
                instalments::funding_line_id,
                instalments::year,
                instalments::amount_cents,
            ))
            .load(conn)?,
        payments: payments::table
            .order(payments::id)
            .select((
                payments::id,
                payments::reference,
                payments::act_id,
                payments::instalment_id,
                payments::dossier_id,
                payments::envelope_id,
                payments::amount_cents,
            ))
            .load(conn)?,
        entries: ledger_entries::table
            .filter(among(ledger_entries::kind, [EntryKind::Payment, EntryKind::Commitment]))
            .order(ledger_entries::id)
            .select((
                ledger_entries::kind,
                ledger_entries::payment_id,
                ledger_entries::clawback_id,
                ledger_entries::dossier_id,
                ledger_entries::envelope_id,
                ledger_entries::amount_cents,
            ))
            .load(conn)?,
        slots: envelopes::table
            .inner_join(funding_lines::table)
            .select((envelopes::id, envelopes::funding_line_id, envelopes::year, funding_lines::authority_id))
            .load::<(EnvelopeId, FundingLineId, i32, InstitutionId)>(conn)?
            .into_iter()
            .map(|(id, line, year, authority)| (id, ((line, year), authority)))
            .collect(),
    };
    let decided = amounts_decided(conn)?;
    let mut problems = Vec::new();
    rows.acts(&decided, &mut problems);
    rows.schedules(&mut problems);
    rows.payments(&mut problems);
    let balances = rows.balances(&mut problems);
    let clawed_back = rows.clawbacks(conn, &mut problems)?;
    rows.closures(conn, &balances, &mut problems)?;
    Ok((rows.acts.len() + rows.instalments.len() + rows.payments.len() + clawed_back, problems))
}

impl Rows {
    fn acts(&self, decided: &HashMap<DecisionId, (DossierId, InstitutionId, Cents)>, problems: &mut Vec<String>) {
        for act in &self.acts {
            let reference = &act.reference;
            match decided.get(&act.decision) {
                None => problems.push(format!("acte {reference} : sa décision n’accorde rien")),
                Some((dossier, authority, amount)) => {
                    if *dossier != act.dossier {
                        problems.push(format!("acte {reference} : son dossier n’est pas celui de sa décision"));
                    }
                    if *authority != act.authority {
                        problems.push(format!("acte {reference} : son autorité n’est pas celle de sa décision"));
                    }
                    if *amount != act.amount {
                        problems.push(format!("acte {reference} : {}, mais la décision accorde {amount}", act.amount));
                    }
                }
            }
        }
    }

    /// An act schedules what it grants, less what was paid on the acts it amends.
    fn schedules(&self, problems: &mut Vec<String>) {
        let mut planned: HashMap<ActId, Cents> = HashMap::new();
        for instalment in &self.instalments {
            *planned.entry(instalment.act).or_default() += instalment.amount;
        }
        let mut paid: HashMap<ActId, Cents> = HashMap::new();
        for payment in &self.payments {
            *paid.entry(payment.act).or_default() += payment.amount;
        }
        let mut before: HashMap<(DossierId, InstitutionId), Cents> = HashMap::new();
        for act in &self.acts {
            let earlier = before.entry((act.dossier, act.authority)).or_default();
            let planned = planned.get(&act.id).copied().unwrap_or_default();
            if planned + *earlier != act.amount {
                problems.push(format!(
                    "acte {} : {planned} à l’échéancier et {earlier} versés avant lui, pour {}",
                    act.reference, act.amount
                ));
            }
            *earlier += paid.get(&act.id).copied().unwrap_or_default();
        }
    }

    fn payments(&self, problems: &mut Vec<String>) {
        let instalments: HashMap<InstalmentId, &InstalmentRow> = self.instalments.iter().map(|i| (i.id, i)).collect();
        let mut lines: HashMap<PaymentId, Vec<&EntryRow>> = HashMap::new();
        for entry in self.entries.iter().filter(|entry| entry.kind == EntryKind::Payment) {
            if let Some(payment) = entry.payment {
                lines.entry(payment).or_default().push(entry);
            }
        }
        let mut paid: BTreeMap<InstalmentId, Cents> = BTreeMap::new();
        for payment in &self.payments {
            let reference = &payment.reference;
            *paid.entry(payment.instalment).or_default() += payment.amount;
            let Some(instalment) = instalments.get(&payment.instalment) else {
                problems.push(format!("versement {reference} : sans échéance"));
                continue;
            };
            if instalment.act != payment.act || instalment.dossier != payment.dossier {
                problems.push(format!("versement {reference} : son acte ou son dossier n’est pas celui de l’échéance"));
            }
            let slot = self.slots.get(&payment.envelope).map(|(slot, _)| *slot);
            if slot != Some((instalment.line, instalment.year)) {
                problems.push(format!("versement {reference} : son enveloppe n’est pas celle de l’échéance"));
            }
            let entries: Vec<_> = lines
                .get(&payment.id)
                .map(|lines| lines.iter().map(|e| (e.dossier, e.envelope, e.amount)).collect())
                .unwrap_or_default();
            if entries != [(Some(payment.dossier), payment.envelope, payment.amount)] {
                problems.push(format!("versement {reference} : ses lignes d’enveloppe ne font pas {}", payment.amount));
            }
        }
        for (id, amount) in paid {
            if let Some(instalment) = instalments.get(&id)
                && amount > instalment.amount
            {
                problems.push(format!("échéance {id} : {amount} versés pour {} prévus", instalment.amount));
            }
        }
    }

    /// Committed and paid by dossier and envelope; what is paid stays within what is committed.
    fn balances(&self, problems: &mut Vec<String>) -> BTreeMap<(DossierId, EnvelopeId), (Cents, Cents)> {
        let known: std::collections::HashSet<PaymentId> = self.payments.iter().map(|payment| payment.id).collect();
        let mut balances: BTreeMap<(DossierId, EnvelopeId), (Cents, Cents)> = BTreeMap::new();
        for entry in &self.entries {
            let Some(dossier) = entry.dossier else { continue };
            let (committed, paid) = balances.entry((dossier, entry.envelope)).or_default();
            if entry.kind == EntryKind::Commitment {
                *committed += entry.amount;
                continue;
            }
            *paid += entry.amount;
            if entry.clawback.is_none() && entry.payment.is_none_or(|id| !known.contains(&id)) {
                let (envelope, amount) = (entry.envelope, entry.amount);
                problems.push(format!("enveloppe {envelope} : une ligne de versement de {amount} sans versement"));
            }
        }
        for ((dossier, envelope), (committed, paid)) in &balances {
            if paid > committed {
                problems
                    .push(format!("dossier {dossier}, enveloppe {envelope} : {paid} versés pour {committed} engagés"));
            }
        }
        balances
    }

    /// Money received back has left what is paid and what is committed; the rest has not moved.
    fn clawbacks(&self, conn: &mut Conn, problems: &mut Vec<String>) -> Result<usize, Fault> {
        type Row = (ClawbackId, DossierId, EnvelopeId, ClawbackState, Option<Cents>);
        let rows = clawbacks::table
            .order(clawbacks::id)
            .select((
                clawbacks::id,
                clawbacks::dossier_id,
                clawbacks::envelope_id,
                clawbacks::state,
                clawbacks::ordered_cents,
            ))
            .load::<Row>(conn)?;
        for (id, dossier, envelope, state, ordered) in &rows {
            let mut moved: Vec<_> = self
                .entries
                .iter()
                .filter(|entry| entry.clawback == Some(*id))
                .map(|entry| (entry.kind, entry.dossier, entry.envelope, entry.amount))
                .collect();
            moved.sort_unstable();
            let expected = match (state, ordered) {
                (ClawbackState::Received, Some(amount)) => vec![
                    (EntryKind::Commitment, Some(*dossier), *envelope, -*amount),
                    (EntryKind::Payment, Some(*dossier), *envelope, -*amount),
                ],
                _ => Vec::new(),
            };
            if moved != expected {
                problems.push(format!("reversement {id} : ses lignes d’enveloppe ne sont pas celles de son état"));
            }
        }
        Ok(rows.len())
    }

    /// Once an authority has closed its part, it commits there no more than it paid.
    fn closures(
        &self,
        conn: &mut Conn,
        balances: &BTreeMap<(DossierId, EnvelopeId), (Cents, Cents)>,
        problems: &mut Vec<String>,
    ) -> Result<(), Fault> {
        let rows = closures::table.order(closures::id).select((closures::dossier_id, closures::authority_id)).load::<(
            DossierId,
            InstitutionId,
        )>(
            conn
        )?;
        for closed in rows {
            for ((dossier, envelope), (committed, paid)) in balances {
                let authority = self.slots.get(envelope).map(|(_, authority)| *authority);
                if (*dossier, authority) == (closed.0, Some(closed.1)) && committed != paid {
                    problems.push(format!(
                        "dossier {dossier} soldé, enveloppe {envelope} : {committed} engagés pour {paid} versés"
                    ));
                }
            }
        }
        Ok(())
    }
}
