//! A session's desk: attendance, agenda, opinions given and to give. What is done from it is in `conduct`.

use serde::Serialize;

use super::desk::by_field;
use super::shared::{HiddenRow, Room, shown};
use crate::base::text;
use crate::calls::definition::ProxyRule;
use crate::committee::actions;
use crate::committee::model::{Board, Item, Opinion, Presence, SeatHolder, Session, SessionKind, SessionState};
use crate::committee::{sealing, store};
use crate::fault::{Fault, FieldError};
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
    /// Seats that may hold this one's proxy; empty where the call allows none.
    proxies: Vec<Choice>,
    proxy_field: String,
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
    vote: String,
    prepared: bool,
    /// May go to another session's agenda.
    movable: bool,
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
    shortlisting: bool,
    adjourned: bool,
    /// The session whose agenda this one takes up, or the one that takes up this one's.
    linked: Linked,
    convocation: Convocation,
    adjourn: bool,
    second: Option<SecondForm>,
    targets: Vec<Choice>,
    movable: Vec<AgendaChoice>,
    /// `dossier:version` of each opinion prepared before the opening.
    prepared: Vec<String>,
    confirm: String,
    ready_label: &'static str,
    errors: Vec<FieldError>,
    error: std::collections::HashMap<String, String>,
}

#[derive(Serialize, Default)]
struct Linked {
    label: String,
    href: String,
}

#[derive(Serialize)]
struct Convocation {
    /// What was sent, or that nothing was.
    said: String,
    sent: bool,
    /// Offered to the manager before the opening.
    offered: bool,
    button: &'static str,
    /// Too late for the notice the call asks: a reason is needed.
    late: bool,
    notice: String,
    urgency: String,
}

#[derive(Serialize)]
struct SecondForm {
    date: String,
    time: String,
    place: String,
    quorum: String,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

pub(super) fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let actor = visit.actor()?;
    let board = &room.seen.board;
    let session = &board.session;
    let writes = room.writes();
    let (ready, sessions) = visit.read(|conn| {
        let ready = if writes && session.second_of.is_none() {
            actions::ready_for(conn, actor, &room.call, session.kind)?
        } else {
            Vec::new()
        };
        Ok((ready, store::sessions_of_call(conn, room.call.id)?))
    })?;
    let second = sessions.iter().find(|other| other.second_of == Some(session.id));
    let first = sessions.iter().find(|other| session.second_of == Some(other.id));
    let attending = board.attending();
    let waiting = board.items.iter().filter(|item| !item.is_withdrawn() && item.opinion.is_none()).count();
    let prepared: Vec<String> = board
        .items
        .iter()
        .filter(|item| room.manages && !item.is_withdrawn() && item.is_prepared(session))
        .filter_map(|item| Some(format!("{}:{}", item.dossier.id, item.opinion.as_ref()?.version)))
        .collect();
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
            "{}\u{202F}: {}",
            if board.has_quorum(attending) { "Quorum atteint" } else { "Quorum non atteint" },
            board.against_quorum(&text::count(attending, "membre compté", "membres comptés"))
        ),
        seats: board.seats.iter().map(|seat| seat_row(board, seat)).collect(),
        items: board.items.iter().map(|item| item_row(&room, board, item)).collect(),
        remaining: if waiting == 0 {
            "Tous les dossiers ont un avis.".to_owned()
        } else {
            format!("{} encore l’avis du comité.", text::count(waiting, "dossier attend", "dossiers attendent"))
        },
        ready: ready
            .iter()
            .map(|dossier| AgendaChoice {
                value: dossier.id.to_string(),
                label: format!("{} – {}", dossier.reference_or_draft(), dossier.title_or_untitled()),
                hint: format!("Demande\u{A0}: {}", shown(dossier.requested)),
                checked: true,
            })
            .collect(),
        hidden: room.hidden(),
        minutes: session.minutes.is_some() && room.seen.hidden.iter().all(|item| item.published),
        shortlisting: session.kind == SessionKind::Shortlisting,
        adjourned: session.state == SessionState::Adjourned,
        linked: match (first, second) {
            (Some(first), _) => Linked {
                label: format!("Seconde séance sur l’ordre du jour de la séance n°\u{A0}{}", first.number),
                href: format!("/comite/{}", first.id),
            },
            (None, Some(second)) => Linked {
                label: format!("Même ordre du jour repris par la séance n°\u{A0}{}", second.number),
                href: format!("/comite/{}", second.id),
            },
            (None, None) => Linked::default(),
        },
        convocation: convocation(visit, &room),
        adjourn: writes && sealing::keeps_from_adjourning(board, visit.now).is_none(),
        second: (room.manages && session.state == SessionState::Adjourned && second.is_none()).then(|| SecondForm {
            date: visit.form.text("date").to_owned(),
            time: visit.form.get("time").map_or_else(|| session.held_at.time(room.call.zone()), str::to_owned),
            place: visit.form.get("place").unwrap_or(&session.place).to_owned(),
            quorum: match room.call.definition.committee.quorum_second {
                0 => "Aucun quorum n’y sera exigé, et la convocation le dira.".to_owned(),
                n => format!("{} y suffiront.", text::count(usize::try_from(n).unwrap_or(0), "membre", "membres")),
            },
        }),
        targets: if writes && session.second_of.is_none() { targets(&sessions, session) } else { Vec::new() },
        movable: if writes { movable(board) } else { Vec::new() },
        confirm: if prepared.is_empty() || session.state != SessionState::Open {
            String::new()
        } else {
            text::count(
                prepared.len(),
                "avis préparé avant la séance attend",
                "avis préparés avant la séance attendent",
            )
        },
        prepared,
        ready_label: match session.kind {
            SessionKind::Shortlisting => "dossiers recevables",
            SessionKind::Selection => "dossiers instruits",
        },
        error: by_field(&errors),
        errors,
    };
    let answer = Answer::page(room.title(), "committee/session.html", &view)?;
    Ok(room.crumbs(answer, ""))
}

