//! Institutions, agents and project holders who are told by name.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::PASSWORD;
use crate::access::{Author, Role};
use crate::accounts::actions::{
    NewDelegation, NewInstitution, NewUser, add_agent, add_delegation, add_institution, add_user, grant_correspondent,
    grant_role,
};
use crate::base::ids::{AccountId, CallId, InstitutionId};
use crate::fault::Fault;
use crate::service::{Operation, Service};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleFile {
    /// Codes of calls by group.
    groups: BTreeMap<String, Vec<String>>,
    institutions: Vec<Institution>,
    pub people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Institution {
    code: String,
    name: String,
    short_name: String,
    address: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub email: String,
    given_name: String,
    surname: String,
    /// What the person does, for the list of logins.
    pub title: String,
    /// Whether the visitor is told this login.
    #[serde(default)]
    pub told: bool,
    #[serde(default)]
    administrator: bool,
    /// Name of the organisation whose dossiers this person brings.
    organisation: Option<String>,
    institution: Option<String>,
    #[serde(default)]
    quality: String,
    #[serde(default)]
    service: String,
    /// Code of a correspondent's department.
    department: Option<String>,
    #[serde(default)]
    roles: Vec<HeldRole>,
    /// Reference of a delegation of signature.
    delegation: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldRole {
    /// Code of [`Role`].
    role: String,
    /// Codes of calls, or of groups.
    calls: Vec<String>,
    seat: Option<String>,
}

/// A role held in a call, by the names the files use.
struct Held {
    call: CallId,
    role: Role,
    account: AccountId,
    institution: String,
    seat: Option<String>,
    department: Option<String>,
}

/// Who was made.
#[derive(Default)]
pub struct People {
    /// Accounts that bring an organisation's dossiers, by its name.
    pub holders: HashMap<String, AccountId>,
    institutions: HashMap<String, InstitutionId>,
    held: Vec<Held>,
}

impl People {
    fn holding(&self, call: CallId, role: Role) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| held.call == call && held.role == role)
    }

    /// Everybody who holds a role, as often as they hold one.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.held.iter().map(|held| held.account)
    }

    /// The first account that holds a role in a call.
    ///
    /// # Errors
    /// When nobody does.
    pub fn first(&self, call: CallId, role: Role) -> Result<AccountId, Fault> {
        self.holding(call, role).next().map(|held| held.account).ok_or_else(|| nobody(role, ""))
    }

    /// The account that holds a role in the name of an institution.
    ///
    /// # Errors
    /// When nobody does.
    pub fn of(&self, call: CallId, role: Role, institution: &str) -> Result<AccountId, Fault> {
        let mut held = self.holding(call, role);
        held.find(|held| held.institution == institution)
            .map(|held| held.account)
            .ok_or_else(|| nobody(role, institution))
    }

    /// The instructor who reads the nth dossier of their institution: the one of a department where the institution
    /// has one for each, else each in turn.
    ///
    /// # Errors
    /// When the institution has none.
    pub fn reader(
        &self,
        call: CallId,
        institution: &str,
        departments: &[String],
        nth: usize,
    ) -> Result<AccountId, Fault> {
        let all: Vec<&Held> =
            self.holding(call, Role::Instructor).filter(|held| held.institution == institution).collect();
        let near = |department: &String| all.iter().find(|held| held.department.as_ref() == Some(department));
        let chosen = departments.iter().find_map(near).or_else(|| all.get(nth % all.len().max(1)));
        chosen.map(|held| held.account).ok_or_else(|| nobody(Role::Instructor, institution))
    }

    /// Who speaks for a department in a call.
    ///
    /// # Errors
    /// When nobody does.
    pub fn correspondent(&self, call: CallId, department: &str) -> Result<AccountId, Fault> {
        let mut held = self.holding(call, Role::Correspondent);
        held.find(|held| held.department.as_deref() == Some(department))
            .map(|held| held.account)
            .ok_or_else(|| nobody(Role::Correspondent, department))
    }

    /// Accounts by committee seat.
    pub fn seats(&self, call: CallId) -> Vec<(String, AccountId)> {
        self.holding(call, Role::CommitteeMember).filter_map(|held| Some((held.seat.clone()?, held.account))).collect()
    }

    /// Code of an institution.
    ///
    /// # Errors
    /// When the file has none of that number.
    pub fn code(&self, institution: InstitutionId) -> Result<&str, Fault> {
        let mut all = self.institutions.iter();
        all.find(|(_, id)| **id == institution).map(|(code, _)| code.as_str()).ok_or(Fault::NotFound)
    }

    pub fn institution(&self, code: &str) -> Option<InstitutionId> {
        self.institutions.get(code).copied()
    }
}

