//! What a signatory is about to sign, in words.

use serde::Serialize;

use super::decide::envelope_label;
use super::{outcome_label, store};
use crate::access::Actor;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::decisions::actions::{Case, Draft};
use crate::decisions::model::Movement;
use crate::documents::amount_in_words;
use crate::fault::Fault;

#[derive(Serialize)]
pub(super) struct SummaryRow {
    key: &'static str,
    value: String,
}

/// Everything that will be signed, in words.
pub(super) fn summary(conn: &mut Conn, actor: &Actor, case: &Case, draft: &Draft) -> Result<Vec<SummaryRow>, Fault> {
    let (terms, delegation) = (&draft.terms, &draft.delegation);
    let content = &case.version.content;
    let (authority, _) = store::authority(conn, case.call.authority)?;
    let mut rows = vec![
        SummaryRow {
            key: "Projet",
            value: format!("{} – {}", case.dossier.reference_or_draft(), case.dossier.title_or_untitled()),
        },
        SummaryRow { key: "Porteur", value: content.applicant.name.clone() },
        SummaryRow { key: "Décision", value: outcome_label(terms.outcome, terms.rank) },
    ];
    if let Some(amount) = terms.amount {
        rows.push(SummaryRow { key: "Montant", value: format!("{amount} ({})", amount_in_words(amount)) });
    }
    if let Some(envelope) = terms.envelope {
        rows.push(SummaryRow { key: "Enveloppe", value: envelope_label(conn, envelope)? });
    }
    if !terms.motive.is_empty() {
        rows.push(SummaryRow { key: "Motif", value: terms.motive.clone() });
    }
    let opinion = match case.opinion.total() {
        Some(amount) => format!("{}, {amount}", outcome_label(case.opinion.outcome, case.opinion.rank)),
        None => outcome_label(case.opinion.outcome, case.opinion.rank),
    };
    rows.push(SummaryRow { key: "Avis du comité", value: opinion });
    if !terms.departure_reason.is_empty() {
        rows.push(SummaryRow { key: "Raison de l’écart", value: terms.departure_reason.clone() });
    }
    rows.extend([
        SummaryRow { key: "Autorité", value: authority },
        SummaryRow {
            key: "Signataire",
            value: format!("{}, {}, {}", actor.name(), delegation.quality, delegation.service),
        },
        SummaryRow { key: "Délégation", value: delegation.reference.clone() },
        SummaryRow {
            key: "Envoi",
            value: if content.electronic_notification {
                "Par voie électronique, à la notification".to_owned()
            } else {
                "Par voie postale\u{A0}: le porteur n’a pas accepté la notification électronique".to_owned()
            },
        },
    ]);
    Ok(rows)
}

pub(super) fn consequences(conn: &mut Conn, case: &Case, draft: &Draft) -> Result<Vec<String>, Fault> {
    let mut said = Vec::new();
    match draft.terms.movement {
        Movement::None => said.push("Aucun argent n’est réservé ni engagé.".to_owned()),
        Movement::Release { reserved, .. } => {
            said.push(format!("Les {reserved} réservés par le comité redeviennent disponibles."));
        }
        Movement::Commit { envelope, reserved, amount } => {
            said.push(format!(
                "{amount} sont engagés sur l’enveloppe «\u{202F}{}\u{202F}».",
                envelope_label(conn, envelope)?
            ));
            if reserved > amount {
                let freed = reserved - amount;
                said.push(format!("{reserved} étaient réservés\u{202F}: {freed} redeviennent disponibles."));
            }
        }
    }
    let threshold = Cents::from_euros(case.call.definition.decision.agreement_above_euros);
    if draft.terms.amount.is_some_and(|amount| amount > threshold) {
        said.push(format!(
            "Le montant dépasse {threshold}\u{202F}: une convention est obligatoire pour un organisme privé."
        ));
    }
    said.push(
        "La lettre est scellée telle que le projet la montre, avec son numéro et son code de vérification.".to_owned(),
    );
    said.push("Une décision signée ne se modifie plus dans ce service.".to_owned());
    Ok(said)
}
