//! Asking money back: formal notice, order, receipt, or abandonment.

use jiff::civil::Date;

use super::{Hand, held};
use crate::access::Actor;
use crate::base::clock::french_date;
use crate::base::ids::{ClawbackId, DossierId, EnvelopeId};
use crate::base::money::Cents;
use crate::base::text::clean;
use crate::db::Conn;
use crate::fault::{Fault, Mistakes};
use crate::funding::rules::{ClawbackEvent, SlotKey, next_clawback};
use crate::funding::store::{self, Clawback, NoticeRecord, Recording, Turn};
use crate::journal::Entry;
use crate::ledger::{self, Cause};
use crate::service::Operation;

const REASON_MAX: usize = 2000;

/// A formal notice as the authority's agent typed it.
#[derive(Clone, Debug)]
pub struct NewNotice {
    pub slot: SlotKey,
    pub asked: Cents,
    pub reason: String,
    pub noticed_on: Date,
    pub observations_until: Date,
}

/// What may still be asked back, by line and year: paid, less what is being asked.
#[must_use]
pub fn claimable(hand: &Hand) -> Vec<(SlotKey, EnvelopeId, Cents)> {
    let file = &hand.file;
    file.balances
        .iter()
        .filter_map(|(slot, balance)| {
            let envelope = *file.envelopes.get(slot)?;
            let asked = file.clawbacks.iter().filter(|c| c.envelope == envelope && c.state.is_pending());
            let left = balance.paid - asked.map(Clawback::amount).sum();
            left.is_positive().then_some((*slot, envelope, left))
        })
        .collect()
}

/// Days that the call leaves for observations.
#[must_use]
pub fn observation_days(hand: &Hand) -> i64 {
    hand.file.call.definition.decision.observation_days
}

/// Every mistake of a notice about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] when nothing was paid there.
pub fn check_notice(hand: &Hand, notice: &NewNotice) -> Result<EnvelopeId, Fault> {
    let line = hand.file.lines.get(&notice.slot.0).ok_or(Fault::NotFound)?;
    hand.require_acts_for(line.authority)?;
    let Some((_, envelope, left)) = claimable(hand).into_iter().find(|(slot, ..)| *slot == notice.slot) else {
        return Err(Fault::refused("Rien n’est à demander sur cette ligne pour cette année."));
    };
    let mut mistakes = Mistakes::default();
    if !notice.asked.is_positive() {
        mistakes.add("asked", "Le montant doit être supérieur à zéro.");
    } else if notice.asked > left {
        mistakes.add(
            "asked",
            format!("Un reversement ne dépasse pas ce qui a été versé et n’est pas déjà demandé, {left}."),
        );
    }
    let reason = clean(&notice.reason);
    if reason.trim().is_empty() {
        mistakes
            .add("reason", "Dites pourquoi l’argent est demandé, par exemple «\u{202F}action non réalisée\u{202F}».");
    } else if reason.chars().count() > REASON_MAX {
        mistakes.add("reason", format!("Raccourcissez ce texte à {REASON_MAX} caractères au plus."));
    }
    if notice.noticed_on > hand.today {
        mistakes.add("noticed_on", "Saisissez une date qui n’est pas dans l’avenir.");
    } else if let Ok(least) = notice.noticed_on.checked_add(jiff::Span::new().days(observation_days(hand)))
        && notice.observations_until < least
    {
        let least = french_date(least);
        mistakes.add(
            "observations_until",
            format!(
                "Laissez {} jours à l’organisme pour répondre\u{A0}: le {least} au plus tôt.",
                observation_days(hand)
            ),
        );
    }
    mistakes.finish()?;
    Ok(envelope)
}

/// Records the formal notice that opens a clawback.
///
/// # Errors
/// As [`check_notice`].
pub fn notice_clawback(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    notice: &NewNotice,
) -> Result<ClawbackId, Fault> {
    let hand = held(op, actor, dossier)?;
    let envelope = check_notice(&hand, notice)?;
    let authority = hand.file.lines.get(&notice.slot.0).ok_or(Fault::NotFound)?.authority;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let reason = clean(&notice.reason);
    let record = NoticeRecord {
        authority,
        envelope,
        asked: notice.asked,
        reason: &reason,
        noticed_on: notice.noticed_on,
        observations_until: notice.observations_until,
    };
    let id = store::insert_clawback(op.conn, &recording, &record)?;
    let entry = format!("Mise en demeure de reverser {}", notice.asked);
    say(op, &hand, "funding.clawback.notice", entry, reason);
    Ok(id)
}

fn say(op: &mut Operation<'_>, hand: &Hand, action: &'static str, summary: String, reason: String) {
    op.record(
        Entry::new(action, summary)
            .call(hand.file.dossier.call)
            .dossier(hand.file.dossier.id)
            .reason(reason)
            .for_everyone(),
    );
}

fn at_turn(hand: &Hand, id: ClawbackId, version: i64, event: ClawbackEvent) -> Result<&Clawback, Fault> {
    let clawback = hand.file.clawback(id).ok_or(Fault::NotFound)?;
    let paying = hand.file.lines.values().any(|line| line.authority == clawback.authority && hand.pays_from(line.id));
    if event != ClawbackEvent::Receive || !paying {
        hand.require_acts_for(clawback.authority)?;
    }
    next_clawback(clawback.state, event).map_err(Fault::refused)?;
    if clawback.version == version { Ok(clawback) } else { Err(Fault::Stale) }
}