fn nobody(role: Role, institution: &str) -> Fault {
    Fault::internal(format!("nobody is {} {institution}", role.code()))
}

/// Institutions come first: call files name them.
///
/// # Errors
/// When an operation refuses.
pub fn seed_institutions(service: &Service, file: &PeopleFile) -> Result<People, Fault> {
    let mut people = People::default();
    for institution in &file.institutions {
        let new = NewInstitution {
            code: institution.code.clone(),
            name: institution.name.clone(),
            short_name: institution.short_name.clone(),
            address: institution.address.clone(),
            demonstration: true,
        };
        let id = service.perform(Author::console(), service.clock.now(), |op| add_institution(op, &new))?;
        people.institutions.insert(institution.code.clone(), id);
    }
    Ok(people)
}

/// # Errors
/// When an operation refuses.
pub fn seed(
    service: &Service,
    file: &PeopleFile,
    calls: &HashMap<String, CallId>,
    people: &mut People,
) -> Result<(), Fault> {
    for person in &file.people {
        let (account, mut held) =
            service.perform(Author::console(), service.clock.now(), |op| add(op, file, person, calls, people))?;
        people.held.append(&mut held);
        if let Some(organisation) = &person.organisation {
            people.holders.insert(organisation.clone(), account);
        }
    }
    Ok(())
}

fn add(
    op: &mut Operation<'_>,
    file: &PeopleFile,
    person: &Person,
    calls: &HashMap<String, CallId>,
    people: &People,
) -> Result<(AccountId, Vec<Held>), Fault> {
    let new = NewUser {
        email: person.email.clone(),
        given_name: person.given_name.clone(),
        surname: person.surname.clone(),
        password: Some(PASSWORD.to_owned()),
        administrator: person.administrator,
    };
    let account = add_user(op, &new)?;
    let mut all = Vec::new();
    let Some(code) = &person.institution else { return Ok((account, all)) };
    let institution = people.institution(code).ok_or_else(|| Fault::internal(format!("no institution {code}")))?;
    add_agent(op, account, institution, &person.quality, &person.service)?;
    for held in &person.roles {
        let role = Role::from_code(&held.role).ok_or_else(|| Fault::internal(format!("no role {}", held.role)))?;
        for call in held.calls.iter().flat_map(|name| file.groups.get(name).cloned().unwrap_or(vec![name.clone()])) {
            let call = *calls.get(&call).ok_or_else(|| Fault::internal(format!("no call {call}")))?;
            match (role, &person.department) {
                (Role::Correspondent, Some(department)) => {
                    grant_correspondent(op, call, account, institution, department)?;
                }
                _ => grant_role(op, call, account, institution, role, held.seat.as_deref())?,
            }
            all.push(Held {
                call,
                role,
                account,
                institution: code.clone(),
                seat: held.seat.clone(),
                department: person.department.clone(),
            });
        }
    }
    if let Some(reference) = &person.delegation {
        let delegation = NewDelegation {
            institution,
            account,
            quality: person.quality.clone(),
            service: person.service.clone(),
            reference: reference.clone(),
            valid_from: op.now,
            valid_until: None,
            ceiling: None,
        };
        add_delegation(op, &delegation)?;
    }
    Ok((account, all))
}