fn convocation(visit: &Visit, room: &Room) -> Convocation {
    let session = &room.seen.board.session;
    let last = actions::last_day_of_notice(&room.call, session).long_date(room.call.zone());
    let late = !actions::leaves_notice(&room.call, session, visit.now);
    Convocation {
        said: match session.convened_at {
            Some(at) if session.urgency.is_empty() => format!("Convocation envoyée aux membres le {}.", room.when(at)),
            Some(at) => format!("Convocation envoyée en urgence le {}\u{A0}: {}", room.when(at), session.urgency),
            None if session.state == SessionState::Planned => "Les membres ne sont pas encore convoqués.".to_owned(),
            None => "Aucune convocation n’a été envoyée par le service.".to_owned(),
        },
        sent: session.convened_at.is_some(),
        offered: room.manages && session.state == SessionState::Planned,
        button: if session.convened_at.is_some() { "Renvoyer la convocation" } else { "Convoquer les membres" },
        late,
        notice: if late {
            format!("Le délai de convocation est passé depuis le {last}\u{A0}: dites l’urgence.")
        } else {
            format!("À envoyer au plus tard le {last}.")
        },
        urgency: visit.form.text("urgency").to_owned(),
    }
}

/// The other sessions that a dossier may go to.
fn targets(sessions: &[Session], from: &Session) -> Vec<Choice> {
    sessions
        .iter()
        .filter(|to| to.id != from.id && to.kind == from.kind && to.second_of.is_none() && !to.state.is_closed())
        .map(|to| Choice {
            value: to.id.to_string(),
            label: format!("Séance n°\u{A0}{} ({})", to.number, to.state.label().to_lowercase()),
            selected: false,
        })
        .collect()
}

