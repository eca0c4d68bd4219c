//! A dossier's money as its funder follows it.

use serde::Serialize;

use super::{Row, row};
use crate::access::Role;
use crate::base::clock::{Instant, french_date};
use crate::base::identifiers::show_siret;
use crate::base::ids::DossierId;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::actions::{act_facts, payment_facts};
use crate::funding::rules::{PAYMENT_SOURCE, PaymentKind, SIRET_MISSING, Schedule, payment_due};
use crate::funding::store::{self, FundingFile};
use crate::web::{Answer, Visit};

/// A planned payment beside what was paid.
#[derive(Serialize)]
pub(super) struct Instalment {
    label: &'static str,
    when: String,
    planned: String,
    paid: String,
    detail: String,
    status: &'static str,
    tone: &'static str,
}

/// The schedule of a grant, with what came of it.
pub(super) fn instalments(file: &FundingFile, now: Instant) -> Vec<Instalment> {
    let Some(decision) = &file.decision else { return Vec::new() };
    let Some(total) = file.act.as_ref().map(|act| act.amount).or(decision.firm()) else { return Vec::new() };
    let schedule = Schedule::of(total);
    let zone = file.call.zone();
    PaymentKind::ALL
        .iter()
        .map(|kind| {
            let payment = file.payments.iter().find(|payment| payment.kind == *kind);
            let late = decision.notified_at.is_some_and(|at| now > payment_due(at));
            let (status, tone) = match (payment, kind) {
                (Some(_), _) => ("Versé", "success"),
                (None, PaymentKind::Advance) if late => ("En retard", "danger"),
                (None, PaymentKind::Advance) => ("À verser", "warning"),
                (None, PaymentKind::Balance) => ("À venir", "neutral"),
            };
            Instalment {
                label: kind.label(),
                when: match kind {
                    PaymentKind::Advance => decision.notified_at.map_or_else(
                        || "après la notification".to_owned(),
                        |at| format!("avant le {}", payment_due(at).date(zone)),
                    ),
                    PaymentKind::Balance => "au vu du compte rendu financier".to_owned(),
                },
                planned: match kind {
                    PaymentKind::Advance => schedule.advance.to_string(),
                    PaymentKind::Balance => schedule.balance().to_string(),
                },
                paid: payment.map(|p| p.amount.to_string()).unwrap_or_default(),
                detail: payment
                    .map(|p| format!("le {}, référence {}", french_date(p.paid_on), p.reference))
                    .unwrap_or_default(),
                status,
                tone,
            }
        })
        .collect()
}

/// The decision, the act and the payee in rows.
pub(super) fn facts(file: &FundingFile) -> Vec<Row> {
    let zone = file.call.zone();
    let mut rows = Vec::new();
    if let Some(decision) = &file.decision {
        rows.push(row("Décision", format!("n°\u{A0}{}", decision.number)));
        rows.push(row("Signée le", decision.signed_at.date(zone)));
        if let Some(at) = decision.notified_at {
            rows.push(row("Notifiée le", at.date(zone)));
        }
        if let Some(amount) = decision.firm() {
            rows.push(row("Montant accordé", amount.to_string()));
        }
    }
    if let Some(envelope) = &file.envelope {
        rows.push(row("Ligne de financement", envelope.label()));
    }
    rows.push(row("Organisme", &file.payee.name));
    rows.push(match &file.payee.siret {
        Some(siret) => row("SIRET", show_siret(siret)),
        None => row("SIRET", "non connu"),
    });
    if let Some(act) = &file.act {
        rows.push(row("Acte", format!("{} {}", act.kind, act.reference)));
        rows.push(row("Daté du", french_date(act.dated_on)));
    }
    rows
}

#[derive(Serialize)]
struct DossierView {
    reference: String,
    title: String,
    awarded: bool,
    facts: Vec<Row>,
    instalments: Vec<Instalment>,
    committed: String,
    paid: String,
    left: String,
    explanation: String,
    siret_missing: &'static str,
    payment_source: &'static str,
    act_href: String,
    payment_href: String,
    payment_label: String,
    done: bool,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (file, may_record) = visit.read(|conn| {
        let seen = dossiers::for_staff(conn, actor, id)?;
        if !store::READERS.iter().any(|role| seen.through(*role)) {
            return Err(Fault::NotFound);
        }
        let may_record =
            seen.through(Role::Funder) && crate::funding::actions::file_for_funder(conn, actor, id).is_ok();
        Ok((store::file_of(conn, seen.dossier)?, may_record))
    })?;
    let awarded = file.dossier.state.is_awarded();
    let payment = payment_facts(&file, visit.now).ok();
    let next = payment.as_ref().and_then(crate::funding::rules::PaymentFacts::next_kind);
    let path = format!("/dossiers/{id}/financement");
    let view = DossierView {
        reference: file.dossier.reference_or_draft(),
        title: file.dossier.title_or_untitled().to_owned(),
        awarded,
        facts: facts(&file),
        instalments: if awarded { instalments(&file, visit.now) } else { Vec::new() },
        committed: file.committed.to_string(),
        paid: file.paid.to_string(),
        left: (file.committed - file.paid).to_string(),
        explanation: match act_facts(&file, visit.now) {
            Ok(facts) if file.act.is_none() => facts.explanation(),
            _ => String::new(),
        },
        siret_missing: if awarded && file.payee.siret.is_none() { SIRET_MISSING } else { "" },
        payment_source: PAYMENT_SOURCE,
        act_href: if may_record && awarded && file.act.is_none() { format!("{path}/acte") } else { String::new() },
        payment_href: if may_record && next.is_some() && file.payee.siret.is_some() {
            format!("{path}/versement")
        } else {
            String::new()
        },
        payment_label: next.map_or_else(String::new, |kind| match kind {
            PaymentKind::Advance => "Enregistrer le versement de l’avance".to_owned(),
            PaymentKind::Balance => "Enregistrer le versement du solde".to_owned(),
        }),
        done: payment.is_some() && next.is_none(),
    };
    let title = format!("Financement du dossier {}", view.reference);
    let answer = Answer::page(title, "funding/dossier.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, ""))
}

/// From the calls down to the call's money.
pub(super) fn crumbs(answer: Answer, file: &FundingFile) -> Answer {
    answer
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&file.call.title, format!("/appels/{}", file.call.code))
        .crumb("Financement", format!("/appels/{}/financement", file.call.code))
}
