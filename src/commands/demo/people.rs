//! Institutions, calls, agents, applicants and their organisations.

use std::collections::HashMap;

use super::PASSWORD;
use super::data::{self, Person};
use crate::access::{Author, Role, load_actor};
use crate::accounts::actions::{
    NewDelegation, NewInstitution, NewOrganisation, NewUser, add_agent, add_delegation, add_institution,
    add_organisation, add_user, grant_role,
};
use crate::base::clock::{Instant, PARIS};
use crate::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use crate::calls;
use crate::calls::definition::{self, CallDefinition, Mistake};
use crate::fault::Fault;
use crate::service::Service;

/// An organisation and the account that speaks for it.
pub struct Owner {
    pub organisation: OrganisationId,
    pub account: AccountId,
    pub legal_form: String,
}

/// Who was made, by the names the data files use.
pub struct People {
    pub accounts: HashMap<String, AccountId>,
    pub organisations: HashMap<String, Owner>,
    pub calls: HashMap<String, CallId>,
    agents: Vec<(Role, AccountId, Option<String>)>,
}

impl People {
    /// Accounts holding a role, in the order of the file.
    pub fn with(&self, role: Role) -> Vec<AccountId> {
        self.agents.iter().filter(|(r, ..)| *r == role).map(|(_, account, _)| *account).collect()
    }

    /// Accounts by committee seat.
    pub fn seats(&self) -> Vec<(String, AccountId)> {
        self.agents.iter().filter_map(|(_, account, seat)| seat.clone().map(|seat| (seat, *account))).collect()
    }
}

fn told(mistakes: Vec<Mistake>) -> Fault {
    Fault::internal(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// The two calls; the open one is dated around `today`.
fn call_files(today: Instant) -> Result<[CallDefinition; 2], Fault> {
    let day = today.in_zone(PARIS).date();
    Ok([
        definition::parse(data::CALL_2021, "ami-iss-2021.toml").map_err(told)?,
        definition::parse_at(data::CALL_OPEN, "ami-iss-ouvert.toml", day).map_err(told)?,
    ])
}

/// # Errors
/// When an operation refuses.
pub fn seed(service: &Service, today: Instant) -> Result<People, Fault> {
    let file = data::people()?;
    let now = service.clock.now();
    let mut institutions = HashMap::new();
    for institution in &file.institutions {
        let new = NewInstitution {
            code: institution.code.clone(),
            name: institution.name.clone(),
            short_name: institution.short_name.clone(),
            address: institution.address.clone(),
            demonstration: true,
        };
        let id = service.perform(Author::console(), now, |op| add_institution(op, &new))?;
        institutions.insert(institution.code.clone(), id);
    }
    let mut calls = HashMap::new();
    for definition in &call_files(today)? {
        let id = service.perform(Author::console(), now, |op| calls::actions::import(op, definition))?;
        calls.insert(definition.call.code.clone(), id);
    }
    let mut people = People { accounts: HashMap::new(), organisations: HashMap::new(), calls, agents: Vec::new() };
    for person in &file.people {
        add_person(service, now, person, &institutions, &mut people)?;
    }
    for organisation in &file.organisations {
        let owner = *people.accounts.get(&organisation.owner).ok_or(Fault::NotFound)?;
        let new = NewOrganisation {
            name: organisation.name.clone(),
            siret: organisation.siret.clone(),
            rna: organisation.rna.clone(),
            legal_form: organisation.legal_form.clone(),
            street: organisation.street.clone(),
            postal_code: organisation.postal_code.clone(),
            city: organisation.city.clone(),
            representative_name: organisation.representative_name.clone(),
            representative_quality: organisation.representative_quality.clone(),
            demonstration: true,
        };
        let author = service.read(|conn| load_actor(conn, owner))?.author();
        let id = service.perform(author, now, |op| add_organisation(op, owner, &new))?;
        let legal_form = organisation.legal_form.clone();
        people.organisations.insert(organisation.code.clone(), Owner { organisation: id, account: owner, legal_form });
    }
    Ok(people)
}

fn add_person(
    service: &Service,
    now: Instant,
    person: &Person,
    institutions: &HashMap<String, InstitutionId>,
    people: &mut People,
) -> Result<(), Fault> {
    let account = service.perform(Author::console(), now, |op| {
        let account = add_user(
            op,
            &NewUser {
                email: person.email.clone(),
                given_name: person.given_name.clone(),
                surname: person.surname.clone(),
                password: Some(PASSWORD.to_owned()),
                administrator: person.administrator,
            },
        )?;
        let Some(code) = &person.institution else { return Ok(account) };
        let institution = *institutions.get(code).ok_or(Fault::NotFound)?;
        add_agent(op, account, institution, &person.quality, &person.service)?;
        for role in &person.roles {
            let role = Role::from_code(role).ok_or(Fault::NotFound)?;
            for call in people.calls.values() {
                grant_role(op, *call, account, institution, role, person.seat.as_deref())?;
            }
            people.agents.push((role, account, person.seat.clone()));
        }
        if let Some(reference) = &person.delegation {
            add_delegation(
                op,
                &NewDelegation {
                    institution,
                    account,
                    quality: person.quality.clone(),
                    service: person.service.clone(),
                    reference: reference.clone(),
                    valid_from: now,
                    valid_until: None,
                    ceiling: None,
                },
            )?;
        }
        Ok(account)
    })?;
    people.accounts.insert(person.email.clone(), account);
    Ok(())
}
