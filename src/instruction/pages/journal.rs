//! The trail of a dossier, for every agent who may read the dossier.

use serde::Serialize;

use super::Opened;
use crate::fault::Fault;
use crate::journal::{self, Audience};
use crate::web::{Answer, Visit};

/// Successive saves of drafts, the applicant's and the instructors': kept in the trail, too many to be read.
const DRAFTS: [&str; 7] = [
    "dossier.create",
    "dossier.reopen",
    "dossier.save",
    "dossier.attach",
    "dossier.detach",
    "review.save",
    "interests.repeat",
];

#[derive(Serialize)]
struct Item {
    when: String,
    iso: String,
    title: String,
    detail: String,
    who: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    items: Vec<Item>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let (opened, undeclared, entries) = visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        let undeclared = super::must_declare(conn, actor, &opened.view)?;
        Ok((opened, undeclared, journal::of_dossier(conn, id, Audience::Institutions)?))
    })?;
    if undeclared {
        return Ok(Answer::redirect(format!("{}/avis", opened.path())));
    }
    let zone = opened.call.zone();
    let items = entries
        .into_iter()
        .rev()
        .filter(|entry| !DRAFTS.contains(&entry.action.as_str()))
        .map(|entry| Item {
            when: entry.at.short(zone),
            iso: entry.at.iso(),
            title: entry.summary,
            detail: if entry.reason.is_empty() { String::new() } else { format!("Motif\u{A0}: {}", entry.reason) },
            who: entry.actor_name,
        })
        .collect();
    let view = View { title: opened.view.dossier.title.clone(), reference: opened.reference(), items };
    let title = format!("Journal du dossier {}", view.reference);
    Ok(opened.crumbs(Answer::page(title, "instruction/journal.html", &view)?.desk()))
}
