//! A review read again, submitted for good, then shown with the others.

use serde::Serialize;

use super::{OwnDesk, already_submitted, form_page, own_desk};
use crate::calls::definition::ReviewsVisible;
use crate::fault::Fault;
use crate::instruction::pages::desk;
use crate::instruction::pages::path;
use crate::instruction::pages::review_view::{Sheet, TypedReview, sheet, sheets};
use crate::instruction::store;
use crate::instruction::{ReviewSight, actions, rules};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct CheckView {
    title: String,
    reference: String,
    applicant: String,
    sheet: Sheet,
    version: i64,
    action: String,
    form_href: String,
    visible: &'static str,
}

/// The review as it will be submitted; back to the grid while something is missing.
pub(in crate::instruction::pages) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let desk = own_desk(visit)?;
    let opened = &desk.opened;
    if desk.is_submitted() {
        return Ok(already_submitted(&desk));
    }
    let Some(review) = desk.review.as_ref().filter(|_| desk.declared) else {
        return Ok(Answer::redirect(desk.path()));
    };
    let criteria = opened.call.definition.criteria_for_axes(&opened.axes());
    if let Err(Fault::Invalid(mistakes)) =
        rules::check_submission(&opened.call.definition, &criteria, &review.input, &opened.asked())
    {
        let typed = TypedReview::saved(Some(review));
        return Ok(form_page(visit, &desk, &typed, mistakes, Vec::new())?.status(422));
    }
    let view = CheckView {
        title: opened.view.dossier.title.clone(),
        reference: opened.reference(),
        applicant: opened.version.content.applicant.name.clone(),
        sheet: visit.read(|conn| sheet(conn, &opened.call, review))?,
        version: review.version,
        action: format!("{}/rendre{}", desk.path(), desk::Filter::read(&visit.query).query()),
        form_href: desk.here(visit),
        visible: match opened.call.definition.instruction.reviews_visible {
            ReviewsVisible::AfterOwn => {
                "Il devient lisible pour les autres instructeurs de ce dossier qui ont rendu le leur, pour le gestionnaire de l’appel et pour le comité."
            }
            ReviewsVisible::AfterAll => {
                "Il devient lisible pour le gestionnaire de l’appel et le comité, et pour les autres instructeurs de ce dossier quand tous les avis seront rendus."
            }
            ReviewsVisible::Always => {
                "Il devient lisible pour les autres instructeurs de ce dossier, pour le gestionnaire de l’appel et pour le comité."
            }
        },
    };
    let title = format!("Vérifier l’avis – {}", view.reference);
    Ok(desk.crumbs(Answer::page(title, "instruction/check.html", &view)?.crumb(&view.reference, desk.path())))
}

pub(in crate::instruction::pages) fn submit(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let desk = own_desk(visit)?;
    if desk.is_submitted() {
        return Ok(already_submitted(&desk));
    }
    let id = desk.opened.view.dossier.id;
    let read = visit.form.text("version").parse().unwrap_or(0);
    match visit.perform(|op| actions::submit_review(op, actor, id, read)) {
        Ok(()) => Ok(Answer::redirect(desk.here(visit)).flash("Votre avis est rendu.")),
        Err(Fault::Stale) => Ok(Answer::redirect(format!("{}/verifier", desk.path())).flash_as(
            "warning",
            "Votre brouillon a changé depuis que vous l’avez vérifié\u{A0}: relisez-le avant de le rendre.",
        )),
        Err(fault) => {
            let typed = TypedReview::saved(desk.review.as_ref());
            visit.with_mistakes(fault, |visit, mistakes| form_page(visit, &desk, &typed, mistakes, Vec::new()))
        }
    }
}

#[derive(Serialize)]
struct SubmittedView {
    title: String,
    reference: String,
    waiting: String,
    own: Vec<Sheet>,
    others: Vec<Sheet>,
    progress: String,
    next: String,
    list_href: String,
    reading_href: String,
}

/// One's own review, and now the others'.
pub(super) fn submitted_page(visit: &Visit, desk: &OwnDesk) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let opened = &desk.opened;
    let id = opened.view.dossier.id;
    let (all, own, waiting, tasks) = visit.read(|conn| {
        let shows = ReviewSight::load(conn, actor, &opened.call, &[id])?.shows(&opened.view);
        let own = desk.review.as_ref().map(|review| sheet(conn, &opened.call, review)).transpose()?;
        let waiting = store::assignments_of(conn, id)?.iter().filter(|a| a.is_due() && a.account != actor.id).count();
        let all = if shows { sheets(conn, opened)? } else { Vec::new() };
        Ok((all, own, waiting, desk::tasks(conn, actor)?))
    })?;
    let filter = desk::Filter::read(&visit.query);
    let own_id = desk.review.as_ref().map_or(0, |r| r.id.0);
    let view = SubmittedView {
        title: opened.view.dossier.title.clone(),
        reference: opened.reference(),
        waiting: match waiting {
            0 => String::new(),
            _ if opened.call.definition.instruction.reviews_visible == ReviewsVisible::AfterAll => {
                "Les autres avis se liront ici quand tous seront rendus.".to_owned()
            }
            1 => "Un autre avis est encore attendu sur ce dossier.".to_owned(),
            n => format!("{n} autres avis sont encore attendus sur ce dossier."),
        },
        own: own.into_iter().collect(),
        others: all.into_iter().filter(|sheet| !sheet.is(own_id)).collect(),
        progress: desk::progress(&tasks, visit.now),
        next: tasks
            .iter()
            .find(|t| t.assignment.is_due() && filter.keeps(t, visit.now))
            .map_or(String::new(), |t| format!("{}/avis{}", path(t.dossier.id), filter.query())),
        list_href: format!("/instruction{}", filter.query()),
        reading_href: opened.path(),
    };
    let title = format!("Avis rendu – {}", view.reference);
    Ok(desk.crumbs(Answer::page(title, "instruction/submitted.html", &view)?))
}
