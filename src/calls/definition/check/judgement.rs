//! Grid, instruction and committee: how dossiers are judged.

use std::collections::BTreeSet;

use super::{codes, refuse_duplicates};
use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    grid(call, found);
    instruction(&call.instruction, found);
    committee(&call.committee, found);
}

fn grid(call: &CallDefinition, found: &mut Reading) {
    let Grid { levels, criteria } = &call.grid;
    refuse_duplicates(found, codes("grid.criteria", "code", criteria, |criterion| &criterion.code), "un critère");
    if found.is_whole("grid.levels") && !(2..=11).contains(&levels.len()) {
        found.report("grid.levels", "une grille a de deux à onze niveaux. Corrigez la liste.");
    }
    weights(criteria, found);
    for (i, criterion) in criteria.iter().enumerate() {
        let path = format!("grid.criteria[{}]", i + 1);
        let (own, general) = (criterion.descriptors.len(), levels.len());
        if own != 0 && own != general && found.is_whole("grid.levels") {
            let message = format!("{own} descripteurs pour {general} niveaux. Écrivez-en un par niveau, ou aucun.");
            found.report(&format!("{path}.descriptors"), message);
        }
        if let Some(axis) = &criterion.axis
            && found.knows_all("axes.list", "code", call.axes.list.len())
            && call.axis(axis).is_none()
        {
            let known: Vec<_> = call.axes.list.iter().map(|axis| axis.code.as_str()).collect();
            let message = format!("« {axis} » n’est pas un axe de l’appel. Axes : {}.", known.join(", "));
            found.report(&format!("{path}.axis"), message);
        }
    }
}

/// The line shown is that of the list, since no single weight is to blame.
fn weights(criteria: &[Criterion], found: &mut Reading) {
    for (i, criterion) in criteria.iter().enumerate() {
        if criterion.weight == 0 {
            let message = "un poids est d’au moins 1 point. Corrigez-le ou retirez le critère.";
            found.report(&format!("grid.criteria[{}].weight", i + 1), message);
        }
    }
    let readable = found.knows_all("grid.criteria", "weight", criteria.len());
    let sum = criteria.iter().map(|criterion| u64::from(criterion.weight)).sum::<u64>();
    if readable && sum != 100 {
        found.report("grid.criteria", format!("la somme des poids est {sum} au lieu de 100. Ajustez les poids."));
    }
}

fn instruction(rules: &InstructionRules, found: &mut Reading) {
    if rules.reviewers_per_dossier == 0 || rules.reviewers_per_dossier > 9 {
        let message = "chaque dossier est lu par une à neuf personnes. Corrigez ce nombre.";
        found.report("instruction.reviewers_per_dossier", message);
    }
    if !(1..=100).contains(&rules.divergence_threshold) {
        found.report("instruction.divergence_threshold", "ce seuil va de 1 à 100 points. Corrigez-le.");
    }
    let institutions = rules.institutions.iter().enumerate();
    let institutions = institutions.map(|(i, code)| (format!("instruction.institutions[{}]", i + 1), code.as_str()));
    refuse_duplicates(found, institutions, "une institution de cette liste");
    let distinct: BTreeSet<_> = rules.institutions.iter().collect();
    let needed = usize::try_from(rules.reviewers_per_dossier).unwrap_or(usize::MAX);
    if rules.distinct_institutions && found.is_whole("instruction") && distinct.len() < needed {
        let message = format!(
            "{needed} personnes d’institutions différentes lisent chaque dossier, et {} institution(s) instruisent. \
             Ajoutez-en ou baissez reviewers_per_dossier.",
            distinct.len()
        );
        found.report("instruction.institutions", message);
    }
}

fn committee(rules: &CommitteeRules, found: &mut Reading) {
    refuse_duplicates(found, codes("committee.seats", "code", &rules.seats, |seat| &seat.code), "un siège");
    if !found.is_readable("committee.seats") {
        return;
    }
    let seats = rules.seats.len();
    if seats == 0 {
        found.report("committee.seats", "le comité n’a aucun siège. Ajoutez-en.");
        return;
    }
    if !usize::try_from(rules.quorum).is_ok_and(|quorum| (1..=seats).contains(&quorum)) {
        let message = format!("le quorum va de 1 au nombre de sièges ({seats}). Corrigez-le.");
        found.report("committee.quorum", message);
    }
    if rules.quorum_second > rules.quorum {
        let message =
            "une seconde séance ne demande pas plus de membres que la première. Corrigez-le, ou 0 pour aucun.";
        found.report("committee.quorum_second", message);
    }
    if rules.notice_days > 60 {
        found.report("committee.notice_days", "la convocation se donne de 0 à 60 jours avant. Corrigez-le.");
    }
    let chairs: Vec<usize> = (0..seats).filter(|i| rules.seats[*i].chair).collect();
    let readable = found.knows_all("committee.seats", "chair", seats);
    if chairs.is_empty() && readable {
        found.report("committee.seats", "aucun siège ne préside. Ajoutez chair = true à l’un d’eux.");
    }
    for chair in chairs.iter().skip(1) {
        let message = "un autre siège préside déjà. Gardez un seul chair = true.";
        found.report(&format!("committee.seats[{}].chair", chair + 1), message);
    }
}
