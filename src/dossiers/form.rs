//! The questions of each section's form, by the names its fields are sent under.

use super::budget;
use super::content::{
    self, ELECTRONIC, INDICATOR_SLOTS, PARTNER_FIELDS, PARTNER_SLOTS, POSTAL, budget_field, indicator_field,
};
use super::drafts::Typed;
use super::model::SupportKind;
use crate::base::money::Cents;
use crate::base::text::clean;
use crate::calls::definition::reference::department_label;
use crate::calls::definition::{CallDefinition, FieldKind, Section, SectionKind};

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub name: String,
    pub label: String,
}

/// Every field of a section's form, in the order shown. Pieces are files, and asked apart.
#[must_use]
pub fn questions(definition: &CallDefinition, section: &Section) -> Vec<Question> {
    let question = |name: &str, label: &str| Question { name: name.to_owned(), label: label.to_owned() };
    let mut questions = match section.kind {
        SectionKind::Identity => vec![
            question("contact_name", "Nom de la personne à contacter"),
            question("contact_email", "Adresse électronique"),
            question("contact_telephone", "Téléphone"),
        ],
        SectionKind::Fields => section.fields.iter().map(|field| question(&field.code, &field.label)).collect(),
        SectionKind::Budget => budget_questions(definition),
        SectionKind::Indicators => (0..INDICATOR_SLOTS)
            .flat_map(|slot| {
                let asked = [("indicator", "indicateur"), ("detail", "précision"), ("target", "cible")];
                asked.map(|(name, label)| {
                    question(&indicator_field(name, slot), &format!("Indicateur {}, {label}", slot + 1))
                })
            })
            .collect(),
        SectionKind::Partners => (0..PARTNER_SLOTS)
            .flat_map(|slot| {
                PARTNER_FIELDS.map(|(name, label)| {
                    question(&indicator_field(name, slot), &format!("Partenaire {}, {label}", slot + 1))
                })
            })
            .collect(),
        SectionKind::Pieces => Vec::new(),
        SectionKind::Attestations => vec![question("attestation", "Attestations")],
    };
    if content::notification_section(definition) == section.code {
        questions.push(question("notification", "Notification de la décision"));
    }
    questions
}

fn budget_questions(definition: &CallDefinition) -> Vec<Question> {
    let plan = &definition.budget;
    let several = plan.years.len() > 1;
    let mut questions = Vec::new();
    for year in plan.years.iter().copied() {
        for (_, line) in definition.budget_lines() {
            let label = if several { format!("{} ({year})", line.label) } else { line.label.clone() };
            questions.push(Question { name: budget_field(year, &line.code), label });
        }
    }
    questions
}

/// What was sent under the names of the form, cleaned, and nothing else.
#[must_use]
pub fn keep_known(definition: &CallDefinition, section: &Section, sent: &Typed) -> Typed {
    let kept = |question: Question| {
        let mut values: Vec<String> = sent.get(&question.name)?.iter().map(|value| clean(value)).collect();
        values.retain(|value| !value.is_empty());
        (!values.is_empty()).then_some((question.name, values))
    };
    let kept: Typed = questions(definition, section).into_iter().filter_map(kept).collect();
    if section.kind == SectionKind::Partners { close_ranks(&kept) } else { kept }
}

/// Partners without the rows left empty or taken out, so that the second of two is always number 2.
fn close_ranks(typed: &Typed) -> Typed {
    let mut closed = Typed::new();
    let mut place = 0;
    for slot in 0..PARTNER_SLOTS {
        let filled: Vec<_> = PARTNER_FIELDS
            .iter()
            .filter_map(|(name, _)| Some((*name, typed.get(&indicator_field(name, slot))?.clone())))
            .collect();
        if !filled.is_empty() {
            closed.extend(filled.into_iter().map(|(name, values)| (indicator_field(name, place), values)));
            place += 1;
        }
    }
    closed
}

