//! What a signatory is about to sign, in words.

use serde::Serialize;

use super::shared::outcome_label;
use super::store;
use crate::access::Actor;
use crate::base::money::Cents;
use crate::db::Conn;
use crate::decisions::actions::{Case, Draft};
use crate::decisions::model::Movement;
use crate::documents::amount_in_words;
use crate::fault::Fault;
use crate::ledger::Share;

#[derive(Serialize)]
pub(super) struct SummaryRow {
    pub key: &'static str,
    pub value: String,
}

/// Everything that will be signed, in words.
pub(super) fn summary(conn: &mut Conn, actor: &Actor, case: &Case, draft: &Draft) -> Result<Vec<SummaryRow>, Fault> {
    let (terms, delegation) = (&draft.terms, &draft.delegation);
    let content = &case.version.content;
    let (authority, _) = store::authority(conn, case.authority)?;
    let mut rows = vec![
        SummaryRow {
            key: "Projet",
            value: format!("{} – {}", case.dossier.reference_or_draft(), case.dossier.title_or_untitled()),
        },
        SummaryRow { key: "Porteur", value: content.applicant.name.clone() },
        SummaryRow { key: "Décision", value: outcome_label(terms.outcome, terms.rank) },
    ];
    if let Some(amount) = terms.total() {
        rows.push(SummaryRow { key: "Montant", value: format!("{amount} ({})", amount_in_words(amount)) });
    }
    if !terms.motive.is_empty() {
        rows.push(SummaryRow { key: "Motif", value: terms.motive.clone() });
    }
    let proposed = outcome_label(case.basis.outcome, case.basis.rank);
    rows.push(SummaryRow {
        key: if case.basis.session.is_some() { "Avis du comité" } else { "Proposition" },
        value: match Share::total(&case.proposed()) {
            Some(amount) => format!("{proposed}, {amount}"),
            None => proposed,
        },
    });
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

pub(super) fn consequences(case: &Case, draft: &Draft) -> Vec<String> {
    let mut said = Vec::new();
    let label = |envelope| {
        case.slots.iter().find(|s| s.envelope == Some(envelope)).map(|s| s.label.clone()).unwrap_or_default()
    };
    for movement in &draft.terms.movements {
        said.extend(moved(movement, &label));
    }
    if said.is_empty() {
        said.push("Aucun argent n’est réservé ni engagé.".to_owned());
    }
    let planned: Cents = draft.terms.shares.iter().filter(|g| !g.firm).map(|g| g.share.amount).sum();
    if planned.is_positive() {
        said.push(format!("{planned} sont prévus pour les années suivantes, sous réserve de crédits."));
    }
    let threshold = Cents::from_euros(case.call.definition.decision.agreement_above_euros);
    if draft.terms.total().is_some_and(|amount| amount > threshold) {
        said.push(format!(
            "Le montant dépasse {threshold}\u{202F}: une convention est obligatoire pour un organisme privé."
        ));
    }
    let others: Vec<&str> = case
        .signers
        .iter()
        .filter(|s| s.decision.is_none() && s.authority != case.authority)
        .map(|s| s.name.as_str())
        .collect();
    said.push(if others.is_empty() {
        "La lettre est scellée telle que le projet la montre, avec son numéro et son code de vérification.".to_owned()
    } else {
        format!("La lettre sera scellée quand auront aussi signé\u{A0}: {}.", others.join(", "))
    });
    said.push("Une décision signée ne se modifie plus\u{202F}: une nouvelle décision la remplace.".to_owned());
    said
}

/// What a movement does to an envelope, in words.
pub(super) fn moved(movement: &Movement, label: &impl Fn(crate::base::ids::EnvelopeId) -> String) -> Vec<String> {
    match *movement {
        Movement::Release { reserved, .. } => {
            vec![format!("Les {reserved} réservés par le comité redeviennent disponibles.")]
        }
        Movement::Reduce { envelope, amount } => {
            vec![format!(
                "{amount} engagés sur l’enveloppe «\u{202F}{}\u{202F}» redeviennent disponibles.",
                label(envelope)
            )]
        }
        Movement::Commit { envelope, reserved, amount } => {
            let mut said =
                vec![format!("{amount} sont engagés sur l’enveloppe «\u{202F}{}\u{202F}».", label(envelope))];
            if reserved > amount {
                let freed = reserved - amount;
                said.push(format!("{reserved} étaient réservés\u{202F}: {freed} redeviennent disponibles."));
            }
            said
        }
    }
}
