//! Recording the act of a notified decision, and the payments it plans.

use jiff::civil::Date;

use super::rules::{self, ActFacts, ActKind, PaymentFacts, PaymentKind, SIRET_MISSING, Schedule};
use super::store::{self, FundingFile, Recording};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{ActId, DossierId, InstitutionId, PaymentId};
use crate::base::money::Cents;
use crate::calls::definition::reference;
use crate::db::Conn;
use crate::dossiers::{self, Dossier, Event, Outcome};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::ledger::{self, Cause};
use crate::service::Operation;

/// An act as the funder's agent typed it.
#[derive(Clone, Debug)]
pub struct NewAct {
    pub kind: ActKind,
    /// Unique in the service: what a second click is recognised by.
    pub reference: String,
    pub dated_on: Date,
    /// Version of the dossier that was on the screen.
    pub version: i64,
}

/// A payment as the funder's agent typed it.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub kind: PaymentKind,
    pub amount: Cents,
    /// Unique in the service.
    pub reference: String,
    pub paid_on: Date,
    /// Version of the dossier that was on the screen.
    pub version: i64,
}

/// A dossier's money as a funder's agent may act on it.
///
/// # Errors
/// [`Fault::NotFound`] unless the agent sees the dossier as a funder; [`Fault::Denied`] when its line is another
/// institution's.
pub fn file_for_funder(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<FundingFile, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    view.require(Role::Funder)?;
    let file = store::file_of(conn, view.dossier)?;
    if let Some(envelope) = &file.envelope
        && !rules::concerns(&institutions_of(actor, &file.dossier), envelope.parties())
    {
        return Err(Fault::Denied(format!(
            "La ligne « {} » relève de {}\u{202F}: seul son financeur, son autorité ou son payeur y enregistre des \
             actes et des versements.",
            envelope.line, envelope.funder.name
        )));
    }
    Ok(file)
}

fn institutions_of(actor: &Actor, dossier: &Dossier) -> Vec<InstitutionId> {
    actor
        .grants
        .iter()
        .filter(|grant| grant.call == dossier.call && grant.role == Role::Funder)
        .map(|grant| grant.institution)
        .collect()
}

/// What decides the act of a file.
///
/// # Errors
/// [`Fault::Refused`] when no award was notified.
pub fn act_facts(file: &FundingFile, now: Instant) -> Result<ActFacts, Fault> {
    let (decision, amount) = awarded(file)?;
    let zone = file.call.zone();
    Ok(ActFacts {
        amount,
        other_acts: file.other_acts,
        threshold: Cents::from_euros(file.call.definition.decision.agreement_above_euros),
        private_body: reference::is_private_body(&file.legal_form),
        decided_on: decision.signed_at.in_zone(zone).date(),
        today: now.in_zone(zone).date(),
    })
}

fn awarded(file: &FundingFile) -> Result<(&crate::decisions::Decision, Cents), Fault> {
    let none = || Fault::refused("Aucune décision d’attribution n’est notifiée pour ce dossier.");
    let decision = file.decision.as_ref().filter(|d| d.outcome == Outcome::Selected).ok_or_else(none)?;
    let amount = decision.firm().ok_or_else(none)?;
    if file.dossier.state.is_awarded() { Ok((decision, amount)) } else { Err(none()) }
}

/// What decides the next payment of a file.
///
/// # Errors
/// [`Fault::Refused`] while there is no act.
pub fn payment_facts(file: &FundingFile, now: Instant) -> Result<PaymentFacts, Fault> {
    let act = file
        .act
        .as_ref()
        .ok_or_else(|| Fault::refused("Enregistrez d’abord l’acte attributif\u{202F}: il fixe l’échéancier."))?;
    Ok(PaymentFacts {
        schedule: Schedule::of(act.amount),
        committed: file.committed,
        paid: file.paid,
        kinds_paid: file.payments.iter().map(|payment| payment.kind).collect(),
        has_siret: file.payee.siret.is_some(),
        act_dated_on: act.dated_on,
        today: now.in_zone(file.call.zone()).date(),
    })
}

