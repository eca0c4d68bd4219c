//! Convening the members of a session.

use diesel::prelude::*;

use super::{managed, refuse_sealed};
use crate::access::{Actor, load_actor};
use crate::base::clock::Instant;
use crate::base::ids::SessionId;
use crate::base::text;
use crate::calls::Call;
use crate::committee::model::{Session, SessionKind, SessionState};
use crate::committee::store;
use crate::db::schema::committee_sessions;
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::mail::Message;
use crate::notify;
use crate::service::Operation;

/// The last day on which members still have the notice that the call asks.
#[must_use]
pub fn last_day_of_notice(call: &Call, session: &Session) -> Instant {
    session.held_at.plus_days(-i64::from(call.definition.committee.notice_days))
}

/// Whether convening now leaves the members their days of notice: whole days of the call's zone.
#[must_use]
pub fn leaves_notice(call: &Call, session: &Session, now: Instant) -> bool {
    let zone = call.zone();
    now.iso_date(zone) <= last_day_of_notice(call, session).iso_date(zone)
}

/// Sends every member the date, the place and the agenda they may know. May be sent again when the agenda changed.
///
/// # Errors
/// [`Fault::Refused`] without agenda or once the session is open; [`Fault::Invalid`] with less notice than the call
/// asks and no reason for the urgency.
pub fn convene(op: &mut Operation<'_>, actor: &Actor, session: SessionId, urgency: &str) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    if session.state != SessionState::Planned {
        return Err(Fault::refused("La séance est ouverte\u{202F}: il n’est plus temps de la convoquer."));
    }
    let board = store::board(op.conn, &call, session.clone())?;
    if board.items.iter().all(crate::committee::model::Item::is_withdrawn) {
        return Err(Fault::refused(
            "Inscrivez d’abord des dossiers à l’ordre du jour\u{202F}: la convocation le porte.",
        ));
    }
    let mut mistakes = Mistakes::default();
    let urgency = if leaves_notice(&call, &session, op.now) {
        String::new()
    } else {
        let days = call.definition.committee.notice_days;
        mistakes.line(
            "urgency",
            urgency,
            500,
            &format!(
                "La séance est dans moins de {days} jours\u{202F}: dites l’urgence qui le justifie, elle sera au \
                 procès-verbal, ou changez la date."
            ),
        )
    };
    mistakes.finish()?;
    for seat in &board.seats {
        let Some(account) = seat.account else { continue };
        // An account closed in between receives nothing.
        let member = match load_actor(op.conn, account) {
            Ok(member) => member,
            Err(Fault::NotFound) => continue,
            Err(fault) => return Err(fault),
        };
        let visible = store::seen_of(op.conn, &member, &board)?;
        let seen = board.clone().seen_by(account, &visible, false).board;
        let agenda: Vec<String> = seen
            .items
            .iter()
            .filter(|item| !item.is_withdrawn())
            .map(|item| format!("– {}\u{A0}: {}", item.dossier.reference_or_draft(), item.dossier.title_or_untitled()))
            .collect();
        op.send(&Message {
            kind: "committee.convocation",
            recipient: member.email.clone(),
            recipient_name: seat.name.clone(),
            subject: format!("Convocation – comité {}, {}", call.code, session.held_at.date(call.zone())),
            body: body(&call, &session, &agenda, &urgency, &op.url(&format!("/comite/{}", session.id))),
            document: None,
            dossier: None,
        })?;
        let when = session.held_at.long(call.zone());
        let told = format!("Convocation au comité {}, {when}.", call.code);
        notify::tell(op, account, "committee.convocation", told, format!("/comite/{}", session.id))?;
    }
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(session.id)))
        .set((
            committee_sessions::convened_at.eq(Some(op.now)),
            committee_sessions::urgency.eq(&urgency),
            committee_sessions::version.eq(session.version + 1),
        ))
        .execute(op.conn)?;
    let text = format!("Membres convoqués à la séance n°\u{A0}{} du comité", session.number);
    op.record(Entry::new("committee.convene", text).call(call.id).reason(urgency));
    Ok(())
}

fn body(call: &Call, session: &Session, agenda: &[String], urgency: &str, url: &str) -> String {
    let object = match session.kind {
        SessionKind::Shortlisting => "Le comité se réunit pour la présélection des dossiers",
        SessionKind::Selection => "Le comité de sélection se réunit",
    };
    let mut parts = vec![
        "Bonjour,".to_owned(),
        format!("{object} de l’appel « {} » ({}).", call.title, call.code),
        format!("Date\u{A0}: {}\nLieu\u{A0}: {}", session.held_at.long(call.zone()), session.place),
    ];
    if session.second_of.is_some() {
        parts.push(if session.quorum == 0 {
            "La première séance n’a pas réuni le quorum. Celle-ci porte sur le même ordre du jour\u{A0}: aucun quorum \
             n’y sera exigé."
                .to_owned()
        } else {
            format!(
                "La première séance n’a pas réuni le quorum. Celle-ci porte sur le même ordre du jour\u{A0}: il suffira \
                 de {}.",
                text::count(usize::try_from(session.quorum).unwrap_or(usize::MAX), "membre", "membres")
            )
        });
    }
    if !urgency.is_empty() {
        parts.push(format!("Urgence\u{A0}: {urgency}"));
    }
    parts.push(format!("Ordre du jour, {} :\n{}", text::count(agenda.len(), "dossier", "dossiers"), agenda.join("\n")));
    parts.push(format!("Dossiers et avis des instructeurs\u{A0}: {url}"));
    parts.push(
        "Si vous ne pouvez pas venir, dites-le au secrétariat\u{A0}: vous pouvez siéger à distance ou, si l’appel le \
         permet, donner mandat à un autre membre. Signalez sans attendre tout lien avec un porteur."
            .to_owned(),
    );
    parts.join("\n\n")
}
