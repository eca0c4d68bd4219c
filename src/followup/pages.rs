//! Reporting values, as the project holder; reading them against their targets, as the call manager.

use std::collections::BTreeMap;

use serde::Serialize;

use super::actions::{self, NewValue};
use super::rules::{percent, read_value, show_with_unit};
use super::store::{self, Indicator, Value};
use crate::access::{Actor, Permission, Role};
use crate::base::clock::{Instant, french_date, parse_date};
use crate::base::ids::{DossierId, OrganisationId};
use crate::base::text::{clean, count};
use crate::calls;
use crate::db::Conn;
use crate::dossiers::{self, Dossier};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Expected, Page, Visit};

const COMMENT_MAX: usize = 1000;

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/mes-dossiers/{dossier}/indicateurs", Permission::SignedIn, indicators),
        Page::post("/mes-dossiers/{dossier}/indicateurs", Permission::SignedIn, report),
        Page::get("/appels/{call}/suivi", Permission::ThisCall(&[Role::CallManager]), follow),
    ]
}

/// A row of `bar_chart`.
#[derive(Serialize)]
struct Bar {
    label: String,
    value: i64,
    max: i64,
    text: String,
    tone: &'static str,
}

const NO_VALUE: &str = "aucune valeur transmise";

fn bar(indicator: &Indicator) -> Bar {
    let latest = indicator.latest();
    let reached = latest.and_then(|value| percent(value.value, indicator.target));
    Bar {
        label: indicator.label.clone(),
        value: latest.map_or(0, |value| value.value),
        max: indicator.target,
        text: match (latest, reached) {
            (Some(value), Some(reached)) => format!(
                "{} sur {}, soit {reached}\u{A0}%",
                show_with_unit(value.value, &indicator.unit),
                super::rules::show(indicator.target)
            ),
            _ => NO_VALUE.to_owned(),
        },
        tone: if reached.is_some_and(|reached| reached >= 100) { "success" } else { "accent" },
    }
}

#[derive(Serialize)]
struct ValueView {
    observed_on: String,
    iso: String,
    value: String,
    comment: String,
    who: String,
    counts: bool,
}

fn value_view(indicator: &Indicator, value: &Value, zone: &str) -> ValueView {
    ValueView {
        observed_on: french_date(value.observed_on),
        iso: value.observed_on.to_string(),
        value: show_with_unit(value.value, &indicator.unit),
        comment: value.comment.clone(),
        who: format!("{}, le {}", value.reported_by, value.reported_at.short(zone)),
        counts: indicator.latest().is_some_and(|latest| std::ptr::eq(latest, value)),
    }
}

#[derive(Serialize)]
struct IndicatorView {
    label: String,
    target: String,
    unit: String,
    chart_title: String,
    history_title: String,
    bars: Vec<Bar>,
    values: Vec<ValueView>,
}

