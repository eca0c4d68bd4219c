//! Organisations that applicants speak for.

use diesel::prelude::*;

use crate::base::identifiers::{parse_rna, parse_siret};
use crate::base::ids::{AccountId, OrganisationId};
use crate::base::text::{clean_line, fold};
use crate::db::schema::{organisation_members, organisations};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug, Default)]
pub struct NewOrganisation {
    pub name: String,
    pub siret: String,
    pub rna: String,
    /// INSEE code.
    pub legal_form: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub representative_name: String,
    pub representative_quality: String,
    pub demonstration: bool,
}

/// Declares an organisation, of which the declaring account becomes a member.
///
/// # Errors
/// [`Fault::Invalid`] names each field to correct; an identifier already declared is one of them.
pub fn add_organisation(
    op: &mut Operation<'_>,
    account: AccountId,
    new: &NewOrganisation,
) -> Result<OrganisationId, Fault> {
    let mut mistakes = Mistakes::default();
    let name = mistakes.line("name", &new.name, 200, "Saisissez le nom de l’organisme.");
    let (siret, rna) = (clean_line(&new.siret), clean_line(&new.rna));
    if siret.is_empty() && rna.is_empty() {
        mistakes.add("siret", "Saisissez le numéro SIRET, ou à défaut le numéro RNA.");
    }
    let siret = if siret.is_empty() { None } else { mistakes.take("siret", parse_siret(&siret)) };
    let rna = if rna.is_empty() { None } else { mistakes.take("rna", parse_rna(&rna)) };
    if new.legal_form.len() != 4 || !new.legal_form.bytes().all(|b| b.is_ascii_digit()) {
        mistakes.add("legal_form", "Choisissez la forme juridique.");
    }
    let street = mistakes.line("street", &new.street, 200, "Saisissez le numéro et la voie.");
    let postal_code = clean_line(&new.postal_code);
    if postal_code.len() != 5 || !postal_code.bytes().all(|b| b.is_ascii_digit()) {
        mistakes.add("postal_code", "Saisissez un code postal de 5 chiffres, par exemple 31000.");
    }
    let city = mistakes.line("city", &new.city, 100, "Saisissez la commune.");
    let representative_name =
        mistakes.line("representative_name", &new.representative_name, 120, "Saisissez le nom du représentant légal.");
    let representative_quality = mistakes.line(
        "representative_quality",
        &new.representative_quality,
        120,
        "Saisissez la qualité du représentant légal, par exemple Présidente.",
    );
    let taken = "Un organisme est déjà déclaré avec ce numéro. Demandez à ses membres de vous y rattacher.";
    if let Some(siret) = &siret
        && organisations::table.filter(organisations::siret.eq(siret)).count().get_result::<i64>(op.conn)? > 0
    {
        mistakes.add("siret", taken);
    }
    if let Some(rna) = &rna
        && organisations::table.filter(organisations::rna.eq(rna)).count().get_result::<i64>(op.conn)? > 0
    {
        mistakes.add("rna", taken);
    }
    mistakes.finish()?;
    let id: OrganisationId = diesel::insert_into(organisations::table)
        .values((
            organisations::name.eq(&name),
            organisations::siret.eq(&siret),
            organisations::rna.eq(&rna),
            organisations::legal_form.eq(&new.legal_form),
            organisations::street.eq(&street),
            organisations::postal_code.eq(&postal_code),
            organisations::city.eq(&city),
            organisations::representative_name.eq(&representative_name),
            organisations::representative_quality.eq(&representative_quality),
            organisations::search_text.eq(fold(&format!("{name} {city}"))),
            organisations::demonstration.eq(new.demonstration),
            organisations::created_at.eq(op.now),
        ))
        .returning(organisations::id)
        .get_result(op.conn)?;
    diesel::insert_into(organisation_members::table)
        .values((
            organisation_members::organisation_id.eq(id),
            organisation_members::account_id.eq(account),
            organisation_members::joined_at.eq(op.now),
        ))
        .execute(op.conn)?;
    op.record(Entry::new("organisation.add", format!("Organisme {name} déclaré")));
    Ok(id)
}
