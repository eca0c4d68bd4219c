//! Leaving the room: a member for themself, or the manager for a member.

use serde::Serialize;

use super::desk::{by_field, parse_time};
use super::shared::Room;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId};
use crate::committee::actions::{self, NewRecusal};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct MemberChoice {
    value: String,
    label: String,
    selected: bool,
}

/// A member who left the room and may come back.
#[derive(Serialize)]
struct AwayMember {
    account: String,
    name: String,
    left: String,
}

#[derive(Serialize)]
struct RecusalView {
    overline: String,
    title: String,
    action: String,
    back: String,
    manages: bool,
    members: Vec<MemberChoice>,
    reason: String,
    left_at: String,
    away: Vec<AwayMember>,
    return_action: String,
    returned_at: String,
    errors: Vec<FieldError>,
    error: std::collections::HashMap<String, String>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let item = room.item(visit)?;
    let board = &room.seen.board;
    actions::refuse_sealed(&board.session)?;
    let chosen = visit.form.text("account");
    let mut members = vec![MemberChoice { value: String::new(), label: "Choisir".to_owned(), selected: false }];
    members.extend(
        board
            .seats
            .iter()
            .filter_map(|seat| Some((seat, seat.account?)))
            .filter(|(_, account)| !board.is_recused(item.dossier.id, Some(*account)))
            .map(|(seat, account)| MemberChoice {
                value: account.to_string(),
                label: format!("{} – {}", seat.name, seat.label),
                selected: chosen == account.to_string(),
            }),
    );
    let title = if room.manages { "Noter un déport" } else { "Me déporter" };
    let view = RecusalView {
        overline: format!("{} – {}", room.title(), item.dossier.reference_or_draft()),
        title: format!("{title}\u{A0}: {}", item.dossier.title_or_untitled()),
        action: format!("{}/dossiers/{}/deport", room.path(), item.dossier.id),
        back: room.path(),
        manages: room.manages,
        members,
        reason: visit.form.text("reason").to_owned(),
        left_at: visit.form.text("left_at").to_owned(),
        away: if room.manages { away(&room, item.dossier.id) } else { Vec::new() },
        return_action: format!("{}/dossiers/{}/retour", room.path(), item.dossier.id),
        returned_at: visit.form.text("returned_at").to_owned(),
        error: by_field(&errors),
        errors,
    };
    let page_title = format!("{title} – {} – {}", item.dossier.reference_or_draft(), room.title());
    let answer = Answer::page(page_title, "committee/recusal.html", &view)?;
    Ok(room.crumbs(answer, title))
}

pub fn record(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let item = room.item(visit)?;
    let actor = visit.actor()?;
    let board = &room.seen.board;
    let recorded = read(visit, &room, actor.id)
        .and_then(|new| visit.perform(|op| actions::recuse(op, actor, board.session.id, item.dossier.id, &new)));
    match recorded {
        Ok(()) => Ok(Answer::redirect(room.path()).flash("Le déport est enregistré.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

fn read(visit: &Visit, room: &Room, own: AccountId) -> Result<NewRecusal, Fault> {
    let account = if room.manages {
        let chosen = visit.form.text("account").parse();
        chosen.map_err(|_| Fault::invalid("account", "Choisissez le membre qui se déporte."))?
    } else {
        own
    };
    let left_at = if room.manages {
        hour_of_today(visit, room, "left_at", "Saisissez l’heure de sortie, par exemple 14 h 35.")?
    } else {
        None
    };
    Ok(NewRecusal { account, reason: visit.form.text("reason").to_owned(), left_at })
}

/// An hour of the day typed in a field; empty, none.
fn hour_of_today(visit: &Visit, room: &Room, field: &str, message: &str) -> Result<Option<Instant>, Fault> {
    let typed = visit.form.text(field).trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || Fault::invalid(field, message);
    let (hour, minute) = parse_time(typed).ok_or_else(wrong)?;
    let zone = room.call.zone();
    let civil = format!("{}T{hour:02}:{minute:02}:00", visit.now.iso_date(zone));
    Ok(Some(Instant::from_civil(&civil, zone).map_err(|_| wrong())?))
}

fn away(room: &Room, dossier: DossierId) -> Vec<AwayMember> {
    let board = &room.seen.board;
    board
        .recusals
        .iter()
        .filter(|r| r.dossier == dossier && r.left_at.is_some() && r.returned_at.is_none())
        .filter_map(|r| {
            let seat = board.seats.iter().find(|seat| seat.account == Some(r.account))?;
            Some(AwayMember {
                account: r.account.to_string(),
                name: seat.name.clone(),
                left: r.left_at.map(|at| room.when(at)).unwrap_or_default(),
            })
        })
        .collect()
}

/// A member comes back into the room, the dossier being closed.
pub fn record_return(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let item = room.item(visit)?;
    let actor = visit.actor()?;
    let account: AccountId = visit.form.text("account").parse().map_err(|_| Fault::NotFound)?;
    let session = room.seen.board.session.id;
    let recorded = hour_of_today(visit, &room, "returned_at", "Saisissez l’heure de retour, par exemple 14 h 52.")
        .and_then(|at| visit.perform(|op| actions::record_return(op, actor, session, item.dossier.id, account, at)));
    match recorded {
        Ok(()) => Ok(Answer::redirect(room.path()).flash("Le retour en séance est noté.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
