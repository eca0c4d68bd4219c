//! Sending what was signed, one decision or all those that may leave electronically.

use serde::Serialize;

use super::{is_to_notify, outcome_label, store};
use crate::access::{Actor, Role};
use crate::base::clock::parse_date;
use crate::base::ids::DossierId;
use crate::base::text::count;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::Decision;
use crate::decisions::actions::{self, Delivery};
use crate::dossiers::{self, Dossier, Event, StaffView};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct ConfirmView {
    reference: String,
    title: String,
    organisation: String,
    number: String,
    outcome: String,
    tone: &'static str,
    electronic: bool,
    recipients: Vec<String>,
    letter_href: String,
    posted_on: String,
    errors: Vec<FieldError>,
    error_of: std::collections::BTreeMap<String, String>,
    action: String,
    back: String,
}

pub(super) fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    confirm_with(visit, Vec::new())
}

fn to_notify(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<(StaffView, Call, Option<Decision>), Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(conn, dossier)?;
    let decision = store::of_dossier(conn, dossier)?;
    Ok((view, call, decision))
}

fn confirm_with(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let (view, call, decision) = visit.read(|conn| to_notify(conn, actor, dossier))?;
    let decision = decision.ok_or(Fault::NotFound)?;
    if decision.notified_at.is_some() {
        return Ok(already_notified(dossier, &decision));
    }
    dossiers::rules::transition(view.dossier.state, Event::Notify, &call.definition.stages)
        .map_err(|refusal| Fault::refused(refusal.to_string()))?;
    let zone = call.zone();
    let page = visit.read(|conn| {
        let content = dossiers::version_by_id(conn, decision.version)?.content;
        let electronic = content.electronic_notification;
        let recipients = actions::recipients(conn, view.dossier.organisation, &content, electronic)?;
        let typed = visit.form.text("posted_on");
        Ok(ConfirmView {
            reference: view.dossier.reference_or_draft(),
            title: view.dossier.title_or_untitled().to_owned(),
            organisation: content.applicant.name.clone(),
            number: decision.number.clone(),
            outcome: outcome_label(decision.outcome, decision.rank),
            tone: decision.outcome.tone(),
            electronic,
            recipients: recipients.into_iter().map(|(email, name)| format!("{name} ({email})")).collect(),
            letter_href: format!("/dossiers/{dossier}/courrier"),
            posted_on: if typed.is_empty() {
                visit.now.in_zone(zone).strftime("%d/%m/%Y").to_string()
            } else {
                typed.to_owned()
            },
            error_of: errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
            errors,
            action: format!("/dossiers/{dossier}/notifier"),
            back: format!("/appels/{}/decisions", call.code),
        })
    })?;
    let title = format!("Notifier la décision {}", page.number);
    Ok(Answer::page(title, "decisions/notify.html", &page)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code))
        .crumb("Décisions", format!("/appels/{}/decisions", call.code))
        .crumb(&page.number, ""))
}

fn already_notified(dossier: DossierId, decision: &Decision) -> Answer {
    Answer::redirect(format!("/dossiers/{dossier}/decision"))
        .flash_as("info", format!("La décision {} est déjà notifiée.", decision.number))
}

pub(super) fn one(visit: &Visit) -> Result<Answer, Fault> {
    let dossier: DossierId = visit.param("dossier")?;
    let actor = visit.actor()?;
    let (_, call, decision) = visit.read(|conn| to_notify(conn, actor, dossier))?;
    if let Some(decision) = decision.filter(|d| d.notified_at.is_some()) {
        return Ok(already_notified(dossier, &decision));
    }
    let sent = delivery(visit).and_then(|how| visit.perform(|op| actions::notify(op, actor, dossier, how)));
    match sent {
        Ok(decision) => Ok(Answer::redirect(format!("/appels/{}/decisions", call.code))
            .flash(format!("La décision {} est notifiée.", decision.number))),
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

#[derive(Serialize)]
struct AllRow {
    reference: String,
    organisation: String,
    number: String,
    outcome: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct AllView {
    call_title: String,
    rows: Vec<AllRow>,
    button: String,
    /// « 2 décisions restent à imprimer et à poster », or empty.
    by_post: String,
    action: String,
    back: String,
}

/// Signed decisions of a call that this manager may send, split by how they leave.
fn waiting(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<(Vec<(Dossier, Decision)>, usize), Fault> {
    let (mut electronic, mut by_post) = (Vec::new(), 0);
    for view in dossiers::visible_in_call(conn, actor, call.id, &[Role::CallManager])? {
        if !is_to_notify(view.dossier.state) {
            continue;
        }
        let Some(decision) = store::of_dossier(conn, view.dossier.id)? else { continue };
        if actions::accepts_electronic(conn, &decision)? {
            electronic.push((view.dossier, decision));
        } else {
            by_post += 1;
        }
    }
    Ok((electronic, by_post))
}

pub(super) fn confirm_all(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let back = format!("/appels/{code}/decisions");
    let (call, rows, by_post) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let (electronic, by_post) = waiting(conn, actor, &call)?;
        let ids: Vec<_> = electronic.iter().map(|(dossier, _)| dossier.organisation).collect();
        let names = store::organisation_names(conn, &ids)?;
        let rows: Vec<AllRow> = electronic
            .into_iter()
            .map(|(dossier, decision)| AllRow {
                reference: dossier.reference_or_draft(),
                organisation: names.get(&dossier.organisation).cloned().unwrap_or_default(),
                number: decision.number,
                outcome: outcome_label(decision.outcome, decision.rank),
                tone: decision.outcome.tone(),
            })
            .collect();
        Ok((call, rows, by_post))
    })?;
    if rows.is_empty() {
        return Ok(
            Answer::redirect(back).flash_as("info", "Aucune décision ne peut être notifiée par voie électronique.")
        );
    }
    let view = AllView {
        call_title: call.title.clone(),
        button: format!("Notifier {}", count(rows.len(), "décision", "décisions")),
        rows,
        by_post: match by_post {
            0 => String::new(),
            1 => "1\u{A0}décision reste à imprimer et à poster.".to_owned(),
            n => format!("{n}\u{A0}décisions restent à imprimer et à poster."),
        },
        action: format!("{back}/notifier"),
        back: back.clone(),
    };
    Ok(Answer::page(format!("Notifier les décisions – {}", call.title), "decisions/notify_all.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code))
        .crumb("Décisions", back)
        .crumb("Notifier", ""))
}

/// Each decision leaves in its own transaction: one that cannot does not hold the others back.
pub(super) fn all(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let (electronic, _) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        waiting(conn, actor, &call)
    })?;
    let (mut sent, mut kept) = (0, Vec::new());
    for (dossier, decision) in electronic {
        match visit.perform(|op| actions::notify(op, actor, dossier.id, Delivery::Electronic)) {
            Ok(_) => sent += 1,
            // Somebody else is sending it at this very moment.
            Err(Fault::Stale | Fault::Refused(_)) => kept.push(decision.number),
            Err(fault) => return Err(fault),
        }
    }
    let answer = Answer::redirect(format!("/appels/{code}/decisions"));
    let done = count(sent, "décision notifiée", "décisions notifiées");
    Ok(match (sent, kept.is_empty()) {
        (0, true) => answer.flash_as("info", "Toutes les décisions étaient déjà notifiées."),
        (_, true) => answer.flash(format!("{done}.")),
        _ => {
            answer.flash_as("warning", format!("{done}. Non envoyées\u{A0}: {}. Vérifiez leur état.", kept.join(", ")))
        }
    })
}
