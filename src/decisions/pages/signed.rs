//! A signed decision as agents read it, and its sealed letter.

use serde::Serialize;

use super::{READERS, decide, outcome_label, store};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::decisions::Decision;
use crate::decisions::actions::{self, Case};
use crate::decisions::check_code;
use crate::dossiers::{self, Event};
use crate::fault::Fault;
use crate::sealed;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Fact {
    key: &'static str,
    value: String,
}

#[derive(Serialize)]
struct SignedView {
    reference: String,
    title: String,
    number: String,
    outcome: String,
    tone: &'static str,
    facts: Vec<Fact>,
    letter_href: String,
    /// Empty unless this person may notify it now.
    notify_href: String,
    waiting: bool,
    by_post: bool,
}

pub(super) fn page(visit: &Visit, case: &Case, decision: &Decision) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = case.dossier.id;
    let zone = case.call.zone();
    let view = visit.read(|conn| {
        let letter = store::letter_of(conn, decision.id)?;
        let delegation = store::delegation_by_id(conn, decision.delegation)?;
        let (given_name, surname) = store::person(conn, decision.signed_by)?;
        let (authority, _) = store::authority(conn, decision.authority)?;
        let electronic = actions::accepts_electronic(conn, decision)?;
        let manages = dossiers::for_staff(conn, actor, id)?.through(Role::CallManager);
        let can = dossiers::rules::allows(case.dossier.state, Event::Notify, &case.call.definition.stages);
        let mut facts = vec![Fact { key: "Porteur", value: case.version.content.applicant.name.clone() }];
        if let Some(amount) = decision.amount {
            facts.push(Fact { key: "Montant attribué", value: amount.to_string() });
        }
        if let Some(envelope) = decision.envelope {
            facts.push(Fact { key: "Enveloppe", value: decide::envelope_label(conn, envelope)? });
        }
        if !decision.motive.is_empty() {
            facts.push(Fact { key: "Motif", value: decision.motive.clone() });
        }
        let opinion = match case.opinion.total() {
            Some(amount) => format!("{}, {amount}", outcome_label(case.opinion.outcome, case.opinion.rank)),
            None => outcome_label(case.opinion.outcome, case.opinion.rank),
        };
        facts.push(Fact { key: "Avis du comité", value: opinion });
        if !decision.departure_reason.is_empty() {
            facts.push(Fact { key: "Raison de l’écart", value: decision.departure_reason.clone() });
        }
        facts.extend([
            Fact { key: "Autorité", value: authority },
            Fact { key: "Signataire", value: format!("{given_name} {surname}, {}", delegation.quality) },
            Fact { key: "Délégation", value: delegation.reference },
            Fact { key: "Signée le", value: decision.signed_at.short(zone) },
            Fact { key: "Courrier", value: letter.number.clone() },
            Fact { key: "Code de vérification", value: check_code::grouped(&letter.check_code) },
        ]);
        if let Some(at) = decision.notified_at {
            facts.push(Fact { key: "Notifiée le", value: at.short(zone) });
            let read = letter.read_at.map_or_else(|| "Pas encore".to_owned(), |at| at.short(zone));
            facts.push(Fact { key: "Lue par le porteur", value: read });
        }
        Ok(SignedView {
            reference: case.dossier.reference_or_draft(),
            title: case.dossier.title_or_untitled().to_owned(),
            number: decision.number.clone(),
            outcome: outcome_label(decision.outcome, decision.rank),
            tone: decision.outcome.tone(),
            facts,
            letter_href: format!("/dossiers/{id}/courrier"),
            notify_href: if manages && can { format!("/dossiers/{id}/notifier") } else { String::new() },
            waiting: decision.notified_at.is_none(),
            by_post: !electronic,
        })
    })?;
    let title = format!("Décision {}", view.number);
    Ok(decide::crumbs(Answer::page(title, "decisions/signed.html", &view)?.desk(), case))
}

/// The sealed bytes, for the institutions.
pub(super) fn letter(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let files = &visit.service().files;
    let (name, bytes) = visit.read(|conn| {
        let view = dossiers::for_staff(conn, actor, dossier)?;
        if !READERS.iter().any(|role| view.through(*role)) {
            return Err(Fault::NotFound);
        }
        let decision = store::of_dossier(conn, dossier)?.ok_or(Fault::NotFound)?;
        let letter = store::letter_of(conn, decision.id)?;
        sealed::bytes(conn, files, letter.document)
    })?;
    Ok(Answer::pdf(name, bytes))
}
