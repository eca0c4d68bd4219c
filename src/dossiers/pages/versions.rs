//! The versions of a dossier and what changed between them, for its applicant and for agents.

use serde::Serialize;

use crate::access::Role;
use crate::base::ids::DossierId;
use crate::calls::{self, Call};
use crate::dossiers::sight::{self, for_staff as staff_sight};
use crate::dossiers::store::{Dossier, Version};
use crate::dossiers::versions::{Difference, differences, versions};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct VersionView {
    heading: String,
    at: String,
    iso: String,
    sha256: String,
    /// Against the version before; the first one has none.
    compared: bool,
    caption: String,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    back: String,
    versions: Vec<VersionView>,
}

pub(super) fn for_applicant(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (dossier, call, all) = visit.read(|conn| {
        let dossier = sight::for_applicant(conn, actor, id)?;
        Ok((dossier, calls::of_dossier(conn, id)?, versions(conn, id)?))
    })?;
    if all.is_empty() {
        return Err(Fault::NotFound);
    }
    let back = super::path(id);
    let answer = page(&dossier, &call, &all, back.clone())?;
    Ok(answer.crumb("Mes dossiers", "/mes-dossiers").crumb(dossier.title_or_untitled(), back))
}

pub(super) fn for_staff(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let back = format!("/dossiers/{id}");
    let (view, call, all, declared) = visit.read(|conn| {
        let view = staff_sight(conn, actor, id)?;
        // The role that opened the door may be held in another call.
        if !super::READERS.iter().any(|role| view.through(*role)) {
            return Err(Fault::NotFound);
        }
        // Whoever judges declares their interests before reading anything.
        let only_judges = view.roles.iter().all(|role| matches!(role, Role::Instructor | Role::Correspondent));
        let declared = !only_judges || sight::has_declared(conn, actor, id)?;
        Ok((view, calls::of_dossier(conn, id)?, versions(conn, id)?, declared))
    })?;
    if !declared {
        return Ok(Answer::redirect(format!("{back}/avis")));
    }
    let reference = view.dossier.reference_or_draft();
    Ok(page(&view.dossier, &call, &all, back.clone())?.desk().crumb(reference, back))
}

fn page(dossier: &Dossier, call: &Call, all: &[Version], back: String) -> Result<Answer, Fault> {
    let mut shown: Vec<VersionView> = Vec::new();
    for (place, version) in all.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|i| all.get(i));
        shown.push(VersionView {
            heading: format!("Version {}", version.number),
            at: version.submitted_at.long(call.zone()),
            iso: version.submitted_at.iso(),
            sha256: version.sha256.clone(),
            compared: before.is_some(),
            caption: before.map_or(String::new(), |before| {
                format!("Différences entre la version {} et la version {}", before.number, version.number)
            }),
            differences: before
                .map_or(Vec::new(), |before| differences(&call.definition, &before.content, &version.content)),
        });
    }
    shown.reverse();
    let view = View {
        title: dossier.title_or_untitled().to_owned(),
        reference: dossier.reference_or_draft(),
        back,
        versions: shown,
    };
    Answer::page(format!("Versions – {}", view.reference), "dossiers/versions.html", &view)
}
