//! How to contest a decision.

use super::words::lower_first;
use crate::calls::Call;

/// As the letter and the applicant's page say it; each authority is named with its postal address.
pub(in crate::decisions) fn appeal_routes(call: &Call, authorities: &[(String, String)]) -> Vec<String> {
    let court = &call.definition.decision.court;
    let named: Vec<String> = authorities
        .iter()
        .map(|(name, address)| {
            let lines: Vec<&str> = address.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
            if lines.is_empty() { name.clone() } else { format!("{name}, {}", lines.join(", ")) }
        })
        .collect();
    let whom = if named.len() > 1 {
        "à l’autorité dont vous contestez la décision"
    } else {
        "à l’autorité qui l’a prise"
    };
    vec![
        "Si vous contestez cette décision, vous disposez de deux mois à compter de sa notification pour former\u{A0}:"
            .to_owned(),
        format!(
            "– un recours gracieux, par courrier motivé adressé {whom}\u{A0}: {}\u{202F};",
            named.join("\u{202F}; ")
        ),
        format!(
            "– un recours contentieux devant le {}, {}, par courrier ou par l’application Télérecours citoyens \
             (www.telerecours.fr).",
            lower_first(&court.name),
            court.address.join(", ")
        ),
        "Un recours gracieux formé dans ce délai l’interrompt\u{A0}: vous disposez alors, pour saisir le tribunal, d’un \
         nouveau délai de deux mois à compter de la réponse. Sans réponse dans les deux mois, le recours gracieux est \
         réputé rejeté et ce nouveau délai court à compter de ce rejet (articles L.\u{A0}231-4 et L.\u{A0}411-2 du code \
         des relations entre le public et l’administration, R.\u{A0}421-1 et R.\u{A0}421-2 du code de justice \
         administrative)."
            .to_owned(),
    ]
}
