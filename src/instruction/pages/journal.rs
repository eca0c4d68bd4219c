//! The trail of a dossier, for every agent who may read the dossier.

use serde::Serialize;

use super::Opened;
use super::review_view::{Change, changes};
use crate::access::Actor;
use crate::db::Conn;
use crate::fault::Fault;
use crate::instruction::{ReviewSight, store};
use crate::journal::{self, Audience};
use crate::web::{Answer, Visit};

/// Successive saves of drafts, the applicant's and the instructors': kept in the trail, too many to be read.
const DRAFTS: [&str; 8] = [
    "dossier.create",
    "dossier.reopen",
    "dossier.save",
    "dossier.attach",
    "dossier.detach",
    "review.save",
    "territory.save",
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
    revisions: Vec<Revision>,
}

/// What changed in a review between two submissions.
#[derive(Serialize)]
struct Revision {
    title: String,
    reason: String,
    changes: Vec<Change>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    let (opened, undeclared, entries, revisions) = visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        let undeclared = super::must_declare(conn, actor, &opened.view)?;
        let revisions = revisions(conn, actor, &opened)?;
        Ok((opened, undeclared, journal::of_dossier(conn, id, Audience::Institutions)?, revisions))
    })?;
    if undeclared {
        return Ok(Answer::redirect(super::declaration_path(actor, &opened)));
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
    let view = View { title: opened.view.dossier.title.clone(), reference: opened.reference(), items, revisions };
    let title = format!("Journal du dossier {}", view.reference);
    Ok(opened.crumbs(Answer::page(title, "instruction/journal.html", &view)?.desk()))
}

/// Reviews submitted again after being reopened, for who may read reviews; none of somebody recused since.
fn revisions(conn: &mut Conn, actor: &Actor, opened: &Opened) -> Result<Vec<Revision>, Fault> {
    let dossier = opened.view.dossier.id;
    if !ReviewSight::load(conn, actor, &opened.call, &[dossier])?.shows(&opened.view) {
        return Ok(Vec::new());
    }
    let recused = store::recused_from(conn, dossier)?;
    let mut submissions = store::submissions_of(conn, dossier)?;
    submissions.retain(|s| !recused.contains(&s.author));
    let authors: Vec<_> = submissions.iter().map(|s| s.author).collect();
    let names = store::names(conn, &authors)?;
    let definition = &opened.call.definition;
    let criteria = definition.criteria_for_axes(&opened.axes());
    let zone = opened.call.zone();
    let pairs =
        submissions.iter().zip(submissions.iter().skip(1)).filter(|(before, after)| before.review == after.review);
    Ok(pairs
        .map(|(before, after)| Revision {
            title: format!(
                "Avis de {}, rendu le {} puis le {}",
                names.get(&after.author).map_or("", String::as_str),
                before.submitted_at.short(zone),
                after.submitted_at.short(zone),
            ),
            reason: before.reopened.as_ref().map_or(String::new(), |(_, reason)| reason.clone()),
            changes: changes(definition, &criteria, &before.input, &after.input),
        })
        .collect())
}
