//! Equity by department: what funded projects bring, beside the poverty table as published.

use std::collections::BTreeMap;

use serde::Serialize;

use super::desk::call_of;
use crate::base::money::Cents;
use crate::calls::DepartmentMap;
use crate::calls::definition::reference::{self, PovertyTable};
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::rules::show;
use crate::followup::store::projects;
use crate::followup::territory::{Local, Territory, per_thousand, territory};
use crate::web::export::Table;
use crate::web::{Answer, Format, Visit};

#[derive(Serialize)]
struct Row {
    name: String,
    projects: usize,
    committed: String,
    /// Empty when nobody told.
    people: String,
    per_thousand: String,
    rate: String,
    under_30: String,
    from_75: String,
    poor: String,
}

#[derive(Serialize)]
struct Reference {
    name: String,
    rate: String,
    under_30: String,
    from_75: String,
    poor: String,
}

#[derive(Serialize)]
struct Choice {
    label: &'static str,
    href: String,
    current: bool,
}

#[derive(Serialize)]
struct EquityView {
    path: String,
    call_title: String,
    counts_people: bool,
    choices: Vec<Choice>,
    map: DepartmentMap,
    map_note: &'static str,
    rows: Vec<Row>,
    shared_projects: usize,
    shared_committed: String,
    undivided: String,
    all_projects: usize,
    all_committed: String,
    all_people: String,
    silent: usize,
    references: Vec<Reference>,
    poverty_title: String,
    poverty_source: String,
    discrepancies: Vec<String>,
    partial: bool,
}

/// `14,4 %`.
fn rate(tenths: u32) -> String {
    format!("{},{}\u{A0}%", tenths / 10, tenths % 10)
}

/// A few people in a large population are not nobody.
fn rounded(people: i64, population: Option<u32>) -> Option<String> {
    let rounded = per_thousand(people, population)?;
    Some(if rounded == 0 && people > 0 { "moins de 1".to_owned() } else { show(rounded) })
}

fn row(code: &str, local: Option<&Local>, table: Option<&PovertyTable>) -> Row {
    let poverty = table.and_then(|table| table.of(code));
    let people = local.and_then(|local| local.people);
    let poor = poverty.and_then(|poverty| poverty.people);
    let words = |value: Option<u32>| value.map(rate).unwrap_or_default();
    Row {
        name: reference::department_label(code),
        projects: local.map_or(0, |local| local.projects),
        committed: local.map_or(Cents::ZERO, |local| local.committed).to_string(),
        people: people.map(show).unwrap_or_default(),
        per_thousand: people.and_then(|people| rounded(people, poor)).unwrap_or_default(),
        rate: words(poverty.map(|p| p.rate)),
        under_30: words(poverty.map(|p| p.rate_under_30)),
        from_75: words(poverty.map(|p| p.rate_from_75)),
        poor: poor.map(|poor| show(i64::from(poor))).unwrap_or_default(),
    }
}

const MAPS: [(&str, &str); 4] = [
    ("personnes", "Personnes touchées"),
    ("projets", "Projets"),
    ("subventions", "Subventions"),
    ("pauvrete", "Taux de pauvreté"),
];

fn map(which: &str, territory: &Territory, table: Option<&PovertyTable>) -> (DepartmentMap, &'static str) {
    let figures = |figure: &dyn Fn(&str) -> Option<i64>| -> BTreeMap<String, i64> {
        let departments = reference::departments().iter();
        departments.filter_map(|d| figure(&d.code).map(|value| (d.code.clone(), value))).collect()
    };
    let local = |code: &str| territory.departments.get(code);
    match which {
        "projets" => {
            let values = figures(&|code| i64::try_from(local(code).map_or(0, |l| l.projects)).ok());
            (
                DepartmentMap::new("carte", "Projets financés par département", &values, |n| n.to_string()),
                "Un projet de plusieurs départements compte dans chacun.",
            )
        }
        "subventions" => {
            let values = figures(&|code| Some(local(code).map_or(0, |l| l.committed.0 / 100)));
            (
                DepartmentMap::new(
                    "carte",
                    "Subventions engagées par département, en milliers d’euros",
                    &values,
                    |n| show((n + 500) / 1000),
                ),
                "Seuls les projets d’un seul département sont placés ; une subvention n’est jamais répartie par calcul.",
            )
        }
        "pauvrete" => {
            let values = figures(&|code| table.and_then(|t| t.of(code)).map(|p| i64::from(p.rate)));
            (
                DepartmentMap::new("carte", "Taux de pauvreté en 2020, en pour cent", &values, |n| {
                    format!("{},{}", n / 10, n % 10)
                }),
                "Chiffres de la source, reproduits tels quels.",
            )
        }
        _ => {
            let values = figures(&|code| local(code).and_then(|l| l.people));
            (
                DepartmentMap::new("carte", "Personnes touchées par département", &values, show),
                "D’après les valeurs transmises et réparties par les projets.",
            )
        }
    }
}

