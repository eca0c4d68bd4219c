//! Instants in UTC and how they are shown in a call's time zone.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// A UTC instant, cut to the microsecond so that both databases store it alike.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[serde(transparent)]
pub struct Instant(pub i64);

pub(super) const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// The default zone of a call and of pages that belong to no call.
pub const PARIS: &str = "Europe/Paris";

impl Instant {
    #[must_use]
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    /// Reads `2021-10-29T23:59:59+02:00[Europe/Paris]` or any RFC 3339 instant.
    ///
    /// # Errors
    /// When the text is no instant with an offset.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<Timestamp>().map(Self::from_timestamp)
    }

    /// A civil time such as `2021-10-29T23:59:59` read in a named zone.
    ///
    /// # Errors
    /// When the text is no civil time or the zone is unknown.
    pub fn from_civil(text: &str, zone: &str) -> Result<Self, jiff::Error> {
        let civil: jiff::civil::DateTime = text.parse()?;
        Ok(Self::from_timestamp(civil.in_tz(zone)?.timestamp()))
    }

    /// # Panics
    /// Never for values this type can be built with through its constructors.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// In the named zone; an unknown zone falls back to UTC (zones are checked when a call is imported).
    #[must_use]
    pub fn in_zone(self, zone: &str) -> Zoned {
        let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        self.timestamp().to_zoned(tz)
    }

    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * 86_400_000_000)
    }

    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * 60_000_000)
    }

    /// RFC 3339, for `<time datetime>` and exports.
    #[must_use]
    pub fn iso(self) -> String {
        self.timestamp().to_string()
    }

    /// `2027-01-15`, in the zone.
    #[must_use]
    pub fn iso_date(self, zone: &str) -> String {
        self.in_zone(zone).date().to_string()
    }

    /// `15/01/2027`, for narrow columns.
    #[must_use]
    pub fn day(self, zone: &str) -> String {
        let date = self.in_zone(zone).date();
        format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
    }

    /// `15 janvier 2027`.
    #[must_use]
    pub fn date(self, zone: &str) -> String {
        french_date(self.in_zone(zone).date())
    }

    /// `vendredi 15 janvier 2027`.
    #[must_use]
    pub fn long_date(self, zone: &str) -> String {
        let zoned = self.in_zone(zone);
        let weekday = WEEKDAYS[zoned.weekday().to_monday_zero_offset().unsigned_abs() as usize];
        format!("{weekday}\u{A0}{}", french_date(zoned.date()))
    }

    /// `12 h` or `14 h 05`; seconds are shown only for `23 h 59 min 59 s`, the last second of a day.
    #[must_use]
    pub fn time(self, zone: &str) -> String {
        let zoned = self.in_zone(zone);
        match (zoned.hour(), zoned.minute(), zoned.second()) {
            (23, 59, 59) => "23\u{A0}h\u{A0}59\u{A0}min\u{A0}59\u{A0}s".to_owned(),
            (hour, 0, _) => format!("{hour}\u{A0}h"),
            (hour, minute, _) => format!("{hour}\u{A0}h\u{A0}{minute:02}"),
        }
    }

    /// `vendredi 15 janvier 2027 à 14 h 05 (heure de Paris)`.
    #[must_use]
    pub fn long(self, zone: &str) -> String {
        format!("{} à {} ({})", self.long_date(zone), self.time(zone), zone_name(zone))
    }

    /// `15 janvier 2027 à 14 h 05`, for tables and timelines.
    #[must_use]
    pub fn short(self, zone: &str) -> String {
        format!("{} à {}", self.date(zone), self.time(zone))
    }
}

/// `1er janvier 2027`, `15 janvier 2027`.
#[must_use]
pub fn french_date(date: jiff::civil::Date) -> String {
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    let month = MONTHS[(date.month() - 1).unsigned_abs() as usize];
    format!("{day}\u{A0}{month}\u{A0}{}", date.year())
}

/// Years that a person may mean: others are a slip of the keyboard, and some are more than a spreadsheet or a time zone
/// can hold.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

/// Reads `2027-01-15` or `15/01/2027`.
#[must_use]
pub fn parse_date(text: &str) -> Option<jiff::civil::Date> {
    let text = text.trim();
    text.parse().ok().or_else(|| parse_french_date(text)).filter(|date| YEARS.contains(&date.year()))
}

fn parse_french_date(text: &str) -> Option<jiff::civil::Date> {
    let mut parts = text.split(['/', '.', ' ']).map(str::parse::<i16>);
    let (day, month, year) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if parts.next().is_some() {
        return None;
    }
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// How a zone is named to a reader.
#[must_use]
pub fn zone_name(zone: &str) -> String {
    match zone {
        PARIS => "heure de Paris".to_owned(),
        other => format!("fuseau {other}"),
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

/// Where "now" comes from. Rules receive an [`Instant`]; only the edges hold a clock.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until moved: seeds replay dated scenarios, tests cross deadlines.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::from_timestamp(Timestamp::now()),
            Self::Fixed(micros) => Instant(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock; the system clock is nobody's to move.
    pub fn set(&self, at: Instant) {
        if let Self::Fixed(micros) = self {
            micros.store(at.0, Ordering::SeqCst);
        }
    }

    pub fn advance(&self, by: SignedDuration) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}
