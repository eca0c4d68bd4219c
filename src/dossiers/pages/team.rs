//! Who writes a dossier: members of its organisation, people invited, and the form that invites.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::ids::{DossierId, EditorId};
use crate::calls;
use crate::dossiers::actions;
use crate::dossiers::drafts;
use crate::dossiers::editors::{self, Editor};
use crate::dossiers::sight::for_applicant;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct MemberView {
    name: String,
    email: String,
    detail: &'static str,
}

#[derive(Serialize)]
struct EditorView {
    id: EditorId,
    name: String,
    email: String,
    status: &'static str,
    tone: &'static str,
    detail: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    organisation: String,
    path: String,
    members: Vec<MemberView>,
    editors: Vec<EditorView>,
    /// Whether this person may invite and remove.
    manages: bool,
    email: String,
    summary: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, summary: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (dossier, call, organisation, members, invited) = visit.read(|conn| {
        let dossier = for_applicant(conn, actor, id)?;
        let organisation = drafts::applicant(conn, dossier.organisation)?.name;
        let members = editors::members(conn, dossier.organisation)?;
        Ok((dossier, calls::of_dossier(conn, id)?, organisation, members, editors::of_dossier(conn, id)?))
    })?;
    let member = actor.belongs_to(dossier.organisation);
    let row = |editor: Editor| {
        let (status, tone, detail) = match editor.accepted_at {
            Some(at) => ("Écrit le dossier", "success", format!("Depuis le {}", at.short(call.zone()))),
            None if editor.is_open(visit.now) => {
                ("Invitation envoyée", "info", format!("Le {}", editor.invited_at.short(call.zone())))
            }
            None => ("Invitation expirée", "warning", "Invitez de nouveau cette adresse.".to_owned()),
        };
        EditorView { id: editor.id, name: editor.name, email: editor.email, status, tone, detail }
    };
    let path = super::path(id);
    let view = View {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        organisation,
        path: path.clone(),
        members: members
            .into_iter()
            .map(|(account, name, email)| MemberView {
                name,
                email,
                detail: if account == actor.id { "vous" } else { "" },
            })
            .collect(),
        editors: invited.into_iter().map(row).collect(),
        manages: member && !dossier.state.is_notified(),
        email: visit.form.text("email").to_owned(),
        errors: super::by_field(&summary),
        summary,
    };
    let answer = Answer::page("Qui écrit ce dossier", "dossiers/team.html", &view)?;
    Ok(answer.crumb("Mes dossiers", "/mes-dossiers").crumb(dossier.title_or_untitled(), path))
}

pub(super) fn invite(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let email = visit.form.text("email");
    visit.site.throttle.attempt("invitation", &actor.id.to_string(), visit.address)?;
    match visit.perform(|op| actions::invite(op, actor, id, email)) {
        Ok(()) => Ok(Answer::redirect(format!("{}/equipe", super::path(id)))
            .flash(format!("L’invitation est envoyée à {}.", email.trim()))),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub(super) fn remove(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let editor: EditorId = visit.form.text("editor").parse().map_err(|_| Fault::NotFound)?;
    let back = Answer::redirect(format!("{}/equipe", super::path(id)));
    match visit.perform(|op| actions::remove_editor(op, actor, id, editor)) {
        Ok(()) => Ok(back.flash("Cette personne n’écrit plus le dossier.")),
        // Removed already, by a first click.
        Err(Fault::NotFound) => {
            visit.read(|conn| for_applicant(conn, actor, id))?;
            Ok(back)
        }
        Err(other) => Err(other),
    }
}