/// The figures of the page, a row a department; the source's own totals are not rows.
fn export(call: &str, territory: &Territory, table: Option<&PovertyTable>) -> Table {
    let mut sheet = Table::new(
        format!("Équité territoriale {call}"),
        &[
            "Code",
            "Département",
            "Projets",
            "Subventions engagées des projets de ce seul département (€)",
            "Personnes touchées",
            "Taux de pauvreté 2020 (dixièmes de %)",
            "Personnes pauvres 2020",
        ],
    );
    for department in reference::departments() {
        let local = territory.departments.get(&department.code);
        let poverty = table.and_then(|table| table.of(&department.code));
        sheet.push(vec![
            department.code.as_str().into(),
            department.name.as_str().into(),
            local.map_or(0, |local| local.projects).into(),
            local.map_or(Cents::ZERO, |local| local.committed).into(),
            local.and_then(|local| local.people).into(),
            poverty.map(|poverty| i64::from(poverty.rate)).into(),
            poverty.and_then(|poverty| poverty.people).map(i64::from).into(),
        ]);
    }
    sheet
}

pub(super) fn equity(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, territory, partial) = visit.read(|conn| {
        let call = call_of(conn, actor, &code)?;
        let closed = dossiers::closed_by_interest(conn, actor, call.id)?;
        let reach = &call.definition.followup.reach;
        let total = call.definition.indicator(reach).map(|choice| choice.total).unwrap_or_default();
        let footprints = projects::footprints(conn, call.id, &closed, reach)?;
        Ok((call, territory(&footprints, total), !closed.is_empty()))
    })?;
    let table = reference::poverty_2020();
    if let Some(format) = Format::asked(&visit.query) {
        return export(&call.code, &territory, table).answer(format, visit.now);
    }
    let counts_people = !call.definition.followup.reach.is_empty();
    let usual = if counts_people { "personnes" } else { "projets" };
    let asked = visit.query.text("carte");
    let which = MAPS.iter().map(|(code, _)| *code).find(|code| *code == asked).unwrap_or(usual);
    let path = format!("/appels/{}/suivi/equite", call.code);
    let (map, map_note) = map(which, &territory, table);
    let mut codes: Vec<&str> = reference::departments().iter().map(|d| d.code.as_str()).collect();
    codes.extend(territory.departments.keys().map(String::as_str).filter(|code| reference::department(code).is_none()));
    let wider = |name: &str, figures: &reference::Poverty| Reference {
        name: name.to_owned(),
        rate: rate(figures.rate),
        under_30: rate(figures.rate_under_30),
        from_75: rate(figures.rate_from_75),
        poor: figures.people.map(|people| show(i64::from(people))).unwrap_or_default(),
    };
    let view = EquityView {
        path: path.clone(),
        call_title: call.title.clone(),
        counts_people,
        choices: MAPS
            .iter()
            .filter(|(code, _)| counts_people || *code != "personnes")
            .map(|(code, label)| Choice { label, href: format!("{path}?carte={code}"), current: *code == which })
            .collect(),
        map,
        map_note,
        rows: codes.iter().map(|code| row(code, territory.departments.get(*code), table)).collect(),
        shared_projects: territory.shared_projects,
        shared_committed: territory.shared_committed.to_string(),
        undivided: if territory.people.is_some() { show(territory.undivided) } else { String::new() },
        all_projects: territory.projects,
        all_committed: territory.committed.to_string(),
        all_people: territory.people.map(show).unwrap_or_default(),
        silent: territory.silent,
        references: table
            .map(|t| vec![wider(&t.region.name, &t.region.figures), wider(&t.country.name, &t.country.figures)])
            .unwrap_or_default(),
        poverty_title: table.map(|t| t.title.clone()).unwrap_or_default(),
        poverty_source: table.map(|t| t.source.reference.clone()).unwrap_or_default(),
        discrepancies: table.map(|t| t.discrepancies.clone()).unwrap_or_default(),
        partial,
    };
    let call_path = format!("/appels/{}", call.code);
    Ok(Answer::page("Équité territoriale", "followup/equity.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(call.title, call_path.clone())
        .crumb("Suivi", format!("{call_path}/suivi"))
        .crumb("Équité territoriale", ""))
}
