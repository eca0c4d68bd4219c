//! The report of one period: every indicator at once, corrections with their reason, what was said before.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bars::rule;
use super::overview::{how, value_words};
use crate::base::ids::DossierId;
use crate::base::text::{clean, clean_line};
use crate::calls::definition::reference::department_label;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::followup::actions::{self, NewReport, NewValue, Report};
use crate::followup::periods::{Period, Standing};
use crate::followup::rules::{self, read_value, show_with_unit};
use crate::followup::store::{Indicator, Value};
use crate::web::{Answer, Visit};

const COMMENT_MAX: usize = 1000;
const REASON_MAX: usize = 300;

#[derive(Serialize)]
struct Share {
    name: String,
    label: String,
    value: String,
    error: String,
}

#[derive(Serialize)]
struct Entry {
    label: String,
    code: String,
    target: String,
    /// Whether the value counts since the start or within the period.
    how: &'static str,
    unit: String,
    value: String,
    comment: String,
    shares: Vec<Share>,
    error: String,
    comment_error: String,
    /// What is in force, when there is something.
    current: String,
}

#[derive(Serialize)]
struct Past {
    indicator: String,
    value: String,
    shares: String,
    comment: String,
    reason: String,
    who: String,
    replaced: bool,
}

#[derive(Serialize)]
struct ReportView {
    title: String,
    action: String,
    period: String,
    status: &'static str,
    tone: &'static str,
    due: String,
    closed: bool,
    corrects: bool,
    seen: i64,
    entries: Vec<Entry>,
    reason: String,
    history: Vec<Past>,
    comment_max: usize,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

fn find(report: &Report, number: i32) -> Result<(Period, bool), Fault> {
    let stored = report.period(number).ok_or(Fault::NotFound)?;
    Ok((stored.period.clone(), stored.reported_at.is_some()))
}

fn share_field(indicator: &str, department: &str) -> String {
    format!("departement-{indicator}-{department}")
}

fn entry(
    visit: &Visit,
    report: &Report,
    indicator: &Indicator,
    number: i32,
    errors: &BTreeMap<String, String>,
) -> Entry {
    let current = indicator.in_period(number);
    let typed = |field: &str, stored: String| visit.form.get(field).map_or(stored, str::to_owned);
    let error = |field: &str| errors.get(field).cloned().unwrap_or_default();
    let (value_field, comment_field) = (format!("value-{}", indicator.code), format!("comment-{}", indicator.code));
    let divided = report.is_divided(indicator);
    let shares = report
        .departments
        .iter()
        .filter(|_| divided)
        .map(|department| {
            let name = share_field(&indicator.code, department);
            let stored = current.and_then(|value| value.departments.iter().find(|(code, _)| code == department));
            Share {
                label: format!("dont {}", department_label(department)),
                value: typed(&name, stored.map(|(_, people)| people.to_string()).unwrap_or_default()),
                error: error(&name),
                name,
            }
        })
        .collect();
    Entry {
        label: indicator.label.clone(),
        code: indicator.code.clone(),
        target: show_with_unit(indicator.target, &indicator.unit),
        how: how(rule(&report.call.definition, indicator)),
        unit: indicator.unit.clone(),
        value: typed(&value_field, current.and_then(|v| v.value).map(|v| v.to_string()).unwrap_or_default()),
        comment: typed(&comment_field, current.map(|v| v.comment.clone()).unwrap_or_default()),
        shares,
        error: error(&value_field),
        comment_error: error(&comment_field),
        current: current.map(|value| value_words(indicator, Some(value)).0).unwrap_or_default(),
    }
}

/// `Gard (30) : 12, Hérault (34) : 40`.
pub(super) fn shares(value: &Value) -> String {
    let shares: Vec<String> = value
        .departments
        .iter()
        .map(|(code, people)| format!("{}\u{A0}: {}", department_label(code), rules::show(*people)))
        .collect();
    shares.join(", ")
}

fn past(indicator: &Indicator, value: &Value, zone: &str) -> Past {
    Past {
        indicator: indicator.label.clone(),
        value: value_words(indicator, Some(value)).0,
        shares: shares(value),
        comment: value.comment.clone(),
        reason: value.reason.clone(),
        who: format!("{}, le {}", value.reported_by, value.reported_at.short(zone)),
        replaced: value.replaced,
    }
}

pub(super) fn show_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let number: i32 = visit.param("period")?;
    let report = visit.read(|conn| actions::own(conn, actor, id))?;
    let (period, reported) = find(&report, number)?;
    let zone = report.call.zone();
    let standing = period.standing(reported, visit.now, zone);
    let by_field: BTreeMap<String, String> = errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let mut history: Vec<(i64, Past)> = report
        .indicators
        .iter()
        .flat_map(|indicator| {
            indicator
                .values
                .iter()
                .filter(|value| value.period == number)
                .map(move |value| (value.id, past(indicator, value, zone)))
        })
        .collect();
    history.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let view = ReportView {
        title: report.dossier.title_or_untitled().to_owned(),
        action: format!("/mes-dossiers/{id}/indicateurs/{number}"),
        period: period.label(),
        status: standing.label(),
        tone: standing.tone(),
        due: period.due_at.date(zone),
        closed: !report.dossier.state.is_running() || standing == Standing::Upcoming,
        corrects: !history.is_empty(),
        seen: report.seen(number),
        entries: report.indicators.iter().map(|i| entry(visit, &report, i, number, &by_field)).collect(),
        reason: visit.form.text("reason").to_owned(),
        history: history.into_iter().map(|(_, past)| past).collect(),
        comment_max: COMMENT_MAX,
        errors: by_field,
        error_list: errors,
    };
    let reference = report.dossier.reference_or_draft();
    Ok(Answer::page(format!("Suivi, {} – {reference}", period.label()), "followup/report.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Suivi du projet", format!("/mes-dossiers/{id}/indicateurs"))
        .crumb(period.label(), ""))
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    show_page(visit, Vec::new())
}

