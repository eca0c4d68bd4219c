//! A grant's schedule, its acts and what was asked back, as funders and applicants read them.

use jiff::civil::Date;
use serde::Serialize;

use super::{Row, row};
use crate::base::clock::french_date;
use crate::base::ids::InstitutionId;
use crate::funding::actions::Hand;
use crate::funding::rules::{Due, InstalmentState, SlotKey, label};
use crate::funding::store::{Clawback, FundingFile, Instalment};

/// `FIR – Ségur mesure 27, 2022`.
pub(super) fn slot_name(file: &FundingFile, (line, year): SlotKey) -> String {
    format!("{}, {year}", file.lines.get(&line).map_or("", |line| line.name.as_str()))
}

/// What an instalment is called among those of its line and year that count.
pub(super) fn instalment_label(file: &FundingFile, instalment: &Instalment) -> String {
    let authority = file.act(instalment.act).map(|act| act.authority);
    let Some(authority) = authority else { return label(0, 1) };
    let counted: Vec<_> = file
        .instalments_by(authority)
        .filter(|i| i.slot() == instalment.slot() && (!i.ended || file.paid_on(i).is_positive()))
        .map(|i| i.id)
        .collect();
    let place = counted.iter().position(|id| *id == instalment.id);
    place.map_or_else(|| "Échéance remplacée".to_owned(), |place| label(place, counted.len()))
}

/// A planned payment beside what was paid.
#[derive(Serialize)]
pub(super) struct InstalmentView {
    label: String,
    slot: String,
    when: String,
    planned: String,
    paid: String,
    details: Vec<String>,
    status: &'static str,
    tone: &'static str,
    pay_href: String,
    pay_label: String,
    service_href: String,
}

fn when(file: &FundingFile, instalment: &Instalment) -> String {
    let due = file.due_by(instalment).map(french_date);
    match (instalment.due, due) {
        (Due::Notification, Some(due)) => format!("à la notification, avant le {due}"),
        (Due::Notification, None) => "à la notification de la décision de l’année".to_owned(),
        (Due::Service, Some(due)) => format!("au service fait, avant le {due}"),
        (Due::Service, None) => "au service fait, sur compte rendu".to_owned(),
        (Due::On(date), _) => format!("le {}", french_date(date)),
    }
}

fn instalment_view(file: &FundingFile, instalment: &Instalment, today: Date, hand: Option<&Hand>) -> InstalmentView {
    let state = file.state_of(instalment, today);
    let paid = file.paid_on(instalment);
    let (status, tone) = match state {
        InstalmentState::Paid => ("Versé", "success"),
        InstalmentState::Ended if paid.is_positive() => ("Versé en partie", "neutral"),
        InstalmentState::Ended => ("Ne sera pas versé", "neutral"),
        InstalmentState::Conditional => ("Sous réserve de crédits", "neutral"),
        InstalmentState::AwaitingService => ("À venir", "neutral"),
        InstalmentState::Payable(_) => ("À verser", "warning"),
        InstalmentState::Late(_) => ("En retard", "danger"),
    };
    let path = format!("/dossiers/{}/financement/echeances/{}", file.dossier.id, instalment.id);
    let label = instalment_label(file, instalment);
    let may_pay = hand.is_some_and(|hand| {
        hand.pays_from(instalment.line)
            && file.payment_facts(instalment, today).is_ok_and(|facts| facts.payable().is_ok())
    });
    let may_certify = state == InstalmentState::AwaitingService
        && hand.is_some_and(|hand| file.act(instalment.act).is_some_and(|act| hand.acts_for(act.authority)));
    let details = file
        .payments
        .iter()
        .filter(|payment| payment.instalment == instalment.id)
        .map(|p| {
            let late = if p.is_late() { format!(", dû le {}", french_date(p.due_by)) } else { String::new() };
            format!("{} le {}, référence {}{late}", p.amount, french_date(p.paid_on), p.reference)
        })
        .chain(instalment.service_done_on.map(|on| format!("service fait constaté au {}", french_date(on))))
        .collect();
    InstalmentView {
        slot: slot_name(file, instalment.slot()),
        when: when(file, instalment),
        planned: instalment.amount.to_string(),
        paid: if paid.is_positive() { paid.to_string() } else { String::new() },
        details,
        status,
        tone,
        pay_href: if may_pay { format!("{path}/versement") } else { String::new() },
        pay_label: match label.as_str() {
            "Avance" => "Enregistrer le versement de l’avance".to_owned(),
            "Solde" => "Enregistrer le versement du solde".to_owned(),
            _ => "Enregistrer le versement".to_owned(),
        },
        service_href: if may_certify { format!("{path}/service-fait") } else { String::new() },
        label,
    }
}

