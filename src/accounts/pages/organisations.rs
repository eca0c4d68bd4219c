//! Declaring an organisation and keeping what is known of it up to date.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sign_in::own;
use super::{Choice, by_field};
use crate::accounts::actions::{self, NewOrganisation};
use crate::accounts::store::{self, Organisation};
use crate::base::clock::PARIS;
use crate::base::identifiers::show_siret;
use crate::base::ids::OrganisationId;
use crate::calls::definition::reference::legal_forms;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Form, Visit};

/// Fields and how they are called on the page.
const FIELDS: [(&str, &str); 9] = [
    ("name", "Nom de l’organisme"),
    ("siret", "Numéro SIRET"),
    ("rna", "Numéro RNA"),
    ("legal_form", "Forme juridique"),
    ("street", "Numéro et voie"),
    ("postal_code", "Code postal"),
    ("city", "Commune"),
    ("representative_name", "Nom du représentant légal"),
    ("representative_quality", "Qualité du représentant légal"),
];

pub(super) fn show_new(visit: &Visit) -> Result<Answer, Fault> {
    new_page(visit, Vec::new())
}

#[derive(Serialize)]
struct Conflict {
    label: &'static str,
    saved: String,
}

/// An invitation that waits for an answer.
#[derive(Serialize)]
struct Waiting {
    email: String,
    until: String,
    cancel: String,
}

#[derive(Serialize)]
struct OrganisationForm {
    title: String,
    path: String,
    back: String,
    submit: &'static str,
    /// Empty while the organisation is being declared.
    version: String,
    values: BTreeMap<&'static str, String>,
    legal_forms: Vec<Choice>,
    /// Whether SIRET and RNA may no longer change.
    /// Numbers under which a dossier was submitted.
    siret_fixed: bool,
    rna_fixed: bool,
    members: Vec<String>,
    invitations: Vec<Waiting>,
    invited: String,
    conflicts: Vec<Conflict>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

fn typed(form: &Form) -> BTreeMap<&'static str, String> {
    FIELDS.iter().map(|(name, _)| (*name, form.text(name).to_owned())).collect()
}

fn saved(organisation: &Organisation) -> BTreeMap<&'static str, String> {
    let siret = organisation.siret.as_deref().map(show_siret).unwrap_or_default();
    BTreeMap::from([
        ("name", organisation.name.clone()),
        ("siret", siret),
        ("rna", organisation.rna.clone().unwrap_or_default()),
        ("legal_form", organisation.legal_form.clone()),
        ("street", organisation.street.clone()),
        ("postal_code", organisation.postal_code.clone()),
        ("city", organisation.city.clone()),
        ("representative_name", organisation.representative_name.clone()),
        ("representative_quality", organisation.representative_quality.clone()),
    ])
}

fn form_options(chosen: &str) -> Vec<Choice> {
    Choice::list("Choisissez", chosen, legal_forms().iter().map(|f| (f.code.clone(), f.label.clone())))
}

fn read(form: &Form) -> NewOrganisation {
    let text = |name| form.text(name).to_owned();
    NewOrganisation {
        name: text("name"),
        siret: text("siret"),
        rna: text("rna"),
        legal_form: text("legal_form"),
        street: text("street"),
        postal_code: text("postal_code"),
        city: text("city"),
        representative_name: text("representative_name"),
        representative_quality: text("representative_quality"),
        demonstration: false,
    }
}

fn new_page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let back = visit.form.get("retour").unwrap_or(visit.query.text("retour"));
    let values = typed(&visit.form);
    let view = OrganisationForm {
        title: "Déclarer votre organisme".to_owned(),
        path: visit.path.clone(),
        back: own(back),
        submit: "Déclarer l’organisme",
        version: String::new(),
        legal_forms: form_options(&values["legal_form"]),
        values,
        siret_fixed: false,
        rna_fixed: false,
        members: Vec::new(),
        invitations: Vec::new(),
        invited: String::new(),
        conflicts: Vec::new(),
        errors: by_field(&summary),
        summary,
    };
    Ok(Answer::page(view.title.clone(), "accounts/organisation.html", &view)?.crumb("Votre profil", "/profil"))
}

