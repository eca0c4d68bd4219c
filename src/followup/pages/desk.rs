//! The funded projects of a call as its agents follow them: who is late, where projects are, how far they got.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::bars::{Bar, NO_VALUE, bar, rule};
use super::{DESK, open_periods};
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId, DossierVersionId};
use crate::base::text::count;
use crate::calls::definition::CallDefinition;
use crate::calls::{self, DepartmentMap};
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::periods::Standing;
use crate::followup::rules::{percent, show_with_unit};
use crate::followup::store::projects::{self, Order, Project, Wanted};
use crate::followup::store::{self, Indicator, StoredPeriod, periods};
use crate::followup::territory::territory;
use crate::web::export::Table;
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

const COLUMNS: &[Column] = &[
    Column::sorted("Projet", "projet"),
    Column::sorted("Référence", "reference"),
    Column::sorted("Porteur", "porteur"),
    Column::plain("Suivi"),
    Column::plain("Avancement"),
];

#[derive(Serialize)]
struct Progress {
    indicator: String,
    value: String,
    known: bool,
    reached: String,
}

#[derive(Serialize)]
struct ProjectRow {
    href: String,
    reference: String,
    title: String,
    organisation: String,
    status: &'static str,
    tone: &'static str,
    /// Which report, and by when.
    detail: String,
    progress: Vec<Progress>,
}

#[derive(Serialize)]
struct MapRow {
    code: String,
    name: String,
    projects: usize,
}

#[derive(Serialize)]
struct DeskView {
    call_title: String,
    path: String,
    projects: i64,
    late: i64,
    people: String,
    silent: String,
    rows: Vec<ProjectRow>,
    map: DepartmentMap,
    map_rows: Vec<MapRow>,
    list: ListView,
}

/// The report to speak of: the first late one, else the first expected, else the one running.
fn spoken_of(stored: &[StoredPeriod], now: Instant, zone: &str) -> Option<(Standing, usize)> {
    let standings: Vec<Standing> =
        stored.iter().map(|s| s.period.standing(s.reported_at.is_some(), now, zone)).collect();
    [Standing::Late, Standing::Expected, Standing::Running, Standing::Upcoming]
        .into_iter()
        .find_map(|wanted| standings.iter().position(|standing| *standing == wanted).map(|at| (wanted, at)))
}

pub(super) fn standing(
    running: bool,
    stored: &[StoredPeriod],
    now: Instant,
    zone: &str,
) -> (&'static str, &'static str, String) {
    if !running {
        return ("Terminé", "neutral", String::new());
    }
    match spoken_of(stored, now, zone) {
        None => ("À jour", "success", "toutes les périodes sont transmises".to_owned()),
        Some((standing, at)) => {
            let period = &stored[at].period;
            let due = period.due_at.date(zone);
            let said = match standing {
                Standing::Late => format!("{}, attendu le {due}", period.label()),
                Standing::Expected => format!("{}, avant le {due}", period.label()),
                _ => format!("prochain suivi avant le {due}"),
            };
            match standing {
                Standing::Late | Standing::Expected => (standing.label(), standing.tone(), said),
                _ => ("À jour", "success", said),
            }
        }
    }
}

fn progress(definition: &CallDefinition, indicators: &[Indicator]) -> Vec<Progress> {
    indicators
        .iter()
        .map(|indicator| {
            let reached = indicator.reached(rule(definition, indicator));
            Progress {
                indicator: indicator.label.clone(),
                value: reached.map_or_else(|| NO_VALUE.to_owned(), |value| show_with_unit(value, &indicator.unit)),
                known: reached.is_some(),
                reached: reached
                    .and_then(|value| percent(value, indicator.target))
                    .map(|share| format!("{share}\u{A0}%"))
                    .unwrap_or_default(),
            }
        })
        .collect()
}

struct Loaded {
    projects: Vec<Project>,
    periods: HashMap<DossierId, Vec<StoredPeriod>>,
    indicators: HashMap<DossierVersionId, Vec<Indicator>>,
    listed: i64,
    all: i64,
    late: i64,
    territory: crate::followup::territory::Territory,
}

fn filters() -> Vec<Filter> {
    let departments = calls::definition::reference::departments().iter();
    vec![
        Filter::new("etat", "Suivi", "Tous les suivis", [("retard".to_owned(), "En retard".to_owned())]),
        Filter::new(
            "departement",
            "Département",
            "Tous les départements",
            departments.map(|d| (d.code.clone(), calls::definition::reference::department_label(&d.code))),
        ),
    ]
}

