//! What the project holder sees of the money: the acts, the schedule, the payments, what is asked back.

use serde::Serialize;

use super::{Row, report, row, schedule};
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
    awards: Vec<schedule::AwardView>,
    clawbacks: Vec<schedule::ClawbackView>,
    report_facts: Vec<Row>,
    has_act: bool,
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
    let today = visit.now.in_zone(file.call.zone()).date();
    let granted: crate::base::money::Cents = file.awards.iter().map(crate::funding::Award::total).sum();
    let total = file.total();
    let reference = file.dossier.reference_or_draft();
    let view = ApplicantView {
        title: file.dossier.title_or_untitled().to_owned(),
        facts: vec![
            row("Subvention accordée", granted.to_string()),
            row("Déjà versé", total.paid.to_string()),
            row("État", file.dossier.state.label()),
        ],
        awards: schedule::awards(&file, today, None),
        clawbacks: schedule::clawbacks(&file, None),
        report_facts: report::summary(&file),
        has_act: !file.acts.is_empty(),
        siret_missing: file.dossier.state.is_running() && file.payee.siret.is_none(),
        payment_source: PAYMENT_SOURCE,
        indicators_href: format!("/mes-dossiers/{id}/indicateurs"),
    };
    Ok(Answer::page(format!("Votre subvention – {reference}"), "funding/applicant.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Votre subvention", ""))
}
