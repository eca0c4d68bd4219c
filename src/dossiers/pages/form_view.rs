//! The fields of a section as the template shows them: what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::calls::definition::reference::department_label;
use crate::calls::definition::{AxesChoice, CallDefinition, Field, FieldKind, Section};
use crate::dossiers::content::{ELECTRONIC, INDICATOR_SLOTS, PARTNER_SLOTS, POSTAL, indicator_field};
use crate::dossiers::drafts::{Typed, typed_text};
use crate::dossiers::model::SupportKind;

/// Messages by field name, the first of each.
pub(super) type Errors = BTreeMap<String, String>;

#[derive(Serialize)]
pub(super) struct OptionView {
    value: String,
    label: String,
    hint: String,
    checked: bool,
    selected: bool,
}

impl OptionView {
    fn new(value: &str, label: &str, hint: &str, chosen: &[String]) -> Self {
        let chosen = chosen.iter().any(|c| c == value);
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            checked: chosen,
            selected: chosen,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FieldView {
    /// `line`, `text`, `date`, `integer`, `radio` or `checkbox`.
    kind: &'static str,
    name: String,
    label: String,
    hint: String,
    error: String,
    value: String,
    options: Vec<OptionView>,
    optional: bool,
    max: u32,
    /// The choice on which the question depends; empty when it is asked of everyone.
    when_field: String,
    when_is: String,
}

pub(super) fn fields(definition: &CallDefinition, section: &Section, typed: &Typed, errors: &Errors) -> Vec<FieldView> {
    section.fields.iter().map(|field| field_view(definition, field, typed, errors)).collect()
}

fn field_view(definition: &CallDefinition, field: &Field, typed: &Typed, errors: &Errors) -> FieldView {
    let chosen = typed.get(&field.code).map(Vec::as_slice).unwrap_or_default();
    let options = match field.kind {
        FieldKind::Axes => {
            definition.axes.list.iter().map(|a| OptionView::new(&a.code, &a.label, "", chosen)).collect()
        }
        FieldKind::Departments => definition
            .eligibility
            .departments
            .iter()
            .map(|code| OptionView::new(code, &department_label(code), "", chosen))
            .collect(),
        FieldKind::Choice | FieldKind::Choices => {
            field.options.iter().map(|o| OptionView::new(&o.value, &o.label, &o.hint, chosen)).collect()
        }
        _ => Vec::new(),
    };
    FieldView {
        kind: match field.kind {
            FieldKind::Line => "line",
            FieldKind::Text => "text",
            FieldKind::Date => "date",
            FieldKind::Integer => "integer",
            FieldKind::Choice => "radio",
            FieldKind::Axes if definition.axes.choice == AxesChoice::One => "radio",
            FieldKind::Axes | FieldKind::Choices | FieldKind::Departments => "checkbox",
        },
        name: field.code.clone(),
        label: field.label.clone(),
        hint: hint(definition, field),
        error: errors.get(&field.code).cloned().unwrap_or_default(),
        value: typed_text(typed, &field.code).to_owned(),
        options,
        optional: !field.required,
        max: field.max.unwrap_or_default(),
        when_field: field.when.as_ref().map_or(String::new(), |when| when.field.clone()),
        when_is: field.when.as_ref().map_or(String::new(), |when| when.is.clone()),
    }
}

/// A question that depends on another says so: it is always on the page, with or without scripts.
fn hint(definition: &CallDefinition, field: &Field) -> String {
    let Some(when) = &field.when else { return field.hint.clone() };
    let label = definition
        .field(&when.field)
        .and_then(|asked| asked.options.iter().find(|option| option.value == when.is))
        .map_or(when.is.as_str(), |option| option.label.as_str());
    format!("Seulement si vous avez répondu «\u{202F}{label}\u{202F}» plus haut. {}", field.hint).trim().to_owned()
}

#[derive(Serialize)]
pub(super) struct SlotView {
    heading: String,
    optional: bool,
    /// An optional one that holds something is shown at once.
    open: bool,
    indicator_label: &'static str,
    indicator_name: String,
    indicator_error: String,
    options: Vec<OptionView>,
    detail_name: String,
    detail: String,
    detail_error: String,
    target_name: String,
    target: String,
    target_error: String,
}

pub(super) fn indicators(definition: &CallDefinition, typed: &Typed, errors: &Errors) -> Vec<SlotView> {
    (0..INDICATOR_SLOTS)
        .map(|slot| {
            let [indicator, detail, target] = ["indicator", "detail", "target"].map(|w| indicator_field(w, slot));
            let chosen = typed.get(&indicator).map(Vec::as_slice).unwrap_or_default();
            let mut options = vec![OptionView::new("", "Choisissez un indicateur", "", &[])];
            options.extend(definition.indicators.iter().map(|choice| {
                let label = format!("{} ({}, en {})", choice.label, choice.family.label().to_lowercase(), choice.unit);
                OptionView::new(&choice.code, &label, "", chosen)
            }));
            let error = |name: &str| errors.get(name).cloned().unwrap_or_default();
            SlotView {
                heading: [
                    "Premier indicateur",
                    "Ajouter un deuxième indicateur (optionnel)",
                    "Ajouter un troisième indicateur (optionnel)",
                ][slot.min(2)]
                .to_owned(),
                open: [&indicator, &detail, &target].iter().any(|name| !typed_text(typed, name).is_empty()),
                indicator_label: ["Indicateur", "Deuxième indicateur", "Troisième indicateur"][slot.min(2)],
                optional: slot > 0,
                indicator_error: error(&indicator),
                indicator_name: indicator,
                options,
                detail: typed_text(typed, &detail).to_owned(),
                detail_error: error(&detail),
                detail_name: detail,
                target: typed_text(typed, &target).to_owned(),
                target_error: error(&target),
                target_name: target,
            }
        })
        .collect()
}

#[derive(Serialize)]
pub(super) struct PartnerView {
    number: String,
    options: Vec<OptionView>,
    name: String,
    role: String,
    amount: String,
    name_error: String,
    role_error: String,
    kind_error: String,
    amount_error: String,
}

/// One row for each partner typed, and `extra` empty ones, a first one at least.
pub(super) fn partners(typed: &Typed, errors: &Errors, extra: usize) -> Vec<PartnerView> {
    let field = |what: &str, slot| indicator_field(&format!("partner-{what}"), slot);
    let filled = (0..PARTNER_SLOTS)
        .rev()
        .find(|slot| ["name", "role", "kind", "amount"].iter().any(|w| typed.contains_key(&field(w, *slot))))
        .map_or(0, |last| last + 1);
    let rows = (filled + extra).clamp(1, PARTNER_SLOTS);
    (0..rows)
        .map(|slot| {
            let text = |what: &str| typed_text(typed, &field(what, slot)).to_owned();
            let error = |what: &str| errors.get(&field(what, slot)).cloned().unwrap_or_default();
            PartnerView {
                number: (slot + 1).to_string(),
                options: support_options(&[text("kind")]),
                name: text("name"),
                role: text("role"),
                amount: text("amount"),
                name_error: error("name"),
                role_error: error("role"),
                kind_error: error("kind"),
                amount_error: error("amount"),
            }
        })
        .collect()
}

/// The empty row that the script copies.
pub(super) fn partner_template() -> PartnerView {
    PartnerView {
        number: "__n__".to_owned(),
        options: support_options(&[]),
        name: String::new(),
        role: String::new(),
        amount: String::new(),
        name_error: String::new(),
        role_error: String::new(),
        kind_error: String::new(),
        amount_error: String::new(),
    }
}

fn support_options(chosen: &[String]) -> Vec<OptionView> {
    let mut options = vec![OptionView::new("", "Choisissez un soutien", "", &[])];
    options.extend(SupportKind::ALL.iter().map(|kind| OptionView::new(kind.code(), kind.label(), "", chosen)));
    options
}

pub(super) fn attestations(definition: &CallDefinition, typed: &Typed) -> Vec<OptionView> {
    let ticked = typed.get("attestation").map(Vec::as_slice).unwrap_or_default();
    definition.attestations.iter().map(|a| OptionView::new(&a.code, &a.label, "", ticked)).collect()
}

pub(super) fn notification(typed: &Typed) -> Vec<OptionView> {
    let chosen = typed.get("notification").map(Vec::as_slice).unwrap_or_default();
    vec![
        OptionView::new(
            ELECTRONIC,
            "Par voie électronique",
            "Un message vous prévient et le courrier se lit dans votre espace\u{202F}: sa lecture fait courir les délais.",
            chosen,
        ),
        OptionView::new(POSTAL, "Par courrier postal", "Le courrier est envoyé à l’adresse du siège.", chosen),
    ]
}