fn not_to_come(mistakes: &mut Mistakes, field: &str, hand: &Hand, on: Date, since: Date, what: &str) {
    if on > hand.today {
        mistakes.add(field, "Saisissez une date qui n’est pas dans l’avenir.");
    } else if on < since {
        mistakes.add(field, format!("{what} du {}\u{A0}: cette date suit.", french_date(since)));
    }
}

/// An order to pay back as the authority's agent typed it.
#[derive(Clone, Debug)]
pub struct Order {
    pub amount: Cents,
    pub on: Date,
    pub reference: String,
    /// What the beneficiary answered; empty when the period ended without an answer.
    pub observations: String,
    /// Version of the clawback that was on the screen.
    pub version: i64,
}

/// Every mistake of an order about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] by the procedure, [`Fault::Stale`].
pub fn check_order(conn: &mut Conn, hand: &Hand, id: ClawbackId, order: &Order) -> Result<(), Fault> {
    let clawback = at_turn(hand, id, order.version, ClawbackEvent::Order)?;
    let mut mistakes = Mistakes::default();
    if !order.amount.is_positive() {
        mistakes.add("amount", "Le montant doit être supérieur à zéro.");
    } else if order.amount > clawback.asked {
        mistakes
            .add("amount", format!("Le reversement ordonné ne dépasse pas ce qui a été demandé, {}.", clawback.asked));
    }
    not_to_come(&mut mistakes, "ordered_on", hand, order.on, clawback.noticed_on, "La mise en demeure est");
    let answered = !order.observations.trim().is_empty();
    if mistakes.is_empty() && !answered && order.on <= clawback.observations_until {
        let until = french_date(clawback.observations_until);
        mistakes.add(
            "ordered_on",
            format!("L’organisme a jusqu’au {until} pour répondre. Attendez, ou saisissez ses observations."),
        );
    }
    if order.observations.chars().count() > REASON_MAX {
        mistakes.add("observations", format!("Raccourcissez ce texte à {REASON_MAX} caractères au plus."));
    }
    if store::clawback_reference_is_taken(conn, &order.reference)? {
        mistakes.add("reference", "Cette référence est déjà celle d’un autre reversement. Vérifiez-la.");
    }
    mistakes.finish()
}

/// Orders the money back, after the observations or the end of their period.
///
/// # Errors
/// As [`check_order`].
pub fn order_clawback(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    id: ClawbackId,
    order: &Order,
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    check_order(op.conn, &hand, id, order)?;
    let clawback = at_turn(&hand, id, order.version, ClawbackEvent::Order)?;
    let turn = Turn::Order {
        amount: order.amount,
        on: order.on,
        reference: &order.reference,
        observations: &clean(&order.observations),
    };
    store::turn_clawback(op.conn, clawback, &turn)?;
    let reason = format!("Référence {}", order.reference);
    say(op, &hand, "funding.clawback.order", format!("Reversement de {} ordonné", order.amount), reason);
    Ok(())
}

/// Every mistake of a receipt about to be recorded; nothing is written. Answers the amount received.
///
/// # Errors
/// [`Fault::Invalid`] under `received_on`, [`Fault::Refused`] by the procedure, [`Fault::Stale`].
pub fn check_received(hand: &Hand, id: ClawbackId, version: i64, on: Date) -> Result<Cents, Fault> {
    let clawback = at_turn(hand, id, version, ClawbackEvent::Receive)?;
    let mut mistakes = Mistakes::default();
    let since = clawback.ordered_on.unwrap_or(clawback.noticed_on);
    not_to_come(&mut mistakes, "received_on", hand, on, since, "Le reversement est ordonné");
    mistakes.finish()?;
    Ok(clawback.amount())
}

/// Records that the money came back: it is neither paid nor committed any more.
///
/// # Errors
/// As [`check_received`]; [`Fault::Refused`] by the ledger.
pub fn receive_clawback(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    id: ClawbackId,
    version: i64,
    on: Date,
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    let amount = check_received(&hand, id, version, on)?;
    let clawback = at_turn(&hand, id, version, ClawbackEvent::Receive)?;
    store::turn_clawback(op.conn, clawback, &Turn::Receive { on })?;
    let reference = clawback.reference.clone().unwrap_or_default();
    let cause = Cause {
        dossier: Some(dossier),
        clawback: Some(id),
        reason: format!("Reversement, référence {reference}"),
        ..Cause::default()
    };
    ledger::clawback(op, clawback.envelope, dossier, amount, &cause)?;
    let summary = format!("Reversement de {amount} reçu");
    say(op, &hand, "funding.clawback.receive", summary, format!("Référence {reference}"));
    Ok(())
}

/// Gives a clawback up, with a reason.
///
/// # Errors
/// [`Fault::Invalid`] without a reason, [`Fault::Refused`] by the procedure, [`Fault::Stale`].
pub fn abandon_clawback(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    id: ClawbackId,
    version: i64,
    reason: &str,
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    let clawback = at_turn(&hand, id, version, ClawbackEvent::Abandon)?;
    let mut mistakes = Mistakes::default();
    let reason = mistakes.line("abandon_reason", reason, 300, "Dites pourquoi le reversement est abandonné.");
    mistakes.finish()?;
    store::turn_clawback(op.conn, clawback, &Turn::Abandon { on: hand.today, reason: &reason })?;
    say(op, &hand, "funding.clawback.abandon", format!("Reversement de {} abandonné", clawback.amount()), reason);
    Ok(())
}
