//! What the project holder sees of the money: the act, the schedule, the payments.

use serde::Serialize;

use super::{Row, dossier, row};
use crate::base::clock::french_date;
use crate::base::ids::DossierId;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::rules::PAYMENT_SOURCE;
use crate::funding::store;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct ApplicantView {
    title: String,
    facts: Vec<Row>,
    has_act: bool,
    instalments: Vec<dossier::Instalment>,
    siret_missing: bool,
    payment_source: &'static str,
    indicators_href: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let file = visit.read(|conn| {
        let dossier = dossiers::for_applicant(conn, actor, id)?;
        // Before notification the page does not exist: its very presence would tell the outcome.
        if !dossier.state.is_awarded() {
            return Err(Fault::NotFound);
        }
        store::file_of(conn, dossier)
    })?;
    let zone = file.call.zone();
    let mut facts = Vec::new();
    if let Some(decision) = &file.decision {
        if let Some(amount) = decision.firm() {
            facts.push(row("Subvention accordée", amount.to_string()));
        }
        facts.push(row("Décision", format!("n°\u{A0}{}", decision.number)));
        if let Some(at) = decision.notified_at {
            facts.push(row("Notifiée le", at.date(zone)));
        }
    }
    if let Some(act) = &file.act {
        facts.push(row("Acte", format!("{} {}, du {}", act.kind, act.reference, french_date(act.dated_on))));
    }
    let reference = file.dossier.reference_or_draft();
    let view = ApplicantView {
        title: file.dossier.title_or_untitled().to_owned(),
        facts,
        has_act: file.act.is_some(),
        instalments: dossier::instalments(&file, visit.now),
        siret_missing: file.payee.siret.is_none(),
        payment_source: PAYMENT_SOURCE,
        indicators_href: format!("/mes-dossiers/{id}/indicateurs"),
    };
    Ok(Answer::page(format!("Votre subvention – {reference}"), "funding/applicant.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Votre subvention", ""))
}
