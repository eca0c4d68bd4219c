//! Sections, fields, pieces, attestations and indicators: what applicants fill in.

use super::opening::{is_legal_form, legal_form_message};
use super::{codes, refuse_duplicates};
use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

/// Longest answer a field may accept, in characters.
const ANSWER_MAX: u32 = 20_000;

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    sections(call, found);
    fields(call, found);
    core_fields(call, found);
    pieces(&call.pieces, found);
    refuse_duplicates(found, codes("pieces", "code", &call.pieces, |piece| &piece.code), "une pièce");
    let attestations = codes("attestations", "code", &call.attestations, |attestation| &attestation.code);
    refuse_duplicates(found, attestations, "une attestation");
    let indicators = codes("indicators", "code", &call.indicators, |indicator| &indicator.code);
    refuse_duplicates(found, indicators, "un indicateur");
    if call.indicators.is_empty() {
        found.report("indicators", "aucun indicateur n’est proposé. Ajoutez-en au moins un.");
    }
}

fn sections(call: &CallDefinition, found: &mut Reading) {
    refuse_duplicates(found, codes("sections", "code", &call.sections, |section| &section.code), "une section");
    if !found.is_readable("sections") {
        return;
    }
    let kinds = [
        (SectionKind::Identity, "identity", true),
        (SectionKind::Budget, "budget", true),
        (SectionKind::Indicators, "indicators", true),
        (SectionKind::Partners, "partners", false),
        (SectionKind::Pieces, "pieces", !call.pieces.is_empty()),
        (SectionKind::Attestations, "attestations", !call.attestations.is_empty()),
    ];
    let readable = found.knows_all("sections", "kind", call.sections.len());
    for (kind, word, needed) in kinds {
        let places: Vec<usize> =
            (0..call.sections.len()).filter(|i| call.sections[*i].kind == kind).map(|i| i + 1).collect();
        if needed && places.is_empty() && readable {
            found.report("sections", format!("aucune section n’est de nature « {word} ». Ajoutez-en une."));
        }
        for place in places.iter().skip(1) {
            let message = format!("une autre section est déjà de nature « {word} ». Gardez-en une.");
            found.report(&format!("sections[{place}].kind"), message);
        }
        if let Some(place) = places.first()
            && !needed
            && kind != SectionKind::Partners
            && found.is_whole(word)
        {
            let message = format!("cette section n’a rien à demander : la liste « {word} » est vide. Retirez-la.");
            found.report(&format!("sections[{place}].kind"), message);
        }
    }
    for (i, section) in call.sections.iter().enumerate() {
        content(&format!("sections[{}]", i + 1), section, i + 1 == call.sections.len(), found);
    }
}

fn content(path: &str, section: &Section, last: bool, found: &mut Reading) {
    let kind = format!("{path}.kind");
    if !found.is_whole(&kind) {
        return;
    }
    if section.kind == SectionKind::Attestations && !last {
        found.report(&kind, "les attestations viennent en dernier. Déplacez cette section à la fin.");
    }
    match (section.kind, section.fields.is_empty()) {
        (SectionKind::Fields, true) if found.is_whole(&format!("{path}.fields")) => {
            found.report(path, "cette section n’a aucune question. Ajoutez des champs (fields) ou retirez-la.");
        }
        (SectionKind::Fields, _) | (_, true) => {}
        (_, false) => {
            let message = "seule une section de nature « fields » porte des champs. Déplacez-les ou changez kind.";
            found.report(&kind, message);
        }
    }
}

/// Every field with its path, in the order asked.
fn placed_fields(call: &CallDefinition) -> impl Iterator<Item = (String, &Field)> {
    call.sections.iter().enumerate().flat_map(|(s, section)| {
        let fields = section.fields.iter().enumerate();
        fields.map(move |(f, field)| (format!("sections[{}].fields[{}]", s + 1, f + 1), field))
    })
}

fn fields(call: &CallDefinition, found: &mut Reading) {
    let taken = placed_fields(call).map(|(path, field)| (format!("{path}.code"), field.code.as_str()));
    refuse_duplicates(found, taken, "un champ");
    let mut earlier: Vec<(String, &Field)> = Vec::new();
    for (path, field) in placed_fields(call) {
        let kind = format!("{path}.kind");
        let chosen = matches!(field.kind, FieldKind::Choice | FieldKind::Choices);
        if found.is_whole(&kind) && found.is_readable(&format!("{path}.options")) {
            match (chosen, field.options.len()) {
                (true, 0 | 1) => {
                    found.report(&kind, "un champ à choix propose au moins deux options. Ajoutez-les dans options.");
                }
                (false, 1..) => {
                    let message = "seuls les champs choice et choices ont des options. Retirez-les ou changez kind.";
                    found.report(&format!("{path}.options"), message);
                }
                _ => {}
            }
        }
        let options = format!("{path}.options");
        refuse_duplicates(found, codes(&options, "value", &field.options, |option| &option.value), "une option");
        maximum(&path, field, found);
        condition(&path, field, &earlier, found);
        earlier.push((path, field));
    }
}

