//! Rows of roles held in calls and of delegations of signature.

use diesel::prelude::*;

use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DelegationId, InstitutionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{accounts, call_roles, calls, delegations, institutions};
use crate::fault::Fault;

/// A role in force.
#[derive(Clone, Debug, Queryable)]
pub struct HeldRole {
    pub id: i64,
    pub call: CallId,
    pub call_code: String,
    pub institution: InstitutionId,
    pub institution_name: String,
    pub role: Role,
    pub seat: Option<String>,
    pub department: Option<String>,
}

/// Roles that a person holds now, call by call.
///
/// # Errors
/// When the database refuses.
pub fn roles_of(conn: &mut Conn, account: AccountId) -> Result<Vec<HeldRole>, Fault> {
    Ok(call_roles::table
        .inner_join(calls::table)
        .inner_join(institutions::table)
        .filter(call_roles::account_id.eq(account))
        .filter(call_roles::revoked_at.is_null())
        .order((calls::code, call_roles::id))
        .select((
            call_roles::id,
            calls::id,
            calls::code,
            institutions::id,
            institutions::short_name,
            call_roles::role,
            call_roles::seat,
            call_roles::department,
        ))
        .load(conn)?)
}

/// A delegation of signature, whether in force or not.
#[derive(Clone, Debug, Queryable)]
pub struct Delegation {
    pub id: DelegationId,
    pub account: AccountId,
    pub given_name: String,
    pub surname: String,
    pub institution_name: String,
    pub quality: String,
    pub service: String,
    pub reference: String,
    pub valid_from: Instant,
    pub valid_until: Option<Instant>,
    pub ceiling: Option<Cents>,
    pub revoked_at: Option<Instant>,
}

/// Every delegation, latest first.
///
/// # Errors
/// When the database refuses.
pub fn delegations(conn: &mut Conn) -> Result<Vec<Delegation>, Fault> {
    Ok(delegations::table
        .inner_join(accounts::table)
        .inner_join(institutions::table)
        .order(delegations::id.desc())
        .select((
            delegations::id,
            accounts::id,
            accounts::given_name,
            accounts::surname,
            institutions::short_name,
            delegations::quality,
            delegations::service,
            delegations::reference,
            delegations::valid_from,
            delegations::valid_until,
            delegations::ceiling_cents,
            delegations::revoked_at,
        ))
        .load(conn)?)
}
