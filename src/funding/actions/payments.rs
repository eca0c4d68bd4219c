//! Certifying what was done, and recording what was paid.

use jiff::civil::Date;

use super::{Hand, held};
use crate::access::Actor;
use crate::base::clock::french_date;
use crate::base::ids::{DossierId, InstalmentId, PaymentId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::dossiers::{self, Event};
use crate::fault::{Fault, Mistakes};
use crate::funding::rules::{Due, InstalmentState};
use crate::funding::store::{self, Instalment, PaymentRecord, Recording};
use crate::journal::Entry;
use crate::ledger::{self, Cause};
use crate::service::Operation;

/// A payment as the payer's agent typed it.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub instalment: InstalmentId,
    pub amount: Cents,
    /// Unique in the service: what a second click is recognised by.
    pub reference: String,
    pub paid_on: Date,
    /// Version of the act that was on the screen.
    pub version: i64,
}

fn instalment(hand: &Hand, id: InstalmentId) -> Result<&Instalment, Fault> {
    hand.file.instalment(id).ok_or(Fault::NotFound)
}

/// Every mistake of a payment about to be recorded; nothing is written. Answers by when it was due.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] when nothing can be paid now, [`Fault::Denied`]
/// for whoever is not the payer, [`Fault::Stale`] when the act's payments or schedule changed since.
pub fn check_payment(conn: &mut Conn, hand: &Hand, payment: &NewPayment) -> Result<Date, Fault> {
    let instalment = instalment(hand, payment.instalment)?;
    hand.require_pays_from(instalment.line)?;
    if hand.file.act(instalment.act).is_none_or(|act| act.version != payment.version) {
        return Err(Fault::Stale);
    }
    let facts = hand.file.payment_facts(instalment, hand.today)?;
    let due_by = facts.payable().map_err(Fault::Refused)?;
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, Some(payment.amount), Some(payment.paid_on));
    if store::payment_reference_is_taken(conn, &payment.reference)? {
        mistakes.add("reference", "Cette référence est déjà celle d’un autre versement. Vérifiez-la.");
    }
    mistakes.finish()?;
    Ok(due_by)
}

/// Records a payment of an instalment, within the commitment of its line and year.
///
/// # Errors
/// As [`check_payment`]; [`Fault::Refused`] by the ledger or the engine.
pub fn record_payment(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    payment: &NewPayment,
) -> Result<PaymentId, Fault> {
    let hand = held(op, actor, dossier)?;
    let due_by = check_payment(op.conn, &hand, payment)?;
    let (file, instalment) = (&hand.file, instalment(&hand, payment.instalment)?);
    let act = file.act(instalment.act).ok_or(Fault::NotFound)?;
    let envelope = *file
        .envelopes
        .get(&instalment.slot())
        .ok_or_else(|| Fault::refused("Aucune enveloppe n’est ouverte pour cette ligne et cette année."))?;
    dossiers::advance(op, dossier, Event::RecordPayment)?;
    store::take_act(op.conn, act.id, payment.version)?;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let record = PaymentRecord {
        act: act.id,
        instalment: instalment.id,
        envelope,
        reference: &payment.reference,
        amount: payment.amount,
        paid_on: payment.paid_on,
        due_by,
    };
    let id = store::insert_payment(op.conn, &recording, &record)?;
    let cause = Cause {
        dossier: Some(dossier),
        decision: Some(act.decision),
        payment: Some(id),
        reason: format!("Versement, référence {}", payment.reference),
        ..Cause::default()
    };
    ledger::pay(op, envelope, dossier, payment.amount, &cause)?;
    op.record(
        Entry::new("funding.payment", format!("Versement enregistré\u{A0}: {}", payment.amount))
            .call(file.dossier.call)
            .dossier(dossier)
            .reason(format!("Référence {}", payment.reference))
            .for_everyone(),
    );
    Ok(id)
}

/// Every mistake of a service about to be certified; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] under `done_on`, [`Fault::Refused`] when the instalment does not wait for it.
pub fn check_service_done(hand: &Hand, id: InstalmentId, version: i64, on: Date) -> Result<(), Fault> {
    let instalment = instalment(hand, id)?;
    let act = hand.file.act(instalment.act).ok_or(Fault::NotFound)?;
    hand.require_acts_for(act.authority)?;
    if act.version != version {
        return Err(Fault::Stale);
    }
    match hand.file.state_of(instalment, hand.today) {
        InstalmentState::AwaitingService => {}
        InstalmentState::Conditional if instalment.due == Due::Service => {
            return Err(Fault::refused(
                "Cette année est prévue sous réserve de crédits\u{A0}: rien n’y est encore à constater.",
            ));
        }
        _ => return Err(Fault::refused("Le service fait de cette échéance n’est pas, ou n’est plus, à constater.")),
    }
    let mut mistakes = Mistakes::default();
    if on > hand.today {
        mistakes.add("done_on", "Saisissez une date qui n’est pas dans l’avenir.");
    } else if on < act.dated_on {
        let dated_on = french_date(act.dated_on);
        mistakes.add("done_on", format!("Le service fait ne peut pas précéder l’acte, daté du {dated_on}."));
    }
    mistakes.finish()
}

/// Certifies that what an instalment waits for was done: its time limit starts.
///
/// # Errors
/// As [`check_service_done`].
pub fn record_service_done(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    id: InstalmentId,
    version: i64,
    on: Date,
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    check_service_done(&hand, id, version, on)?;
    let instalment = instalment(&hand, id)?;
    store::take_act(op.conn, instalment.act, version)?;
    store::set_service_done(op.conn, id, on)?;
    op.record(
        Entry::new("funding.service", format!("Service fait constaté au {}", french_date(on)))
            .call(hand.file.dossier.call)
            .dossier(dossier)
            .reason(format!("Échéance de {} de {}", instalment.year, instalment.amount))
            .for_everyone(),
    );
    Ok(())
}
