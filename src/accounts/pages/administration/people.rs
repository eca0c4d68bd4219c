//! People: search, and open an account for an agent.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, by_field, chosen_institution, institution_choices, page};
use crate::accounts::actions::{self, NewUser, Post};
use crate::accounts::store::{self, AccountState, Person};
use crate::base::clock::PARIS;
use crate::fault::{Fault, FieldError};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Column, Filter, ListRequest, ListView, Visit};

/// Where an account stands, as icon and words.
#[derive(Serialize)]
pub(super) struct State {
    label: &'static str,
    tone: &'static str,
}

pub(super) fn state(person: &Person) -> State {
    let (label, tone) = match (person.disabled_at, person.confirmed_at, &person.password_hash) {
        (Some(_), ..) => ("Désactivé", "danger"),
        (None, None, _) => ("Adresse à confirmer", "warning"),
        (None, Some(_), None) => ("Mot de passe à choisir", "info"),
        (None, Some(_), Some(_)) => ("Actif", "success"),
    };
    State { label, tone }
}

#[derive(Serialize)]
struct Row {
    name: String,
    email: String,
    href: String,
    works_at: String,
    opened: String,
    administrator: bool,
    state: State,
}

#[derive(Serialize)]
struct List {
    list: ListView,
    rows: Vec<Row>,
}

const COLUMNS: &[Column] = &[
    Column::sorted("Nom", "nom"),
    Column::sorted("Adresse électronique", "adresse"),
    Column::plain("Institution"),
    Column::sorted("Ouvert\u{A0}le", "ouvert"),
    Column::plain("Compte"),
];

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let states = AccountState::ALL.iter().map(|s| (s.code().to_owned(), s.label().to_owned()));
    let filters = vec![Filter::new("compte", "Compte", "Tous les comptes", states)];
    let request = ListRequest::read(visit, COLUMNS, filters).sorted_by("nom", false);
    let (chosen, words) = (request.chosen("compte").and_then(AccountState::from_code), request.words());
    let (total, people, agents) = visit.read(|conn| {
        let total = store::count_people(conn, chosen, &words)?;
        let people = store::people(conn, chosen, &words, request.order(), request.window(total))?;
        Ok((total, people, store::agents(conn, None)?))
    })?;
    let rows: Vec<Row> = people
        .iter()
        .map(|person| {
            let works = agents.iter().filter(|a| a.account == person.id);
            Row {
                name: person.name(),
                email: person.email.clone(),
                href: format!("/administration/personnes/{}", person.id),
                works_at: works.map(|a| a.institution_name.as_str()).collect::<Vec<_>>().join(", "),
                opened: person.created_at.day(PARIS),
                administrator: person.administrator,
                state: state(person),
            }
        })
        .collect();
    if let Some(format) = request.format() {
        let columns = ["Nom", "Adresse électronique", "Institutions", "Ouvert le", "Compte", "Administrateur"];
        let mut table = Table::new("Personnes", &columns);
        for (row, person) in rows.iter().zip(&people) {
            table.push(vec![
                row.name.as_str().into(),
                row.email.as_str().into(),
                row.works_at.as_str().into(),
                Cell::day(Some(person.created_at), PARIS),
                row.state.label.into(),
                if row.administrator { "oui" } else { "non" }.into(),
            ]);
        }
        return table.answer(format, visit.now);
    }
    page("Personnes", "administration/people.html", &List { list: request.view(total, "compte", "comptes"), rows })
}

#[derive(Serialize)]
struct AgentForm<'a> {
    given_name: &'a str,
    surname: &'a str,
    email: &'a str,
    administrator: bool,
    institutions: Vec<Choice>,
    quality: &'a str,
    service: &'a str,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

pub(super) fn show_new(visit: &Visit) -> Result<Answer, Fault> {
    new_page(visit, Vec::new())
}

fn new_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let text = |name| visit.form.text(name);
    let institutions = visit.read(|conn| institution_choices(conn, "Aucune", text("institution")))?;
    let view = AgentForm {
        given_name: text("given_name"),
        surname: text("surname"),
        email: text("email"),
        administrator: visit.form.checked("administrator"),
        institutions,
        quality: text("quality"),
        service: text("service"),
        errors: by_field(&summary),
        summary,
    };
    let answer = page("Ouvrir un compte", "administration/person_new.html", &view)?;
    Ok(answer.crumb("Personnes", "/administration/personnes"))
}

pub(super) fn add(visit: &Visit) -> Result<Answer, Fault> {
    let text = |name| visit.form.text(name).to_owned();
    let user = NewUser {
        email: text("email"),
        given_name: text("given_name"),
        surname: text("surname"),
        password: None,
        administrator: visit.form.checked("administrator"),
    };
    let post = match visit.form.text("institution") {
        "" => Ok(None),
        _ => chosen_institution(visit, "institution")
            .map(|institution| Some(Post { institution, quality: text("quality"), service: text("service") })),
    };
    match post.and_then(|post| visit.perform(|op| actions::open_account(op, &user, post.as_ref()))) {
        Ok(account) => {
            let text = "Le compte est ouvert. La personne reçoit un lien pour choisir son mot de passe.";
            Ok(Answer::redirect(format!("/administration/personnes/{account}")).flash(text))
        }
        Err(fault) => visit.with_mistakes(fault, new_page),
    }
}
