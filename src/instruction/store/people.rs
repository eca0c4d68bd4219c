//! Who may be given a dossier, and the names pages show.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::access::Role;
use crate::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use crate::db::schema::{accounts, call_roles, institutions, organisation_members};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// Somebody who holds a role in a call, in the name of an institution.
#[derive(Clone, Debug)]
pub struct Instructor {
    pub account: AccountId,
    pub name: String,
    pub email: String,
    pub institution: InstitutionId,
    pub institution_code: String,
    pub institution_name: String,
}

/// Everybody who holds a role in a call today, by surname.
pub fn holders(conn: &mut Conn, call: CallId, role: Role) -> Result<Vec<Instructor>, Fault> {
    let rows = call_roles::table
        .inner_join(accounts::table)
        .inner_join(institutions::table)
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(role))
        .filter(call_roles::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .order((accounts::search_text, call_roles::id))
        .select((
            accounts::id,
            accounts::given_name,
            accounts::surname,
            accounts::email,
            institutions::id,
            institutions::code,
            institutions::short_name,
        ))
        .load::<(AccountId, String, String, String, InstitutionId, String, String)>(conn)?;
    let mut seen = HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|row| seen.insert(row.0))
        .map(|(account, given_name, surname, email, institution, institution_code, institution_name)| Instructor {
            account,
            name: format!("{given_name} {surname}"),
            email,
            institution,
            institution_code,
            institution_name,
        })
        .collect())
}

/// Names of the people of some assignments, by account.
pub fn names(conn: &mut Conn, people: &[AccountId]) -> Result<HashMap<AccountId, String>, Fault> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = accounts::table
        .filter(listed(accounts::id, people))
        .select((accounts::id, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String)>(conn)?;
    Ok(rows.into_iter().map(|(id, given, surname)| (id, format!("{given} {surname}"))).collect())
}

/// Short names of institutions, by id.
pub fn institution_names(conn: &mut Conn) -> Result<HashMap<InstitutionId, String>, Fault> {
    let rows = institutions::table
        .select((institutions::id, institutions::short_name))
        .load::<(InstitutionId, String)>(conn)?;
    Ok(rows.into_iter().collect())
}

pub fn is_member(conn: &mut Conn, organisation: OrganisationId, account: AccountId) -> Result<bool, Fault> {
    let found = organisation_members::table
        .filter(organisation_members::organisation_id.eq(organisation))
        .filter(organisation_members::account_id.eq(account))
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

/// Which of some people are members of which organisations.
pub fn memberships(conn: &mut Conn, people: &[AccountId]) -> Result<HashSet<(OrganisationId, AccountId)>, Fault> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = organisation_members::table
        .filter(listed(organisation_members::account_id, people))
        .select((organisation_members::organisation_id, organisation_members::account_id))
        .load::<(OrganisationId, AccountId)>(conn)?;
    Ok(rows.into_iter().collect())
}

/// One person, in the name of one institution.
pub fn person(conn: &mut Conn, account: AccountId, institution: InstitutionId) -> Result<Instructor, Fault> {
    let (given_name, surname, email) = accounts::table
        .filter(accounts::id.eq(account))
        .select((accounts::given_name, accounts::surname, accounts::email))
        .first::<(String, String, String)>(conn)?;
    let (institution_code, institution_name) = institutions::table
        .filter(institutions::id.eq(institution))
        .select((institutions::code, institutions::short_name))
        .first::<(String, String)>(conn)?;
    let name = format!("{given_name} {surname}");
    Ok(Instructor { account, name, email, institution, institution_code, institution_name })
}
