//! A dossier's money as those who watch it follow it: the plan by funder, line and year, then authority by authority.

use serde::Serialize;

use super::{Row, plan, report, row, schedule};
use crate::access::Role;
use crate::base::identifiers::show_siret;
use crate::base::ids::DossierId;
use crate::dossiers;
use crate::fault::Fault;
use crate::funding::actions::{self, claimable};
use crate::funding::rules::{PAYMENT_SOURCE, SIRET_MISSING};
use crate::funding::store::{self, FundingFile};
use crate::web::{Answer, Visit};

pub(super) use super::schedule::{instalment_label, slot_name};

#[derive(Serialize)]
struct DossierView {
    reference: String,
    title: String,
    awarded: bool,
    state: &'static str,
    facts: Vec<Row>,
    plan: plan::PlanView,
    awards: Vec<schedule::AwardView>,
    clawbacks: Vec<schedule::ClawbackView>,
    reports: Vec<report::Table>,
    report_facts: Vec<Row>,
    report_comment: String,
    report_href: String,
    report_label: &'static str,
    claim_href: String,
    yearly_href: String,
    committed: String,
    paid: String,
    left: String,
    siret_missing: &'static str,
    payment_source: &'static str,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (file, hand, signs) = visit.read(|conn| {
        let seen = dossiers::for_staff(conn, actor, id)?;
        if !store::READERS.iter().any(|role| seen.through(*role)) {
            return Err(Fault::NotFound);
        }
        let hand = if seen.through(Role::Funder) { Some(actions::hand(conn, actor, id, visit.now)?) } else { None };
        let signs = seen.through(Role::Signatory);
        Ok((store::file_of(conn, seen.dossier)?, hand, signs))
    })?;
    let today = visit.now.in_zone(file.call.zone()).date();
    let state = file.dossier.state;
    let awarded = state.is_awarded();
    let path = format!("/dossiers/{id}/financement");
    let total = file.total();
    let may_claim = hand.as_ref().is_some_and(|hand| {
        awarded
            && claimable(hand)
                .iter()
                .any(|((line, _), ..)| file.lines.get(line).is_some_and(|line| hand.acts_for(line.authority)))
    });
    let may_report = state.is_running()
        && !file.acts.is_empty()
        && hand.as_ref().is_some_and(|hand| file.awards.iter().any(|award| hand.acts_for(award.authority)));
    let view = DossierView {
        reference: file.dossier.reference_or_draft(),
        title: file.dossier.title_or_untitled().to_owned(),
        awarded,
        state: state.label(),
        facts: payee(&file),
        plan: plan::of_dossier(&file),
        awards: if awarded { schedule::awards(&file, today, hand.as_ref()) } else { Vec::new() },
        clawbacks: schedule::clawbacks(&file, hand.as_ref()),
        reports: report::tables(&file),
        report_facts: report::summary(&file),
        report_comment: file.report.as_ref().map(|report| report.comment.clone()).unwrap_or_default(),
        report_href: if may_report { format!("{path}/compte-rendu") } else { String::new() },
        report_label: if file.report.is_some() { "Corriger le compte rendu" } else { "Enregistrer le compte rendu" },
        claim_href: if may_claim { format!("{path}/reversements/nouveau") } else { String::new() },
        yearly_href: if signs && state.is_running() && plan::waits_for_credits(&file) {
            format!("/dossiers/{id}/decision-annuelle")
        } else {
            String::new()
        },
        committed: total.committed.to_string(),
        paid: total.paid.to_string(),
        left: (total.committed - total.paid).to_string(),
        siret_missing: if state.is_running() && file.payee.siret.is_none() { SIRET_MISSING } else { "" },
        payment_source: PAYMENT_SOURCE,
    };
    let title = format!("Financement du dossier {}", view.reference);
    let answer = Answer::page(title, "funding/dossier.html", &view)?;
    Ok(crumbs(answer, &file).crumb(view.reference, ""))
}

fn payee(file: &FundingFile) -> Vec<Row> {
    let siret = file.payee.siret.as_deref().map_or_else(|| "non connu".to_owned(), show_siret);
    let mut rows = vec![row("Organisme", &file.payee.name), row("SIRET", siret)];
    if let Some(rna) = &file.payee.rna {
        rows.push(row("RNA", rna));
    }
    rows
}

/// From the calls down to the call's money.
pub(super) fn crumbs(answer: Answer, file: &FundingFile) -> Answer {
    answer
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&file.call.title, format!("/appels/{}", file.call.code))
        .crumb("Financement", format!("/appels/{}/financement", file.call.code))
}
