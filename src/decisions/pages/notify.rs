//! Sending the letter of one dossier.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shared::{crumbs, outcome_label};
use super::store;
use crate::access::{Actor, Role};
use crate::base::clock::parse_date;
use crate::base::ids::DossierId;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::actions::{self, Delivery};
use crate::decisions::model::{Decision, Letter};
use crate::dossiers::{self, StaffView};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct ConfirmView {
    reference: String,
    title: String,
    organisation: String,
    number: String,
    kind: &'static str,
    outcome: String,
    tone: &'static str,
    electronic: bool,
    recipients: Vec<String>,
    letter_href: String,
    posted_on: String,
    errors: Vec<FieldError>,
    error_of: BTreeMap<String, String>,
    action: String,
    back: String,
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    confirm_with(visit, Vec::new())
}

/// The dossier, its waiting letter and what it carries.
type Waiting = (StaffView, Call, Option<(Letter, Vec<Decision>)>);

fn to_notify(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Waiting, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(conn, dossier)?;
    let letter = match store::waiting_of(conn, dossier)? {
        Some(letter) => {
            let decisions = store::of_letter(conn, letter.id)?;
            Some((letter, decisions))
        }
        None => None,
    };
    Ok((view, call, letter))
}

fn confirm_with(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let (view, call, letter) = visit.read(|conn| to_notify(conn, actor, dossier))?;
    let Some((letter, decisions)) = letter else { return nothing_waits(visit, dossier) };
    let decision = decisions.first().ok_or(Fault::NotFound)?;
    let page = visit.read(|conn| {
        let content = dossiers::version_by_id(conn, decision.version)?.content;
        let recipients = actions::recipients(conn, view.dossier.organisation, &content, letter.electronic)?;
        let typed = visit.form.text("posted_on");
        Ok(ConfirmView {
            reference: view.dossier.reference_or_draft(),
            title: view.dossier.title_or_untitled().to_owned(),
            organisation: content.applicant.name.clone(),
            number: letter.number.clone(),
            kind: letter.kind.label(),
            outcome: outcome_label(decision.outcome, decision.rank),
            tone: decision.outcome.tone(),
            electronic: letter.electronic,
            recipients: recipients.into_iter().map(|(email, name)| format!("{name} ({email})")).collect(),
            letter_href: format!("/dossiers/{dossier}/courriers/{}", letter.id),
            posted_on: if typed.is_empty() && errors.is_empty() {
                visit.now.in_zone(call.zone()).strftime("%d/%m/%Y").to_string()
            } else {
                typed.to_owned()
            },
            error_of: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
            errors,
            action: format!("/dossiers/{dossier}/notifier"),
            back: format!("/appels/{}/decisions?etape=notifier", call.code),
        })
    })?;
    let answer = Answer::page(format!("Notifier {}", page.number), "decisions/notify.html", &page)?.desk();
    Ok(crumbs(answer, &call, &page.reference, dossier, "Notifier"))
}

/// A second click, or a page opened before somebody else sent the letter.
fn nothing_waits(visit: &Visit, dossier: DossierId) -> Result<Answer, Fault> {
    match visit.read(|conn| store::last_notified(conn, dossier))? {
        Some(letter) => Ok(Answer::redirect(format!("/dossiers/{dossier}/decision"))
            .flash_as("info", format!("La lettre {} est déjà notifiée.", letter.number))),
        None => Err(Fault::refused("Aucune lettre n’attend d’être notifiée pour ce dossier.")),
    }
}

pub(super) fn one(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let (_, call, letter) = visit.read(|conn| to_notify(conn, actor, dossier))?;
    if letter.is_none() {
        return nothing_waits(visit, dossier);
    }
    let sent = delivery(visit).and_then(|how| visit.perform(|op| actions::notify(op, actor, dossier, how)));
    match sent {
        Ok(letter) => Ok(Answer::redirect(format!("/appels/{}/decisions?etape=notifier", call.code))
            .flash(format!("La lettre {} est notifiée.", letter.number))),
        Err(Fault::Stale | Fault::Refused(_)) => nothing_waits(visit, dossier),
        Err(fault) => visit.with_mistakes(fault, confirm_with),
    }
}

/// The form has a posting day only where a letter is to be posted.
fn delivery(visit: &Visit) -> Result<Delivery, Fault> {
    match visit.form.get("posted_on") {
        None => Ok(Delivery::Electronic),
        Some(text) => parse_date(text)
            .map(Delivery::Posted)
            .ok_or_else(|| Fault::invalid("posted_on", "Saisissez la date d’envoi, par exemple 31/01/2022.")),
    }
}
