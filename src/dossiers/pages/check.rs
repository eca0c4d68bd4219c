//! Reading everything again, submitting, and the confirmation.

use serde::Serialize;

use super::{Deadline, Found, Opened, already_submitted, open};
use crate::calls;
use crate::dossiers::actions;
use crate::dossiers::completion;
use crate::dossiers::model::State;
use crate::dossiers::present::{self, PresentedSection};
use crate::dossiers::receipt::{first_received, implicit_rejection, next_steps};
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
    heading: &'static str,
    lead: &'static str,
    title: String,
    call: String,
    organisation: String,
    deadline: Deadline,
    remaining: Vec<Remaining>,
    remaining_title: String,
    sections: Vec<PresentedSection>,
    action: String,
    button: &'static str,
    what_happens: String,
    back: String,
    member: bool,
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
        if !opened.opens(section) {
            return String::new();
        }
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
    let answers = opened.request.is_some();
    let after = if answers { "avant de répondre" } else { "avant de déposer" };
    let view = CheckView {
        heading: if answers { "Vérifier et répondre" } else { "Vérifier et déposer le dossier" },
        lead: if answers {
            "Relisez vos réponses. La nouvelle version remplacera celle que vous aviez déposée\u{202F}; les deux sont conservées."
        } else {
            "Relisez vos réponses. Après le dépôt, le dossier ne se modifie plus."
        },
        title: opened.dossier.title_or_untitled().to_owned(),
        call: opened.call.title.clone(),
        organisation: opened.draft.content.applicant.name.clone(),
        deadline: opened.deadline(visit),
        remaining_title: match remaining.len() {
            1 => format!("Il reste un point à corriger {after}"),
            n => format!("Il reste {n} points à corriger {after}"),
        },
        remaining,
        sections,
        action: format!("{}/{}", opened.path(), if answers { "repondre" } else { "deposer" }),
        button: if answers { "Répondre à la demande" } else { "Déposer le dossier" },
        what_happens: if answers {
            "En répondant, vous déposez une nouvelle version du dossier. Vous recevrez aussitôt un accusé de réception, et le \
             service reprendra son examen."
                .to_owned()
        } else {
            format!(
                "En déposant, vous transmettez ce dossier à l’appel «\u{202F}{}\u{202F}» au nom de {}. Vous recevrez aussitôt une \
                 référence et un accusé de réception.",
                opened.call.title, opened.draft.content.applicant.name
            )
        },
        back: opened.path(),
        member: opened.member,
    };
    let answer = Answer::page(view.heading, "dossiers/check.html", &view)?;
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
            Found::Draft(opened) if opened.request.is_some() => Ok(Answer::redirect(opened.path())),
            Found::Draft(opened) => {
                let status = if matches!(fault, Fault::Invalid(_)) { 422 } else { 409 };
                Ok(check(visit, &opened)?.status(status))
            }
        },
        Err(other) => Err(other),
    }
}

/// Submits what was completed.
pub(super) fn answer(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let done = || {
        Answer::redirect(super::path(id)).flash(
            "Votre réponse est déposée\u{202F}: la nouvelle version remplace la précédente, et l’examen reprend.",
        )
    };
    match visit.perform(|op| actions::answer_completion(op, actor, id)) {
        Ok(_) => Ok(done()),
        Err(fault @ (Fault::Refused(_) | Fault::Stale | Fault::Invalid(_))) => match open(visit)? {
            // A second click, or the form sent again: the first one did it.
            Found::Submitted(_) => Ok(done()),
            Found::Draft(opened) => match fault {
                Fault::Invalid(_) => Ok(check(visit, &opened)?.status(422)),
                other => Ok(Answer::redirect(opened.path()).flash_as("warning", other.to_string())),
            },
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
    let (dossier, call, version, recipients, requests) = visit.read(|conn| {
        let dossier = for_applicant(conn, actor, id)?;
        if dossier.state == State::Draft {
            return Err(Fault::NotFound);
        }
        let call = calls::of_dossier(conn, id)?;
        let version = store::current_version(conn, &dossier)?;
        let recipients = mail::recipients(conn, id, "dossier.receipt")?;
        Ok((dossier, call, version, recipients, completion::of_dossier(conn, id)?))
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
        implicit_rejection: implicit_rejection(
            &call.definition,
            first_received(&dossier, &version),
            completion::suspended_days(&requests, call.zone(), visit.now),
        )?,
        receipt_href: format!("{path}/accuse-de-reception"),
        dossier_href: path,
        contact_service: contact.service.clone(),
        contact_email: contact.email.clone(),
        contact_telephone: contact.telephone.clone(),
    };
    Ok(Answer::page("Dossier déposé", "dossiers/confirmation.html", &view)?.crumb("Mes dossiers", "/mes-dossiers"))
}
