//! Periods, reminders and the indicator of people reached.

use crate::calls::definition::model::*;
use crate::calls::definition::reader::Reading;

/// A report, or a reminder, that comes later than this is of no use.
const DAYS_MAX: u16 = 366;

/// Reminders of one report, at most: more would not be read.
const REMINDERS_MAX: usize = 6;

pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    let rules = &call.followup;
    if rules.report_within_days > DAYS_MAX {
        let message = format!("le délai de transmission va de 0 à {DAYS_MAX} jours. Corrigez-le.");
        found.report("followup.report_within_days", message);
    }
    reminders(&rules.reminders, found);
    if *rules != FollowupRules::default() {
        date_field(call, "followup.start_field", &rules.start_field, found);
        date_field(call, "followup.end_field", &rules.end_field, found);
    }
    if !rules.reach.is_empty()
        && found.knows_all("indicators", "code", call.indicators.len())
        && call.indicator(&rules.reach).is_none()
    {
        let known: Vec<_> = call.indicators.iter().map(|indicator| indicator.code.as_str()).collect();
        let message =
            format!("« {} » n’est pas un indicateur de l’appel. Indicateurs : {}.", rules.reach, known.join(", "));
        found.report("followup.reach", message);
    }
}

fn reminders(days: &[i16], found: &mut Reading) {
    if days.len() > REMINDERS_MAX {
        found.report("followup.reminders", format!("plus de {REMINDERS_MAX} rappels lassent. Retirez-en."));
    }
    for (i, day) in days.iter().enumerate() {
        let path = format!("followup.reminders[{}]", i + 1);
        if day.unsigned_abs() > DAYS_MAX {
            found.report(
                &path,
                format!("un rappel part au plus {DAYS_MAX} jours avant ou après l’échéance. Corrigez-le."),
            );
        } else if i > 0 && *day <= days[i - 1] {
            found.report(&path, "les rappels se suivent dans l’ordre du temps. Remettez-les en ordre.");
        }
    }
}

fn date_field(call: &CallDefinition, path: &str, code: &str, found: &mut Reading) {
    if found.is_whole("sections")
        && found.is_sound("sections")
        && !call.field(code).is_some_and(|field| field.kind == FieldKind::Date)
    {
        let message = format!("« {code} » n’est pas une question de nature « date » du formulaire. Corrigez ce code.");
        found.report(path, message);
    }
}
