//! Sharing out dossiers in bulk: choose which, see the plan with its reasons, correct it, confirm it whole.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::departments::read_due;
use super::review::by_field;
use crate::base::ids::{AccountId, DossierId, InstitutionId};
use crate::base::text::count;
use crate::calls::definition::reference::department_label;
use crate::calls::{self, Call};
use crate::fault::{Fault, FieldError};
use crate::instruction::actions::{self, Readers, Waiting};
use crate::instruction::distribution::{Plan, Reader, Rules, Why, distribute};
use crate::instruction::store::Instructor;
use crate::web::form::encode;
use crate::web::{Answer, Visit};

/// Dossiers of one preview: what a person can check in one sitting.
const MOST: usize = 200;

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct Preference {
    name: String,
    label: String,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct Place {
    name: String,
    label: String,
    options: Vec<Choice>,
    why: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    title: String,
    applicant: String,
    axes: String,
    departments: String,
    held_by: String,
    places: Vec<Place>,
    /// Why nobody takes what is left; empty when all is given.
    short: String,
}

#[derive(Serialize)]
struct Load {
    name: String,
    institution: String,
    before: usize,
    given: usize,
    after: usize,
}

#[derive(Serialize)]
struct View {
    call: String,
    path: String,
    waiting: String,
    axes: Vec<Choice>,
    departments: Vec<Choice>,
    preferences: Vec<Preference>,
    preview: bool,
    action: String,
    rows: Vec<Row>,
    /// How many are left for the next preview; empty when none.
    later: String,
    loads: Vec<Load>,
    distinct: bool,
    due: String,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

struct Facts {
    call: Call,
    waiting: Vec<Waiting>,
    people: Vec<(Instructor, Reader)>,
}

fn facts(visit: &Visit) -> Result<Facts, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        actor.require_in(call.id, super::MANAGERS)?;
        let (waiting, people) = actions::waiting(conn, actor, &call)?;
        Ok(Facts { call, waiting, people })
    })
}

fn preference_field(axis: &str) -> String {
    format!("axe-{axis}")
}

/// The part of the address that says which dossiers and which preferences.
fn asked(visit: &Visit, call: &Call) -> String {
    let mut parts = vec!["apercu=oui".to_owned()];
    let names = ["axe", "departement"].map(str::to_owned).into_iter();
    for name in names.chain(call.definition.axes.list.iter().map(|axis| preference_field(&axis.code))) {
        let value = visit.query.text(&name);
        if !value.is_empty() {
            parts.push(format!("{}={}", encode(&name), encode(value)));
        }
    }
    parts.join("&")
}

