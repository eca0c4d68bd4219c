//! Budget plan, funders and envelopes.

use std::collections::BTreeSet;

use super::{codes, refuse_duplicates};
use crate::base::money::Cents;
use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    years(&call.budget.years, found);
    years_field(call, found);
    plan(call, found);
    refuse_duplicates(found, codes("funders", "code", &call.funders, |funder| &funder.code), "un financeur");
    if call.funders.is_empty() {
        found.report("funders", "aucun financeur n’est nommé. Ajoutez-en au moins un.");
    }
    envelopes(call, found);
}

fn years(years: &[i16], found: &mut Reading) {
    if !found.is_whole("budget.years") {
        return;
    }
    if !(1..=4).contains(&years.len()) {
        found.report("budget.years", "un plan couvre de une à quatre années. Corrigez la liste.");
    }
    for (i, pair) in years.windows(2).enumerate() {
        if pair[1] != pair[0].saturating_add(1) {
            let message = "les années se suivent sans trou ni répétition. Corrigez celle-ci.";
            found.report(&format!("budget.years[{}]", i + 2), message);
        }
    }
}

/// The number of years asked is read before the budget, in the answer to a question asked of everyone.
fn years_field(call: &CallDefinition, found: &mut Reading) {
    const PATH: &str = "budget.years_field";
    let Some(code) = &call.budget.years_field else { return };
    if !found.is_whole("sections") || !found.is_whole("budget.years") {
        return;
    }
    let budget = call.sections.iter().position(|section| section.kind == SectionKind::Budget);
    let asked = call.sections.iter().enumerate().find_map(|(place, section)| {
        let field = section.fields.iter().find(|field| field.code == *code)?;
        Some((place, field))
    });
    let Some((place, field)) = asked.filter(|(_, field)| field.kind == FieldKind::Choice) else {
        found.report(PATH, format!("« {code} » n’est pas un champ de nature choice. Corrigez years_field."));
        return;
    };
    if !field.required || field.when.is_some() {
        found.report(PATH, format!("le champ « {code} » doit être demandé à tous. Retirez-lui required ou when."));
    }
    if budget.is_some_and(|budget| place > budget) {
        found.report(PATH, format!("le champ « {code} » doit venir avant le budget. Déplacez sa section."));
    }
    let most = call.budget.years.len();
    let counts = |value: &str| value.parse::<usize>().is_ok_and(|count| (1..=most).contains(&count));
    if !field.options.iter().all(|option| counts(&option.value)) {
        let message = format!("les options de « {code} » sont des nombres d’années, de 1 à {most}. Corrigez-les.");
        found.report(PATH, message);
    }
}

fn plan(call: &CallDefinition, found: &mut Reading) {
    let sides = [("charges", &call.budget.charges), ("produits", &call.budget.produits)];
    let mut lines = Vec::new();
    for (side, groups) in sides {
        let list = format!("budget.{side}");
        refuse_duplicates(found, codes(&list, "class", groups, |group| &group.class), "un groupe de ce côté du plan");
        for (g, group) in groups.iter().enumerate() {
            let path = format!("{list}[{}]", g + 1);
            if !is_class(side, &group.class) {
                let message = format!(
                    "« {} » n’est pas une classe de {side}. Charges : 60 à 69, 86 ou IND ; produits : 70 à 79, 87 ou RP.",
                    group.class
                );
                found.report(&format!("{path}.class"), message);
            }
            for (l, line) in group.lines.iter().enumerate() {
                let path = format!("{path}.lines[{}]", l + 1);
                request(call, group, line, &path, found);
                lines.push((format!("{path}.code"), line.code.as_str()));
            }
        }
    }
    refuse_duplicates(found, lines, "une ligne du plan");
    let in_kind = |groups: &[BudgetGroup], class: &str| groups.iter().any(|group| group.class == class);
    if found.is_whole("budget") && in_kind(&call.budget.charges, "86") != in_kind(&call.budget.produits, "87") {
        let message = "les contributions volontaires vont par deux : la classe 86 en charges, la 87 en produits. \
                       Ajoutez celle qui manque.";
        found.report("budget", message);
    }
    if found.is_whole("budget") && call.request_lines().next().is_none() {
        let message = "aucune ligne ne porte la demande à un financeur. Ajoutez [[budget.requests]] avec code, label \
                       et funder.";
        found.report("budget", message);
    }
}

fn request(call: &CallDefinition, group: &BudgetGroup, line: &BudgetLine, path: &str, found: &mut Reading) {
    let Some(funder) = &line.request_to else { return };
    let path = format!("{path}.request_to");
    if group.class != "74" {
        let message = "la demande se place en classe 74 (subventions). Déplacez cette ligne ou retirez request_to.";
        found.report(&path, message);
    }
    if knows_funders(call, found) && call.funder(funder).is_none() {
        found.report(&path, unknown_funder(call, funder));
    }
}

fn envelopes(call: &CallDefinition, found: &mut Reading) {
    if call.envelopes.is_empty() {
        let message = "aucune enveloppe n’est déclarée. Ajoutez-en une, sans amount_euros si son montant est inconnu.";
        found.report("envelopes", message);
    }
    let mut seen = BTreeSet::new();
    for (i, envelope) in call.envelopes.iter().enumerate() {
        let path = format!("envelopes[{}]", i + 1);
        if knows_funders(call, found) && call.funder(&envelope.funder).is_none() {
            found.report(&format!("{path}.funder"), unknown_funder(call, &envelope.funder));
        }
        if envelope.amount.is_some_and(|amount| !amount.is_positive()) {
            let message = "un montant est supérieur à zéro. Corrigez-le, ou retirez amount_euros s’il est inconnu.";
            found.report(&format!("{path}.amount_euros"), message);
        }
        if envelope.amount.is_some_and(|amount| amount.0 >= Cents::LIMIT) {
            found.report(
                &format!("{path}.amount_euros"),
                "un montant est inférieur à un milliard d’euros. Corrigez-le.",
            );
        }
        if found.is_whole("budget.years") && !call.budget.years.contains(&envelope.year) {
            let message = format!("l’année {} n’est pas dans budget.years. Corrigez l’une des deux.", envelope.year);
            found.report(&format!("{path}.year"), message);
        }
        let readable = ["funder", "line", "year"].iter().all(|key| found.is_whole(&format!("{path}.{key}")));
        if readable && !seen.insert((&envelope.funder, &envelope.line, envelope.year)) {
            let message = "une enveloppe existe déjà pour ce financeur, cette ligne et cette année. Gardez-en une.";
            found.report(&path, message);
        }
    }
}

fn knows_funders(call: &CallDefinition, found: &Reading) -> bool {
    found.knows_all("funders", "code", call.funders.len())
}

fn unknown_funder(call: &CallDefinition, code: &str) -> String {
    let known: Vec<_> = call.funders.iter().map(|funder| funder.code.as_str()).collect();
    format!("« {code} » n’est pas un financeur de l’appel. Financeurs : {}.", known.join(", "))
}

/// `IND` holds indirect charges and `RP` own resources, which the form lists without a class.
fn is_class(side: &str, class: &str) -> bool {
    let (first, others): (char, [&str; 2]) = if side == "charges" { ('6', ["86", "IND"]) } else { ('7', ["87", "RP"]) };
    let two_digits = class.len() == 2 && class.chars().all(|c| c.is_ascii_digit());
    others.contains(&class) || (two_digits && class.starts_with(first))
}