fn wanted(request: &ListRequest, closed: &HashSet<DossierId>) -> Wanted {
    let (sort, descending) = request.order();
    Wanted {
        late: request.chosen("etat").is_some(),
        department: request.chosen("departement").map(str::to_owned),
        words: request.words(),
        order: match sort {
            "projet" => Order::Title,
            "porteur" => Order::Organisation,
            _ => Order::Reference,
        },
        descending,
        closed: closed.clone(),
    }
}

fn load(
    conn: &mut Conn,
    actor: &Actor,
    call: &calls::Call,
    request: &ListRequest,
    now: Instant,
) -> Result<Loaded, Fault> {
    let closed = dossiers::closed_by_interest(conn, actor, call.id)?;
    let wanted = wanted(request, &closed);
    let listed = projects::count(conn, call.id, &wanted, now)?;
    let projects = projects::rows(conn, call.id, &wanted, now, request.window(listed))?;
    let ids: Vec<DossierId> = projects.iter().map(|project| project.id).collect();
    let versions: Vec<DossierVersionId> = projects.iter().filter_map(|project| project.version).collect();
    let reach = &call.definition.followup.reach;
    let total = call.definition.indicator(reach).map(|choice| choice.total).unwrap_or_default();
    let every = Wanted { closed: closed.clone(), ..Wanted::default() };
    let late = Wanted { late: true, ..every.clone() };
    Ok(Loaded {
        periods: periods::of_dossiers(conn, &ids)?,
        indicators: store::of_versions(conn, &versions)?,
        listed,
        all: projects::count(conn, call.id, &every, now)?,
        late: projects::count(conn, call.id, &late, now)?,
        territory: territory(&projects::footprints(conn, call.id, &closed, reach)?, total),
        projects,
    })
}

/// Every indicator of every project listed, a row each.
fn table(call: &calls::Call, loaded: &Loaded, now: Instant) -> Table {
    let mut table = Table::new(
        format!("Suivi {}", call.code),
        &["Référence", "Projet", "Porteur", "État", "Suivi", "Indicateur", "Unité", "Cible", "Valeur", "Atteint (%)"],
    );
    for project in &loaded.projects {
        let stored = loaded.periods.get(&project.id).map_or(&[][..], Vec::as_slice);
        let (status, ..) = standing(project.state.is_running(), stored, now, call.zone());
        let indicators = project.version.and_then(|version| loaded.indicators.get(&version));
        for indicator in indicators.map_or(&[][..], Vec::as_slice) {
            let reached = indicator.reached(rule(&call.definition, indicator));
            table.push(vec![
                project.reference.clone().into(),
                project.title.as_str().into(),
                project.organisation.as_str().into(),
                project.state.label().into(),
                status.into(),
                indicator.label.as_str().into(),
                indicator.unit.as_str().into(),
                indicator.target.into(),
                reached.into(),
                reached.and_then(|value| percent(value, indicator.target)).into(),
            ]);
        }
    }
    table
}

