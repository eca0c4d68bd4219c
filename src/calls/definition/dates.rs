//! Dates of a call file: civil times read in the call's zone and kept as UTC instants.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, ToSpan};
use toml::de::DeValue;

use super::file::source;
use super::model::{Calendar, Source};
use super::reader::{Table, wrong_type};
use crate::base::clock::Instant;

/// How far ahead a relative date may point.
const RELATIVE_DAYS_MAX: i32 = 3650;

/// `zone`, then one `{ at = "2021-09-01T08:00:00", source = { … } }` per date; a date without `at` is unknown.
pub(super) fn calendar(t: &mut Table<'_>) -> Calendar {
    let zone_line = t.find("zone").map_or(0, |(_, line)| line);
    let zone = t.label("zone");
    let tz = TimeZone::get(&zone).ok();
    if tz.is_none() && !zone.is_empty() {
        t.refuse(zone_line, "zone", format!("le fuseau « {zone} » est inconnu. Écrivez par exemple \"Europe/Paris\"."));
    }
    let tz = tz.unwrap_or(TimeZone::UTC);
    let mut sources = Vec::new();
    let mut required = |t: &mut Table<'_>, key: &'static str| {
        let (at, source) = t.table(key, |t| moment(t, &tz, true));
        sources.push((key.to_owned(), source));
        at.unwrap_or(Instant(0))
    };
    let opening = required(t, "opening");
    let closing = required(t, "closing");
    let mut optional = |t: &mut Table<'_>, key: &'static str| {
        let (at, source) = t.optional_table(key, |t| moment(t, &tz, false))?;
        sources.push((key.to_owned(), source));
        at
    };
    let committee = optional(t, "committee");
    let notification = optional(t, "notification");
    Calendar { zone, opening, closing, committee, notification, sources }
}

fn moment(t: &mut Table<'_>, tz: &TimeZone, required: bool) -> (Option<Instant>, Source) {
    let found = if required { t.demand("at", "\"2027-01-15T12:00:00\"") } else { t.find("at") };
    let today = t.reading.borrow().today;
    let at = found.and_then(|(value, line)| {
        let read = match value.get_ref() {
            DeValue::String(text) => instant(text, tz, today),
            DeValue::Datetime(datetime) => instant(&datetime.to_string(), tz, today),
            other => Err(wrong_type("une date avec son heure", other)),
        };
        read.map_err(|message| t.refuse(line, "at", message)).ok()
    });
    (at, t.table("source", source))
}

/// `2027-01-15T12:00:00`, or `J+30T23:59:59` counted from `today`.
fn instant(text: &str, tz: &TimeZone, today: Option<Date>) -> Result<Instant, String> {
    let civil = if text.starts_with('J') { relative(text, today)? } else { absolute(text)? };
    let ambiguous = tz.to_ambiguous_timestamp(civil);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { .. } => {
            return Err(format!(
                "l’heure {text} n’existe pas : ce jour-là, on passe à l’heure d’été. Choisissez une autre heure."
            ));
        }
        AmbiguousOffset::Fold { .. } => {
            return Err(format!(
                "l’heure {text} se produit deux fois : ce jour-là, on passe à l’heure d’hiver. \
                 Choisissez une autre heure."
            ));
        }
    }
    let timestamp = ambiguous.unambiguous().map_err(|_| out_of_range(text))?;
    Ok(Instant::from_timestamp(timestamp))
}

fn absolute(text: &str) -> Result<DateTime, String> {
    let unreadable = || {
        format!(
            "« {text} » n’est pas une date avec son heure. Écrivez par exemple \"2027-01-15T12:00:00\", \
             sans décalage : l’heure est lue dans le fuseau de l’appel."
        )
    };
    let offset_free = text.len() <= 26 && text.contains('T') && !text.contains(['Z', 'z', '+', '[']);
    if !offset_free || text.rsplit_once('T').is_some_and(|(_, time)| time.contains('-')) {
        return Err(unreadable());
    }
    text.parse().map_err(|_| unreadable())
}

fn relative(text: &str, today: Option<Date>) -> Result<DateTime, String> {
    let unreadable = || format!("« {text} » n’est pas une date relative. Écrivez par exemple \"J+30T23:59:59\".");
    let (days, time) = text[1..].split_once('T').ok_or_else(unreadable)?;
    let days: i32 = if days.is_empty() { 0 } else { days.parse().map_err(|_| unreadable())? };
    let time: Time = time.parse().map_err(|_| unreadable())?;
    if days.abs() > RELATIVE_DAYS_MAX {
        return Err(out_of_range(text));
    }
    let today = today.ok_or_else(|| {
        format!(
            "« {text} » dépend du jour d’installation et ne se lit que dans la démonstration. \
             Écrivez la date, par exemple \"2027-01-15T12:00:00\"."
        )
    })?;
    let span: Span = days.days();
    let date = today.checked_add(span).map_err(|_| out_of_range(text))?;
    Ok(date.to_datetime(time))
}

fn out_of_range(text: &str) -> String {
    format!("la date {text} est trop lointaine. Corrigez-la.")
}
