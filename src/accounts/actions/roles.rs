//! Roles held in a call.

use diesel::prelude::*;

use crate::access::Role;
use crate::base::ids::{AccountId, CallId, InstitutionId};
use crate::db::schema::{agents, call_roles};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Gives a role in a call, in the name of an institution the person works for.
///
/// # Errors
/// [`Fault::Refused`] when the person does not work there, or holds the role already; a committee member needs a
/// `seat` that nobody else holds.
pub fn grant_role(
    op: &mut Operation<'_>,
    call: CallId,
    account: AccountId,
    institution: InstitutionId,
    role: Role,
    seat: Option<&str>,
) -> Result<(), Fault> {
    let works_there = agents::table
        .filter(agents::account_id.eq(account))
        .filter(agents::institution_id.eq(institution))
        .filter(agents::ended_at.is_null())
        .count()
        .get_result::<i64>(op.conn)?;
    if works_there == 0 {
        return Err(Fault::refused("Cette personne n’est pas rattachée à cette institution."));
    }
    if (role == Role::CommitteeMember) != seat.is_some() {
        return Err(Fault::invalid("seat", "Choisissez le siège occupé au comité."));
    }
    let mut same = call_roles::table
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(role))
        .filter(call_roles::revoked_at.is_null())
        .into_boxed();
    same = match seat {
        Some(seat) => same.filter(call_roles::seat.eq(seat)),
        None => same.filter(call_roles::account_id.eq(account)),
    };
    if same.count().get_result::<i64>(op.conn)? > 0 {
        return Err(Fault::refused("Ce rôle est déjà attribué pour cet appel."));
    }
    diesel::insert_into(call_roles::table)
        .values((
            call_roles::call_id.eq(call),
            call_roles::account_id.eq(account),
            call_roles::institution_id.eq(institution),
            call_roles::role.eq(role),
            call_roles::seat.eq(seat),
            call_roles::granted_at.eq(op.now),
        ))
        .execute(op.conn)?;
    op.record(Entry::new("role.grant", format!("Rôle « {role} » donné au compte n° {account}")).call(call));
    Ok(())
}