fn rules(visit: &Visit, facts: &Facts) -> Rules {
    let institution = |code: &str| {
        facts.people.iter().find(|(person, _)| person.institution_code == code).map(|(person, _)| person.institution)
    };
    let definition = &facts.call.definition;
    let preferred = definition
        .axes
        .list
        .iter()
        .filter_map(|axis| Some((axis.code.clone(), institution(visit.query.text(&preference_field(&axis.code)))?)))
        .collect();
    Rules { distinct_institutions: definition.instruction.distinct_institutions, preferred }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, mistakes: Vec<FieldError>) -> Result<Answer, Fault> {
    let facts = facts(visit)?;
    let definition = &facts.call.definition;
    let (axis, department) = (visit.query.text("axe"), visit.query.text("departement"));
    let preview = visit.query.text("apercu") == "oui";
    let has = |codes: &[String], chosen: &str| chosen.is_empty() || codes.iter().any(|code| code == chosen);
    let kept: Vec<&Waiting> = facts
        .waiting
        .iter()
        .filter(|waiting| has(&waiting.tags.axes, axis) && has(&waiting.tags.departments, department))
        .collect();
    let (now, later) = kept.split_at(kept.len().min(MOST));
    let errors = by_field(&mistakes);
    let (rows, loads) = if preview { plan(visit, &facts, now, &errors) } else { (Vec::new(), Vec::new()) };
    let choice =
        |value: &str, label: String, chosen: &str| Choice { value: value.to_owned(), label, selected: value == chosen };
    let mut axes = vec![choice("", "Tous les axes".to_owned(), axis)];
    axes.extend(definition.axes.list.iter().map(|a| choice(&a.code, format!("{} – {}", a.code, a.label), axis)));
    let mut departments = vec![choice("", "Tous les départements".to_owned(), department)];
    let known = definition.eligibility.departments.iter();
    departments.extend(known.map(|code| choice(code, department_label(code), department)));
    let mut institutions: Vec<(&str, &str)> = facts
        .people
        .iter()
        .map(|(person, _)| (person.institution_code.as_str(), person.institution_name.as_str()))
        .collect();
    institutions.sort_unstable();
    institutions.dedup();
    let preferences = definition
        .axes
        .list
        .iter()
        .map(|a| {
            let name = preference_field(&a.code);
            let chosen = visit.query.text(&name);
            let mut options = vec![choice("", "Sans préférence".to_owned(), chosen)];
            options.extend(institutions.iter().map(|(code, label)| choice(code, (*label).to_owned(), chosen)));
            Preference { label: format!("Axe {}, lu d’abord par", a.code), name, options }
        })
        .collect();
    let path = format!("/appels/{}/gestion/affectations", facts.call.code);
    let view = View {
        call: facts.call.title.clone(),
        waiting: count(facts.waiting.len(), "dossier manque d’instructeurs", "dossiers manquent d’instructeurs"),
        axes,
        departments,
        preferences,
        preview,
        action: format!("{path}?{}", asked(visit, &facts.call)),
        path,
        rows,
        later: if later.is_empty() {
            String::new()
        } else {
            format!(
                "{} pour un prochain aperçu.",
                count(later.len(), "autre dossier attend", "autres dossiers attendent")
            )
        },
        loads,
        distinct: definition.instruction.distinct_institutions,
        due: visit.form.text("due").to_owned(),
        errors,
        error_list: mistakes,
    };
    let title = format!("Affecter les dossiers – {}", facts.call.title);
    Ok(Answer::page(title, "instruction/distribute.html", &view)?
        .desk()
        .crumb("Gestion", "/gestion")
        .crumb(&facts.call.code, format!("/appels/{}/gestion", facts.call.code)))
}

/// The rows of the preview, as planned or as typed again after a mistake, and what each person would have to read.
fn plan(
    visit: &Visit,
    facts: &Facts,
    waiting: &[&Waiting],
    errors: &BTreeMap<String, String>,
) -> (Vec<Row>, Vec<Load>) {
    let wanted: Vec<_> = waiting.iter().map(|w| w.wanted.clone()).collect();
    let readers: Vec<Reader> = facts.people.iter().map(|(_, reader)| *reader).collect();
    let plans: HashMap<DossierId, Plan> =
        distribute(&wanted, &readers, &rules(visit, facts)).into_iter().map(|plan| (plan.dossier, plan)).collect();
    let people: HashMap<AccountId, &Instructor> = facts.people.iter().map(|(p, _)| (p.account, p)).collect();
    let typed = !visit.form.is_empty();
    let mut given: HashMap<AccountId, usize> = HashMap::new();
    let mut rows = Vec::new();
    for waiting in waiting {
        let Some(plan) = plans.get(&waiting.dossier.id) else { continue };
        let mut places = Vec::new();
        for place in 1..=waiting.wanted.missing {
            let name = format!("reading-{}-{place}", waiting.dossier.id);
            let pick = plan.picks.get(place - 1);
            let chosen: Option<AccountId> =
                if typed { visit.form.text(&name).parse().ok() } else { pick.map(|pick| pick.account) };
            if let Some(account) = chosen {
                *given.entry(account).or_default() += 1;
            }
            let why = if let Some(mistake) = errors.get(&name) {
                mistake.clone()
            } else {
                pick.filter(|pick| chosen == Some(pick.account))
                    .map_or(String::new(), |pick| reason(&pick.why, people.get(&pick.account).copied()))
            };
            places.push(Place {
                label: format!("Lecture {place}, {}", waiting.dossier.reference_or_draft()),
                options: options(facts, waiting, chosen),
                name,
                why,
            });
        }
        rows.push(Row {
            href: format!("{}/gestion", super::path(waiting.dossier.id)),
            reference: waiting.dossier.reference_or_draft(),
            title: waiting.dossier.title.clone(),
            applicant: waiting.applicant.clone(),
            axes: waiting.tags.axes.join(", "),
            departments: waiting.tags.departments.join(", "),
            held_by: waiting
                .wanted
                .holders
                .iter()
                .map(|(account, _)| {
                    people.get(account).map_or("une personne qui n’instruit plus", |p| p.name.as_str())
                })
                .collect::<Vec<_>>()
                .join(", "),
            places,
            short: if plan.short == 0 { String::new() } else { shortage(facts, waiting) },
        });
    }
    let loads = facts
        .people
        .iter()
        .map(|(person, reader)| {
            let more = given.get(&person.account).copied().unwrap_or_default();
            Load {
                name: person.name.clone(),
                institution: person.institution_name.clone(),
                before: reader.load,
                given: more,
                after: reader.load + more,
            }
        })
        .collect();
    (rows, loads)
}

