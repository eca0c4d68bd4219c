//! Rows of territorial opinions, and who speaks for which department.

use diesel::prelude::*;

use super::Instructor;
use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId, DossierVersionId, InstitutionId};
use crate::db::schema::{accounts, call_roles, institutions, territorial_opinions};
use crate::db::{Conn, among};
use crate::fault::Fault;
use crate::instruction::model::{ReviewOpinion, TerritorialInput};
use crate::instruction::rules;

/// The opinion asked of one department on one dossier.
#[derive(Clone, Debug, Queryable)]
pub struct Territorial {
    pub dossier: DossierId,
    pub department: String,
    pub asked_at: Instant,
    pub due_at: Option<Instant>,
    /// Who wrote it last.
    pub account: Option<AccountId>,
    pub opinion: Option<ReviewOpinion>,
    pub comment: String,
    pub submitted_at: Option<Instant>,
    pub version: i64,
}

impl Territorial {
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.submitted_at.is_none()
    }

    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        rules::is_late(self.due_at, self.submitted_at, now)
    }

    #[must_use]
    pub fn is_started(&self) -> bool {
        self.opinion.is_some() || !self.comment.is_empty()
    }
}

type Columns = (
    territorial_opinions::dossier_id,
    territorial_opinions::department,
    territorial_opinions::asked_at,
    territorial_opinions::due_at,
    territorial_opinions::account_id,
    territorial_opinions::opinion,
    territorial_opinions::comment,
    territorial_opinions::submitted_at,
    territorial_opinions::version,
);

const COLUMNS: Columns = (
    territorial_opinions::dossier_id,
    territorial_opinions::department,
    territorial_opinions::asked_at,
    territorial_opinions::due_at,
    territorial_opinions::account_id,
    territorial_opinions::opinion,
    territorial_opinions::comment,
    territorial_opinions::submitted_at,
    territorial_opinions::version,
);

/// Every opinion asked on a dossier, by department.
pub fn territorial_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Territorial>, Fault> {
    Ok(territorial_opinions::table
        .filter(territorial_opinions::dossier_id.eq(dossier))
        .order(territorial_opinions::department)
        .select(COLUMNS)
        .load(conn)?)
}

/// Opinions asked in a call, of all departments or of some.
pub fn territorial_in_call(
    conn: &mut Conn,
    call: CallId,
    departments: Option<&[String]>,
) -> Result<Vec<Territorial>, Fault> {
    let mut query = territorial_opinions::table
        .filter(territorial_opinions::call_id.eq(call))
        .order((territorial_opinions::department, territorial_opinions::id))
        .select(COLUMNS)
        .into_boxed();
    if let Some(departments) = departments {
        query = query.filter(among(territorial_opinions::department, departments));
    }
    Ok(query.load(conn)?)
}

pub fn insert_territorial(
    conn: &mut Conn,
    call: CallId,
    (dossier, version): (DossierId, DossierVersionId),
    department: &str,
    due_at: Option<Instant>,
    by: AccountId,
    now: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(territorial_opinions::table)
        .values((
            territorial_opinions::call_id.eq(call),
            territorial_opinions::dossier_id.eq(dossier),
            territorial_opinions::dossier_version_id.eq(version),
            territorial_opinions::department.eq(department),
            territorial_opinions::asked_at.eq(now),
            territorial_opinions::asked_by.eq(by),
            territorial_opinions::due_at.eq(due_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Saves over the version that was read; what was submitted is never touched.
pub fn save_territorial(
    conn: &mut Conn,
    (dossier, department): (DossierId, &str),
    read: i64,
    on: DossierVersionId,
    by: AccountId,
    input: &TerritorialInput,
    submitted_at: Option<Instant>,
) -> Result<(), Fault> {
    let changed = diesel::update(
        territorial_opinions::table
            .filter(territorial_opinions::dossier_id.eq(dossier))
            .filter(territorial_opinions::department.eq(department))
            .filter(territorial_opinions::version.eq(read))
            .filter(territorial_opinions::submitted_at.is_null()),
    )
    .set((
        territorial_opinions::dossier_version_id.eq(on),
        territorial_opinions::account_id.eq(Some(by)),
        territorial_opinions::opinion.eq(input.opinion),
        territorial_opinions::comment.eq(&input.comment),
        territorial_opinions::submitted_at.eq(submitted_at),
        territorial_opinions::version.eq(read.saturating_add(1)),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Everybody who speaks for a department in a call, with the department.
pub fn correspondents(conn: &mut Conn, call: CallId) -> Result<Vec<(String, Instructor)>, Fault> {
    let rows = call_roles::table
        .inner_join(accounts::table)
        .inner_join(institutions::table)
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(Role::Correspondent))
        .filter(call_roles::department.is_not_null())
        .filter(call_roles::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .order((call_roles::department, accounts::search_text, call_roles::id))
        .select((
            call_roles::department.assume_not_null(),
            accounts::id,
            accounts::given_name,
            accounts::surname,
            accounts::email,
            institutions::id,
            institutions::code,
            institutions::short_name,
        ))
        .load::<(String, AccountId, String, String, String, InstitutionId, String, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(department, account, given_name, surname, email, institution, institution_code, institution_name)| {
            let name = format!("{given_name} {surname}");
            (department, Instructor { account, name, email, institution, institution_code, institution_name })
        })
        .collect())
}
