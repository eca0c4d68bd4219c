//! The decision as its applicant reads it, once notified.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shared::{ShareView, outcome_label, share_views};
use super::store;
use crate::base::ids::{DossierId, InstitutionId, LetterId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::basis::overall;
use crate::decisions::letter::appeal_routes;
use crate::decisions::model::{Decision, Letter};
use crate::decisions::{actions, check_code};
use crate::documents::amount_in_words;
use crate::dossiers::{Dossier, Outcome, State};
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
struct LetterView {
    number: String,
    kind: &'static str,
    date: String,
    href: String,
    /// « Remplacée par … », or empty.
    replaced: String,
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
    shares: Vec<ShareView>,
    motive: String,
    next: &'static str,
    references: Vec<Reference>,
    appeal: Vec<String>,
    letter_href: String,
    letters: Vec<LetterView>,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let id: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let view = visit.read(|conn| {
        let (dossier, decisions, letters) = actions::notified(conn, actor, id)?;
        let call = calls::of_dossier(conn, id)?;
        let last = letters.last().ok_or(Fault::NotFound)?;
        // What each authority last said.
        let mut said: BTreeMap<InstitutionId, Decision> = BTreeMap::new();
        for decision in decisions {
            said.insert(decision.authority, decision);
        }
        let mut said: Vec<Decision> = said.into_values().collect();
        said.sort_by_key(|d| d.authority != call.authority);
        view(conn, &call, &dossier, &said, &letters, last)
    })?;
    keep_first_reading(visit, id)?;
    let (title, reference) = (format!("Décision – {}", view.reference), view.reference.clone());
    Ok(Answer::page(title, "decisions/applicant.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Décision", ""))
}

fn view(
    conn: &mut Conn,
    call: &Call,
    dossier: &Dossier,
    said: &[Decision],
    letters: &[Letter],
    last: &Letter,
) -> Result<DecisionView, Fault> {
    let zone = call.zone();
    let id = dossier.id;
    let outcome = overall(said).ok_or(Fault::NotFound)?;
    let rank = said.iter().find_map(|d| d.rank);
    let ended = dossier.state == State::Terminated;
    let granted: Vec<_> = said.iter().flat_map(|d| d.shares.iter().copied()).collect();
    let amount = said.iter().filter_map(Decision::total).reduce(|a, b| a + b);
    let shares = share_views(conn, call, &granted)?;
    let mut authorities = Vec::new();
    for decision in said {
        authorities.push(store::authority(conn, decision.authority)?);
    }
    let mut references = vec![Reference::new("Appel", call.title.clone())];
    for (decision, (authority, _)) in said.iter().zip(&authorities) {
        let signed = format!("{}, signée le {} par {authority}", decision.number, decision.signed_at.date(zone));
        references.push(Reference::new(decision.kind.label(), signed));
    }
    references.push(Reference::new("Notifiée le", last.notified_at.map(|at| at.date(zone)).unwrap_or_default()));
    references.push(Reference {
        key: "Code de vérification",
        value: check_code::grouped(&last.check_code),
        href: format!("/verifier/{}", last.check_code),
    });
    let motives: Vec<&str> = said.iter().map(|d| d.motive.as_str()).filter(|m| !m.is_empty()).collect();
    let contact = &call.definition.contact;
    Ok(DecisionView {
        reference: dossier.reference_or_draft(),
        title: dossier.title_or_untitled().to_owned(),
        headline: if ended { "L’attribution de votre subvention a pris fin" } else { headline(outcome) },
        outcome: if ended { State::Terminated.label().to_owned() } else { outcome_label(outcome, rank) },
        tone: if ended { State::Terminated.tone() } else { outcome.tone() },
        amount: amount.map(|a| a.to_string()).unwrap_or_default(),
        amount_in_words: amount.map(amount_in_words).unwrap_or_default(),
        shares: if shares.len() > 1 { shares } else { Vec::new() },
        motive: motives.join("\n"),
        next: if ended {
            "Le service vous dira si des sommes sont à reverser. Vous pouvez lui demander des explications."
        } else {
            next(outcome)
        },
        appeal: appeal_routes(call, &authorities),
        references,
        letter_href: format!("/mes-dossiers/{id}/courriers/{}", last.id),
        letters: letters
            .iter()
            .rev()
            .skip(1)
            .map(|letter| LetterView {
                number: letter.number.clone(),
                kind: letter.kind.label(),
                date: letter.notified_at.map(|at| at.date(zone)).unwrap_or_default(),
                href: format!("/mes-dossiers/{id}/courriers/{}", letter.id),
                replaced: letter
                    .replaced_by
                    .and_then(|by| letters.iter().find(|l| l.id == by))
                    .map(|by| format!("Remplacée par {}", by.number))
                    .unwrap_or_default(),
            })
            .collect(),
        contact_service: contact.service.clone(),
        contact_email: contact.email.clone(),
        contact_telephone: contact.telephone.clone(),
    })
}

pub(super) fn last_letter(visit: &Visit) -> Result<Answer, Fault> {
    sealed_letter(visit, None)
}

pub(super) fn letter(visit: &Visit) -> Result<Answer, Fault> {
    let letter: LetterId = visit.param("letter")?;
    sealed_letter(visit, Some(letter))
}

fn sealed_letter(visit: &Visit, wanted: Option<LetterId>) -> Result<Answer, Fault> {
    let id: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let files = &visit.service().files;
    let (name, bytes) = visit.read(|conn| {
        let (_, _, mut letters) = actions::notified(conn, actor, id)?;
        letters.retain(|letter| wanted.is_none_or(|wanted| letter.id == wanted));
        let letter = letters.pop().ok_or(Fault::NotFound)?;
        sealed::bytes(conn, files, letter.document)
    })?;
    keep_first_reading(visit, id)?;
    Ok(Answer::pdf(name, bytes))
}

fn keep_first_reading(visit: &Visit, id: DossierId) -> Result<(), Fault> {
    let actor = visit.actor()?;
    let (_, _, letters) = visit.read(|conn| actions::notified(conn, actor, id))?;
    if letters.iter().all(|letter| letter.read_at.is_some()) {
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
