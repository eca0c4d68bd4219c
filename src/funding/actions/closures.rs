//! The financial report, and the closure of a dossier authority by authority.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Hand, held};
use crate::access::Actor;
use crate::base::ids::{DossierId, InstalmentId, InstitutionId};
use crate::base::money::Cents;
use crate::base::text::clean;
use crate::dossiers::{self, Event};
use crate::fault::{Fault, Mistakes};
use crate::funding::rules::{ClosureFacts, Side};
use crate::funding::store::{self, Recording};
use crate::journal::Entry;
use crate::ledger::{self, Cause};
use crate::service::Operation;

const COMMENT_MAX: usize = 2000;

/// A financial report as the agent who received it typed its summary.
#[derive(Clone, Debug)]
pub struct NewReport {
    pub received_on: Date,
    pub comment: String,
    /// By side and class; a class left out was not reported.
    pub realised: BTreeMap<(Side, String), Cents>,
    /// Version of the report that was on the screen; zero when there was none.
    pub version: i64,
}

/// Every mistake of a report about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] out of place, [`Fault::Stale`].
pub fn check_report(hand: &Hand, report: &NewReport) -> Result<(), Fault> {
    let file = &hand.file;
    if !hand.file.awards.iter().any(|award| hand.acts_for(award.authority)) {
        return Err(Fault::Denied(
            "Le compte rendu est reçu par les agents des autorités qui financent ce dossier.".to_owned(),
        ));
    }
    if file.acts.is_empty() || !file.dossier.state.is_running() {
        return Err(Fault::refused("Le compte rendu financier se reçoit pendant que la subvention est en cours."));
    }
    if file.report.as_ref().map_or(0, |before| before.version) != report.version {
        return Err(Fault::Stale);
    }
    let mut mistakes = Mistakes::default();
    if report.received_on > hand.today {
        mistakes.add("received_on", "Saisissez une date qui n’est pas dans l’avenir.");
    }
    for (side, label) in [(Side::Charges, "une charge"), (Side::Produits, "un produit")] {
        if !report.realised.keys().any(|(of, _)| *of == side) {
            mistakes.add(side.code(), format!("Saisissez au moins {label} du compte rendu."));
        }
    }
    if report.comment.chars().count() > COMMENT_MAX {
        mistakes.add("comment", format!("Raccourcissez ce texte à {COMMENT_MAX} caractères au plus."));
    }
    mistakes.finish()
}

/// Keeps the summary of the financial report, over the one before.
///
/// # Errors
/// As [`check_report`].
pub fn save_report(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, report: &NewReport) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    check_report(&hand, report)?;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let before = hand.file.report.as_ref();
    let comment = clean(&report.comment);
    store::save_report(op.conn, &recording, before, report.received_on, &comment, &report.realised)?;
    let spent: Cents = report.realised.iter().filter(|((side, _), _)| *side == Side::Charges).map(|(_, a)| *a).sum();
    let verb = if before.is_some() { "corrigé" } else { "enregistré" };
    op.record(
        Entry::new("funding.report", format!("Compte rendu financier {verb}\u{A0}: {spent} de charges"))
            .call(hand.file.dossier.call)
            .dossier(dossier)
            .for_everyone(),
    );
    Ok(())
}

/// What decides whether an authority may close its part.
///
/// # Errors
/// [`Fault::Refused`] when the authority grants nothing here, or the dossier is not running.
pub fn closure_facts(hand: &Hand, authority: InstitutionId) -> Result<ClosureFacts, Fault> {
    let file = &hand.file;
    if file.award(authority).is_none() {
        return Err(Fault::refused("Cette autorité n’a rien accordé à ce dossier."));
    }
    let already_closed = file.closure(authority).is_some();
    if !already_closed && !file.dossier.state.is_running() {
        return Err(Fault::refused("Ce dossier n’est plus en cours\u{A0}: il n’est pas à solder."));
    }
    let balance = file.balance_of(authority);
    Ok(ClosureFacts {
        committed: balance.committed,
        paid: balance.paid,
        has_act: file.last_act(authority).is_some(),
        has_report: file.report.is_some(),
        clawback_pending: file.clawbacks.iter().any(|c| c.authority == authority && c.state.is_pending()),
        already_closed,
    })
}

/// Every mistake of a closure about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Refused`] with what stands in the way, [`Fault::Invalid`] with the form's field names, [`Fault::Stale`] when
/// `left`, what closing was said to free, is no longer what it frees.
pub fn check_closure(
    hand: &Hand,
    authority: InstitutionId,
    kept: Cents,
    reason: &str,
    left: Cents,
) -> Result<ClosureFacts, Fault> {
    hand.require_acts_for(authority)?;
    let facts = closure_facts(hand, authority)?;
    if let Some(obstacle) = facts.obstacles().first() {
        return Err(Fault::refused(*obstacle));
    }
    if facts.given_up() != left {
        return Err(Fault::Stale);
    }
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, Some(kept), clean(reason).trim());
    if reason.chars().count() > COMMENT_MAX {
        mistakes.add("reason", format!("Raccourcissez ce texte à {COMMENT_MAX} caractères au plus."));
    }
    mistakes.finish()?;
    Ok(facts)
}

/// Closes an authority's part: the commitment falls to what was paid, and the difference returns to the envelope. The
/// dossier is closed with the last authority.
///
/// # Errors
/// As [`check_closure`].
pub fn close(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    authority: InstitutionId,
    kept: Cents,
    reason: &str,
    left: Cents,
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    let facts = check_closure(&hand, authority, kept, reason, left)?;
    let file = &hand.file;
    let reason = clean(reason).trim().to_owned();
    for (slot, balance) in &file.balances {
        let freed = balance.committed - balance.paid;
        let of_authority = file.lines.get(&slot.0).is_some_and(|line| line.authority == authority);
        if let (true, true, Some(envelope)) = (of_authority, freed.is_positive(), file.envelopes.get(slot)) {
            let cause = Cause {
                dossier: Some(dossier),
                decision: file.award(authority).map(|award| award.decision),
                reason: "Solde du dossier\u{A0}: part engagée qui ne sera pas versée".to_owned(),
                ..Cause::default()
            };
            ledger::reduce(op, *envelope, dossier, freed, &cause)?;
        }
    }
    let unpaid: Vec<InstalmentId> =
        file.instalments_by(authority).filter(|i| !i.ended && file.left_of(i).is_positive()).map(|i| i.id).collect();
    store::end_instalments(op.conn, &unpaid, op.now)?;
    let recording = Recording { dossier, by: actor.id, at: op.now };
    store::insert_closure(op.conn, &recording, authority, facts.given_up(), kept, &reason)?;
    let last = file.awards.iter().all(|a| a.authority == authority || file.closure(a.authority).is_some());
    if last {
        dossiers::advance(op, dossier, Event::Close)?;
    }
    let summary = if last { "Dossier soldé" } else { "Part soldée" };
    let mut words = format!("{}\u{A0}: {} versés", file.name(authority), facts.paid);
    if facts.given_up().is_positive() {
        words.push_str(&format!(", {} rendus à l’enveloppe", facts.given_up()));
    }
    op.record(
        Entry::new("funding.close", summary).call(file.dossier.call).dossier(dossier).reason(words).for_everyone(),
    );
    Ok(())
}