#[derive(Serialize)]
pub(super) struct ActView {
    label: String,
    detail: String,
}

/// What one authority grants: its decision, its acts, their schedule.
#[derive(Serialize)]
pub(super) struct AwardView {
    authority: String,
    id: String,
    facts: Vec<Row>,
    acts: Vec<ActView>,
    instalments: Vec<InstalmentView>,
    caption: String,
    edit_href: String,
    act_due: bool,
    explanation: String,
    act_href: String,
    act_label: &'static str,
    closure: String,
    closure_reason: String,
    close_href: String,
    obstacles: Vec<String>,
}

/// Every award of a dossier; `hand` adds what its agent may do.
pub(super) fn awards(file: &FundingFile, today: Date, hand: Option<&Hand>) -> Vec<AwardView> {
    file.awards.iter().map(|award| award_view(file, award.authority, today, hand)).collect()
}

fn award_view(file: &FundingFile, authority: InstitutionId, today: Date, hand: Option<&Hand>) -> AwardView {
    use crate::funding::actions::{act_facts, closure_facts, open_act};
    let zone = file.call.zone();
    let path = format!("/dossiers/{}/financement", file.dossier.id);
    let mut facts = Vec::new();
    let mut act_due = false;
    if let Some(award) = file.award(authority) {
        facts.push(row("Décision", format!("n°\u{A0}{}", award.number)));
        facts.push(row("Signée le", award.signed_at.date(zone)));
        facts.push(row("Notifiée le", award.notified_at.date(zone)));
        facts.push(row("Subvention accordée", award.total().to_string()));
        let planned: crate::base::money::Cents =
            award.granted.iter().filter(|(slot, _)| !award.firm.contains_key(slot)).map(|(_, a)| *a).sum();
        if planned.is_positive() {
            facts.push(row("Dont sous réserve de crédits", planned.to_string()));
        }
        act_due = file.act_is_due(award);
    }
    let mine = hand.filter(|hand| hand.acts_for(authority));
    let due_facts = hand.and_then(|hand| act_facts(hand, authority).ok()).map(|(_, facts)| facts);
    let open = mine.and_then(|hand| {
        let last = file.last_act(authority)?;
        open_act(hand, last.id).ok().map(|act| format!("{path}/actes/{}/echeancier", act.id))
    });
    let closing = mine.and_then(|hand| closure_facts(hand, authority).ok());
    let obstacles: Vec<String> =
        closing.map(|facts| facts.obstacles().into_iter().map(str::to_owned).collect()).unwrap_or_default();
    let closed = file.closure(authority);
    AwardView {
        authority: file.name(authority).to_owned(),
        id: authority.to_string(),
        facts,
        acts: file
            .acts_by(authority)
            .map(|act| ActView {
                label: format!("{} {}", act.label(), act.reference),
                detail: format!("du {}, {}", french_date(act.dated_on), act.amount),
            })
            .collect(),
        instalments: file
            .instalments_by(authority)
            .filter(|i| !i.ended || file.paid_on(i).is_positive() || closed.is_some())
            .map(|i| instalment_view(file, i, today, hand))
            .collect(),
        caption: format!("Échéancier – {}", file.name(authority)),
        edit_href: open.unwrap_or_default(),
        act_due,
        explanation: due_facts.as_ref().map(|facts| facts.explanation()).unwrap_or_default(),
        act_href: if act_due && mine.is_some() { format!("{path}/acte/{authority}") } else { String::new() },
        act_label: if file.last_act(authority).is_some() {
            "Enregistrer l’acte modificatif"
        } else {
            "Enregistrer l’acte"
        },
        closure: closed
            .map(|c| {
                let kept = if c.kept.is_positive() {
                    format!(", {} gardés par l’organisme", c.kept)
                } else {
                    String::new()
                };
                format!("Part soldée le {}\u{A0}: {} non versés{kept}.", c.recorded_at.date(zone), c.given_up)
            })
            .unwrap_or_default(),
        closure_reason: closed.map(|c| c.reason.clone()).unwrap_or_default(),
        close_href: if closing.is_some() && obstacles.is_empty() {
            format!("{path}/solde/{authority}")
        } else {
            String::new()
        },
        obstacles: if closed.is_some() { Vec::new() } else { obstacles },
    }
}

