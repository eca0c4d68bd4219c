//! What `story.toml` says: when each stage of a call happened.
//!
//! Instants are civil times in Paris: `2021-12-15T15:00:00`, or `J-5T10:00:00` counted from the day of the first start.
//! A stage that is absent did not happen, or not yet.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{ToSpan, Unit};
use serde::Deserialize;

use crate::base::clock::{Instant, PARIS};
use crate::fault::Fault;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// File of `seeds/calls`.
    pub file: String,
    #[serde(default)]
    pub votes: Vec<Vote>,
    /// When dossiers without an instant of their own were written and submitted.
    pub submissions: Option<Window>,
    /// When the dossiers that their holders withdraw are withdrawn.
    #[serde(default)]
    pub withdrawal: String,
    pub eligibility: Option<Window>,
    pub shortlisting: Option<Sitting>,
    pub instruction: Option<Instruction>,
    pub committee: Option<Sitting>,
    pub decision: Option<Decision>,
    /// Letters to those who were not eligible or not shortlisted.
    pub early: Option<Decision>,
    pub promotion: Option<Promotion>,
    pub funding: Option<Funding>,
}

/// A vote of the demonstration on a line whose amount no source gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    pub funder: String,
    pub year: i32,
    pub at: String,
    pub euros: i64,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub from: String,
    pub until: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instruction {
    pub assigned: Window,
    pub due: String,
    pub reviews: Window,
}

/// A session of the committee.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    pub planned: String,
    pub held: String,
    pub sealed: String,
    pub place: String,
    /// Seats that attend from afar.
    #[serde(default)]
    pub remote: Vec<String>,
    #[serde(default)]
    pub absent: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub signed: Window,
    pub notified: Window,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    pub acts: Window,
    pub advances: Window,
    /// For what was amended or promoted.
    pub later: Option<Later>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Later {
    pub acts: Window,
    pub advances: Window,
}

/// A grant is reduced, and the first of the waiting list comes in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    pub amended: String,
    pub promoted: String,
    pub notified: String,
    /// For the letter; says that the way from the list to the award is a hypothesis.
    pub motive: String,
}

/// Reads instants, some of them counted from the day of the first start.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub today: Date,
}

impl Calendar {
    /// # Errors
    /// When the text is no instant.
    pub fn at(self, text: &str) -> Result<Instant, Fault> {
        let civil = match text.strip_prefix('J').and_then(|rest| rest.split_once('T')) {
            Some((days, time)) => {
                let days: i32 = days.parse().map_err(|e| Fault::internal(format!("{text}: {e}")))?;
                format!("{}T{time}", self.today.saturating_add(days.days()))
            }
            None => text.to_owned(),
        };
        Instant::from_civil(&civil, PARIS).map_err(|e| Fault::internal(format!("{text}: {e}")))
    }

    /// Instant of the nth of `count` things done within a window: in office hours, evenly, on working days.
    ///
    /// # Errors
    /// When an end of the window is no instant.
    pub fn nth(self, window: &Window, n: usize, count: usize) -> Result<Instant, Fault> {
        let from = self.at(&window.from)?.in_zone(PARIS).datetime();
        let until = self.at(&window.until)?.in_zone(PARIS).datetime();
        let days = working_days(from.date(), until.date());
        let opens = |day: Date| if day == from.date() { from } else { day.at(9, 0, 0, 0) };
        let closes = |day: Date| if day == until.date() { until } else { day.at(17, 30, 0, 0) };
        let spans: Vec<(DateTime, i64)> =
            days.iter().map(|day| (opens(*day), seconds(opens(*day), closes(*day)))).collect();
        let total: i64 = spans.iter().map(|(_, length)| length).sum();
        let share = |n: usize| i64::try_from(n).unwrap_or(0);
        let mut left = total * share(n) / share(count.max(1));
        for (start, length) in spans {
            if left < length {
                return self.at(&start.saturating_add(left.seconds()).to_string());
            }
            left -= length;
        }
        self.at(&window.until)
    }
}

fn seconds(from: DateTime, until: DateTime) -> i64 {
    from.until((Unit::Second, until)).map_or(0, |span| span.get_seconds().max(0))
}

/// Days from Monday to Friday, or the first day when there is none.
fn working_days(from: Date, until: Date) -> Vec<Date> {
    let days: Vec<Date> = from
        .series(1.day())
        .take_while(|day| *day <= until)
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .collect();
    if days.is_empty() { vec![from] } else { days }
}
