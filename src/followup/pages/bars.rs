//! Progress toward a target, as a bar and in words.

use serde::Serialize;

use crate::calls::definition::{CallDefinition, IndicatorTotal};
use crate::followup::rules::{percent, show, show_with_unit};
use crate::followup::store::Indicator;

/// A row of `bar_chart`.
#[derive(Serialize)]
pub(super) struct Bar {
    label: String,
    value: i64,
    max: i64,
    text: String,
    tone: &'static str,
}

pub(super) const NO_VALUE: &str = "aucune valeur transmise";

/// How an indicator's values make its figure.
pub(super) fn rule(definition: &CallDefinition, indicator: &Indicator) -> IndicatorTotal {
    definition.indicator(&indicator.code).map(|choice| choice.total).unwrap_or_default()
}

pub(super) fn bar(definition: &CallDefinition, indicator: &Indicator) -> Bar {
    let reached = indicator.reached(rule(definition, indicator));
    let share = reached.and_then(|value| percent(value, indicator.target));
    Bar {
        label: indicator.label.clone(),
        value: reached.unwrap_or(0),
        max: indicator.target,
        text: match (reached, share) {
            (Some(value), Some(share)) => format!(
                "{} sur {}, soit {share}\u{A0}%",
                show_with_unit(value, &indicator.unit),
                show(indicator.target)
            ),
            _ => NO_VALUE.to_owned(),
        },
        tone: if share.is_some_and(|share| share >= 100) { "success" } else { "accent" },
    }
}