fn movable(board: &Board) -> Vec<AgendaChoice> {
    board
        .items
        .iter()
        .filter(|item| !item.is_withdrawn() && item.opinion.is_none())
        .map(|item| AgendaChoice {
            value: item.dossier.id.to_string(),
            label: format!("{} – {}", item.dossier.reference_or_draft(), item.dossier.title_or_untitled()),
            hint: String::new(),
            checked: false,
        })
        .collect()
}

/// Who may hold a seat's proxy: every other held seat.
fn proxies(board: &Board, seat: &SeatHolder) -> Vec<Choice> {
    if board.proxies == ProxyRule::None {
        return Vec::new();
    }
    let mut choices = vec![Choice { value: String::new(), label: "Aucun mandat".to_owned(), selected: false }];
    choices.extend(board.seats.iter().filter(|other| other.code != seat.code && other.account.is_some()).map(
        |other| Choice {
            value: other.code.clone(),
            label: format!("{} – {}", other.name, other.label),
            selected: seat.proxy.as_ref() == Some(&other.code),
        },
    ));
    choices
}

fn seat_row(board: &Board, seat: &SeatHolder) -> SeatRow {
    let mut options =
        vec![Choice { value: String::new(), label: "Non enregistrée".to_owned(), selected: seat.presence.is_none() }];
    let offered = |presence: &&Presence| board.proxies != ProxyRule::None || **presence != Presence::Represented;
    options.extend(Presence::ALL.iter().filter(offered).map(|presence| Choice {
        value: presence.code().to_owned(),
        label: presence.label().to_owned(),
        selected: seat.presence == Some(*presence),
    }));
    SeatRow {
        field: format!("seat-{}", seat.code),
        label: seat.label.clone(),
        name: if seat.name.is_empty() { "Siège vacant".to_owned() } else { seat.name.clone() },
        chair: seat.chair,
        presence: match (seat.presence, seat.proxy.as_deref().and_then(|code| board.seat(code))) {
            (Some(Presence::Represented), Some(holder)) => format!("Mandat à {}", holder.name),
            (presence, _) => presence.map_or("Non enregistrée", Presence::label).to_owned(),
        },
        tone: match seat.presence {
            Some(presence) if presence.counts() => "success",
            Some(_) => "warning",
            None => "neutral",
        },
        options,
        proxies: proxies(board, seat),
        proxy_field: format!("proxy-{}", seat.code),
    }
}

fn item_row(room: &Room, board: &Board, item: &Item) -> ItemRow {
    let id = item.dossier.id;
    let attending = board.attending_for(id);
    let of_item = |seat: &&SeatHolder| board.is_recused(id, seat.account);
    let sealed = board.session.state.is_closed();
    ItemRow {
        href: format!("{}/dossiers/{id}", room.path()),
        file: format!("/dossiers/{id}"),
        reference: item.dossier.reference_or_draft(),
        title: item.dossier.title_or_untitled().to_owned(),
        requested: item.requested.to_string(),
        withdrawn: item.is_withdrawn(),
        attending: board.against_quorum(&attending.to_string()),
        quorum: board.has_quorum(attending),
        recused: board.seats.iter().filter(of_item).map(|seat| seat.name.clone()).collect(),
        outcome: item.opinion.as_ref().map(|o| room.outcome(o)).unwrap_or_default(),
        tone: item.opinion.as_ref().map_or("neutral", |o| o.outcome.tone()),
        amount: shown(item.opinion.as_ref().and_then(Opinion::total)),
        vote: item.opinion.as_ref().and_then(|o| o.vote).map(|vote| vote.to_string()).unwrap_or_default(),
        prepared: item.is_prepared(&board.session),
        movable: item.opinion.is_none(),
        action: match (room.writes(), board.session.state, item.opinion.is_some()) {
            (true, SessionState::Planned, _) => "Préparer l’avis",
            (true, _, false) => "Rendre l’avis",
            (true, _, true) => "Réviser l’avis",
            (false, ..) => "Voir la fiche",
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
