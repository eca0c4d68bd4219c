//! Rows of declarations of interests, and whom they keep away.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId};
use crate::db::schema::{interest_declarations, recusals};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// A declaration of interests on one dossier.
#[derive(Clone, Debug)]
pub struct Declaration {
    pub account: AccountId,
    pub conflict: bool,
    pub detail: String,
    pub declared_at: Instant,
}

pub fn declarations_on(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Declaration>, Fault> {
    let rows = interest_declarations::table
        .filter(interest_declarations::dossier_id.eq(dossier))
        .order(interest_declarations::id)
        .select((
            interest_declarations::account_id,
            interest_declarations::conflict,
            interest_declarations::detail,
            interest_declarations::declared_at,
        ))
        .load::<(AccountId, bool, String, Instant)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(account, conflict, detail, declared_at)| Declaration { account, conflict, detail, declared_at })
        .collect())
}

pub fn declaration_of(conn: &mut Conn, dossier: DossierId, account: AccountId) -> Result<Option<Declaration>, Fault> {
    Ok(declarations_on(conn, dossier)?.into_iter().find(|d| d.account == account))
}

/// Dossiers on which a person has already declared.
pub fn declared_by(conn: &mut Conn, account: AccountId) -> Result<HashSet<DossierId>, Fault> {
    let rows = interest_declarations::table
        .filter(interest_declarations::account_id.eq(account))
        .select(interest_declarations::dossier_id)
        .load::<DossierId>(conn)?;
    Ok(rows.into_iter().collect())
}

pub fn insert_declaration(
    conn: &mut Conn,
    dossier: DossierId,
    account: AccountId,
    conflict: bool,
    detail: &str,
    now: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(interest_declarations::table)
        .values((
            interest_declarations::dossier_id.eq(dossier),
            interest_declarations::account_id.eq(account),
            interest_declarations::conflict.eq(conflict),
            interest_declarations::detail.eq(detail),
            interest_declarations::declared_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Turns an earlier declaration without interest into a conflict.
pub fn declare_conflict(
    conn: &mut Conn,
    dossier: DossierId,
    account: AccountId,
    detail: &str,
    now: Instant,
) -> Result<(), Fault> {
    diesel::update(
        interest_declarations::table
            .filter(interest_declarations::dossier_id.eq(dossier))
            .filter(interest_declarations::account_id.eq(account)),
    )
    .set((
        interest_declarations::conflict.eq(true),
        interest_declarations::detail.eq(detail),
        interest_declarations::declared_at.eq(now),
    ))
    .execute(conn)?;
    Ok(())
}

/// People kept away from a dossier, by declaration or in committee.
pub fn recused_from(conn: &mut Conn, dossier: DossierId) -> Result<HashSet<AccountId>, Fault> {
    let declared = interest_declarations::table
        .filter(interest_declarations::dossier_id.eq(dossier))
        .filter(interest_declarations::conflict)
        .select(interest_declarations::account_id)
        .load::<AccountId>(conn)?;
    let in_session = recusals::table
        .filter(recusals::dossier_id.eq(dossier))
        .select(recusals::account_id)
        .load::<AccountId>(conn)?;
    Ok(declared.into_iter().chain(in_session).collect())
}

/// Pairs of dossier and recused person, of some dossiers.
pub fn recusals_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<HashSet<(DossierId, AccountId)>, Fault> {
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    let declared = interest_declarations::table
        .filter(listed(interest_declarations::dossier_id, wanted))
        .filter(interest_declarations::conflict)
        .select((interest_declarations::dossier_id, interest_declarations::account_id))
        .load::<(DossierId, AccountId)>(conn)?;
    let in_session = recusals::table
        .filter(listed(recusals::dossier_id, wanted))
        .select((recusals::dossier_id, recusals::account_id))
        .load::<(DossierId, AccountId)>(conn)?;
    Ok(declared.into_iter().chain(in_session).collect())
}
