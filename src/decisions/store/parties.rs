//! Who signs, who pays, who is written to: rows around a decision.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DelegationId, FundingLineId, InstitutionId, OrganisationId};
use crate::base::money::Cents;
use crate::db::schema::{accounts, call_roles, delegations, institutions, organisation_members};
use crate::db::{Conn, among};
use crate::decisions::model::Delegation;
use crate::fault::Fault;
use crate::ledger::{self, LineInfo};

/// A person's delegations, the widest first: no ceiling before any, then the highest.
pub fn delegations_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Delegation>, Fault> {
    let mut found: Vec<Delegation> = delegations::table
        .filter(delegations::account_id.eq(account))
        .order(delegations::id)
        .select((
            delegations::id,
            delegations::institution_id,
            delegations::quality,
            delegations::service,
            delegations::reference,
            delegations::valid_from,
            delegations::valid_until,
            delegations::ceiling_cents,
            delegations::revoked_at,
        ))
        .load::<DelegationRow>(conn)?
        .into_iter()
        .map(delegation)
        .collect();
    found.sort_by_key(|d| d.ceiling.map_or(i64::MIN, |ceiling| -ceiling.0));
    Ok(found)
}

pub fn delegation_by_id(conn: &mut Conn, id: DelegationId) -> Result<Delegation, Fault> {
    Ok(delegations::table
        .filter(delegations::id.eq(id))
        .select((
            delegations::id,
            delegations::institution_id,
            delegations::quality,
            delegations::service,
            delegations::reference,
            delegations::valid_from,
            delegations::valid_until,
            delegations::ceiling_cents,
            delegations::revoked_at,
        ))
        .first::<DelegationRow>(conn)
        .map(delegation)?)
}

type DelegationRow =
    (DelegationId, InstitutionId, String, String, String, Instant, Option<Instant>, Option<Cents>, Option<Instant>);

fn delegation(row: DelegationRow) -> Delegation {
    let (id, institution, quality, service, reference, valid_from, valid_until, ceiling, revoked_at) = row;
    Delegation { id, institution, quality, service, reference, valid_from, valid_until, ceiling, revoked_at }
}

/// The lines of a call, by id.
pub fn call_lines(conn: &mut Conn, call: CallId) -> Result<BTreeMap<FundingLineId, LineInfo>, Fault> {
    Ok(ledger::lines_of_call(conn, call)?.into_iter().map(|line| (line.line, line)).collect())
}

/// Short names of institutions.
pub fn institution_names(conn: &mut Conn, ids: &[InstitutionId]) -> Result<BTreeMap<InstitutionId, String>, Fault> {
    let rows = institutions::table
        .filter(among(institutions::id, ids.iter().copied()))
        .select((institutions::id, institutions::short_name))
        .load::<(InstitutionId, String)>(conn)?;
    Ok(rows.into_iter().collect())
}

/// Name and postal address of the authority.
pub fn authority(conn: &mut Conn, id: InstitutionId) -> Result<(String, String), Fault> {
    Ok(institutions::table
        .filter(institutions::id.eq(id))
        .select((institutions::name, institutions::address))
        .first(conn)?)
}

/// The call's longest-standing manager, whom the letter names as the person to ask for.
pub fn manager_name(conn: &mut Conn, call: CallId) -> Result<Option<String>, Fault> {
    let name = call_roles::table
        .inner_join(accounts::table)
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(Role::CallManager))
        .filter(call_roles::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .order(call_roles::id)
        .select((accounts::given_name, accounts::surname))
        .first::<(String, String)>(conn)
        .optional()?;
    Ok(name.map(|(given_name, surname)| format!("{given_name} {surname}")))
}

/// Given name and surname.
pub fn person(conn: &mut Conn, id: AccountId) -> Result<(String, String), Fault> {
    Ok(accounts::table.filter(accounts::id.eq(id)).select((accounts::given_name, accounts::surname)).first(conn)?)
}

/// Address and name of each member of an organisation whose account is in use.
pub fn members(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<(String, String)>, Fault> {
    let rows = organisation_members::table
        .inner_join(accounts::table)
        .filter(organisation_members::organisation_id.eq(organisation))
        .filter(accounts::disabled_at.is_null())
        .filter(accounts::confirmed_at.is_not_null())
        .order(organisation_members::id)
        .select((accounts::email, accounts::given_name, accounts::surname))
        .load::<(String, String, String)>(conn)?;
    Ok(rows.into_iter().map(|(email, given_name, surname)| (email, format!("{given_name} {surname}"))).collect())
}