/// Every mistake of an act about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] when the act has no place here.
pub fn check_act(conn: &mut Conn, file: &FundingFile, act: &NewAct, now: Instant) -> Result<(), Fault> {
    let facts = act_facts(file, now)?;
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, Some(act.kind), Some(act.dated_on));
    if store::act_reference_is_taken(conn, &act.reference)? {
        mistakes.add("reference", "Cette référence est déjà celle d’un autre acte. Vérifiez-la.");
    }
    mistakes.finish()
}

/// Records the act of a notified award.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake; [`Fault::Stale`] when the dossier moved since it was shown;
/// [`Fault::Refused`] with the engine's words.
pub fn record_act(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, act: &NewAct) -> Result<ActId, Fault> {
    let file = file_for_funder(op.conn, actor, dossier)?;
    if file.dossier.version != act.version {
        return Err(Fault::Stale);
    }
    check_act(op.conn, &file, act, op.now)?;
    let (decision, amount) = awarded(&file)?;
    dossiers::advance(op, dossier, Event::RecordAct)?;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let id = store::insert_act(op.conn, &recording, decision.id, act.kind, &act.reference, amount, act.dated_on)?;
    op.record(
        Entry::new(
            "funding.act",
            format!("Acte enregistré\u{A0}: {} {}", act.kind.label().to_lowercase(), act.reference),
        )
        .call(file.dossier.call)
        .dossier(dossier)
        .for_everyone(),
    );
    Ok(id)
}

/// Every mistake of a payment about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] when nothing can be paid now.
pub fn check_payment(conn: &mut Conn, file: &FundingFile, payment: &NewPayment, now: Instant) -> Result<(), Fault> {
    let facts = payment_facts(file, now)?;
    payable(&facts, payment.kind)?;
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, payment.kind, Some(payment.amount), Some(payment.paid_on));
    if store::payment_reference_is_taken(conn, &payment.reference)? {
        mistakes.add("reference", "Cette référence est déjà celle d’un autre versement. Vérifiez-la.");
    }
    mistakes.finish()
}

fn payable(facts: &PaymentFacts, kind: PaymentKind) -> Result<(), Fault> {
    if !facts.has_siret {
        return Err(Fault::refused(SIRET_MISSING));
    }
    match facts.next_kind() {
        Some(next) if next == kind => Ok(()),
        Some(PaymentKind::Balance) => Err(Fault::refused("L’avance est déjà versée\u{202F}: il reste le solde.")),
        Some(PaymentKind::Advance) => Err(Fault::refused("Le solde vient après l’avance.")),
        None => Err(Fault::refused("Tout ce qui pouvait être versé l’a été.")),
    }
}

/// Records a payment, within the commitment.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake; [`Fault::Stale`] when the dossier moved since it was shown;
/// [`Fault::Refused`] by the ledger, the engine, or for want of a SIRET.
pub fn record_payment(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    payment: &NewPayment,
) -> Result<PaymentId, Fault> {
    let file = file_for_funder(op.conn, actor, dossier)?;
    if file.dossier.version != payment.version {
        return Err(Fault::Stale);
    }
    check_payment(op.conn, &file, payment, op.now)?;
    let (Some(act), Some(envelope), Some(decision)) = (&file.act, &file.envelope, &file.decision) else {
        return Err(Fault::refused("Cette décision ne désigne pas d’enveloppe."));
    };
    dossiers::advance(op, dossier, Event::RecordPayment)?;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let id = store::insert_payment(op.conn, &recording, act.id, envelope.id, payment)?;
    let cause = Cause {
        dossier: Some(dossier),
        decision: Some(decision.id),
        payment: Some(id),
        reason: format!("{}, référence {}", payment.kind, payment.reference),
        ..Cause::default()
    };
    ledger::pay(op, envelope.id, dossier, payment.amount, &cause)?;
    op.record(
        Entry::new(
            "funding.payment",
            format!("Versement enregistré\u{A0}: {} de {}", payment.kind.label().to_lowercase(), payment.amount),
        )
        .call(file.dossier.call)
        .dossier(dossier)
        .reason(format!("Référence {}", payment.reference))
        .for_everyone(),
    );
    Ok(id)
}
