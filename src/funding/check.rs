//! What `check` verifies of acts and payments, beyond the ledger's own counters.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::base::ids::{ActId, DecisionId, DossierId, EnvelopeId, PaymentId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{acts, decision_shares, decisions, ledger_entries, payments};
use crate::fault::Fault;
use crate::ledger::EntryKind;

/// Holds every act against its decision and every payment against its ledger line, and answers how many were read
/// and what differs, in French.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let mut problems = Vec::new();
    let act_rows = acts::table
        .inner_join(decisions::table)
        .order(acts::id)
        .select((acts::id, acts::reference, acts::dossier_id, acts::amount_cents, decisions::dossier_id, decisions::id))
        .load::<(ActId, String, DossierId, Cents, DossierId, DecisionId)>(conn)?;
    for (_, reference, dossier, amount, decided_dossier, decided) in &act_rows {
        if dossier != decided_dossier {
            problems.push(format!("acte {reference} : son dossier n’est pas celui de sa décision"));
        }
        let firm = decision_shares::table
            .filter(decision_shares::decision_id.eq(decided))
            .filter(decision_shares::firm.eq(true))
            .select(decision_shares::amount_cents)
            .load::<Cents>(conn)?;
        let decided: Option<Cents> = (!firm.is_empty()).then(|| firm.into_iter().sum());
        if Some(*amount) != decided {
            let decided = decided.map_or_else(|| "rien".to_owned(), |cents| cents.to_string());
            problems.push(format!("acte {reference} : {amount}, mais la décision accorde {decided}"));
        }
    }
    let payment_rows = payments::table
        .order(payments::id)
        .select((
            payments::id,
            payments::reference,
            payments::act_id,
            payments::dossier_id,
            payments::envelope_id,
            payments::amount_cents,
        ))
        .load::<(PaymentId, String, ActId, DossierId, EnvelopeId, Cents)>(conn)?;
    let entries = ledger_entries::table
        .filter(ledger_entries::kind.eq_any([EntryKind::Payment, EntryKind::Commitment]))
        .order(ledger_entries::id)
        .select((
            ledger_entries::kind,
            ledger_entries::payment_id,
            ledger_entries::dossier_id,
            ledger_entries::envelope_id,
            ledger_entries::amount_cents,
        ))
        .load::<(EntryKind, Option<PaymentId>, Option<DossierId>, EnvelopeId, Cents)>(conn)?;
    for (id, reference, act, dossier, envelope, amount) in &payment_rows {
        if !act_rows.iter().any(|row| row.0 == *act && row.2 == *dossier) {
            problems.push(format!("versement {reference} : son acte est celui d’un autre dossier"));
        }
        let lines: Vec<_> = entries
            .iter()
            .filter(|(kind, payment, ..)| *kind == EntryKind::Payment && *payment == Some(*id))
            .map(|(_, _, dossier, envelope, amount)| (*dossier, *envelope, *amount))
            .collect();
        if lines != [(Some(*dossier), *envelope, *amount)] {
            problems.push(format!("versement {reference} : ses lignes d’enveloppe ne font pas {amount}"));
        }
    }
    let mut balances: BTreeMap<(DossierId, EnvelopeId), (Cents, Cents)> = BTreeMap::new();
    for (kind, payment, dossier, envelope, amount) in &entries {
        let Some(dossier) = dossier else { continue };
        let (committed, paid) = balances.entry((*dossier, *envelope)).or_default();
        match kind {
            EntryKind::Commitment => *committed += *amount,
            _ => {
                *paid += *amount;
                if payment.is_none_or(|id| !payment_rows.iter().any(|row| row.0 == id)) {
                    problems.push(format!("enveloppe {envelope} : une ligne de versement de {amount} sans versement"));
                }
            }
        }
    }
    for ((dossier, envelope), (committed, paid)) in balances {
        if paid > committed {
            problems.push(format!("dossier {dossier}, enveloppe {envelope} : {paid} versés pour {committed} engagés"));
        }
    }
    Ok((act_rows.len() + payment_rows.len(), problems))
}
