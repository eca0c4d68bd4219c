//! Who takes no part in which dossier: what members declare, and what is known of them already.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::{Item, Recusal};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, OrganisationId, SessionId};
use crate::db::schema::{dossier_editors, interest_declarations, organisation_members, recusals};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// Why a member is kept out without having to say it again.
const DECLARED: &str = "D’office\u{202F}: lien d’intérêts déclaré auparavant sur ce dossier.";
const WRITER: &str = "D’office\u{202F}: a écrit ce dossier sur invitation du porteur.";
const APPLICANT: &str = "D’office\u{202F}: membre de l’organisme qui porte le projet.";

/// Recusals of a session: the recorded ones, then those that known interests impose on its members.
pub(super) fn of_session(
    conn: &mut Conn,
    session: SessionId,
    items: &[Item],
    members: &[AccountId],
) -> Result<Vec<Recusal>, Fault> {
    let mut all: Vec<Recusal> = recusals::table
        .filter(recusals::session_id.eq(session))
        .order(recusals::id)
        .select((
            recusals::dossier_id,
            recusals::account_id,
            recusals::reason,
            recusals::left_at,
            recusals::returned_at,
        ))
        .load::<(DossierId, AccountId, String, Instant, Option<Instant>)>(conn)?
        .into_iter()
        .map(|(dossier, account, reason, left_at, returned_at)| {
            let imposed = [DECLARED, APPLICANT, WRITER].contains(&reason.as_str());
            Recusal { dossier, account, reason, left_at: (!imposed).then_some(left_at), returned_at }
        })
        .collect();
    let known: HashSet<(DossierId, AccountId)> = all.iter().map(|r| (r.dossier, r.account)).collect();
    let dossiers: Vec<DossierId> = items.iter().map(|item| item.dossier.id).collect();
    let declared: HashSet<(DossierId, AccountId)> = interest_declarations::table
        .filter(listed(interest_declarations::dossier_id, &dossiers))
        .filter(listed(interest_declarations::account_id, members))
        .filter(interest_declarations::conflict)
        .select((interest_declarations::dossier_id, interest_declarations::account_id))
        .load(conn)?
        .into_iter()
        .collect();
    let belonging: HashSet<(OrganisationId, AccountId)> = organisation_members::table
        .filter(listed(organisation_members::account_id, members))
        .select((organisation_members::organisation_id, organisation_members::account_id))
        .load(conn)?
        .into_iter()
        .collect();
    let written: HashSet<(DossierId, AccountId)> = dossier_editors::table
        .filter(listed(dossier_editors::dossier_id, &dossiers))
        .filter(dossier_editors::account_id.is_not_null())
        .select((dossier_editors::dossier_id, dossier_editors::account_id.assume_not_null()))
        .load(conn)?
        .into_iter()
        .collect();
    for item in items {
        for account in members {
            let key = (item.dossier.id, *account);
            let reason = if belonging.contains(&(item.dossier.organisation, *account)) {
                APPLICANT
            } else if written.contains(&key) {
                WRITER
            } else if declared.contains(&key) {
                DECLARED
            } else {
                continue;
            };
            if !known.contains(&key) {
                all.push(Recusal {
                    dossier: key.0,
                    account: key.1,
                    reason: reason.to_owned(),
                    left_at: None,
                    returned_at: None,
                });
            }
        }
    }
    Ok(all)
}

pub(super) fn insert(
    conn: &mut Conn,
    session: SessionId,
    recusal: &Recusal,
    recorded_at: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(recusals::table)
        .values((
            recusals::session_id.eq(session),
            recusals::dossier_id.eq(recusal.dossier),
            recusals::account_id.eq(recusal.account),
            recusals::reason.eq(&recusal.reason),
            recusals::left_at.eq(recusal.left_at.unwrap_or(recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn is_recorded(conn: &mut Conn, session: SessionId, recusal: &Recusal) -> Result<bool, Fault> {
    let found = recusals::table
        .filter(recusals::session_id.eq(session))
        .filter(recusals::dossier_id.eq(recusal.dossier))
        .filter(recusals::account_id.eq(recusal.account))
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

pub(super) fn set_return(
    conn: &mut Conn,
    session: SessionId,
    dossier: DossierId,
    account: AccountId,
    at: Instant,
) -> Result<(), Fault> {
    diesel::update(
        recusals::table
            .filter(recusals::session_id.eq(session))
            .filter(recusals::dossier_id.eq(dossier))
            .filter(recusals::account_id.eq(account)),
    )
    .set(recusals::returned_at.eq(Some(at)))
    .execute(conn)?;
    Ok(())
}
