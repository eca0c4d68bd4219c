//! Rows of organisations and of their members.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, OrganisationId};
use crate::db::Conn;
use crate::db::schema::{accounts, dossiers, organisation_invitations, organisation_members, organisations};
use crate::fault::Fault;
use crate::web::session::hash_token;

/// An organisation with all that was declared of it.
#[derive(Clone, Debug, Queryable)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    pub siret: Option<String>,
    pub rna: Option<String>,
    /// INSEE code.
    pub legal_form: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub representative_name: String,
    pub representative_quality: String,
    pub version: i64,
}

macro_rules! columns {
    () => {
        (
            organisations::id,
            organisations::name,
            organisations::siret,
            organisations::rna,
            organisations::legal_form,
            organisations::street,
            organisations::postal_code,
            organisations::city,
            organisations::representative_name,
            organisations::representative_quality,
            organisations::version,
        )
    };
}

/// # Errors
/// [`Fault::NotFound`] when there is no such organisation.
pub fn organisation(conn: &mut Conn, id: OrganisationId) -> Result<Organisation, Fault> {
    Ok(organisations::table.filter(organisations::id.eq(id)).select(columns!()).first(conn)?)
}

/// The organisations a person speaks for, by name.
///
/// # Errors
/// When the database refuses.
pub fn organisations_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Organisation>, Fault> {
    Ok(organisation_members::table
        .inner_join(organisations::table)
        .filter(organisation_members::account_id.eq(account))
        .order((organisations::search_text, organisations::id))
        .select(columns!())
        .load(conn)?)
}

/// The organisation with this SIRET or RNA number.
///
/// # Errors
/// When the database refuses.
pub fn organisation_by_number(conn: &mut Conn, number: &str) -> Result<Option<Organisation>, Fault> {
    Ok(organisations::table
        .filter(organisations::siret.eq(number).or(organisations::rna.eq(number)))
        .select(columns!())
        .first(conn)
        .optional()?)
}

/// Names of the people who speak for an organisation, in the order they joined.
///
/// # Errors
/// When the database refuses.
pub fn members(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<(String, String)>, Fault> {
    Ok(organisation_members::table
        .inner_join(accounts::table)
        .filter(organisation_members::organisation_id.eq(organisation))
        .order(organisation_members::id)
        .select((accounts::given_name, accounts::surname))
        .load(conn)?)
}

/// Whether a dossier was ever submitted in its name: its identifiers are then part of what was judged.
///
/// # Errors
/// When the database refuses.
pub fn has_submitted(conn: &mut Conn, organisation: OrganisationId) -> Result<bool, Fault> {
    let submitted = dossiers::table
        .filter(dossiers::organisation_id.eq(organisation))
        .filter(dossiers::submitted_at.is_not_null())
        .count()
        .get_result::<i64>(conn)?;
    Ok(submitted > 0)
}

/// Addresses of the people who speak for an organisation.
///
/// # Errors
/// When the database refuses.
pub fn member_addresses(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<String>, Fault> {
    Ok(organisation_members::table
        .inner_join(accounts::table)
        .filter(organisation_members::organisation_id.eq(organisation))
        .select(accounts::email)
        .load(conn)?)
}

/// An invitation that may still be accepted.
#[derive(Clone, Debug, Queryable)]
pub struct Invitation {
    pub id: i64,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub email: String,
    pub expires_at: Instant,
}

macro_rules! waiting {
    ($now:expr) => {
        organisation_invitations::table
            .inner_join(organisations::table)
            .filter(organisation_invitations::accepted_at.is_null())
            .filter(organisation_invitations::cancelled_at.is_null())
            .filter(organisation_invitations::expires_at.gt($now))
            .select((
                organisation_invitations::id,
                organisations::id,
                organisations::name,
                organisation_invitations::email,
                organisation_invitations::expires_at,
            ))
    };
}

/// The invitation of a link.
///
/// # Errors
/// [`Fault::NotFound`] when it is unknown, used, cancelled or expired: these are not told apart.
pub fn invitation(conn: &mut Conn, token: &str, now: Instant) -> Result<Invitation, Fault> {
    Ok(waiting!(now).filter(organisation_invitations::token_hash.eq(hash_token(token))).first(conn)?)
}

/// Invitations of an organisation that wait for an answer, latest first.
///
/// # Errors
/// When the database refuses.
pub fn invitations(conn: &mut Conn, organisation: OrganisationId, now: Instant) -> Result<Vec<Invitation>, Fault> {
    Ok(waiting!(now)
        .filter(organisation_invitations::organisation_id.eq(organisation))
        .order(organisation_invitations::id.desc())
        .load(conn)?)
}
