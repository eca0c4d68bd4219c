//! Institutions, and who works for them.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, InstitutionId};
use crate::base::text::clean_line;
use crate::db::schema::{agents, institutions};
use crate::fault::{Fault, Mistakes};
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
    if code.is_empty() || code.len() > 20 || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        mistakes.add("code", "Saisissez un code de lettres et de chiffres, par exemple ARS.");
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

/// Says that a person works for an institution, with the quality and service printed on acts.
///
/// # Errors
/// [`Fault::Invalid`] for an empty quality or service.
pub fn add_agent(
    op: &mut Operation<'_>,
    account: AccountId,
    institution: InstitutionId,
    quality: &str,
    service: &str,
) -> Result<(), Fault> {
    let mut mistakes = Mistakes::default();
    let quality = mistakes.line("quality", quality, 120, "Saisissez la fonction, par exemple Chargée de mission.");
    let service = mistakes.line("service", service, 120, "Saisissez le service.");
    mistakes.finish()?;
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
