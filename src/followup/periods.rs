//! Periods of a project and where each stands: pure, from the project's own dates and the call's rule.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::base::clock::{Instant, french_date};
use crate::calls::definition::CallDefinition;
use crate::dossiers::Content;

/// No project lasts longer; a typing mistake in a date must not make a thousand reports due.
const MOST: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// From 1.
    pub number: i32,
    pub starts_on: Date,
    /// Inclusive.
    pub ends_on: Date,
    /// End of the last day on which the report is in time.
    pub due_at: Instant,
}

/// Where the report of a period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not begun.
    Upcoming,
    /// Begun, and its report is not expected yet.
    Running,
    /// Over, its report is expected.
    Expected,
    Late,
    Reported,
}

impl Standing {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "À venir",
            Self::Running => "En cours",
            Self::Expected => "À transmettre",
            Self::Late => "En retard",
            Self::Reported => "Transmis",
        }
    }

    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Upcoming | Self::Running => "neutral",
            Self::Expected => "warning",
            Self::Late => "danger",
            Self::Reported => "success",
        }
    }
}

/// First and last day of a project: its own answers, else the years of its budget, else those of the call.
#[must_use]
pub fn span(definition: &CallDefinition, content: &Content) -> (Date, Date) {
    let rules = &definition.followup;
    let answered = |field: &str| crate::base::clock::parse_date(content.text(field));
    let mut years: Vec<i16> =
        content.budget.iter().filter(|year| !year.amounts.is_empty()).map(|year| year.year).collect();
    if years.is_empty() {
        years.clone_from(&definition.budget.years);
    }
    let closing = definition.calendar.closing.in_zone(&definition.calendar.zone).year();
    let (first_year, last_year) = (years.iter().min().unwrap_or(&closing), years.iter().max().unwrap_or(&closing));
    let first = answered(&rules.start_field).unwrap_or_else(|| date(*first_year, 1, 1));
    let last = answered(&rules.end_field).unwrap_or_else(|| date(*last_year, 12, 31));
    (first, last.max(first))
}

/// The periods a project reports on, each as long as the call says but the last, which ends with the project.
#[must_use]
pub fn of_project(definition: &CallDefinition, content: &Content) -> Vec<Period> {
    let (first, last) = span(definition, content);
    let (rules, zone) = (&definition.followup, &definition.calendar.zone);
    let mut periods = Vec::new();
    for number in 1.. {
        // Counted from the first day each time: a project begun on the 31st keeps to the ends of months.
        let after = |count: i32| first.checked_add((rules.period.months() * count).months());
        let (Ok(starts_on), Ok(next)) = (after(number - 1), after(number)) else { break };
        if starts_on > last || periods.len() == MOST {
            break;
        }
        let Ok(day_before) = next.yesterday() else { break };
        let ends_on = day_before.min(last);
        let Ok(due_on) = ends_on.checked_add(i64::from(rules.report_within_days).days()) else { break };
        let Ok(due_at) = Instant::from_civil(&format!("{due_on}T23:59:59"), zone) else { break };
        periods.push(Period { number, starts_on, ends_on, due_at });
    }
    periods
}

impl Period {
    /// `1 mars 2022 – 31 août 2022`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} – {}", french_date(self.starts_on), french_date(self.ends_on))
    }

    #[must_use]
    pub fn standing(&self, reported: bool, now: Instant, zone: &str) -> Standing {
        let today = now.in_zone(zone).date();
        if reported {
            Standing::Reported
        } else if now > self.due_at {
            Standing::Late
        } else if today > self.ends_on {
            Standing::Expected
        } else if today >= self.starts_on {
            Standing::Running
        } else {
            Standing::Upcoming
        }
    }
}

/// A reminder that could not leave within these days is of no use any more.
pub const HELPS_FOR_DAYS: i64 = 7;

/// The reminder that is due now, by its days from the due date: the last step passed, unless it is too old to help.
#[must_use]
pub fn reminder_due(period: &Period, steps: &[i16], now: Instant) -> Option<i16> {
    let last = steps.iter().copied().filter(|step| period.due_at.plus_days(i64::from(*step)) <= now).max()?;
    let moment = period.due_at.plus_days(i64::from(last));
    (now < moment.plus_days(HELPS_FOR_DAYS)).then_some(last)
}