fn indicator_view(indicator: &Indicator, zone: &str) -> IndicatorView {
    IndicatorView {
        label: indicator.label.clone(),
        target: show_with_unit(indicator.target, &indicator.unit),
        unit: indicator.unit.clone(),
        chart_title: format!("Avancement\u{A0}: {}", indicator.label),
        history_title: format!("Valeurs transmises\u{A0}: {}", indicator.label),
        bars: vec![bar(indicator)],
        values: indicator.values.iter().rev().map(|value| value_view(indicator, value, zone)).collect(),
    }
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct ReportView {
    title: String,
    action: String,
    indicators: Vec<IndicatorView>,
    choices: Vec<Choice>,
    observed_on: String,
    value: String,
    comment: String,
    comment_max: usize,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

fn indicators(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (dossier, indicators, call) = visit.read(|conn| {
        let (dossier, indicators) = actions::own(conn, actor, id)?;
        Ok((dossier, indicators, calls::of_dossier(conn, id)?))
    })?;
    let asked = visit.form.text("indicator");
    let view = ReportView {
        title: dossier.title_or_untitled().to_owned(),
        action: format!("/mes-dossiers/{id}/indicateurs"),
        indicators: indicators.iter().map(|indicator| indicator_view(indicator, call.zone())).collect(),
        choices: indicators
            .iter()
            .map(|indicator| Choice {
                value: indicator.code.clone(),
                label: indicator.label.clone(),
                hint: format!("Cible\u{A0}: {}", show_with_unit(indicator.target, &indicator.unit)),
                checked: indicator.code == asked || indicators.len() == 1,
            })
            .collect(),
        observed_on: visit.form.text("observed_on").to_owned(),
        value: visit.form.text("value").to_owned(),
        comment: visit.form.text("comment").to_owned(),
        comment_max: COMMENT_MAX,
        errors: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_list: errors,
    };
    let reference = dossier.reference_or_draft();
    Ok(Answer::page(format!("Indicateurs – {reference}"), "followup/indicators.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers")
        .crumb(reference, format!("/mes-dossiers/{id}"))
        .crumb("Indicateurs", ""))
}

fn report(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (indicators, call) = visit.read(|conn| Ok((actions::own(conn, actor, id)?.1, calls::of_dossier(conn, id)?)))?;
    let today = visit.now.in_zone(call.zone()).date();
    let answered = typed(visit, &indicators, today).and_then(|new| {
        let repeated = |indicators: &[Indicator]| {
            indicators.iter().any(|i| i.code == new.indicator && actions::is_repeated(i, &new))
        };
        let done = Answer::redirect(format!("/mes-dossiers/{id}/indicateurs"));
        match visit.perform(|op| actions::report(op, actor, id, &new)) {
            Ok(()) => Ok(done.flash("Valeur transmise. Le service chargé de l’appel la voit dès maintenant.")),
            Err(Fault::Refused(_)) if repeated(&visit.read(|conn| actions::own(conn, actor, id))?.1) => {
                Ok(done.flash_as("info", "Cette valeur est enregistrée, une seule fois."))
            }
            Err(fault) => Err(fault),
        }
    });
    match answered {
        Err(fault) => visit.with_mistakes(fault, page),
        done => done,
    }
}

fn typed(visit: &Visit, indicators: &[Indicator], today: jiff::civil::Date) -> Result<NewValue, Fault> {
    let mut mistakes = Mistakes::default();
    let indicator = indicators.iter().find(|i| i.code == visit.form.text("indicator"));
    if indicator.is_none() {
        mistakes.add("indicator", "Choisissez l’indicateur que vous renseignez.");
    }
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let value = mistakes.take("value", read_value(visit.form.text("value"), unit));
    let observed_on = parse_date(visit.form.text("observed_on"));
    match observed_on {
        None => mistakes.add("observed_on", "Saisissez la date d’observation, par exemple 30/06/2022."),
        Some(date) if date > today => {
            mistakes.add("observed_on", "Saisissez une date qui n’est pas dans l’avenir.");
        }
        Some(_) => {}
    }
    let comment = clean(visit.form.text("comment"));
    if comment.chars().count() > COMMENT_MAX {
        mistakes.add("comment", format!("Raccourcissez ce commentaire à {COMMENT_MAX} caractères au plus."));
    }
    mistakes.finish()?;
    match (indicator, value, observed_on) {
        (Some(indicator), Some(value), Some(observed_on)) => {
            Ok(NewValue { indicator: indicator.code.clone(), observed_on, value, comment })
        }
        _ => Err(Fault::Stale),
    }
}

#[derive(Serialize)]
struct FollowedRow {
    indicator: String,
    target: String,
    value: String,
    observed_on: String,
    iso: String,
    reached: String,
    comment: String,
}

#[derive(Serialize)]
struct Followed {
    reference: String,
    title: String,
    organisation: String,
    chart_title: String,
    table_title: String,
    bars: Vec<Bar>,
    rows: Vec<FollowedRow>,
}

#[derive(Serialize)]
struct FollowView {
    call_title: String,
    lead: String,
    dossiers: Vec<Followed>,
}

fn follow(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, followed, silent) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, &[Role::CallManager])?;
        let mut followed = Vec::new();
        let mut silent = 0;
        for view in dossiers::visible_in_call(conn, actor, call.id, &[Role::CallManager])? {
            let Some(indicators) = awarded_indicators(conn, &view.dossier)? else { continue };
            if indicators.iter().all(|indicator| indicator.values.is_empty()) {
                silent += 1;
            }
            let organisation = dossiers::current_version(conn, &view.dossier)?.content.applicant.name;
            followed.push(followed_view(&view.dossier, organisation, &indicators));
        }
        Ok((call, followed, silent))
    })?;
    let lead = if followed.is_empty() {
        String::new()
    } else if silent == 0 {
        format!("{} avec au moins une valeur transmise.", count(followed.len(), "projet financé", "projets financés"))
    } else {
        format!(
            "{}, dont {} sans aucune valeur transmise.",
            count(followed.len(), "projet financé", "projets financés"),
            silent
        )
    };
    let view = FollowView { call_title: call.title.clone(), lead, dossiers: followed };
    Ok(Answer::page("Suivi des projets financés", "followup/call.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, format!("/appels/{}", call.code))
        .crumb("Suivi", ""))
}

fn awarded_indicators(conn: &mut Conn, dossier: &Dossier) -> Result<Option<Vec<Indicator>>, Fault> {
    match dossier.current_version.filter(|_| dossier.state.is_awarded()) {
        Some(version) => store::of_version(conn, version).map(Some),
        None => Ok(None),
    }
}

fn followed_view(dossier: &Dossier, organisation: String, indicators: &[Indicator]) -> Followed {
    let reference = dossier.reference_or_draft();
    let rows = indicators
        .iter()
        .map(|indicator| {
            let latest = indicator.latest();
            FollowedRow {
                indicator: indicator.label.clone(),
                target: show_with_unit(indicator.target, &indicator.unit),
                value: latest.map_or_else(|| NO_VALUE.to_owned(), |value| show_with_unit(value.value, &indicator.unit)),
                observed_on: latest.map(|value| french_date(value.observed_on)).unwrap_or_default(),
                iso: latest.map(|value| value.observed_on.to_string()).unwrap_or_default(),
                reached: latest
                    .and_then(|value| percent(value.value, indicator.target))
                    .map(|reached| format!("{reached}\u{A0}%"))
                    .unwrap_or_default(),
                comment: latest.map(|value| value.comment.clone()).unwrap_or_default(),
            }
        })
        .collect();
    Followed {
        title: dossier.title_or_untitled().to_owned(),
        organisation,
        chart_title: format!("Avancement du dossier {reference}"),
        table_title: format!("Indicateurs du dossier {reference}"),
        reference,
        bars: indicators.iter().map(bar).collect(),
        rows,
    }
}

/// What a project holder must do now: report a first value.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, _now: Instant) -> Result<Vec<Expected>, Fault> {
    let organisations: Vec<OrganisationId> = actor.organisations.clone();
    let mut all = Vec::new();
    for dossier in dossiers::of_organisations(conn, &organisations)? {
        let Some(indicators) = awarded_indicators(conn, &dossier)? else { continue };
        if !indicators.is_empty() && indicators.iter().all(|indicator| indicator.values.is_empty()) {
            all.push(Expected {
                label: "Transmettre une première valeur d’indicateur".to_owned(),
                href: format!("/mes-dossiers/{}/indicateurs", dossier.id),
                detail: dossier.title_or_untitled().to_owned(),
            });
        }
    }
    Ok(all)
}
