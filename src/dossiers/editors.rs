//! Who writes a dossier: the members of its organisation, and people invited to this dossier alone.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, EditorId, OrganisationId};
use crate::db::Conn;
use crate::db::schema::{accounts, dossier_editors, organisation_members};
use crate::fault::Fault;
use crate::web::session::hash_token;

/// People invited to one dossier at the same time, at most.
pub const MOST: i64 = 10;
/// Days during which an invitation may be accepted.
pub const INVITED_FOR_DAYS: i64 = 15;

/// Somebody invited, who may not have answered yet.
#[derive(Clone, Debug)]
pub struct Editor {
    pub id: EditorId,
    pub dossier: DossierId,
    pub email: String,
    /// Known once the invitation is accepted.
    pub account: Option<AccountId>,
    pub name: String,
    pub invited_at: Instant,
    pub accepted_at: Option<Instant>,
}

impl Editor {
    /// Whether the invitation may still be accepted.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.accepted_at.is_none() && now <= self.invited_at.plus_days(INVITED_FOR_DAYS)
    }
}

type Row = (EditorId, DossierId, String, Option<AccountId>, Instant, Option<Instant>, Option<String>, Option<String>);

fn editor(row: Row) -> Editor {
    let (id, dossier, email, account, invited_at, accepted_at, given_name, surname) = row;
    let name = format!("{} {}", given_name.unwrap_or_default(), surname.unwrap_or_default()).trim().to_owned();
    Editor { id, dossier, email, account, name, invited_at, accepted_at }
}

macro_rules! editors {
    () => {
        dossier_editors::table.left_join(accounts::table).filter(dossier_editors::removed_at.is_null()).select((
            dossier_editors::id,
            dossier_editors::dossier_id,
            dossier_editors::email,
            dossier_editors::account_id,
            dossier_editors::invited_at,
            dossier_editors::accepted_at,
            accounts::given_name.nullable(),
            accounts::surname.nullable(),
        ))
    };
}

/// Those invited and not removed since, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Editor>, Fault> {
    let rows: Vec<Row> =
        editors!().filter(dossier_editors::dossier_id.eq(dossier)).order(dossier_editors::id).load(conn)?;
    Ok(rows.into_iter().map(editor).collect())
}

/// The invitation that a link opens.
///
/// # Errors
/// [`Fault::NotFound`] when it is unknown or was taken back.
pub fn by_token(conn: &mut Conn, token: &str) -> Result<Editor, Fault> {
    let row: Row = editors!().filter(dossier_editors::token_hash.eq(hash_token(token))).first(conn)?;
    Ok(editor(row))
}

/// Whether this account was invited to the dossier, accepted, and is still welcome.
pub(super) fn edits(conn: &mut Conn, dossier: DossierId, account: AccountId) -> Result<bool, Fault> {
    let found = dossier_editors::table
        .filter(dossier_editors::dossier_id.eq(dossier))
        .filter(dossier_editors::account_id.eq(account))
        .filter(dossier_editors::removed_at.is_null())
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

/// Names and addresses of an organisation's members, in the order they joined.
///
/// # Errors
/// When the database refuses.
pub fn members(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<(AccountId, String, String)>, Fault> {
    Ok(organisation_members::table
        .inner_join(accounts::table)
        .filter(organisation_members::organisation_id.eq(organisation))
        .order(organisation_members::id)
        .select((accounts::id, accounts::given_name, accounts::surname, accounts::email))
        .load::<(AccountId, String, String, String)>(conn)?
        .into_iter()
        .map(|(id, given_name, surname, email)| (id, format!("{given_name} {surname}"), email))
        .collect())
}