/// Money asked back, with the turns that `hand` may take.
#[derive(Serialize)]
pub(super) struct ClawbackView {
    title: String,
    status: &'static str,
    tone: &'static str,
    rows: Vec<Row>,
    actions: Vec<ActionView>,
}

#[derive(Serialize)]
pub(super) struct ActionView {
    label: &'static str,
    href: String,
    kind: &'static str,
}

pub(super) fn clawbacks(file: &FundingFile, hand: Option<&Hand>) -> Vec<ClawbackView> {
    file.clawbacks.iter().map(|clawback| clawback_view(file, clawback, hand)).collect()
}

fn clawback_view(file: &FundingFile, clawback: &Clawback, hand: Option<&Hand>) -> ClawbackView {
    use crate::funding::rules::{ClawbackEvent as E, next_clawback};
    let slot = file.envelopes.iter().find(|(_, id)| **id == clawback.envelope).map(|(slot, _)| *slot);
    let mut rows = vec![
        row("Autorité", file.name(clawback.authority)),
        row("Ligne et année", slot.map(|slot| slot_name(file, slot)).unwrap_or_default()),
        row("Motif", &clawback.reason),
        row("Mise en demeure du", french_date(clawback.noticed_on)),
        row("Observations jusqu’au", french_date(clawback.observations_until)),
    ];
    if let (Some(amount), Some(on), Some(reference)) = (clawback.ordered, clawback.ordered_on, &clawback.reference) {
        let observations =
            if clawback.observations.is_empty() { "Aucune dans le délai" } else { &clawback.observations };
        rows.push(row("Observations de l’organisme", observations));
        rows.push(row("Reversement ordonné", format!("{amount}, le {}, référence {reference}", french_date(on))));
    }
    if let Some(on) = clawback.received_on {
        rows.push(row("Reçu le", french_date(on)));
    }
    if let Some(on) = clawback.abandoned_on {
        rows.push(row("Abandonné le", format!("{}, {}", french_date(on), clawback.abandoned_reason)));
    }
    let path = format!("/dossiers/{}/financement/reversements/{}", file.dossier.id, clawback.id);
    let allowed = |event: E| match (hand, event) {
        (None, _) => false,
        (Some(hand), E::Receive) => {
            let pays = file.lines.values().any(|l| l.authority == clawback.authority && hand.pays_from(l.id));
            pays || hand.acts_for(clawback.authority)
        }
        (Some(hand), _) => hand.acts_for(clawback.authority),
    };
    let actions = [
        (E::Order, "Ordonner le reversement", "ordre", "primary"),
        (E::Receive, "Enregistrer le reversement reçu", "reception", "primary"),
        (E::Abandon, "Abandonner le reversement", "abandon", "quiet"),
    ]
    .into_iter()
    .filter(|(event, ..)| next_clawback(clawback.state, *event).is_ok() && allowed(*event))
    .map(|(_, label, end, kind)| ActionView { label, href: format!("{path}/{end}"), kind })
    .collect();
    ClawbackView {
        title: format!("Reversement de {}", clawback.amount()),
        status: clawback.state.label(),
        tone: clawback.state.tone(),
        rows,
        actions,
    }
}
