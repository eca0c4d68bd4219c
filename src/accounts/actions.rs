//! Operations of administrators on people, institutions and rights.

use diesel::prelude::*;

use super::password;
use crate::access::Role;
use crate::base::clock::Instant;
use crate::base::identifiers::{parse_rna, parse_siret};
use crate::base::ids::{AccountId, CallId, DelegationId, InstitutionId, OrganisationId};
use crate::base::money::Cents;
use crate::base::text::{clean_line, fold, fold_email, looks_like_email};
use crate::db::schema::{accounts, agents, call_roles, delegations, institutions, organisation_members, organisations};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub given_name: String,
    pub surname: String,
    /// Absent: the person chooses one through the password reset.
    pub password: Option<String>,
    pub administrator: bool,
}

/// Adds an account whose address the administrator vouches for.
///
/// # Errors
/// [`Fault::Invalid`] for a bad address, name or password, or an address already taken.
pub fn add_user(op: &mut Operation<'_>, user: &NewUser) -> Result<AccountId, Fault> {
    let mut mistakes = Mistakes::default();
    let email = fold_email(&user.email);
    if !looks_like_email(&email) {
        mistakes.add("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr.");
    } else if email_taken(op, &email)? {
        mistakes.add("email", "Un compte existe déjà avec cette adresse.");
    }
    let given_name = mistakes.line("given_name", &user.given_name, 80, "Saisissez le prénom.");
    let surname = mistakes.line("surname", &user.surname, 80, "Saisissez le nom.");
    if let Some(password) = &user.password {
        mistakes.take("password", password::check_strength(password, &email));
    }
    mistakes.finish()?;
    let hash = user.password.as_deref().map(password::hash).transpose()?;
    let id = diesel::insert_into(accounts::table)
        .values((
            accounts::email.eq(&email),
            accounts::given_name.eq(&given_name),
            accounts::surname.eq(&surname),
            accounts::password_hash.eq(hash),
            accounts::administrator.eq(user.administrator),
            accounts::confirmed_at.eq(Some(op.now)),
            accounts::search_text.eq(fold(&format!("{given_name} {surname} {email}"))),
            accounts::created_at.eq(op.now),
        ))
        .returning(accounts::id)
        .get_result(op.conn)?;
    op.record(Entry::new("account.add", format!("Compte ouvert pour {given_name} {surname}")));
    Ok(id)
}

pub(super) fn email_taken(op: &mut Operation<'_>, email: &str) -> Result<bool, Fault> {
    let found = accounts::table.filter(accounts::email.eq(email)).count().get_result::<i64>(op.conn)?;
    Ok(found > 0)
}

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

#[derive(Clone, Debug)]
pub struct NewDelegation {
    /// The authority in whose name the person signs.
    pub institution: InstitutionId,
    pub account: AccountId,
    pub quality: String,
    pub service: String,
    /// Reference of the delegation act, printed above the signature.
    pub reference: String,
    pub valid_from: Instant,
    pub valid_until: Option<Instant>,
    /// Largest amount the person may sign; absent: none set.
    pub ceiling: Option<Cents>,
}

/// Records a delegation of signature.
///
/// # Errors
/// [`Fault::Invalid`] for an empty field or an end before the start.
pub fn add_delegation(op: &mut Operation<'_>, new: &NewDelegation) -> Result<DelegationId, Fault> {
    let mut mistakes = Mistakes::default();
    let quality = mistakes.line("quality", &new.quality, 120, "Saisissez la qualité du signataire.");
    let service = mistakes.line("service", &new.service, 120, "Saisissez le service.");
    let reference = mistakes.line("reference", &new.reference, 200, "Saisissez la référence de la délégation.");
    if new.valid_until.is_some_and(|end| end <= new.valid_from) {
        mistakes.add("valid_until", "La fin de la délégation doit suivre son début.");
    }
    mistakes.finish()?;
    let id = diesel::insert_into(delegations::table)
        .values((
            delegations::institution_id.eq(new.institution),
            delegations::account_id.eq(new.account),
            delegations::quality.eq(&quality),
            delegations::service.eq(&service),
            delegations::reference.eq(&reference),
            delegations::valid_from.eq(new.valid_from),
            delegations::valid_until.eq(new.valid_until),
            delegations::ceiling_cents.eq(new.ceiling),
        ))
        .returning(delegations::id)
        .get_result(op.conn)?;
    op.record(Entry::new("delegation.add", format!("Délégation {reference} enregistrée")));
    Ok(id)
}

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