fn maximum(path: &str, field: &Field, found: &mut Reading) {
    let Some(max) = field.max else { return };
    let path = format!("{path}.max");
    if !matches!(field.kind, FieldKind::Line | FieldKind::Text) {
        found.report(&path, "seuls les champs line et text ont une longueur. Retirez max.");
    } else if !(1..=ANSWER_MAX).contains(&max) {
        found.report(&path, format!("une longueur va de 1 à {ANSWER_MAX} caractères. Corrigez max."));
    }
}

fn condition(path: &str, field: &Field, earlier: &[(String, &Field)], found: &mut Reading) {
    let Some(condition) = &field.when else { return };
    let asked = earlier.iter().find(|(_, asked)| asked.code == condition.field);
    let asked = asked.filter(|(at, asked)| asked.kind == FieldKind::Choice || !found.is_whole(&format!("{at}.kind")));
    match asked {
        // A field whose own code cannot be read may be the one meant.
        None if earlier.iter().any(|(at, _)| !found.is_whole(&format!("{at}.code"))) => {}
        None => {
            let message = format!(
                "« {} » n’est pas un champ de nature choice placé avant celui-ci. Corrigez when.field.",
                condition.field
            );
            found.report(&format!("{path}.when.field"), message);
        }
        Some((at, asked))
            if found.is_whole(&format!("{at}.options"))
                && !asked.options.iter().any(|option| option.value == condition.is) =>
        {
            let values: Vec<_> = asked.options.iter().map(|option| option.value.as_str()).collect();
            let message = format!(
                "« {} » n’est pas une option de « {} ». Choisissez parmi : {}.",
                condition.is,
                condition.field,
                values.join(", ")
            );
            found.report(&format!("{path}.when.is"), message);
        }
        Some(_) => {}
    }
}

/// Lists, letters and rankings rely on these fields.
fn core_fields(call: &CallDefinition, found: &mut Reading) {
    let mut core = vec![
        ("title", FieldKind::Line, "line"),
        ("summary", FieldKind::Text, "text"),
        ("departments", FieldKind::Departments, "departments"),
    ];
    if !call.axes.list.is_empty() {
        core.push(("axes", FieldKind::Axes, "axes"));
    }
    for (code, kind, word) in core {
        match placed_fields(call).find(|(_, field)| field.code == code) {
            None if found.is_whole("sections") => {
                let message = format!("le champ « {code} » manque. Ajoutez-le, de nature « {word} ».");
                found.report("sections", message);
            }
            None => {}
            Some((path, field)) => {
                if field.kind != kind {
                    let message = format!("le champ « {code} » est toujours de nature « {word} ». Corrigez kind.");
                    found.report(&format!("{path}.kind"), message);
                }
                if !field.required || field.when.is_some() {
                    let key = if field.when.is_some() { "when" } else { "required" };
                    let message = format!("le champ « {code} » est demandé à tous. Retirez {key}.");
                    found.report(&format!("{path}.{key}"), message);
                }
            }
        }
    }
    for (path, field) in placed_fields(call) {
        let misplaced = match field.kind {
            FieldKind::Axes => field.code != "axes" || call.axes.list.is_empty(),
            FieldKind::Departments => field.code != "departments",
            _ => false,
        };
        if misplaced {
            let message = "seuls les champs axes et departments ont cette nature, et axes seulement si l’appel a des \
                           axes. Changez kind ou code.";
            found.report(&format!("{path}.kind"), message);
        }
    }
}

fn pieces(pieces: &[Piece], found: &mut Reading) {
    for (i, piece) in pieces.iter().enumerate() {
        let path = format!("pieces[{}]", i + 1);
        if piece.from_date.is_some() && piece.from_date().is_none() {
            let message = "cette date n’est pas lisible. Écrivez par exemple \"2022-01-02\".";
            found.report(&format!("{path}.from_date"), message);
        }
        if piece.above_euros.is_some_and(|euros| euros <= 0) {
            let message = "un seuil est un montant supérieur à zéro, en euros. Corrigez-le ou retirez-le.";
            found.report(&format!("{path}.above_euros"), message);
        }
        for (f, form) in piece.legal_forms.iter().enumerate() {
            if !is_legal_form(form) {
                found.report(&format!("{path}.legal_forms[{}]", f + 1), legal_form_message(form));
            }
        }
    }
}
