//! Reads an actor's rights.

use diesel::prelude::*;

use super::{Actor, Grant, Role};
use crate::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use crate::db::Conn;
use crate::db::schema::{accounts, call_roles, organisation_members};
use crate::fault::Fault;

/// The person behind an account, with their rights of this instant.
///
/// # Errors
/// [`Fault::NotFound`] when the account is absent, unconfirmed or disabled.
pub fn load_actor(conn: &mut Conn, account: AccountId) -> Result<Actor, Fault> {
    let (email, given_name, surname, administrator) = accounts::table
        .filter(accounts::id.eq(account))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::confirmed_at.is_not_null())
        .select((accounts::email, accounts::given_name, accounts::surname, accounts::administrator))
        .first::<(String, String, String, bool)>(conn)?;
    let organisations = organisation_members::table
        .filter(organisation_members::account_id.eq(account))
        .order(organisation_members::id)
        .select(organisation_members::organisation_id)
        .load::<OrganisationId>(conn)?;
    let grants = call_roles::table
        .filter(call_roles::account_id.eq(account))
        .filter(call_roles::revoked_at.is_null())
        .order(call_roles::id)
        .select((
            call_roles::call_id,
            call_roles::institution_id,
            call_roles::role,
            call_roles::seat,
            call_roles::department,
        ))
        .load::<(CallId, InstitutionId, Role, Option<String>, Option<String>)>(conn)?
        .into_iter()
        .map(|(call, institution, role, seat, department)| Grant { call, institution, role, seat, department })
        .collect();
    Ok(Actor { id: account, email, given_name, surname, administrator, organisations, grants })
}
