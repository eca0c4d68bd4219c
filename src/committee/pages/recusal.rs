//! Leaving the room: a member for themself, or the manager for a member.

use serde::Serialize;

use super::desk::{by_field, parse_time};
use super::shared::Room;
use crate::base::clock::Instant;
use crate::base::ids::AccountId;
use crate::committee::actions::{self, NewRecusal};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct MemberChoice {
    value: String,
    label: String,
    selected: bool,
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
        error: by_field(&errors),
        errors,
    };
    let answer = Answer::page(format!("{title} – {}", room.title()), "committee/recusal.html", &view)?;
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
    let typed = visit.form.text("left_at").trim();
    let left_at = if !room.manages || typed.is_empty() {
        None
    } else {
        let wrong = || Fault::invalid("left_at", "Saisissez l’heure de sortie, par exemple 14 h 35.");
        let (hour, minute) = parse_time(typed).ok_or_else(wrong)?;
        let zone = room.call.zone();
        let civil = format!("{}T{hour:02}:{minute:02}:00", visit.now.iso_date(zone));
        Some(Instant::from_civil(&civil, zone).map_err(|_| wrong())?)
    };
    Ok(NewRecusal { account, reason: visit.form.text("reason").to_owned(), left_at })
}