fn options(facts: &Facts, waiting: &Waiting, chosen: Option<AccountId>) -> Vec<Choice> {
    let holds = |account: AccountId| waiting.wanted.holders.iter().any(|(holder, _)| *holder == account);
    let mut options =
        vec![Choice { value: String::new(), label: "Ne pas affecter".to_owned(), selected: chosen.is_none() }];
    let possible = facts
        .people
        .iter()
        .filter(|(person, _)| !waiting.reasons.contains_key(&person.account) && !holds(person.account));
    options.extend(possible.map(|(person, _)| Choice {
        value: person.account.to_string(),
        label: format!("{} ({})", person.name, person.institution_name),
        selected: chosen == Some(person.account),
    }));
    options
}

fn reason(why: &Why, person: Option<&Instructor>) -> String {
    match why {
        Why::Preferred { axis } => {
            format!("{} lit d’abord l’axe {axis}.", person.map_or("", |p| p.institution_name.as_str()))
        }
        Why::Lightest { load } => {
            format!("Charge la plus faible\u{A0}: {} à rendre avant ce dossier.", count(*load, "avis", "avis"))
        }
    }
}

/// Who cannot take what is left, and why.
fn shortage(facts: &Facts, waiting: &Waiting) -> String {
    let taken: Vec<InstitutionId> = waiting.wanted.holders.iter().map(|(_, institution)| *institution).collect();
    let whys: Vec<String> = facts
        .people
        .iter()
        .filter_map(|(person, _)| {
            let why = match waiting.reasons.get(&person.account) {
                Some(why) => why,
                None if taken.contains(&person.institution) => "son institution lit déjà ce dossier",
                None => return None,
            };
            Some(format!("{} ({why})", person.name))
        })
        .collect();
    if whys.is_empty() {
        "Il n’y a pas assez d’institutions différentes parmi les instructeurs.".to_owned()
    } else {
        format!("Personne d’autre ne peut lire ce dossier\u{A0}: {}.", whys.join(", "))
    }
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let call = visit.read(|conn| calls::by_code(conn, &code))?;
    let mut plan: BTreeMap<DossierId, BTreeMap<usize, AccountId>> = BTreeMap::new();
    for (name, value) in visit.form.fields() {
        let key = name.strip_prefix("reading-").and_then(|rest| rest.split_once('-'));
        let Some((dossier, place)) = key else { continue };
        let (Ok(dossier), Ok(place), Ok(account)) = (dossier.parse(), place.parse::<usize>(), value.parse()) else {
            continue;
        };
        plan.entry(dossier).or_default().insert(place, account);
    }
    let readers: Vec<Readers> =
        plan.into_iter().map(|(dossier, people)| Readers { dossier, people: people.into_values().collect() }).collect();
    let list = format!("/appels/{}/gestion/affectations", call.code);
    let done = match read_due(visit, call.zone()) {
        Err(fault) => Err(fault),
        Ok(_) if readers.is_empty() => Err(Fault::invalid("", "Choisissez au moins une personne pour un dossier.")),
        Ok(due) => visit.perform(|op| actions::assign_many(op, actor, call.id, &readers, due)),
    };
    match done {
        Ok(given) => Ok(Answer::redirect(list).flash(format!(
            "{} à {}, sur {}. Chaque personne reçoit un seul courriel.",
            count(given.readings, "lecture confiée", "lectures confiées"),
            count(given.people, "personne", "personnes"),
            count(given.dossiers, "dossier", "dossiers"),
        ))),
        Err(Fault::Refused(why)) => Ok(Answer::redirect(list).flash_as("info", why)),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
