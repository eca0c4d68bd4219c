//! Recording an authority's act, and changing its schedule while nothing has been paid on it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Hand, held};
use crate::access::Actor;
use crate::base::ids::{ActId, DecisionId, DossierId, InstalmentId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::definition::reference;
use crate::db::Conn;
use crate::dossiers::{self, Event, State};
use crate::fault::{Fault, Mistakes};
use crate::funding::awards::Award;
use crate::funding::rules::{ActFacts, ActKind, Planned, SlotKey, YearGrant, plan, rest, unbalanced};
use crate::funding::store::{self, Act, ActRecord, FundingFile, Recording};
use crate::journal::Entry;
use crate::service::Operation;

/// An act as the authority's agent typed it.
#[derive(Clone, Debug)]
pub struct NewAct {
    pub authority: InstitutionId,
    /// The decision that was on the screen.
    pub decision: DecisionId,
    pub kind: ActKind,
    /// Unique in the service: what a second click is recognised by.
    pub reference: String,
    pub dated_on: Date,
}

/// What decides the act of an authority.
///
/// # Errors
/// [`Fault::Refused`] when no award of the authority was notified, or when its act is already recorded.
pub fn act_facts(hand: &Hand, authority: InstitutionId) -> Result<(&Award, ActFacts), Fault> {
    let file = &hand.file;
    let award = file.award(authority).ok_or_else(|| {
        Fault::refused("Aucune décision d’attribution de cette autorité n’est notifiée pour ce dossier.")
    })?;
    if !file.act_is_due(award) {
        return Err(Fault::refused(if file.dossier.state.is_running() {
            "L’acte de cette décision est déjà enregistré, ou n’est pas nécessaire\u{A0}: l’échéancier lui est conforme."
        } else {
            "Ce dossier n’est plus en cours\u{A0}: aucun acte n’est à prendre."
        }));
    }
    Ok((award, facts_of(file, award, hand.today)))
}

fn facts_of(file: &FundingFile, award: &Award, today: Date) -> ActFacts {
    let others = |year| file.elsewhere.get(&(award.authority, year)).copied().unwrap_or_default();
    let years = award.years();
    ActFacts {
        years: years.into_iter().map(|(year, amount)| YearGrant { year, amount, others: others(year) }).collect(),
        threshold: Cents::from_euros(file.call.definition.decision.agreement_above_euros),
        private_body: reference::is_private_body(&file.content.applicant.legal_form),
        amends: file.last_act(award.authority).map(|act| act.kind),
        decided_on: award.signed_at.in_zone(file.call.zone()).date(),
        today,
    }
}

/// The schedule that an authority's next act gives by default.
#[must_use]
pub fn default_schedule(file: &FundingFile, award: &Award) -> Vec<Planned> {
    let advance_percent = file.call.definition.decision.schedule.advance_percent;
    plan(&award.granted, &file.paid_by(award.authority), advance_percent)
}

/// Every mistake of an act about to be recorded; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] with the form's field names, [`Fault::Refused`] when the act has no place here,
/// [`Fault::Stale`] when another decision was notified meanwhile.
pub fn check_act(conn: &mut Conn, hand: &Hand, act: &NewAct) -> Result<(), Fault> {
    hand.require_acts_for(act.authority)?;
    let (award, facts) = act_facts(hand, act.authority)?;
    if award.decision != act.decision {
        return Err(Fault::Stale);
    }
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, Some(act.kind), Some(act.dated_on));
    if store::act_reference_is_taken(conn, &act.reference)? {
        mistakes.add("reference", "Cette référence est déjà celle d’un autre acte. Vérifiez-la.");
    }
    mistakes.finish()
}

