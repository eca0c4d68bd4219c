//! Rows of institutions and of the people who work for them.

use diesel::prelude::*;

use crate::base::ids::{AccountId, InstitutionId};
use crate::db::Conn;
use crate::db::schema::{accounts, agents, institutions};
use crate::fault::Fault;

#[derive(Clone, Debug, Queryable)]
pub struct Institution {
    pub id: InstitutionId,
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// Postal address, one line each.
    pub address: String,
}

macro_rules! columns {
    () => {
        (institutions::id, institutions::code, institutions::name, institutions::short_name, institutions::address)
    };
}

/// Every institution, by code.
///
/// # Errors
/// When the database refuses.
pub fn institutions(conn: &mut Conn) -> Result<Vec<Institution>, Fault> {
    Ok(institutions::table.order(institutions::code).select(columns!()).load(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such institution.
pub fn institution(conn: &mut Conn, id: InstitutionId) -> Result<Institution, Fault> {
    Ok(institutions::table.filter(institutions::id.eq(id)).select(columns!()).first(conn)?)
}

/// A person at work for an institution.
#[derive(Clone, Debug, Queryable)]
pub struct Agent {
    pub id: i64,
    pub account: AccountId,
    pub given_name: String,
    pub surname: String,
    pub institution: InstitutionId,
    pub institution_name: String,
    pub quality: String,
    pub service: String,
}

/// The people at work, of one account or of all, by name.
///
/// # Errors
/// When the database refuses.
pub fn agents(conn: &mut Conn, of: Option<AccountId>) -> Result<Vec<Agent>, Fault> {
    let mut query = agents::table
        .inner_join(accounts::table)
        .inner_join(institutions::table)
        .filter(agents::ended_at.is_null())
        .order((accounts::search_text, agents::id))
        .select((
            agents::id,
            accounts::id,
            accounts::given_name,
            accounts::surname,
            institutions::id,
            institutions::short_name,
            agents::quality,
            agents::service,
        ))
        .into_boxed();
    if let Some(account) = of {
        query = query.filter(agents::account_id.eq(account));
    }
    Ok(query.load(conn)?)
}
