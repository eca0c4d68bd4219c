//! Institutions, and who works for them.

use diesel::prelude::*;

use crate::accounts::store;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, InstitutionId};
use crate::base::text::clean_line;
use crate::db::schema::{agents, call_roles, delegations, institutions};
use crate::fault::{Fault, FieldError, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug, Default)]
pub struct NewInstitution {
    /// Upper-case code used by call files: `ARS`.
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// Postal address, one line each.
    pub address: String,
    pub demonstration: bool,
}

/// # Errors
/// [`Fault::Invalid`] for an empty name or a code already taken.
pub fn add_institution(op: &mut Operation<'_>, new: &NewInstitution) -> Result<InstitutionId, Fault> {
    let mut mistakes = Mistakes::default();
    let code = clean_line(&new.code).to_uppercase();
    let words = code.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()));
    if code.len() > 20 || !words {
        mistakes.add("code", "Saisissez un code de lettres, de chiffres et de tirets, par exemple ARS ou ARS-DD.");
    } else {
        let taken = institutions::table.filter(institutions::code.eq(&code)).count().get_result::<i64>(op.conn)?;
        if taken > 0 {
            mistakes.add("code", "Ce code est déjà celui d’une institution.");
        }
    }
    let name = mistakes.line("name", &new.name, 200, "Saisissez le nom de l’institution.");
    let short_name = mistakes.line("short_name", &new.short_name, 60, "Saisissez le nom court.");
    mistakes.finish()?;
    let id = diesel::insert_into(institutions::table)
        .values((
            institutions::code.eq(&code),
            institutions::name.eq(&name),
            institutions::short_name.eq(&short_name),
            institutions::address.eq(crate::base::text::clean(&new.address)),
            institutions::demonstration.eq(new.demonstration),
            institutions::created_at.eq(op.now),
        ))
        .returning(institutions::id)
        .get_result(op.conn)?;
    op.record(Entry::new("institution.add", format!("Institution {name} ajoutée")));
    Ok(id)
}

/// The quality and service of a post, cleaned.
pub(super) fn check_post(quality: &str, service: &str) -> Result<(String, String), Vec<FieldError>> {
    let mut mistakes = Mistakes::default();
    let quality = mistakes.line("quality", quality, 120, "Saisissez la fonction, par exemple Chargée de mission.");
    let service = mistakes.line("service", service, 120, "Saisissez le service.");
    if mistakes.is_empty() { Ok((quality, service)) } else { Err(mistakes.into_vec()) }
}

/// What is said to who chose no institution, or one that does not exist.
pub(in crate::accounts) const CHOOSE_INSTITUTION: &str = "Choisissez une institution.";

/// Says that a person works for an institution, with the quality and service printed on acts.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown account; [`Fault::Invalid`] for an unknown institution, an empty quality or service.
pub fn add_agent(
    op: &mut Operation<'_>,
    account: AccountId,
    institution: InstitutionId,
    quality: &str,
    service: &str,
) -> Result<(), Fault> {
    let (quality, service) = check_post(quality, service).map_err(Fault::Invalid)?;
    store::person(op.conn, account)?;
    store::institution(op.conn, institution).map_err(|fault| match fault {
        Fault::NotFound => Fault::invalid("institution", CHOOSE_INSTITUTION),
        other => other,
    })?;
    let known = agents::table
        .filter(agents::account_id.eq(account))
        .filter(agents::institution_id.eq(institution))
        .select(agents::id)
        .first::<i64>(op.conn)
        .optional()?;
    match known {
        Some(id) => {
            diesel::update(agents::table.filter(agents::id.eq(id)))
                .set((agents::quality.eq(&quality), agents::service.eq(&service), agents::ended_at.eq(None::<Instant>)))
                .execute(op.conn)?;
        }
        None => {
            diesel::insert_into(agents::table)
                .values((
                    agents::account_id.eq(account),
                    agents::institution_id.eq(institution),
                    agents::quality.eq(&quality),
                    agents::service.eq(&service),
                ))
                .execute(op.conn)?;
        }
    }
    op.record(Entry::new("agent.add", format!("Compte n° {account} rattaché à l’institution n° {institution}")));
    Ok(())
}

/// Changes how an institution is named and reached; its code stays, call files use it.
///
/// # Errors
/// [`Fault::Invalid`] for an empty name.
pub fn change_institution(
    op: &mut Operation<'_>,
    id: InstitutionId,
    name: &str,
    short_name: &str,
    address: &str,
) -> Result<(), Fault> {
    let mut mistakes = Mistakes::default();
    let name = mistakes.line("name", name, 200, "Saisissez le nom de l’institution.");
    let short_name = mistakes.line("short_name", short_name, 60, "Saisissez le nom court.");
    mistakes.finish()?;
    let changed = diesel::update(institutions::table.filter(institutions::id.eq(id)))
        .set((
            institutions::name.eq(&name),
            institutions::short_name.eq(&short_name),
            institutions::address.eq(crate::base::text::clean(address)),
        ))
        .execute(op.conn)?;
    if changed == 0 {
        return Err(Fault::NotFound);
    }
    op.record(Entry::new("institution.change", format!("Institution {name} modifiée")));
    Ok(())
}

/// Says that a person left an institution: the roles and delegations held in its name end with it.
///
/// # Errors
/// [`Fault::NotFound`] when the person does not work there.
pub fn end_agent(op: &mut Operation<'_>, account: AccountId, institution: InstitutionId) -> Result<(), Fault> {
    let ended = diesel::update(
        agents::table
            .filter(agents::account_id.eq(account))
            .filter(agents::institution_id.eq(institution))
            .filter(agents::ended_at.is_null()),
    )
    .set(agents::ended_at.eq(Some(op.now)))
    .execute(op.conn)?;
    if ended == 0 {
        return Err(Fault::NotFound);
    }
    diesel::update(
        call_roles::table
            .filter(call_roles::account_id.eq(account))
            .filter(call_roles::institution_id.eq(institution))
            .filter(call_roles::revoked_at.is_null()),
    )
    .set(call_roles::revoked_at.eq(Some(op.now)))
    .execute(op.conn)?;
    diesel::update(
        delegations::table
            .filter(delegations::account_id.eq(account))
            .filter(delegations::institution_id.eq(institution))
            .filter(delegations::revoked_at.is_null()),
    )
    .set(delegations::revoked_at.eq(Some(op.now)))
    .execute(op.conn)?;
    let summary =
        format!("Compte n° {account} détaché de l’institution n° {institution}, rôles et délégations retirés");
    op.record(Entry::new("agent.end", summary));
    Ok(())
}
