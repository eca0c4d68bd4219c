//! « Mes dossiers », and what they expect of their writers.

use serde::Serialize;

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::completion;
use crate::dossiers::drafts;
use crate::dossiers::model::State;
use crate::dossiers::sight::{for_staff, of_applicant};
use crate::dossiers::store::Dossier;
use crate::fault::Fault;
use crate::web::{Answer, Expected, Visit};

#[derive(Serialize)]
struct Card {
    href: String,
    title: String,
    call: String,
    organisation: String,
    reference: String,
    status: &'static str,
    tone: &'static str,
    next: String,
}

#[derive(Serialize)]
struct ListView {
    drafts: Vec<Card>,
    submitted: Vec<Card>,
}

pub(super) fn list(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let (drafts, submitted) = visit.read(|conn| {
        let mut cards = (Vec::new(), Vec::new());
        for dossier in of_applicant(conn, actor)? {
            let call = calls::of_dossier(conn, dossier.id)?;
            let organisation = drafts::applicant(conn, dossier.organisation)?.name;
            let side = if dossier.state == State::Draft { &mut cards.0 } else { &mut cards.1 };
            side.push(Card {
                href: super::path(dossier.id),
                title: dossier.title_or_untitled().to_owned(),
                organisation,
                reference: dossier.reference_or_draft(),
                status: dossier.state.label_for_applicant(),
                tone: dossier.state.tone_for_applicant(),
                next: next(&dossier, &call, visit.now),
                call: call.title,
            });
        }
        Ok(cards)
    })?;
    Answer::page("Mes dossiers", "dossiers/list.html", &ListView { drafts, submitted })
}

/// What the applicant does next, or waits for.
pub(super) fn next(dossier: &Dossier, call: &Call, now: Instant) -> String {
    match dossier.state {
        State::Draft if call.is_open(now) => {
            format!("À compléter et à déposer au plus tard le {}.", call.closes_at.long(call.zone()))
        }
        State::Draft => format!(
            "L’appel est clos depuis le {}\u{202F}: ce brouillon ne peut plus être déposé.",
            call.closes_at.date(call.zone())
        ),
        State::Submitted => {
            "Rien à faire pour l’instant\u{202F}: le service vérifie que le dossier est complet.".to_owned()
        }
        State::Incomplete => {
            "Des compléments vous sont demandés\u{202F}: ouvrez le dossier pour y répondre.".to_owned()
        }
        State::AwardNotified
        | State::WaitlistNotified
        | State::RejectionNotified
        | State::IneligibilityNotified
        | State::NonShortlistingNotified => "La décision vous est notifiée\u{202F}: lisez le courrier.".to_owned(),
        State::Agreed => "L’acte attributif est pris\u{202F}: le premier versement suivra.".to_owned(),
        State::InProgress => "Le projet est en cours\u{202F}: renseignez vos indicateurs.".to_owned(),
        State::Withdrawn => "Le dossier est retiré.".to_owned(),
        _ => "Rien à faire pour l’instant\u{202F}: la décision vous sera notifiée.".to_owned(),
    }
}

/// Unanswered requests shown to a manager.
const MOST_LATE: i64 = 20;

/// Drafts to finish while their call is open, dossiers to complete; for managers, requests left without an answer.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for dossier in of_applicant(conn, actor)? {
        if !matches!(dossier.state, State::Draft | State::Incomplete) {
            continue;
        }
        let call = calls::of_dossier(conn, dossier.id)?;
        if let Some(request) = completion::pending(conn, dossier.id)? {
            let late = if request.is_late(now) { "En retard\u{A0}: attendu" } else { "Au plus tard" };
            expected.push(Expected {
                label: format!("Compléter le dossier «\u{202F}{}\u{202F}»", dossier.title_or_untitled()),
                href: super::path(dossier.id),
                detail: format!("{late} le {}", request.due_at.long(call.zone())),
                due: Some(request.due_at),
            });
        } else if call.is_open(now) {
            let title = dossier.title_or_untitled();
            expected.push(Expected {
                label: format!("Compléter et déposer le dossier «\u{202F}{title}\u{202F}»"),
                href: super::path(dossier.id),
                detail: format!("Au plus tard le {}", call.closes_at.long(call.zone())),
                due: Some(call.closes_at),
            });
        }
    }
    let managed = actor.calls_with(&[Role::CallManager]);
    for (id, due) in completion::late(conn, &managed, now, MOST_LATE)? {
        let Ok(view) = for_staff(conn, actor, id) else { continue };
        let call = calls::of_dossier(conn, id)?;
        expected.push(Expected {
            label: format!("Décider de la suite du dossier {}", view.dossier.reference_or_draft()),
            href: format!("/dossiers/{id}/completer"),
            detail: format!("Compléments attendus le {}, sans réponse", due.date(call.zone())),
            due: Some(due),
        });
    }
    Ok(expected)
}
