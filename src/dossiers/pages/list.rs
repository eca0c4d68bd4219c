//! « Mes dossiers », and what they expect of their writers.

use serde::Serialize;

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::drafts;
use crate::dossiers::model::State;
use crate::dossiers::store::{self, Dossier};
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
        for dossier in store::of_organisations(conn, &actor.organisations)? {
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
        State::AwardNotified | State::WaitlistNotified | State::RejectionNotified => {
            "La décision vous est notifiée\u{202F}: lisez le courrier.".to_owned()
        }
        State::Agreed => "L’acte attributif est pris\u{202F}: le premier versement suivra.".to_owned(),
        State::InProgress => "Le projet est en cours\u{202F}: renseignez vos indicateurs.".to_owned(),
        State::Withdrawn => "Le dossier est retiré.".to_owned(),
        _ => "Rien à faire pour l’instant\u{202F}: la décision vous sera notifiée.".to_owned(),
    }
}

/// Drafts to finish while their call is open.
///
/// # Errors
/// When the database refuses.
pub fn expected(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Expected>, Fault> {
    let mut expected = Vec::new();
    for dossier in store::of_organisations(conn, &actor.organisations)? {
        if dossier.state != State::Draft {
            continue;
        }
        let call = calls::of_dossier(conn, dossier.id)?;
        if call.is_open(now) {
            let title = dossier.title_or_untitled();
            expected.push(Expected {
                label: format!("Compléter et déposer le dossier «\u{202F}{title}\u{202F}»"),
                href: super::path(dossier.id),
                detail: format!("Au plus tard le {}", call.closes_at.long(call.zone())),
                due: Some(call.closes_at),
            });
        }
    }
    Ok(expected)
}
