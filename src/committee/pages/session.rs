//! A session's desk: attendance, agenda, opinions given and to give.

use serde::Serialize;

use super::shared::{HiddenRow, Room, shown};
use crate::access::Role;
use crate::base::ids::{DossierId, SessionId};
use crate::base::text;
use crate::committee::actions;
use crate::committee::model::{Board, Item, Opinion, Presence, SeatHolder, SessionState};
use crate::dossiers::{self, State};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Serialize)]
struct SeatRow {
    field: String,
    label: String,
    name: String,
    chair: bool,
    presence: String,
    tone: &'static str,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct ItemRow {
    href: String,
    file: String,
    reference: String,
    title: String,
    requested: String,
    withdrawn: bool,
    attending: String,
    quorum: bool,
    recused: Vec<String>,
    outcome: String,
    tone: &'static str,
    amount: String,
    action: &'static str,
    recuse: String,
}

#[derive(Serialize)]
struct AgendaChoice {
    value: String,
    label: String,
    hint: String,
    checked: bool,
}

#[derive(Serialize)]
struct SessionView {
    overline: String,
    title: String,
    path: String,
    when: String,
    place: String,
    state: &'static str,
    tone: &'static str,
    planned: bool,
    open: bool,
    sealed: bool,
    sealed_at: String,
    manages: bool,
    sits: bool,
    version: i64,
    presiding: String,
    quorum_reached: bool,
    quorum: String,
    seats: Vec<SeatRow>,
    items: Vec<ItemRow>,
    remaining: String,
    ready: Vec<AgendaChoice>,
    hidden: Vec<HiddenRow>,
    minutes: bool,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let actor = visit.actor()?;
    let board = &room.seen.board;
    let session = &board.session;
    let ready = if room.manages && session.state != SessionState::Sealed {
        visit.read(|conn| dossiers::visible_in_call(conn, actor, room.call.id, &[Role::CallManager]))?
    } else {
        Vec::new()
    };
    let attending = board.attending();
    let waiting = board.items.iter().filter(|item| !item.is_withdrawn() && item.opinion.is_none()).count();
    let view = SessionView {
        overline: room.overline(),
        title: room.title(),
        path: room.path(),
        when: session.held_at.long(room.call.zone()),
        place: session.place.clone(),
        state: session.state.label(),
        tone: session.state.tone(),
        planned: session.state == SessionState::Planned,
        open: session.state == SessionState::Open,
        sealed: session.state == SessionState::Sealed,
        sealed_at: session.sealed_at.map(|at| room.when(at)).unwrap_or_default(),
        manages: room.manages,
        sits: room.sits,
        version: session.version,
        presiding: board
            .presiding()
            .map(|seat| {
                let absent = if seat.chair { "" } else { ", en l’absence du siège qui préside" };
                format!("Séance présidée par {} ({}){absent}.", seat.name, seat.institution)
            })
            .unwrap_or_default(),
        quorum_reached: board.has_quorum(attending),
        quorum: format!(
            "{}\u{202F}: {} pour {} requis",
            if board.has_quorum(attending) { "Quorum atteint" } else { "Quorum non atteint" },
            text::count(attending, "membre sur place ou à distance", "membres sur place ou à distance"),
            session.quorum
        ),
        seats: board.seats.iter().map(seat_row).collect(),
        items: board.items.iter().map(|item| item_row(&room, board, item)).collect(),
        remaining: if waiting == 0 {
            "Tous les dossiers ont un avis.".to_owned()
        } else {
            format!("{} encore l’avis du comité.", text::count(waiting, "dossier attend", "dossiers attendent"))
        },
        ready: ready
            .iter()
            .filter(|view| view.dossier.state == State::Instructed)
            .map(|view| AgendaChoice {
                value: view.dossier.id.to_string(),
                label: format!("{} – {}", view.dossier.reference_or_draft(), view.dossier.title_or_untitled()),
                hint: format!("Demande\u{A0}: {}", shown(view.dossier.requested)),
                checked: true,
            })
            .collect(),
        hidden: room.hidden(),
        minutes: session.minutes.is_some() && room.seen.hidden.iter().all(|item| item.published),
    };
    let answer = Answer::page(room.title(), "committee/session.html", &view)?;
    Ok(room.crumbs(answer, ""))
}

fn seat_row(seat: &SeatHolder) -> SeatRow {
    let mut options =
        vec![Choice { value: String::new(), label: "Non enregistrée".to_owned(), selected: seat.presence.is_none() }];
    options.extend(Presence::ALL.iter().map(|presence| Choice {
        value: presence.code().to_owned(),
        label: presence.label().to_owned(),
        selected: seat.presence == Some(*presence),
    }));
    SeatRow {
        field: format!("seat-{}", seat.code),
        label: seat.label.clone(),
        name: if seat.name.is_empty() { "Siège vacant".to_owned() } else { seat.name.clone() },
        chair: seat.chair,
        presence: seat.presence.map_or("Non enregistrée", Presence::label).to_owned(),
        tone: match seat.presence {
            Some(presence) if presence.counts() => "success",
            Some(_) => "warning",
            None => "neutral",
        },
        options,
    }
}

fn item_row(room: &Room, board: &Board, item: &Item) -> ItemRow {
    let id = item.dossier.id;
    let attending = board.attending_for(id);
    let of_item = |seat: &&SeatHolder| board.is_recused(id, seat.account);
    let sealed = board.session.state == SessionState::Sealed;
    ItemRow {
        href: format!("{}/dossiers/{id}", room.path()),
        file: format!("/dossiers/{id}"),
        reference: item.dossier.reference_or_draft(),
        title: item.dossier.title_or_untitled().to_owned(),
        requested: item.requested.to_string(),
        withdrawn: item.is_withdrawn(),
        attending: format!("{attending} pour {}", board.session.quorum),
        quorum: board.has_quorum(attending),
        recused: board.seats.iter().filter(of_item).map(|seat| seat.name.clone()).collect(),
        outcome: item.opinion.as_ref().map(|o| room.outcome(o)).unwrap_or_default(),
        tone: item.opinion.as_ref().map_or("neutral", |o| o.outcome.tone()),
        amount: shown(item.opinion.as_ref().and_then(Opinion::total)),
        action: match (room.manages && board.session.state == SessionState::Open, item.opinion.is_some()) {
            (true, false) => "Rendre l’avis",
            (true, true) => "Réviser l’avis",
            (false, _) => "Voir la fiche",
        },
        recuse: if sealed || item.is_withdrawn() {
            String::new()
        } else if room.manages {
            "Noter un déport".to_owned()
        } else if room.sits {
            "Me déporter".to_owned()
        } else {
            String::new()
        },
    }
}

fn path_of(visit: &Visit) -> Result<(SessionId, String), Fault> {
    let id: SessionId = visit.param("session")?;
    Ok((id, format!("/comite/{id}")))
}

pub fn put_on_agenda(visit: &Visit) -> Result<Answer, Fault> {
    let (id, path) = path_of(visit)?;
    let actor = visit.actor()?;
    let room = Room::of(visit)?;
    let chosen: Vec<DossierId> = if visit.form.checked("all") {
        let seen = visit.read(|conn| dossiers::visible_in_call(conn, actor, room.call.id, &[Role::CallManager]))?;
        seen.iter().filter(|v| v.dossier.state == State::Instructed).map(|v| v.dossier.id).collect()
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
    let presences: Vec<(String, Presence)> = visit
        .form
        .fields()
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("seat-")?.to_owned(), Presence::from_code(value)?)))
        .collect();
    visit.perform(|op| actions::record_attendance(op, actor, id, version, &presences))?;
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
