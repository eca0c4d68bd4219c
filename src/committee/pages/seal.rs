//! Sealing a session after a last look, and its minutes.

use serde::Serialize;

use super::shared::{Room, shown};
use crate::base::money::Cents;
use crate::base::text;
use crate::committee::model::{Opinion, SessionKind, SessionState};
use crate::committee::{actions, sealing, store};
use crate::fault::Fault;
use crate::sealed;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct OpinionRow {
    reference: String,
    title: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    href: String,
}

#[derive(Serialize)]
struct EnvelopeRow {
    label: String,
    reserved: String,
    left: String,
}

#[derive(Serialize)]
struct SealView {
    overline: String,
    title: String,
    path: String,
    obstacles: Vec<String>,
    opinions: Vec<OpinionRow>,
    envelopes: Vec<EnvelopeRow>,
    selection: bool,
    attending: String,
    presiding: String,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    if !room.manages {
        return Err(Fault::NotFound);
    }
    match room.seen.board.session.state {
        SessionState::Sealed => return already(&room),
        SessionState::Adjourned => actions::refuse_sealed(&room.seen.board.session)?,
        SessionState::Planned | SessionState::Open => {}
    }
    let board = &room.seen.board;
    let mut obstacles = sealing::obstacles(board);
    if !room.seen.hidden.is_empty() {
        obstacles.push(sealing::CONCERNED.to_owned());
    }
    let envelopes = visit.read(|conn| store::envelopes_of_call(conn, room.call.id))?;
    let live = || board.items.iter().filter(|item| !item.is_withdrawn());
    let view = SealView {
        overline: room.overline(),
        title: format!("Sceller la séance n°\u{A0}{}", board.session.number),
        path: room.path(),
        obstacles,
        opinions: live()
            .map(|item| OpinionRow {
                reference: item.dossier.reference_or_draft(),
                title: item.dossier.title_or_untitled().to_owned(),
                outcome: item.opinion.as_ref().map(|o| room.outcome(o)).unwrap_or_default(),
                tone: item.opinion.as_ref().map_or("neutral", |o| o.outcome.tone()),
                amount: shown(item.opinion.as_ref().and_then(Opinion::total)),
                href: format!("{}/dossiers/{}", room.path(), item.dossier.id),
            })
            .collect(),
        selection: room.seen.board.session.kind == SessionKind::Selection,
        envelopes: if room.seen.hidden.is_empty() {
            envelopes
                .iter()
                .filter(|envelope| Some(envelope.year) == actions::firm_year(&room.call))
                .filter(|_| room.seen.board.session.kind == SessionKind::Selection)
                .map(|envelope| {
                    let reserved: Cents = live()
                        .filter_map(|item| item.opinion.as_ref())
                        .flat_map(|opinion| &opinion.shares)
                        .filter(|share| share.line == envelope.line && share.year == envelope.year)
                        .map(|share| share.amount)
                        .sum();
                    EnvelopeRow {
                        label: envelope.label(),
                        reserved: reserved.to_string(),
                        left: envelope
                            .left
                            .map_or_else(|| "Vote non connu".to_owned(), |left| (left - reserved).to_string()),
                    }
                })
                .collect()
        } else {
            Vec::new()
        },
        attending: format!(
            "{}.",
            board.against_quorum(&text::count(board.attending(), "membre compté", "membres comptés"))
        ),
        presiding: board.presiding().map(|s| format!("Présidence\u{A0}: {}.", s.name)).unwrap_or_default(),
    };
    let answer = Answer::page(format!("Sceller – {}", room.title()), "committee/seal.html", &view)?;
    Ok(room.crumbs(answer, "Sceller"))
}

fn already(room: &Room) -> Result<Answer, Fault> {
    Ok(Answer::redirect(room.path()).flash_as("info", "La séance est déjà scellée."))
}

pub fn seal(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    if !room.manages {
        return Err(Fault::NotFound);
    }
    let session = room.seen.board.session.id;
    let actor = visit.actor()?;
    match visit.perform(|op| actions::seal(op, actor, session)) {
        Ok(()) => Ok(Answer::redirect(room.path()).flash(match room.seen.board.session.kind {
            SessionKind::Selection => {
                "La séance est scellée\u{202F}: le procès-verbal est prêt et les montants sont réservés."
            }
            SessionKind::Shortlisting => {
                "La séance est scellée\u{202F}: le procès-verbal est prêt, les dossiers présélectionnés passent à \
                     l’instruction."
            }
        })),
        // Of two clicks, the second finds the work done.
        Err(Fault::Refused(reason)) => {
            let room = Room::of(visit)?;
            if room.seen.board.session.state == SessionState::Sealed {
                already(&room)
            } else {
                Err(Fault::Refused(reason))
            }
        }
        Err(fault) => Err(fault),
    }
}

/// The minutes tell of every dossier: whoever is recused from one reads them once its decision is notified.
pub fn minutes(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let document =
        room.seen.board.session.minutes.ok_or_else(|| {
            Fault::refused("La séance n’est pas scellée\u{202F}: son procès-verbal n’existe pas encore.")
        })?;
    if room.seen.hidden.iter().any(|item| !item.published) {
        return Err(Fault::Denied(
            "Le procès-verbal contient les débats et les avis de dossiers dont vous êtes en déport. Il vous sera \
             ouvert quand leurs décisions seront notifiées."
                .to_owned(),
        ));
    }
    let (name, bytes) = visit.read(|conn| sealed::bytes(conn, &visit.service().files, document))?;
    Ok(Answer::pdf(name, bytes))
}