/// The call of the address, for those who follow it.
pub(super) fn call_of(conn: &mut Conn, actor: &Actor, code: &str) -> Result<calls::Call, Fault> {
    let call = calls::by_code(conn, code)?;
    actor.require_in(call.id, DESK)?;
    Ok(call)
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let call = visit.read(|conn| call_of(conn, actor, &code))?;
    open_periods(visit, call.id)?;
    let request = ListRequest::read(visit, COLUMNS, filters()).sorted_by("reference", false);
    let loaded = visit.read(|conn| load(conn, actor, &call, &request, visit.now))?;
    if let Some(format) = request.format() {
        return table(&call, &loaded, visit.now).answer(format, visit.now);
    }
    let zone = call.zone();
    let rows = loaded
        .projects
        .iter()
        .map(|project| {
            let stored = loaded.periods.get(&project.id).map_or(&[][..], Vec::as_slice);
            let (status, tone, detail) = standing(project.state.is_running(), stored, visit.now, zone);
            let indicators = project.version.and_then(|version| loaded.indicators.get(&version));
            ProjectRow {
                href: format!("/dossiers/{}/suivi", project.id),
                reference: project.reference.clone().unwrap_or_default(),
                title: project.title.clone(),
                organisation: project.organisation.clone(),
                status,
                tone,
                detail,
                progress: progress(&call.definition, indicators.map_or(&[][..], Vec::as_slice)),
            }
        })
        .collect();
    let path = format!("/appels/{}/suivi", call.code);
    let figures: BTreeMap<String, i64> = calls::definition::reference::departments()
        .iter()
        .map(|department| {
            let local = loaded.territory.departments.get(&department.code);
            (department.code.clone(), i64::try_from(local.map_or(0, |local| local.projects)).unwrap_or(i64::MAX))
        })
        .collect();
    let view = DeskView {
        call_title: call.title.clone(),
        projects: loaded.all,
        late: loaded.late,
        people: loaded.territory.people.map(crate::followup::rules::show).unwrap_or_default(),
        silent: count(loaded.territory.silent, "projet n’en a transmis aucun", "projets n’en ont transmis aucun"),
        rows,
        map: DepartmentMap::new("carte", "Projets financés par département", &figures, |n| n.to_string()),
        map_rows: calls::definition::reference::departments()
            .iter()
            .map(|department| MapRow {
                code: department.code.clone(),
                name: department.name.clone(),
                projects: loaded.territory.departments.get(&department.code).map_or(0, |local| local.projects),
            })
            .collect(),
        list: request.view(loaded.listed, "projet", "projets"),
        path,
    };
    Ok(Answer::page("Suivi des projets financés", "followup/desk.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, format!("/appels/{}", call.code))
        .crumb("Suivi", ""))
}

#[derive(Serialize)]
struct Past {
    period: String,
    indicator: String,
    value: String,
    known: bool,
    shares: String,
    comment: String,
    reason: String,
    who: String,
    replaced: bool,
}

#[derive(Serialize)]
struct PeriodRow {
    label: String,
    due: String,
    due_iso: String,
    status: &'static str,
    tone: &'static str,
    reported: String,
    reminders: String,
}

#[derive(Serialize)]
struct ProjectView {
    title: String,
    reference: String,
    dossier_href: String,
    bars: Vec<Bar>,
    periods: Vec<PeriodRow>,
    values: Vec<Past>,
}

/// One project's reports, as an agent reads them.
pub(super) fn project(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let view = visit.read(|conn| dossiers::for_staff(conn, actor, id))?;
    let version = view.dossier.current_version.filter(|_| view.dossier.state.is_awarded()).ok_or(Fault::NotFound)?;
    if !DESK.iter().any(|role| view.through(*role)) {
        return Err(Fault::NotFound);
    }
    open_periods(visit, view.dossier.call)?;
    let (call, indicators, stored, reminders) = visit.read(|conn| {
        Ok((
            calls::of_dossier(conn, id)?,
            store::of_version(conn, version)?,
            periods::of_dossier(conn, id)?,
            store::reminders_sent(conn, id)?,
        ))
    })?;
    let zone = call.zone();
    let label =
        |number: i32| stored.iter().find(|s| s.period.number == number).map(|s| s.period.label()).unwrap_or_default();
    let mut values: Vec<(i64, Past)> = Vec::new();
    for indicator in &indicators {
        for value in &indicator.values {
            let (words, known) = super::overview::value_words(indicator, Some(value));
            let past = Past {
                period: label(value.period),
                indicator: indicator.label.clone(),
                value: words,
                known,
                shares: super::report::shares(value),
                comment: value.comment.clone(),
                reason: value.reason.clone(),
                who: format!("{}, le {}", value.reported_by, value.reported_at.short(zone)),
                replaced: value.replaced,
            };
            values.push((value.id, past));
        }
    }
    values.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let reference = view.dossier.reference_or_draft();
    let shown = ProjectView {
        title: view.dossier.title_or_untitled().to_owned(),
        dossier_href: format!("/dossiers/{id}"),
        bars: indicators.iter().map(|indicator| bar(&call.definition, indicator)).collect(),
        periods: stored
            .iter()
            .map(|s| {
                let standing = s.period.standing(s.reported_at.is_some(), visit.now, zone);
                let sent = reminders.iter().filter(|(number, _)| *number == s.period.number).count();
                PeriodRow {
                    label: s.period.label(),
                    due: s.period.due_at.date(zone),
                    due_iso: s.period.due_at.iso_date(zone),
                    status: standing.label(),
                    tone: standing.tone(),
                    reported: s.reported_at.map(|at| at.short(zone)).unwrap_or_default(),
                    reminders: if sent == 0 { String::new() } else { count(sent, "rappel", "rappels") },
                }
            })
            .collect(),
        values: values.into_iter().map(|(_, past)| past).collect(),
        reference: reference.clone(),
    };
    let path = format!("/appels/{}", call.code);
    Ok(Answer::page(format!("Suivi – {reference}"), "followup/project.html", &shown)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, path.clone())
        .crumb("Suivi", format!("{path}/suivi"))
        .crumb(reference, ""))
}

/// Whether a call has periods to write before its pages count them.
pub(super) fn needs_periods(conn: &mut Conn, call: CallId) -> Result<bool, Fault> {
    projects::has_unopened(conn, call)
}