pub(super) fn send(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let number: i32 = visit.param("period")?;
    let report = visit.read(|conn| actions::own(conn, actor, id))?;
    find(&report, number)?;
    let done = Answer::redirect(format!("/mes-dossiers/{id}/indicateurs"));
    let answered = typed(visit, &report, number).and_then(|new| {
        // Nothing different is no operation: a second click is told so.
        match visit.read(|conn| actions::is_recorded(conn, actor, id, &new))? {
            true => Ok(0),
            false => visit.perform(|op| actions::report(op, actor, id, &new)),
        }
    });
    match answered {
        Ok(0) => Ok(done.flash_as("info", "Ces valeurs sont enregistrées, une seule fois.")),
        Ok(_) => Ok(done.flash("Suivi transmis. Le service chargé de l’appel le voit dès maintenant.")),
        Err(fault) => visit.with_mistakes(fault, show_page),
    }
}

fn typed(visit: &Visit, report: &Report, number: i32) -> Result<NewReport, Fault> {
    let mut mistakes = Mistakes::default();
    let mut values = Vec::new();
    for indicator in &report.indicators {
        let (field, comment_field) = (format!("value-{}", indicator.code), format!("comment-{}", indicator.code));
        let value = mistakes.take(&field, read_value(visit.form.text(&field), &indicator.unit)).flatten();
        let comment = clean(visit.form.text(&comment_field));
        if comment.chars().count() > COMMENT_MAX {
            mistakes.add(&comment_field, format!("Raccourcissez ce commentaire à {COMMENT_MAX} caractères au plus."));
        }
        let mut departments = Vec::new();
        for department in report.departments.iter().filter(|_| report.is_divided(indicator)) {
            let name = share_field(&indicator.code, department);
            let people = mistakes.take(&name, read_value(visit.form.text(&name), &indicator.unit)).flatten();
            departments.extend(people.map(|people| (department.clone(), people)));
        }
        values.push(NewValue { indicator: indicator.code.clone(), value, comment, departments });
    }
    let reason = clean_line(visit.form.text("reason"));
    if reason.chars().count() > REASON_MAX {
        mistakes.add("reason", format!("Raccourcissez ce motif à {REASON_MAX} caractères au plus."));
    }
    mistakes.finish()?;
    let seen = visit.form.text("seen").parse().ok();
    Ok(NewReport { period: number, values, reason, seen })
}
