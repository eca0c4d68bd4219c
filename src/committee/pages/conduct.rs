//! What a call manager does from a session's desk: agenda, attendance, convocation, opening, adjournment.

use super::desk::read;
use super::session::page;
use super::shared::Room;
use crate::base::ids::{DossierId, SessionId};
use crate::base::text;
use crate::committee::actions::{self, SeatAttendance};
use crate::committee::model::{Presence, SessionState};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

fn path_of(visit: &Visit) -> Result<(SessionId, String), Fault> {
    let id: SessionId = visit.param("session")?;
    Ok((id, format!("/comite/{id}")))
}

pub fn put_on_agenda(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    let room = Room::of(visit)?;
    let chosen: Vec<DossierId> = if visit.form.checked("all") {
        let kind = room.seen.board.session.kind;
        let ready = visit.read(|conn| actions::ready_for(conn, actor, &room.call, kind))?;
        ready.iter().map(|dossier| dossier.id).collect()
    } else {
        visit.form.all("dossiers").iter().filter_map(|value| value.parse().ok()).collect()
    };
    match visit.perform(|op| actions::put_on_agenda(op, actor, id, &chosen)) {
        Ok(()) => Ok(Answer::redirect(path).flash("L’ordre du jour est complété.")),
        Err(Fault::Invalid(errors)) => {
            let text = errors.first().map(|e| e.message.clone()).unwrap_or_default();
            Ok(Answer::redirect(path).flash_as("warning", text))
        }
        Err(fault) => Err(fault),
    }
}

pub fn record_attendance(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    let version = visit.form.text("version").parse().map_err(|_| Fault::Stale)?;
    let seats: Vec<SeatAttendance> = visit
        .form
        .fields()
        .iter()
        .filter_map(|(name, value)| {
            let seat = name.strip_prefix("seat-")?.to_owned();
            let presence = Presence::from_code(value)?;
            // A proxy chosen for a seat that attends is left aside.
            let proxy = Some(visit.form.text(&format!("proxy-{seat}")))
                .filter(|code| presence == Presence::Represented && !code.is_empty())
                .map(str::to_owned);
            Some(SeatAttendance { seat, presence, proxy })
        })
        .collect();
    visit.perform(|op| actions::record_seats(op, actor, id, version, &seats))?;
    Ok(Answer::redirect(path).flash("Les présences sont enregistrées."))
}

pub fn open(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    let room = Room::of(visit)?;
    if room.seen.board.session.state == SessionState::Open {
        return Ok(Answer::redirect(path).flash_as("info", "La séance est déjà ouverte."));
    }
    visit.perform(|op| actions::open_session(op, actor, id))?;
    Ok(Answer::redirect(path).flash("La séance est ouverte. Le comité peut rendre ses avis."))
}

pub fn convene(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    match visit.perform(|op| actions::convene(op, actor, id, visit.form.text("urgency"))) {
        Ok(()) => Ok(Answer::redirect(path).flash("La convocation part par courriel à chaque membre.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub fn adjourn(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    if Room::of(visit)?.seen.board.session.state == SessionState::Adjourned {
        return Ok(Answer::redirect(path).flash_as("info", "La séance est déjà ajournée."));
    }
    visit.perform(|op| actions::adjourn(op, actor, id))?;
    Ok(Answer::redirect(path).flash("La séance est ajournée\u{202F}: le procès-verbal de carence est prêt."))
}

pub fn plan_second(visit: &Visit) -> Result<Answer, Fault> {
    let (id, _) = path_of(visit)?;
    let actor = visit.actor()?;
    let room = Room::of(visit)?;
    let planned = read(visit, &room.call).and_then(|new| visit.perform(|op| actions::plan_second(op, actor, id, &new)));
    match planned {
        Ok(second) => Ok(Answer::redirect(format!("/comite/{second}"))
            .flash("La seconde séance est prévue sur le même ordre du jour. Convoquez maintenant ses membres.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub fn move_items(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    // Whoever may not see this session learns nothing from a form left unfinished.
    Room::of(visit)?;
    let chosen: Vec<DossierId> = visit.form.all("move").iter().filter_map(|value| value.parse().ok()).collect();
    let Ok(target) = visit.form.text("target").parse::<SessionId>() else {
        return Ok(Answer::redirect(path).flash_as("warning", "Choisissez la séance où déplacer les dossiers."));
    };
    match visit.perform(|op| actions::move_to_session(op, actor, id, target, &chosen)) {
        Ok(()) => Ok(Answer::redirect(path).flash("Les dossiers sont déplacés.")),
        Err(Fault::Invalid(errors)) => {
            let text = errors.first().map(|e| e.message.clone()).unwrap_or_default();
            Ok(Answer::redirect(path).flash_as("warning", text))
        }
        Err(fault) => Err(fault),
    }
}

pub fn confirm(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    let read: Vec<(DossierId, i64)> = visit
        .form
        .all("prepared")
        .iter()
        .filter_map(|value| {
            let (dossier, version) = value.split_once(':')?;
            Some((dossier.parse().ok()?, version.parse().ok()?))
        })
        .collect();
    let confirmed = visit.perform(|op| actions::confirm_prepared(op, actor, id, &read))?;
    let text = text::count(confirmed, "avis préparé est confirmé", "avis préparés sont confirmés");
    Ok(Answer::redirect(path).flash(format!("{text} par le comité.")))
}
