//! The decision as its applicant reads it, once notified.

use serde::Serialize;

use super::{outcome_label, store};
use crate::base::ids::DossierId;
use crate::calls;
use crate::decisions::actions;
use crate::decisions::check_code;
use crate::decisions::letter::appeal_routes;
use crate::documents::amount_in_words;
use crate::dossiers::Outcome;
use crate::fault::Fault;
use crate::sealed;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Reference {
    key: &'static str,
    value: String,
    href: String,
}

impl Reference {
    fn new(key: &'static str, value: String) -> Self {
        Self { key, value, href: String::new() }
    }
}

#[derive(Serialize)]
struct DecisionView {
    reference: String,
    title: String,
    headline: &'static str,
    outcome: String,
    tone: &'static str,
    amount: String,
    amount_in_words: String,
    motive: String,
    next: &'static str,
    references: Vec<Reference>,
    appeal: Vec<String>,
    letter_href: String,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let id: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let view = visit.read(|conn| {
        let (dossier, decision, letter) = actions::notified(conn, actor, id)?;
        let call = calls::of_dossier(conn, id)?;
        let (authority, address) = store::authority(conn, decision.authority)?;
        let zone = call.zone();
        let notified_at = decision.notified_at.ok_or(Fault::NotFound)?;
        let contact = &call.definition.contact;
        Ok(DecisionView {
            reference: dossier.reference_or_draft(),
            title: dossier.title_or_untitled().to_owned(),
            headline: headline(decision.outcome),
            outcome: outcome_label(decision.outcome, decision.rank),
            tone: decision.outcome.tone(),
            amount: decision.amount.map(|a| a.to_string()).unwrap_or_default(),
            amount_in_words: decision.amount.map(amount_in_words).unwrap_or_default(),
            motive: decision.motive.clone(),
            next: next(decision.outcome),
            appeal: appeal_routes(&call, &authority, &address),
            references: vec![
                Reference::new("Appel", call.title.clone()),
                Reference::new("Décision", format!("{}, signée le {}", decision.number, decision.signed_at.date(zone))),
                Reference::new("Autorité", authority),
                Reference::new("Notifiée le", notified_at.date(zone)),
                Reference {
                    key: "Code de vérification",
                    value: check_code::grouped(&letter.check_code),
                    href: format!("/verifier/{}", letter.check_code),
                },
            ],
            letter_href: format!("/mes-dossiers/{id}/courrier"),
            contact_service: contact.service.clone(),
            contact_email: contact.email.clone(),
            contact_telephone: contact.telephone.clone(),
        })
    })?;
    keep_first_reading(visit, id)?;
    let (title, reference) = (format!("Décision – {}", view.reference), view.reference.clone());
    Ok(Answer::page(title, "decisions/applicant.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Décision", ""))
}

pub(super) fn letter(visit: &Visit) -> Result<Answer, Fault> {
    let id: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let files = &visit.service().files;
    let (name, bytes) = visit.read(|conn| {
        let (_, _, letter) = actions::notified(conn, actor, id)?;
        sealed::bytes(conn, files, letter.document)
    })?;
    keep_first_reading(visit, id)?;
    Ok(Answer::pdf(name, bytes))
}

fn keep_first_reading(visit: &Visit, id: DossierId) -> Result<(), Fault> {
    let actor = visit.actor()?;
    let (_, _, letter) = visit.read(|conn| actions::notified(conn, actor, id))?;
    if letter.read_at.is_some() {
        return Ok(());
    }
    match visit.perform(|op| actions::record_reading(op, actor, id)) {
        // A colleague opened it at the same instant.
        Ok(()) | Err(Fault::Stale) => Ok(()),
        Err(fault) => Err(fault),
    }
}

fn headline(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Selected => "Votre projet est retenu",
        Outcome::Waitlisted => "Votre projet est inscrit sur la liste complémentaire",
        Outcome::Rejected => "Votre projet n’est pas retenu",
        Outcome::NotShortlisted => "Votre projet n’est pas présélectionné",
        Outcome::Ineligible => "Votre dossier n’est pas recevable",
    }
}

fn next(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Selected => {
            "Un acte attributif ou une convention fixera les conditions de versement. Attendez-le avant de compter sur les \
             sommes, et prévenez le service si le projet change."
        }
        Outcome::Waitlisted => {
            "Si des crédits se libèrent, les projets de la liste sont examinés dans l’ordre de leur rang et vous en serez \
             averti par écrit. Cette inscription ne vaut pas promesse de financement."
        }
        Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => {
            "Le service chargé de l’appel peut vous expliquer cette décision et parler de la suite."
        }
    }
}
