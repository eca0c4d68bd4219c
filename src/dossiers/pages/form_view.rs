//! The fields of a section as the template shows them: what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::calls::definition::reference::department_label;
use crate::calls::definition::{AxesChoice, BudgetGroup, CallDefinition, Field, FieldKind, Section};
use crate::dossiers::content::{ELECTRONIC, INDICATOR_SLOTS, POSTAL, budget_field, indicator_field};
use crate::dossiers::drafts::{Typed, typed_text};
use crate::dossiers::form::{TypedSum, is_in_kind, sum_typed};
use crate::dossiers::present::group_title;

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
pub(super) struct LineView {
    name: String,
    label: String,
    /// Label read out, which names the year and the class.
    full_label: String,
    hint: String,
    value: String,
    error: String,
    sum: String,
}

#[derive(Serialize)]
pub(super) struct GroupView {
    title: String,
    total_id: String,
    total: String,
    lines: Vec<LineView>,
}

#[derive(Serialize)]
pub(super) struct SideView {
    caption: String,
    groups: Vec<GroupView>,
    total_label: &'static str,
    total_id: String,
    total: String,
    in_kind: Vec<GroupView>,
    all_label: &'static str,
    all_id: String,
    all: String,
}

#[derive(Serialize)]
pub(super) struct YearView {
    heading: String,
    charges: SideView,
    produits: SideView,
    gap_ids: String,
    gap: String,
    in_kind_gap_ids: String,
    in_kind_gap: String,
}

const REQUEST: &str = "La subvention que vous demandez à cet appel.";

/// What stands for a sum when one of its amounts cannot be read; the script writes the same words.
const UNREADABLE: &str = "montant à corriger";

/// What stands for a sum of nothing; the script writes the same sign.
const NOTHING: &str = "–";

fn shown(sum: TypedSum) -> String {
    match sum {
        TypedSum::Nothing => NOTHING.to_owned(),
        TypedSum::Unreadable => UNREADABLE.to_owned(),
        TypedSum::Of(sum) => sum.to_string(),
    }
}

pub(super) fn budget(definition: &CallDefinition, typed: &Typed, errors: &Errors) -> Vec<YearView> {
    let plan = &definition.budget;
    plan.years
        .iter()
        .copied()
        .map(|year| {
            let sum = |groups: &[BudgetGroup], wanted: &dyn Fn(&str) -> bool| {
                sum_typed(
                    groups
                        .iter()
                        .filter(|group| wanted(&group.class))
                        .flat_map(|group| &group.lines)
                        .map(|line| typed_text(typed, &budget_field(year, &line.code))),
                )
            };
            let side = |groups: &[BudgetGroup], id: &'static str, words: [&'static str; 3]| {
                let own = format!("{id}{year}");
                let all = format!("{id}{year}-all");
                let kind_id = format!("{id}{year}-in-kind");
                let views = |in_kind: bool| -> Vec<GroupView> {
                    let base = if in_kind { &kind_id } else { &own };
                    groups
                        .iter()
                        .filter(|group| is_in_kind(&group.class) == in_kind)
                        .map(|group| group_view(year, group, &format!("{base} {all}"), id, typed, errors))
                        .collect()
                };
                SideView {
                    caption: format!("{} {year}", words[0]),
                    groups: views(false),
                    total_label: words[1],
                    total: shown(sum(groups, &|class| !is_in_kind(class))),
                    in_kind: views(true),
                    all_label: words[2],
                    all: shown(sum(groups, &|_| true)),
                    total_id: own.clone(),
                    all_id: all.clone(),
                }
            };
            let gap =
                |wanted: &dyn Fn(&str) -> bool| shown(sum(&plan.charges, wanted).minus(sum(&plan.produits, wanted)));
            YearView {
                heading: format!("Budget {year}"),
                charges: side(
                    &plan.charges,
                    "charges",
                    ["Charges", "Total des charges", "Total avec les contributions en nature"],
                ),
                produits: side(
                    &plan.produits,
                    "produits",
                    ["Produits", "Total des produits", "Total avec les contributions en nature"],
                ),
                gap_ids: format!("charges{year} produits{year}"),
                gap: gap(&|class| !is_in_kind(class)),
                in_kind_gap_ids: format!("charges{year}-in-kind produits{year}-in-kind"),
                in_kind_gap: gap(&is_in_kind),
            }
        })
        .collect()
}

fn group_view(year: i16, group: &BudgetGroup, sums: &str, side: &str, typed: &Typed, errors: &Errors) -> GroupView {
    let total_id = format!("{side}{year}-{}", group.class);
    let lines = group
        .lines
        .iter()
        .map(|line| {
            let name = budget_field(year, &line.code);
            let asked = if line.request_to.is_some() { format!(". {REQUEST}") } else { String::new() };
            LineView {
                label: line.label.clone(),
                full_label: format!("{}, {} ({year}){asked}", line.label, group.label),
                hint: if line.request_to.is_some() { REQUEST.to_owned() } else { String::new() },
                value: typed_text(typed, &name).to_owned(),
                error: errors.get(&name).cloned().unwrap_or_default(),
                sum: format!("{total_id} {sums}"),
                name,
            }
        })
        .collect();
    let total = sum_typed(group.lines.iter().map(|line| typed_text(typed, &budget_field(year, &line.code))));
    GroupView { title: group_title(group), total_id, total: shown(total), lines }
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
