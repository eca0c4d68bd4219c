//! Giving and taking back roles in a call.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Choice, by_field, chosen_institution, page};
use crate::access::Role;
use crate::accounts::{actions, store};
use crate::base::ids::AccountId;
use crate::calls;
use crate::calls::definition::reference::department_label;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct RoleOption {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct RoleForm {
    path: String,
    person_path: String,
    person: String,
    call: String,
    call_title: String,
    roles: Vec<RoleOption>,
    /// Empty when the person works nowhere yet: roles are held in the name of an institution.
    institutions: Vec<Choice>,
    seats: Vec<Choice>,
    departments: Vec<Choice>,
    errors: BTreeMap<String, String>,
    summary: Vec<FieldError>,
}

fn about(role: Role) -> &'static str {
    match role {
        Role::CallManager => "Vérifie les dossiers, les attribue, prépare le comité et suit l’appel.",
        Role::Instructor => "Note les dossiers qui lui sont attribués et donne un avis.",
        Role::Correspondent => "Donne l’avis de son département sur les dossiers qui le concernent.",
        Role::CommitteeMember => "Siège au comité de sélection et rend l’avis collectif.",
        Role::Signatory => "Signe les décisions, s’il détient une délégation.",
        Role::Funder => "Suit les enveloppes, enregistre les actes et les versements.",
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    if visit.query.text("appel").is_empty() {
        let account: AccountId = visit.param("account")?;
        let answer = Answer::redirect(format!("/administration/personnes/{account}"));
        return Ok(answer.flash_as("warning", "Choisissez d’abord l’appel dans lequel donner un rôle."));
    }
    show_with(visit, Vec::new())
}

fn show_with(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let account: AccountId = visit.param("account")?;
    let code = visit.form.get("appel").unwrap_or(visit.query.text("appel"));
    let chosen = |name| visit.form.text(name);
    let (person, call, agents) = visit.read(|conn| {
        Ok((store::person(conn, account)?, calls::by_code(conn, code)?, store::agents(conn, Some(account))?))
    })?;
    let person_path = format!("/administration/personnes/{account}");
    let institutions =
        agents.into_iter().map(|a| (a.institution.to_string(), format!("{} – {}", a.institution_name, a.quality)));
    let institutions: Vec<_> = institutions.collect();
    let institutions = match institutions.as_slice() {
        [] => Vec::new(),
        [only] => vec![Choice { value: only.0.clone(), label: only.1.clone(), selected: true }],
        _ => Choice::list("Choisissez", chosen("institution"), institutions),
    };
    let seats =
        call.definition.committee.seats.iter().map(|s| (s.code.clone(), format!("{} ({})", s.label, s.institution)));
    let departments = &call.definition.eligibility.departments;
    let departments = departments.iter().map(|code| (code.clone(), department_label(code)));
    let view = RoleForm {
        path: visit.path.clone(),
        person: person.name(),
        call: call.code.clone(),
        call_title: call.title.clone(),
        roles: Role::ALL
            .iter()
            .map(|role| RoleOption {
                value: role.code(),
                label: role.label(),
                hint: about(*role),
                checked: chosen("role") == role.code(),
            })
            .collect(),
        institutions,
        seats: Choice::list("Sans objet", chosen("seat"), seats),
        departments: Choice::list("Sans objet", chosen("department"), departments),
        errors: by_field(&summary),
        summary,
        person_path,
    };
    let answer = page("Donner un rôle", "administration/role.html", &view)?;
    Ok(answer.crumb("Personnes", "/administration/personnes").crumb(view.person.clone(), view.person_path.clone()))
}

pub(super) fn grant(visit: &Visit) -> Result<Answer, Fault> {
    let account: AccountId = visit.param("account")?;
    let mut mistakes = Mistakes::default();
    let role = Role::from_code(visit.form.text("role"));
    if role.is_none() {
        mistakes.add("role", "Choisissez un rôle.");
    }
    let institution = chosen_institution(visit, "institution").ok();
    if institution.is_none() {
        mistakes.add("institution", "Choisissez l’institution au nom de laquelle ce rôle est exercé.");
    }
    let (Some(role), Some(institution)) = (role, institution) else {
        return visit.with_mistakes(Fault::Invalid(mistakes.into_vec()), show_with);
    };
    let seat = Some(visit.form.text("seat")).filter(|seat| !seat.is_empty());
    let done = visit.perform(|op| {
        let call = calls::by_code(op.conn, visit.form.text("appel"))?.id;
        match role {
            Role::Correspondent => {
                actions::grant_correspondent(op, call, account, institution, visit.form.text("department"))
            }
            _ => actions::grant_role(op, call, account, institution, role, seat),
        }
    });
    match done {
        Ok(()) => {
            let said = format!("Le rôle «\u{202F}{role}\u{202F}» est donné.");
            Ok(Answer::redirect(format!("/administration/personnes/{account}")).flash(said))
        }
        Err(fault) => visit.with_mistakes(fault, show_with),
    }
}

pub(super) fn revoke(visit: &Visit) -> Result<Answer, Fault> {
    let (account, held): (AccountId, i64) = (visit.param("account")?, visit.param("role")?);
    visit.perform(|op| actions::revoke_role(op, account, held))?;
    Ok(Answer::redirect(format!("/administration/personnes/{account}"))
        .flash("Le rôle est retiré, avec effet immédiat."))
}