/// Amounts of the years that are not asked now: what was typed comes back with the year.
#[must_use]
pub fn keep_unasked(
    definition: &CallDefinition,
    section: &Section,
    asked: &[i16],
    typed: Typed,
    saved: &Typed,
) -> Typed {
    if section.kind != SectionKind::Budget {
        return typed;
    }
    let is_asked = |name: &str| asked.iter().any(|year| name.starts_with(&format!("{year}-")));
    let unasked = questions(definition, section).into_iter().filter(|question| !is_asked(&question.name));
    let mut all = typed;
    for question in unasked {
        match saved.get(&question.name) {
            Some(values) => all.insert(question.name, values.clone()),
            None => all.remove(&question.name),
        };
    }
    all
}

/// A typed answer in words: the labels of what was chosen, else the text itself.
#[must_use]
pub fn in_words(definition: &CallDefinition, section: &Section, name: &str, typed: &Typed) -> String {
    let label = |value: &String| -> Option<String> {
        match section.kind {
            SectionKind::Indicators => definition.indicator(value).map(|i| i.label.clone()),
            SectionKind::Partners if name.starts_with("partner-kind") => {
                SupportKind::from_code(value).map(|kind| kind.label().to_owned())
            }
            SectionKind::Attestations if name == "attestation" => {
                definition.attestation(value).map(|a| a.label.clone())
            }
            SectionKind::Fields => {
                let field = section.fields.iter().find(|field| field.code == name)?;
                match field.kind {
                    FieldKind::Axes => definition.axis(value).map(|axis| axis.label.clone()),
                    FieldKind::Departments => Some(department_label(value)),
                    _ => field.options.iter().find(|o| o.value == *value).map(|o| o.label.clone()),
                }
            }
            _ => None,
        }
    };
    let notification = |value: &String| match value.as_str() {
        ELECTRONIC if name == "notification" => Some("Par voie électronique".to_owned()),
        POSTAL if name == "notification" => Some("Par courrier postal".to_owned()),
        _ => None,
    };
    let values = typed.get(name).map(Vec::as_slice).unwrap_or_default();
    let words: Vec<String> =
        values.iter().map(|v| notification(v).or_else(|| label(v)).unwrap_or_else(|| v.clone())).collect();
    words.join("\n")
}

/// One answer that two people wrote differently.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    pub label: String,
    pub yours: String,
    pub saved: String,
}

/// What differs between a form that was sent and what was saved in between.
#[must_use]
pub fn differences(definition: &CallDefinition, section: &Section, yours: &Typed, saved: &Typed) -> Vec<Difference> {
    questions(definition, section)
        .into_iter()
        .filter(|question| yours.get(&question.name) != saved.get(&question.name))
        .map(|question| Difference {
            yours: in_words(definition, section, &question.name, yours),
            saved: in_words(definition, section, &question.name, saved),
            label: question.label,
        })
        .collect()
}

/// A sum of typed amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedSum {
    /// No amount was typed: not the same as zero.
    Nothing,
    /// One of the amounts cannot be read.
    Unreadable,
    Of(Cents),
}

impl TypedSum {
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unreadable, _) | (_, Self::Unreadable) => Self::Unreadable,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
            (Self::Nothing, Self::Of(right)) => Self::Of(-right),
            (Self::Of(left), Self::Nothing) => Self::Of(left),
            (Self::Of(left), Self::Of(right)) => Self::Of(left - right),
        }
    }
}

#[must_use]
pub fn sum_typed<'a>(amounts: impl Iterator<Item = &'a str>) -> TypedSum {
    let mut typed = amounts.map(str::trim).filter(|text| !text.is_empty()).map(Cents::parse).peekable();
    if typed.peek().is_none() {
        return TypedSum::Nothing;
    }
    typed.collect::<Result<Vec<_>, _>>().map_or(TypedSum::Unreadable, |all| TypedSum::Of(all.into_iter().sum()))
}

/// Whether a class stands apart from the totals that must balance first.
#[must_use]
pub fn is_in_kind(class: &str) -> bool {
    class == budget::IN_KIND_CHARGES || class == budget::IN_KIND_PRODUITS
}
