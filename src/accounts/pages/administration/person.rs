//! One person: state of the account, institutions, roles, organisations, delegations.

use std::collections::BTreeMap;

use serde::Serialize;

use super::people::{State, state};
use super::{Choice, by_field, chosen_institution, institution_choices, page};
use crate::accounts::{actions, store};
use crate::base::clock::PARIS;
use crate::base::ids::{AccountId, InstitutionId, OrganisationId};
use crate::calls;
use crate::calls::definition::reference::department_label;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct AgentRow {
    institution: String,
    quality: String,
    service: String,
    end: String,
}

#[derive(Serialize)]
struct RoleRow {
    call: String,
    role: &'static str,
    institution: String,
    seat: String,
    end: String,
}

#[derive(Serialize)]
struct OrganisationRow {
    name: String,
    end: String,
}

#[derive(Serialize)]
struct DelegationRow {
    institution: String,
    reference: String,
}

#[derive(Serialize)]
struct PersonPage {
    path: String,
    name: String,
    email: String,
    opened: String,
    state: State,
    disabled: bool,
    administrator: bool,
    invited: bool,
    agents: Vec<AgentRow>,
    institutions: Vec<Choice>,
    quality: String,
    service: String,
    roles: Vec<RoleRow>,
    calls: Vec<Choice>,
    organisations: Vec<OrganisationRow>,
    number: String,
    delegations: Vec<DelegationRow>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

fn path(account: AccountId) -> String {
    format!("/administration/personnes/{account}")
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    show_with(visit, Vec::new())
}

fn show_with(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let account: AccountId = visit.param("account")?;
    let text = |name| visit.form.text(name).to_owned();
    let path = path(account);
    let view = visit.read(|conn| {
        let person = store::person(conn, account)?;
        let calls = calls::list(conn)?;
        let seat_label = |call, seat: Option<String>| {
            let label = calls
                .iter()
                .find(|c| c.id == call)
                .and_then(|c| Some(c.definition.seat(seat.as_deref()?)?.label.clone()));
            label.or(seat).unwrap_or_default()
        };
        let agents = store::agents(conn, Some(account))?.into_iter().map(|a| AgentRow {
            end: format!("{path}/institutions/{}/fin", a.institution),
            institution: a.institution_name,
            quality: a.quality,
            service: a.service,
        });
        let roles = store::roles_of(conn, account)?.into_iter().map(|r| RoleRow {
            end: format!("{path}/roles/{}/fin", r.id),
            seat: r.department.map_or_else(|| seat_label(r.call, r.seat), |code| department_label(&code)),
            call: r.call_code,
            role: r.role.label(),
            institution: r.institution_name,
        });
        let organisations = store::organisations_of(conn, account)?
            .into_iter()
            .map(|o| OrganisationRow { end: format!("{path}/organismes/{}/fin", o.id), name: o.name });
        let delegations = store::delegations(conn)?
            .into_iter()
            .filter(|d| d.account == account && d.revoked_at.is_none())
            .map(|d| DelegationRow { institution: d.institution_name, reference: d.reference });
        Ok(PersonPage {
            name: person.name(),
            opened: person.created_at.date(PARIS),
            state: state(&person),
            disabled: person.disabled_at.is_some(),
            administrator: person.administrator,
            invited: person.password_hash.is_none(),
            email: person.email,
            agents: agents.collect(),
            institutions: institution_choices(conn, "Choisissez", visit.form.text("institution"))?,
            quality: text("quality"),
            service: text("service"),
            roles: roles.collect(),
            calls: Choice::list("Choisissez", "", calls.iter().map(|c| (c.code.clone(), c.title.clone()))),
            organisations: organisations.collect(),
            number: text("number"),
            delegations: delegations.collect(),
            errors: by_field(&summary),
            summary,
            path: path.clone(),
        })
    })?;
    let answer = page(&view.name, "administration/person.html", &view)?;
    Ok(answer.crumb("Personnes", "/administration/personnes"))
}

/// Back to the person's page, saying what was done; mistakes show on the page itself.
fn back(visit: &Visit, done: Result<(), Fault>, said: &str) -> Result<Answer, Fault> {
    match done {
        Ok(()) => Ok(Answer::redirect(path(visit.param("account")?)).flash(said)),
        Err(fault) => visit.with_mistakes(fault, show_with),
    }
}

pub(super) fn change_state(visit: &Visit) -> Result<Answer, Fault> {
    let account = visit.param("account")?;
    match visit.form.text("etat") {
        "desactive" => {
            let done = visit.perform(|op| actions::disable(op, account));
            back(visit, done, "Le compte est désactivé et ses sessions sont fermées.")
        }
        "actif" => back(visit, visit.perform(|op| actions::enable(op, account)), "Le compte est réactivé."),
        _ => Err(Fault::NotFound),
    }
}

pub(super) fn set_administrator(visit: &Visit) -> Result<Answer, Fault> {
    let account = visit.param("account")?;
    let administrator = visit.form.text("administrateur") == "oui";
    let done = visit.perform(|op| actions::set_administrator(op, account, administrator));
    if visit.actor()?.id == account && done.is_ok() && !administrator {
        return Ok(Answer::redirect("/").flash("Vous n’êtes plus administrateur."));
    }
    back(
        visit,
        done,
        if administrator { "La personne est administrateur." } else { "La personne n’est plus administrateur." },
    )
}

pub(super) fn invite(visit: &Visit) -> Result<Answer, Fault> {
    let account = visit.param("account")?;
    let done = visit.perform(|op| actions::invite(op, account));
    back(visit, done, "Un nouveau lien lui est envoyé pour choisir son mot de passe.")
}

pub(super) fn attach_institution(visit: &Visit) -> Result<Answer, Fault> {
    let account = visit.param("account")?;
    let (quality, service) = (visit.form.text("quality"), visit.form.text("service"));
    let done = chosen_institution(visit, "institution")
        .and_then(|institution| visit.perform(|op| actions::add_agent(op, account, institution, quality, service)));
    back(visit, done, "Le rattachement est enregistré.")
}

pub(super) fn end_institution(visit: &Visit) -> Result<Answer, Fault> {
    let (account, institution): (_, InstitutionId) = (visit.param("account")?, visit.param("institution")?);
    let done = visit.perform(|op| actions::end_agent(op, account, institution));
    back(visit, done, "Le rattachement prend fin, avec les rôles et délégations exercés en son nom.")
}

pub(super) fn attach_organisation(visit: &Visit) -> Result<Answer, Fault> {
    let account = visit.param("account")?;
    let done = visit.perform(|op| actions::attach_member(op, account, visit.form.text("number")));
    back(visit, done, "La personne est rattachée à cet organisme.")
}

pub(super) fn detach_organisation(visit: &Visit) -> Result<Answer, Fault> {
    let (account, organisation): (_, OrganisationId) = (visit.param("account")?, visit.param("organisation")?);
    let done = visit.perform(|op| actions::detach_member(op, account, organisation));
    back(visit, done, "La personne n’est plus rattachée à cet organisme.")
}
