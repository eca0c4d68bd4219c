//! Rectifying a notified letter by a new act that names it.

use serde::Serialize;

use super::shared::crumbs;
use crate::base::ids::DossierId;
use crate::decisions::actions::{self, Rectifiable};
use crate::decisions::rules::MAX_TEXT;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct CorrectView {
    reference: String,
    title: String,
    number: String,
    notified: String,
    letter_href: String,
    signing_as: String,
    /// The form, or what is about to be signed.
    checking: bool,
    reason: String,
    max_text: usize,
    errors: Vec<FieldError>,
    error: String,
    action: String,
    back: String,
}

fn found(visit: &Visit) -> Result<Rectifiable, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    visit.read(|conn| actions::rectifiable(conn, actor, dossier))
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, &found(visit)?, false, Vec::new())
}

pub(super) fn post(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let found = match found(visit) {
        // A second click: the first one signed, its letter waits.
        Err(Fault::Refused(reason)) => {
            return Ok(Answer::redirect(format!("/dossiers/{dossier}/decision")).flash_as("info", reason));
        }
        other => other?,
    };
    let reason = visit.form.text("reason");
    let read = match visit.form.text("action") {
        "edit" => return page(visit, &found, false, Vec::new()),
        "sign" => {
            let actor = visit.actor()?;
            visit.perform(|op| actions::correct(op, actor, dossier, reason)).map(Some)
        }
        _ => actions::read_correction(reason).map(|_| None),
    };
    match read {
        Ok(Some(decision)) => Ok(Answer::redirect(format!("/dossiers/{dossier}/decision")).flash(format!(
            "La décision {} est signée. Sa lettre remplacera {} à la notification.",
            decision.number, found.letter.number
        ))),
        Ok(None) => page(visit, &found, true, Vec::new()),
        Err(fault) => visit.with_mistakes(fault, |visit, errors| page(visit, &found, false, errors)),
    }
}

fn page(visit: &Visit, found: &Rectifiable, checking: bool, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let delegation = visit.read(|conn| actions::correction_delegation(conn, actor, found, visit.now))?;
    let id = found.dossier.id;
    let view = CorrectView {
        reference: found.dossier.reference_or_draft(),
        title: found.dossier.title_or_untitled().to_owned(),
        number: found.letter.number.clone(),
        notified: found.letter.notified_at.map(|at| at.date(found.call.zone())).unwrap_or_default(),
        letter_href: format!("/dossiers/{id}/courriers/{}", found.letter.id),
        signing_as: format!("{}, {}", delegation.quality, delegation.reference),
        checking,
        reason: visit.form.text("reason").to_owned(),
        max_text: MAX_TEXT,
        error: errors.first().map(|e| e.message.clone()).unwrap_or_default(),
        errors,
        action: format!("/dossiers/{id}/rectification"),
        back: format!("/dossiers/{id}/decision"),
    };
    let title = format!("Rectifier un courrier – {}", view.reference);
    let answer = Answer::page(title, "decisions/correct.html", &view)?.desk();
    Ok(crumbs(answer, &found.call, &view.reference, id, "Rectifier"))
}
