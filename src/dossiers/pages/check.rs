//! Reading everything again, submitting, and the confirmation.

use serde::Serialize;

use super::{Deadline, Found, Opened, already_submitted, open};
use crate::calls;
use crate::dossiers::actions;
use crate::dossiers::model::State;
use crate::dossiers::present::{self, PresentedSection};
use crate::dossiers::receipt::{implicit_rejection, next_steps};
use crate::dossiers::sight::for_applicant;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::mail;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Remaining {
    href: String,
    section: String,
    message: String,
}

#[derive(Serialize)]
struct CheckView {
    title: String,
    call: String,
    organisation: String,
    deadline: Deadline,
    remaining: Vec<Remaining>,
    remaining_title: String,
    sections: Vec<PresentedSection>,
    action: String,
    back: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    match open(visit)? {
        Found::Draft(opened) => check(visit, &opened),
        Found::Submitted(dossier) => Ok(already_submitted(&dossier)),
    }
}

fn check(visit: &Visit, opened: &Opened) -> Result<Answer, Fault> {
    let definition = &opened.call.definition;
    let change = |section: &str, field: &str| {
        let anchor = if field.is_empty() { String::new() } else { format!("#field-{field}") };
        format!("{}{anchor}", opened.section_path(section))
    };
    let download = super::follow::piece_links(&opened.dossier, &opened.draft.attachments);
    let mut sections = present::sections_with_links(definition, &opened.draft.content, &download, Some(&change));
    if opened.problems.iter().any(|p| p.field == "notification") {
        // Not chosen yet is neither of the two.
        for row in sections.iter_mut().flat_map(|s| &mut s.rows).filter(|r| r.href.ends_with("#field-notification")) {
            row.value.clear();
        }
    }
    let remaining: Vec<Remaining> = opened
        .problems
        .iter()
        .map(|problem| Remaining {
            href: format!("{}?corriger=oui#field-{}", opened.section_path(&problem.section), problem.field),
            section: definition.section(&problem.section).map_or(String::new(), |s| s.title.clone()),
            message: problem.message.clone(),
        })
        .collect();
    let view = CheckView {
        title: opened.dossier.title_or_untitled().to_owned(),
        call: opened.call.title.clone(),
        organisation: opened.draft.content.applicant.name.clone(),
        deadline: opened.deadline(visit),
        remaining_title: match remaining.len() {
            1 => "Il reste un point à corriger avant de déposer".to_owned(),
            n => format!("Il reste {n} points à corriger avant de déposer"),
        },
        remaining,
        sections,
        action: format!("{}/deposer", opened.path()),
        back: opened.path(),
    };
    let answer = Answer::page("Vérifier et déposer le dossier", "dossiers/check.html", &view)?;
    Ok(opened.crumbs(answer))
}

pub(super) fn submit(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let confirmed = || Answer::redirect(format!("{}/depose", super::path(id)));
    match visit.perform(|op| actions::submit(op, actor, id)) {
        Ok(_) => Ok(confirmed()),
        Err(fault @ (Fault::Refused(_) | Fault::Stale | Fault::Invalid(_))) => match open(visit)? {
            // A second click, or the form sent again: the first one did it.
            Found::Submitted(_) => Ok(confirmed()),
            Found::Draft(opened) => {
                let status = if matches!(fault, Fault::Invalid(_)) { 422 } else { 409 };
                Ok(check(visit, &opened)?.status(status))
            }
        },
        Err(other) => Err(other),
    }
}

#[derive(Serialize)]
struct ConfirmationView {
    reference: String,
    title: String,
    organisation: String,
    call: String,
    received_at: String,
    received_iso: String,
    requested: String,
    mailed_to: String,
    steps: Vec<String>,
    implicit_rejection: String,
    receipt_href: String,
    dossier_href: String,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
}

pub(super) fn confirmation(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let (dossier, call, version, recipients) = visit.read(|conn| {
        let dossier = for_applicant(conn, actor, id)?;
        if dossier.state == State::Draft {
            return Err(Fault::NotFound);
        }
        let call = calls::of_dossier(conn, id)?;
        let version = store::current_version(conn, &dossier)?;
        let recipients = mail::recipients(conn, id, "dossier.receipt")?;
        Ok((dossier, call, version, recipients))
    })?;
    let path = super::path(id);
    let contact = &call.definition.contact;
    let view = ConfirmationView {
        reference: dossier.reference_or_draft(),
        title: dossier.title.clone(),
        organisation: version.content.applicant.name.clone(),
        call: call.title.clone(),
        received_at: version.submitted_at.long(call.zone()),
        received_iso: version.submitted_at.iso(),
        requested: version.requested.to_string(),
        mailed_to: recipients.join(" et "),
        steps: next_steps(&call.definition),
        implicit_rejection: implicit_rejection(&call.definition, version.submitted_at)?,
        receipt_href: format!("{path}/accuse-de-reception"),
        dossier_href: path,
        contact_service: contact.service.clone(),
        contact_email: contact.email.clone(),
        contact_telephone: contact.telephone.clone(),
    };
    Ok(Answer::page("Dossier déposé", "dossiers/confirmation.html", &view)?.crumb("Mes dossiers", "/mes-dossiers"))
}
