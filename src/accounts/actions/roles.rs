//! Roles held in a call.

use diesel::prelude::*;

use crate::access::{Actor, Role};
use crate::accounts::store;
use crate::base::ids::{AccountId, CallId, InstitutionId};
use crate::calls;
use crate::calls::definition::reference::department_label;
use crate::db::schema::{acting_choices, agents, call_roles};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;

/// Gives a role in a call, in the name of an institution the person works for.
///
/// # Errors
/// [`Fault::Refused`] when the person does not work there; [`Fault::Invalid`] when they hold the role already; a
/// committee member needs a `seat` of that institution that nobody else holds.
pub fn grant_role(
    op: &mut Operation<'_>,
    call: CallId,
    account: AccountId,
    institution: InstitutionId,
    role: Role,
    seat: Option<&str>,
) -> Result<(), Fault> {
    require_agent(op, account, institution)?;
    match (role, seat) {
        (Role::CommitteeMember, Some(seat)) => check_seat(op, call, institution, seat)?,
        (Role::CommitteeMember, None) => {
            return Err(Fault::invalid("seat", "Choisissez le siège occupé au comité."));
        }
        (Role::Correspondent, _) => {
            return Err(Fault::invalid(
                "department",
                "Choisissez le département dont cette personne est correspondante.",
            ));
        }
        (_, Some(_)) => {
            return Err(Fault::invalid("seat", "Un siège n’accompagne que le rôle de membre du comité."));
        }
        (_, None) => {}
    }
    let mut same = call_roles::table
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::role.eq(role))
        .filter(call_roles::revoked_at.is_null())
        .into_boxed();
    same = match seat {
        Some(seat) => same.filter(call_roles::seat.eq(seat)),
        None => same.filter(call_roles::account_id.eq(account)).filter(call_roles::institution_id.eq(institution)),
    };
    if same.count().get_result::<i64>(op.conn)? > 0 {
        let (field, message) = match seat {
            Some(_) => ("seat", "Ce siège est déjà occupé. Retirez d’abord son rôle à la personne qui l’occupe."),
            None => ("role", "Cette personne a déjà ce rôle dans cet appel, au nom de cette institution."),
        };
        return Err(Fault::invalid(field, message));
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
    op.record(
        Entry::new("role.grant", format!("Rôle «\u{202F}{role}\u{202F}» donné au compte n° {account}")).call(call),
    );
    Ok(())
}

/// Chooses in whose name an agent of several institutions acts in a call, or, without one, in the name of each.
///
/// # Errors
/// [`Fault::NotFound`] when they do not hold roles for several institutions there; [`Fault::Invalid`] for an
/// institution that is none of them.
pub fn wear_hat(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    institution: Option<InstitutionId>,
) -> Result<(), Fault> {
    let hat = actor.hats.iter().find(|hat| hat.call == call).ok_or(Fault::NotFound)?;
    if institution.is_some_and(|chosen| !hat.institutions.contains(&chosen)) {
        return Err(Fault::invalid("institution", "Choisissez l’une de vos institutions dans cet appel."));
    }
    diesel::delete(
        acting_choices::table.filter(acting_choices::account_id.eq(actor.id)).filter(acting_choices::call_id.eq(call)),
    )
    .execute(op.conn)?;
    let name = match institution {
        Some(institution) => {
            diesel::insert_into(acting_choices::table)
                .values((
                    acting_choices::account_id.eq(actor.id),
                    acting_choices::call_id.eq(call),
                    acting_choices::institution_id.eq(institution),
                ))
                .execute(op.conn)?;
            store::institution(op.conn, institution)?.short_name
        }
        None => "chacune de ses institutions".to_owned(),
    };
    op.record(Entry::new("role.act_as", format!("Le compte n° {} agit au nom de {name}", actor.id)).call(call));
    Ok(())
}

/// Roles are held in the name of an institution one works for.
fn require_agent(op: &mut Operation<'_>, account: AccountId, institution: InstitutionId) -> Result<(), Fault> {
    let works_there = agents::table
        .filter(agents::account_id.eq(account))
        .filter(agents::institution_id.eq(institution))
        .filter(agents::ended_at.is_null())
        .count()
        .get_result::<i64>(op.conn)?;
    if works_there == 0 {
        return Err(Fault::refused("Cette personne n’est pas rattachée à cette institution."));
    }
    Ok(())
}

/// Names a correspondent of a department of the call's territory; a person may speak for several, one grant each.
///
/// # Errors
/// [`Fault::Refused`] when the person does not work there; [`Fault::Invalid`] for a department out of the territory or
/// already given to them.
pub fn grant_correspondent(
    op: &mut Operation<'_>,
    call: CallId,
    account: AccountId,
    institution: InstitutionId,
    department: &str,
) -> Result<(), Fault> {
    require_agent(op, account, institution)?;
    let definition = calls::by_id(op.conn, call)?.definition;
    if !definition.eligibility.departments.iter().any(|code| code == department) {
        return Err(Fault::invalid("department", "Choisissez un département du territoire de l’appel."));
    }
    let same = call_roles::table
        .filter(call_roles::call_id.eq(call))
        .filter(call_roles::account_id.eq(account))
        .filter(call_roles::role.eq(Role::Correspondent))
        .filter(call_roles::department.eq(department))
        .filter(call_roles::revoked_at.is_null())
        .count()
        .get_result::<i64>(op.conn)?;
    if same > 0 {
        return Err(Fault::invalid("department", "Cette personne est déjà correspondante de ce département."));
    }
    diesel::insert_into(call_roles::table)
        .values((
            call_roles::call_id.eq(call),
            call_roles::account_id.eq(account),
            call_roles::institution_id.eq(institution),
            call_roles::role.eq(Role::Correspondent),
            call_roles::department.eq(department),
            call_roles::granted_at.eq(op.now),
        ))
        .execute(op.conn)?;
    let role = Role::Correspondent;
    let place = department_label(department);
    op.record(
        Entry::new("role.grant", format!("Rôle «\u{202F}{role}\u{202F}» ({place}) donné au compte n° {account}"))
            .call(call),
    );
    Ok(())
}

/// The call file says which institution fills a seat.
fn check_seat(op: &mut Operation<'_>, call: CallId, institution: InstitutionId, seat: &str) -> Result<(), Fault> {
    let definition = calls::by_id(op.conn, call)?.definition;
    let Some(seat) = definition.seat(seat) else {
        return Err(Fault::invalid("seat", "Choisissez un siège de ce comité."));
    };
    let code = store::institution(op.conn, institution)?.code;
    if seat.institution == code {
        return Ok(());
    }
    let message = format!("Ce siège revient à l’institution {}.", seat.institution);
    Err(Fault::invalid("seat", message))
}

/// Takes a role back; it opens nothing from the next request on.
///
/// # Errors
/// [`Fault::NotFound`] when the person does not hold it.
pub fn revoke_role(op: &mut Operation<'_>, account: AccountId, held: i64) -> Result<(), Fault> {
    let roles = store::roles_of(op.conn, account)?;
    let held = roles.into_iter().find(|role| role.id == held).ok_or(Fault::NotFound)?;
    diesel::update(call_roles::table.filter(call_roles::id.eq(held.id)))
        .set(call_roles::revoked_at.eq(Some(op.now)))
        .execute(op.conn)?;
    let summary = format!("Rôle «\u{202F}{}\u{202F}» retiré au compte n° {account}", held.role);
    op.record(Entry::new("role.revoke", summary).call(held.call));
    Ok(())
}
