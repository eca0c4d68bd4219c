//! Decision rules and the texts of letters.

use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

/// What letters may quote, without their braces.
pub const PLACEHOLDERS: [&str; 13] = [
    "projet",
    "reference",
    "appel",
    "montant",
    "montant_en_lettres",
    "motif",
    "rang",
    "organisme",
    "seance",
    "exercice",
    "remplace",
    "mise_en_demeure",
    "observations",
];

const MONEY: [&str; 2] = ["montant", "montant_en_lettres"];
const LATER: [&str; 4] = ["exercice", "remplace", "mise_en_demeure", "observations"];

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    let rules = &call.decision;
    if !(1..=12).contains(&rules.silence_months) {
        found.report("decision.silence_months", "le délai de silence va de 1 à 12 mois. Corrigez-le.");
    }
    if rules.agreement_above_euros <= 0 {
        let message = "le seuil de convention est un montant supérieur à zéro, en euros. Corrigez-le.";
        found.report("decision.agreement_above_euros", message);
    }
    if rules.schedule.advance_percent > 100 {
        let message = "l’avance va de 0 à 100 % de la subvention d’une année. Corrigez-la.";
        found.report("decision.schedule.advance_percent", message);
    }
    if !(1..=365).contains(&rules.observation_days) {
        found.report("decision.observation_days", "le délai d’observations va de 1 à 365 jours. Corrigez-le.");
    }
    let letters = &rules.letters;
    let without = |absent: &[&[&'static str]]| absent.concat();
    letter("selected", &letters.selected, &without(&[&["rang"], &LATER]), found);
    letter("waitlisted", &letters.waitlisted, &without(&[&MONEY, &LATER]), found);
    letter("rejected", &letters.rejected, &without(&[&MONEY, &["rang"], &LATER]), found);
    letter("ineligible", &letters.ineligible, &without(&[&MONEY, &["rang", "seance"], &LATER]), found);
    letter("not_shortlisted", &letters.not_shortlisted, &without(&[&MONEY, &["rang"], &LATER]), found);
    let but = |kept: &'static [&'static str]| {
        LATER.into_iter().chain(["rang"]).filter(|word| !kept.contains(word)).collect::<Vec<_>>()
    };
    letter("amendment", &letters.amendment, &but(&[]), found);
    letter("correction", &letters.correction, &but(&["remplace", "rang"]), found);
    letter("yearly", &letters.yearly, &but(&["exercice"]), found);
    letter("termination", &letters.termination, &but(&["mise_en_demeure", "observations"]), found);
}

/// `absent` names what a dossier with this outcome does not have.
fn letter(outcome: &str, letter: &LetterText, absent: &[&str], found: &mut Reading) {
    let path = format!("decision.letters.{outcome}");
    let paragraphs = letter.paragraphs.iter().enumerate();
    let paragraphs = paragraphs.map(|(i, text)| (format!("{path}.paragraphs[{}]", i + 1), text));
    for (path, text) in std::iter::once((format!("{path}.object"), &letter.object)).chain(paragraphs) {
        for message in placeholder_mistakes(text, absent) {
            found.report(&path, message);
        }
    }
}

fn placeholder_mistakes(text: &str, absent: &[&str]) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            mistakes.push("une accolade se ferme sans s’être ouverte. Retirez } ou ajoutez {.".to_owned());
            rest = &rest[at + 1..];
            continue;
        }
        let inside = &rest[at + 1..];
        let end = inside.find(['{', '}']);
        let Some(end) = end.filter(|end| inside[*end..].starts_with('}')) else {
            mistakes.push("une accolade ouverte n’est pas refermée. Ajoutez } après le mot.".to_owned());
            rest = inside;
            continue;
        };
        let name = &inside[..end];
        if !PLACEHOLDERS.contains(&name) {
            let known = PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ");
            mistakes.push(format!("« {{{name}}} » est inconnu. Mots possibles : {known}."));
        } else if absent.contains(&name) {
            mistakes.push(format!("« {{{name}}} » n’existe pas pour cette décision. Retirez-le de cette lettre."));
        }
        rest = &inside[end + 1..];
    }
    mistakes
}
