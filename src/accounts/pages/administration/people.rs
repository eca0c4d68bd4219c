//! People: search, and open an account for an agent.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, by_field, chosen_institution, institution_choices, page};
use crate::accounts::actions::{self, NewUser, Post};
use crate::accounts::store::{self, Person};
use crate::base::text::count;
use crate::fault::{Fault, FieldError};
use crate::web::form::encode;
use crate::web::{Answer, Visit};

const PER_PAGE: i64 = 50;

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
    administrator: bool,
    state: State,
}

#[derive(Serialize)]
struct List {
    search: String,
    found: String,
    rows: Vec<Row>,
    previous: String,
    next: String,
    current: i64,
    total: i64,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let search = visit.query.text("recherche");
    let current = visit.query.text("page").parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    let ((people, found), agents) = visit.read(|conn| {
        Ok((store::search(conn, search, (current - 1) * PER_PAGE, PER_PAGE)?, store::agents(conn, None)?))
    })?;
    let total = (found + PER_PAGE - 1) / PER_PAGE;
    let rows = people.iter().map(|person| {
        let works = agents.iter().filter(|a| a.account == person.id);
        Row {
            name: person.name(),
            email: person.email.clone(),
            href: format!("/administration/personnes/{}", person.id),
            works_at: works.map(|a| a.institution_name.as_str()).collect::<Vec<_>>().join(", "),
            administrator: person.administrator,
            state: state(person),
        }
    });
    let at = |page: i64| {
        let valid = (1..=total).contains(&page);
        if valid {
            format!("/administration/personnes?recherche={}&page={page}", encode(search))
        } else {
            String::new()
        }
    };
    let view = List {
        search: search.to_owned(),
        found: count(usize::try_from(found).unwrap_or_default(), "compte", "comptes"),
        rows: rows.collect(),
        previous: at(current - 1),
        next: at(current + 1),
        current,
        total,
    };
    page("Personnes", "administration/people.html", &view)
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
    let post = if visit.form.text("institution").is_empty() {
        None
    } else {
        let institution = chosen_institution(visit, "institution")?;
        Some(Post { institution, quality: text("quality"), service: text("service") })
    };
    match visit.perform(|op| actions::open_account(op, &user, post.as_ref())) {
        Ok(account) => {
            let text = "Le compte est ouvert. La personne reçoit un lien pour choisir son mot de passe.";
            Ok(Answer::redirect(format!("/administration/personnes/{account}")).flash(text))
        }
        Err(fault) => visit.with_mistakes(fault, new_page),
    }
}