pub(super) fn add(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    match visit.perform(|op| actions::add_organisation(op, actor.id, &read(&visit.form))) {
        Ok(id) => {
            let back = own(visit.form.text("retour"));
            let to = if back.is_empty() { format!("/organisations/{id}") } else { back };
            Ok(Answer::redirect(to).flash("Votre organisme est déclaré."))
        }
        Err(fault) => visit.with_mistakes(fault, new_page),
    }
}

/// The organisation named in the address, if the visitor speaks for it.
pub(super) fn member_of(visit: &Visit) -> Result<OrganisationId, Fault> {
    let id = visit.param("organisation")?;
    if visit.actor()?.belongs_to(id) { Ok(id) } else { Err(Fault::NotFound) }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new(), false)
}

/// The page again, with the mistakes of the invitation form.
pub(super) fn page_with(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    page(visit, summary, false)
}

fn page(visit: &Visit, summary: Vec<FieldError>, conflict: bool) -> Result<Answer, Fault> {
    let id = member_of(visit)?;
    let (organisation, submitted, members, invitations) = visit.read(|conn| {
        Ok((
            store::organisation(conn, id)?,
            store::has_submitted(conn, id)?,
            store::members(conn, id)?,
            store::invitations(conn, id, visit.now)?,
        ))
    })?;
    let saved = saved(&organisation);
    // The invitation form of the same page carries no field of the organisation.
    let unsent = visit.form.get("name").is_none();
    let mut values = if unsent { saved.clone() } else { typed(&visit.form) };
    let fixed = |name: &str| submitted && !saved[name].is_empty();
    for name in ["siret", "rna"] {
        if fixed(name) {
            values.insert(name, saved[name].clone());
        }
    }
    let (siret_fixed, rna_fixed) = (fixed("siret"), fixed("rna"));
    let conflicts = FIELDS.iter().filter(|(name, _)| conflict && values[name] != saved[name]);
    let conflicts = conflicts.map(|(name, label)| Conflict { label, saved: shown(name, &saved[name]) }).collect();
    // After a conflict the form carries the saved version: the person has now seen it.
    let version =
        if conflict || unsent { organisation.version.to_string() } else { visit.form.text("version").to_owned() };
    let view = OrganisationForm {
        title: organisation.name.clone(),
        path: format!("/organisations/{id}"),
        back: String::new(),
        submit: "Enregistrer les modifications",
        version,
        legal_forms: form_options(&values["legal_form"]),
        values,
        siret_fixed,
        rna_fixed,
        members: members.into_iter().map(|(given_name, surname)| format!("{given_name} {surname}")).collect(),
        invitations: invitations
            .into_iter()
            .map(|i| Waiting {
                until: i.expires_at.date(PARIS),
                cancel: format!("/organisations/{id}/invitations/{}/annuler", i.id),
                email: i.email,
            })
            .collect(),
        invited: visit.form.text("email").to_owned(),
        conflicts,
        errors: by_field(&summary),
        summary,
    };
    Ok(Answer::page(view.title.clone(), "accounts/organisation.html", &view)?.crumb("Votre profil", "/profil"))
}

/// A saved value in words: a legal form by its label.
fn shown(name: &str, value: &str) -> String {
    let label = legal_forms().iter().find(|f| name == "legal_form" && f.code == value).map(|f| f.label.clone());
    label.unwrap_or_else(|| value.to_owned())
}

pub(super) fn change(visit: &Visit) -> Result<Answer, Fault> {
    let id = member_of(visit)?;
    let version = visit.form.text("version").parse().map_err(|_| Fault::Stale)?;
    match visit.perform(|op| actions::change_organisation(op, id, version, &read(&visit.form))) {
        Ok(()) => Ok(Answer::redirect(visit.path.clone()).flash("Les modifications sont enregistrées.")),
        Err(Fault::Stale) => Ok(page(visit, Vec::new(), true)?.status(409)),
        Err(fault) => visit.with_mistakes(fault, |visit, errors| page(visit, errors, false)),
    }
}
