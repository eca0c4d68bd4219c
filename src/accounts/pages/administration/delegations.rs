//! Delegations of signature.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, by_field, page};
use crate::accounts::actions::{self, NewDelegation};
use crate::accounts::store::{self, Agent, Delegation};
use crate::base::clock::{Instant, PARIS, parse_date};
use crate::base::ids::DelegationId;
use crate::base::money::Cents;
use crate::base::text::fold;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::export::Table;
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

#[derive(Serialize)]
struct Row {
    person: String,
    person_href: String,
    institution: String,
    quality: String,
    reference: String,
    period: String,
    ceiling: String,
    state: &'static str,
    tone: &'static str,
    /// Empty once it is revoked.
    end: String,
}

#[derive(Serialize)]
struct List {
    list: ListView,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Personne", "personne"),
    Column::sorted("Référence", "reference"),
    Column::plain("Durée"),
    Column::number("Plafond", ""),
    Column::plain("État"),
    Column::plain("Action"),
];

const STATES: [(&str, &str); 4] =
    [("en-vigueur", "En vigueur"), ("a-venir", "À venir"), ("echue", "Échue"), ("retiree", "Retirée")];

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let states = STATES.map(|(code, label)| (code.to_owned(), label.to_owned()));
    let filters = vec![Filter::new("etat", "État", "Tous les états", states)];
    let request = ListRequest::read(visit, COLUMNS, filters);
    let state = request.chosen("etat").and_then(|code| STATES.iter().find(|(c, _)| *c == code)).map(|(_, l)| *l);
    let delegations = visit.read(store::delegations)?;
    let mut rows: Vec<Row> = delegations
        .into_iter()
        .map(|d| row(d, visit.now))
        .filter(|row| state.is_none_or(|state| row.state == state))
        .filter(|row| request.finds(&format!("{} {} {} {}", row.person, row.institution, row.quality, row.reference)))
        .collect();
    match request.order().0 {
        "personne" => rows.sort_by_cached_key(|row| fold(&row.person)),
        "reference" => rows.sort_by_cached_key(|row| fold(&row.reference)),
        _ => {}
    }
    if request.order().1 {
        rows.reverse();
    }
    let (total, rows) = request.slice(rows);
    if let Some(format) = request.format() {
        let columns = ["Personne", "Qualité", "Institution", "Référence", "Durée", "Plafond", "État"];
        let mut table = Table::new("Délégations de signature", &columns);
        for row in rows {
            table.push(vec![
                row.person.into(),
                row.quality.into(),
                row.institution.into(),
                row.reference.into(),
                row.period.into(),
                row.ceiling.into(),
                row.state.into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    let view = List { list: request.view(total, "délégation", "délégations"), rows };
    page("Délégations de signature", "administration/delegations.html", &view)
}

fn row(d: Delegation, now: Instant) -> Row {
    let (state, tone) = if d.revoked_at.is_some() {
        ("Retirée", "danger")
    } else if now < d.valid_from {
        ("À venir", "info")
    } else if d.valid_until.is_some_and(|end| end < now) {
        ("Échue", "neutral")
    } else {
        ("En vigueur", "success")
    };
    let from = d.valid_from.date(PARIS);
    Row {
        person: format!("{} {}", d.given_name, d.surname),
        person_href: format!("/administration/personnes/{}", d.account),
        institution: d.institution_name,
        quality: format!("{}, {}", d.quality, d.service),
        reference: d.reference,
        period: match d.valid_until {
            Some(end) => format!("Du {from} au {}", end.date(PARIS)),
            None => format!("Depuis le {from}, sans terme"),
        },
        ceiling: d.ceiling.map_or_else(|| "Sans plafond".to_owned(), |c| c.to_string()),
        state,
        tone,
        end: d.revoked_at.map_or_else(|| format!("/administration/delegations/{}/fin", d.id), |_| String::new()),
    }
}

#[derive(Serialize)]
struct DelegationForm {
    agents: Vec<Choice>,
    values: BTreeMap<&'static str, String>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

const FIELDS: [&str; 6] = ["quality", "service", "reference", "valid_from", "valid_until", "ceiling"];

pub(super) fn show_new(visit: &Visit) -> Result<Answer, Fault> {
    new_page(visit, Vec::new())
}

fn new_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let agents = visit.read(|conn| store::agents(conn, None))?;
    let label = |a: &Agent| format!("{} {} – {}, {}", a.given_name, a.surname, a.institution_name, a.quality);
    let view = DelegationForm {
        agents: Choice::list(
            "Choisissez",
            visit.form.text("agent"),
            agents.iter().map(|a| (a.id.to_string(), label(a))),
        ),
        values: FIELDS.iter().map(|name| (*name, visit.form.text(name).to_owned())).collect(),
        errors: by_field(&summary),
        summary,
    };
    let answer = page("Enregistrer une délégation", "administration/delegation.html", &view)?;
    Ok(answer.crumb("Délégations de signature", "/administration/delegations"))
}

pub(super) fn add(visit: &Visit) -> Result<Answer, Fault> {
    let added = read(visit).and_then(|new| visit.perform(|op| actions::add_delegation(op, &new)));
    match added {
        Ok(_) => Ok(Answer::redirect("/administration/delegations").flash("La délégation est enregistrée.")),
        Err(fault) => visit.with_mistakes(fault, new_page),
    }
}

fn read(visit: &Visit) -> Result<NewDelegation, Fault> {
    let text = |name| visit.form.text(name);
    let mut mistakes = Mistakes::default();
    let agents = visit.read(|conn| store::agents(conn, None))?;
    let agent = agents.into_iter().find(|a| a.id.to_string() == text("agent"));
    if agent.is_none() {
        mistakes.add("agent", "Choisissez la personne qui reçoit la délégation.");
    }
    mistakes.line("reference", text("reference"), 200, "Saisissez la référence de la délégation.");
    let valid_from = day(text("valid_from"), "00:00:00");
    if valid_from.is_none() {
        mistakes.add("valid_from", "Saisissez la date de début, par exemple 15/01/2027.");
    }
    let valid_until = day(text("valid_until"), "23:59:59");
    if valid_until.is_none() && !text("valid_until").trim().is_empty() {
        mistakes.add("valid_until", "Saisissez une date de fin comme 31/12/2027, ou laissez vide.");
    }
    let ceiling = match text("ceiling").trim() {
        "" => None,
        typed => mistakes.take("ceiling", Cents::parse(typed)),
    };
    if ceiling.is_some_and(|c| !c.is_positive()) {
        mistakes.add("ceiling", "Saisissez un plafond supérieur à zéro, ou laissez vide.");
    }
    let (Some(agent), Some(valid_from), true) = (agent, valid_from, mistakes.is_empty()) else {
        return Err(Fault::Invalid(mistakes.into_vec()));
    };
    let or = |typed: &str, usual: String| if typed.trim().is_empty() { usual } else { typed.to_owned() };
    Ok(NewDelegation {
        institution: agent.institution,
        account: agent.account,
        quality: or(text("quality"), agent.quality),
        service: or(text("service"), agent.service),
        reference: text("reference").to_owned(),
        valid_from,
        valid_until,
        ceiling,
    })
}

/// A day typed by a person, at a time of that day in Paris.
fn day(typed: &str, time: &str) -> Option<Instant> {
    Instant::from_civil(&format!("{}T{time}", parse_date(typed)?), PARIS).ok()
}

pub(super) fn revoke(visit: &Visit) -> Result<Answer, Fault> {
    let id: DelegationId = visit.param("delegation")?;
    visit.perform(|op| actions::revoke_delegation(op, id))?;
    Ok(Answer::redirect("/administration/delegations").flash("La délégation est retirée, avec effet immédiat."))
}
