//! Organisations that applicants speak for.

use diesel::prelude::*;

use crate::accounts::store;
use crate::base::identifiers::{parse_rna, parse_siret};
use crate::base::ids::{AccountId, OrganisationId};
use crate::base::text::{clean_line, fold};
use crate::calls::definition::reference::legal_form;
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
    let checked = check(op, new, None)?;
    let id: OrganisationId = diesel::insert_into(organisations::table)
        .values((
            organisations::name.eq(&checked.name),
            organisations::siret.eq(&checked.siret),
            organisations::rna.eq(&checked.rna),
            organisations::legal_form.eq(&checked.legal_form),
            organisations::street.eq(&checked.street),
            organisations::postal_code.eq(&checked.postal_code),
            organisations::city.eq(&checked.city),
            organisations::representative_name.eq(&checked.representative_name),
            organisations::representative_quality.eq(&checked.representative_quality),
            organisations::search_text.eq(fold(&format!("{} {}", checked.name, checked.city))),
            organisations::demonstration.eq(new.demonstration),
            organisations::created_at.eq(op.now),
        ))
        .returning(organisations::id)
        .get_result(op.conn)?;
    insert_member(op, id, account)?;
    op.record(Entry::new("organisation.add", format!("Organisme {} déclaré", checked.name)));
    Ok(id)
}

/// Changes what was declared. The identifiers of an organisation that has submitted a dossier stay as they are.
///
/// # Errors
/// [`Fault::Invalid`] as for [`add_organisation`]; [`Fault::Stale`] when another member saved since `version`.
pub fn change_organisation(
    op: &mut Operation<'_>,
    id: OrganisationId,
    version: i64,
    new: &NewOrganisation,
) -> Result<(), Fault> {
    let mut new = new.clone();
    if store::has_submitted(op.conn, id)? {
        let saved = store::organisation(op.conn, id)?;
        // A number may still be added: a SIRET is required before any payment.
        new.siret = saved.siret.unwrap_or(new.siret);
        new.rna = saved.rna.unwrap_or(new.rna);
    }
    let checked = check(op, &new, Some(id))?;
    let changed = diesel::update(
        organisations::table.filter(organisations::id.eq(id)).filter(organisations::version.eq(version)),
    )
    .set((
        organisations::name.eq(&checked.name),
        organisations::siret.eq(&checked.siret),
        organisations::rna.eq(&checked.rna),
        organisations::legal_form.eq(&checked.legal_form),
        organisations::street.eq(&checked.street),
        organisations::postal_code.eq(&checked.postal_code),
        organisations::city.eq(&checked.city),
        organisations::representative_name.eq(&checked.representative_name),
        organisations::representative_quality.eq(&checked.representative_quality),
        organisations::search_text.eq(fold(&format!("{} {}", checked.name, checked.city))),
        organisations::version.eq(organisations::version + 1),
    ))
    .execute(op.conn)?;
    if changed == 0 {
        return Err(Fault::Stale);
    }
    op.record(Entry::new("organisation.change", format!("Organisme {} modifié", checked.name)));
    Ok(())
}

/// Lets a person speak for the organisation that has this SIRET or RNA number.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown account; [`Fault::Invalid`] when no organisation has that number, or the person
/// speaks for it already.
pub fn attach_member(op: &mut Operation<'_>, account: AccountId, number: &str) -> Result<(), Fault> {
    store::person(op.conn, account)?;
    let number = parse_siret(number).or_else(|_| parse_rna(number)).ok();
    let found = match number {
        Some(number) => store::organisation_by_number(op.conn, &number)?,
        None => None,
    };
    let Some(organisation) = found else {
        return Err(Fault::invalid("number", "Aucun organisme n’est déclaré avec ce numéro SIRET ou RNA."));
    };
    if store::organisations_of(op.conn, account)?.iter().any(|o| o.id == organisation.id) {
        return Err(Fault::invalid("number", "Cette personne est déjà rattachée à cet organisme."));
    }
    insert_member(op, organisation.id, account)?;
    let summary = format!("Compte n° {account} rattaché à l’organisme {}", organisation.name);
    op.record(Entry::new("organisation.attach", summary));
    Ok(())
}

/// # Errors
/// [`Fault::NotFound`] when the person does not speak for that organisation.
pub fn detach_member(op: &mut Operation<'_>, account: AccountId, organisation: OrganisationId) -> Result<(), Fault> {
    let gone = diesel::delete(
        organisation_members::table
            .filter(organisation_members::organisation_id.eq(organisation))
            .filter(organisation_members::account_id.eq(account)),
    )
    .execute(op.conn)?;
    if gone == 0 {
        return Err(Fault::NotFound);
    }
    let summary = format!("Compte n° {account} détaché de l’organisme n° {organisation}");
    op.record(Entry::new("organisation.detach", summary));
    Ok(())
}

pub(super) fn insert_member(
    op: &mut Operation<'_>,
    organisation: OrganisationId,
    account: AccountId,
) -> Result<(), Fault> {
    diesel::insert_into(organisation_members::table)
        .values((
            organisation_members::organisation_id.eq(organisation),
            organisation_members::account_id.eq(account),
            organisation_members::joined_at.eq(op.now),
        ))
        .execute(op.conn)?;
    Ok(())
}

/// What is stored once every field is right.
struct Checked {
    name: String,
    siret: Option<String>,
    rna: Option<String>,
    legal_form: String,
    street: String,
    postal_code: String,
    city: String,
    representative_name: String,
    representative_quality: String,
}

fn check(op: &mut Operation<'_>, new: &NewOrganisation, own: Option<OrganisationId>) -> Result<Checked, Fault> {
    let mut mistakes = Mistakes::default();
    let name = mistakes.line("name", &new.name, 200, "Saisissez le nom de l’organisme.");
    let (siret, rna) = (clean_line(&new.siret), clean_line(&new.rna));
    if siret.is_empty() && rna.is_empty() {
        mistakes.add("siret", "Saisissez le numéro SIRET, ou à défaut le numéro RNA.");
    }
    let siret = if siret.is_empty() { None } else { mistakes.take("siret", parse_siret(&siret)) };
    let rna = if rna.is_empty() { None } else { mistakes.take("rna", parse_rna(&rna)) };
    if legal_form(&new.legal_form).is_none() {
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
    for (field, number) in [("siret", &siret), ("rna", &rna)] {
        let Some(number) = number else { continue };
        if store::organisation_by_number(op.conn, number)?.is_some_and(|known| Some(known.id) != own) {
            let contact = &op.settings.contact;
            mistakes.add(
                field,
                format!("Un organisme est déjà déclaré avec ce numéro. Écrivez à {contact} pour y être rattaché."),
            );
        }
    }
    mistakes.finish()?;
    let legal_form = new.legal_form.clone();
    Ok(Checked { name, siret, rna, legal_form, street, postal_code, city, representative_name, representative_quality })
}
