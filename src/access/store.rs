//! Reads an actor's rights.

use diesel::prelude::*;

use super::{Actor, Grant, Hat, Role};
use crate::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use crate::db::Conn;
use crate::db::schema::{accounts, acting_choices, call_roles, organisation_members};
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
    let mut grants: Vec<Grant> = call_roles::table
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
    let hats = hats(conn, account, &grants)?;
    grants.retain(|grant| {
        let hat = hats.iter().find(|hat| hat.call == grant.call);
        hat.and_then(|hat| hat.chosen).is_none_or(|worn| worn == grant.institution)
    });
    Ok(Actor { id: account, email, given_name, surname, administrator, organisations, grants, hats })
}

fn hats(conn: &mut Conn, account: AccountId, grants: &[Grant]) -> Result<Vec<Hat>, Fault> {
    let mut hats: Vec<Hat> = Vec::new();
    for grant in grants {
        match hats.iter_mut().find(|hat| hat.call == grant.call) {
            Some(hat) if hat.institutions.contains(&grant.institution) => {}
            Some(hat) => hat.institutions.push(grant.institution),
            None => hats.push(Hat { call: grant.call, institutions: vec![grant.institution], chosen: None }),
        }
    }
    hats.retain(|hat| hat.institutions.len() > 1);
    if hats.is_empty() {
        return Ok(hats);
    }
    let choices = acting_choices::table
        .filter(acting_choices::account_id.eq(account))
        .select((acting_choices::call_id, acting_choices::institution_id))
        .load::<(CallId, InstitutionId)>(conn)?;
    for hat in &mut hats {
        let chosen = choices.iter().find(|(call, _)| *call == hat.call).map(|(_, institution)| *institution);
        // A choice whose roles were taken back no longer holds.
        hat.chosen = chosen.filter(|institution| hat.institutions.contains(institution));
    }
    Ok(hats)
}