/// Records the act of a notified decision, with its schedule. An act that amends takes over what is left to pay.
///
/// # Errors
/// As [`check_act`]; [`Fault::NotFound`] for whoever is no funder of the dossier.
pub fn record_act(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, act: &NewAct) -> Result<ActId, Fault> {
    let hand = held(op, actor, dossier)?;
    check_act(op.conn, &hand, act)?;
    let (award, facts) = act_facts(&hand, act.authority)?;
    let file = &hand.file;
    let schedule = default_schedule(file, award);
    let unpaid: Vec<InstalmentId> = file
        .instalments_by(act.authority)
        .filter(|i| !i.ended && file.left_of(i).is_positive())
        .map(|i| i.id)
        .collect();
    if file.dossier.state == State::AwardNotified {
        dossiers::advance(op, dossier, Event::RecordAct)?;
    }
    store::end_instalments(op.conn, &unpaid, op.now)?;
    let first = file.acts_by(act.authority).next().map(|act| act.id);
    let recording = Recording { dossier, by: actor.id, at: op.now };
    let record = ActRecord {
        decision: act.decision,
        authority: act.authority,
        amends: first,
        kind: act.kind,
        reference: &act.reference,
        amount: facts.amount(),
        dated_on: act.dated_on,
    };
    let id = store::insert_act(op.conn, &recording, &record)?;
    store::insert_schedule(op.conn, dossier, id, &schedule)?;
    let label = facts.label_of(act.kind).to_lowercase();
    op.record(
        Entry::new("funding.act", format!("Acte enregistré\u{A0}: {label} {}", act.reference))
            .call(file.dossier.call)
            .dossier(dossier)
            .reason(format!("{}, {}", file.name(act.authority), facts.amount()))
            .for_everyone(),
    );
    Ok(id)
}

/// What an act's schedule must sum to: what is granted and was not paid on other acts.
#[must_use]
pub fn to_schedule(file: &FundingFile, act: &Act) -> BTreeMap<SlotKey, Cents> {
    let Some(award) = file.award(act.authority) else { return BTreeMap::new() };
    rest(&award.granted, &file.paid_by(act.authority))
}

/// The act whose schedule may still change.
///
/// # Errors
/// [`Fault::Refused`] with why it may not, [`Fault::Denied`] for whoever does not act for its authority.
pub fn open_act(hand: &Hand, id: ActId) -> Result<&Act, Fault> {
    let file = &hand.file;
    let act = file.act(id).ok_or(Fault::NotFound)?;
    hand.require_acts_for(act.authority)?;
    let refuse = |why: &str| Err(Fault::refused(why));
    if file.last_act(act.authority).is_none_or(|last| last.id != act.id) {
        return refuse("Cet acte a été modifié par un autre\u{A0}: c’est l’échéancier de ce dernier qui compte.");
    }
    if !file.dossier.state.is_running() || file.closure(act.authority).is_some() {
        return refuse("Ce dossier n’est plus en cours\u{A0}: son échéancier ne change plus.");
    }
    if file.payments.iter().any(|payment| payment.act == act.id) {
        return refuse("Un versement a été fait\u{A0}: l’échéancier ne change plus que par un acte modificatif.");
    }
    if file.award(act.authority).is_none_or(|award| file.act_is_due(award)) {
        return refuse("Une décision plus récente attend son acte\u{A0}: il fixera le nouvel échéancier.");
    }
    Ok(act)
}

/// Every mistake of a schedule about to replace an act's; nothing is written.
///
/// # Errors
/// [`Fault::Invalid`] under `slot-LINE-YEAR`, [`Fault::Refused`] when the schedule is settled, [`Fault::Stale`] when it
/// changed since it was shown.
pub fn check_schedule(hand: &Hand, act: ActId, version: i64, planned: &[Planned]) -> Result<(), Fault> {
    let act = open_act(hand, act)?;
    if act.version != version {
        return Err(Fault::Stale);
    }
    let expected = to_schedule(&hand.file, act);
    let mut mistakes = Mistakes::default();
    for gap in unbalanced(planned, &expected) {
        let (line, year) = gap.slot;
        mistakes.add(
            format!("slot-{line}-{year}"),
            format!(
                "Les échéances de {year} font {}\u{A0}: elles doivent faire {} au centime près.",
                gap.found, gap.expected
            ),
        );
    }
    mistakes.finish()
}

/// Replaces an act's schedule, as long as nothing was paid on it.
///
/// # Errors
/// As [`check_schedule`].
pub fn edit_schedule(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    act: ActId,
    version: i64,
    planned: &[Planned],
) -> Result<(), Fault> {
    let hand = held(op, actor, dossier)?;
    check_schedule(&hand, act, version, planned)?;
    let act = hand.file.act(act).ok_or(Fault::NotFound)?;
    store::take_act(op.conn, act.id, version)?;
    store::delete_schedule(op.conn, act.id)?;
    store::insert_schedule(op.conn, dossier, act.id, planned)?;
    op.record(
        Entry::new("funding.schedule", format!("Échéancier modifié\u{A0}: {} échéances", planned.len()))
            .call(hand.file.dossier.call)
            .dossier(dossier)
            .reason(format!("{} {}", act.label(), act.reference))
            .for_everyone(),
    );
    Ok(())
}
