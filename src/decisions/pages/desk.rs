//! The desk of a call's decisions: to sign, to notify, notified.

use std::collections::HashMap;

use serde::Serialize;

use super::{DESK, actions, is_to_notify, outcome_label, store};
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, OrganisationId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::committee::sealed_opinion;
use crate::db::Conn;
use crate::decisions::{Decision, Letter};
use crate::dossiers::{self, Dossier, StaffView, State};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

/// A dossier on the desk; `href` opens its decision.
#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    title: String,
    organisation: String,
    number: String,
    outcome: String,
    tone: &'static str,
    amount: String,
    /// When it was signed or notified.
    when: String,
    /// How it leaves, or whether it was read.
    note: String,
    note_tone: &'static str,
    action: String,
    action_href: String,
}

#[derive(Serialize)]
struct DeskView {
    call_title: String,
    signs: bool,
    notifies: bool,
    to_sign: Vec<Row>,
    to_notify: Vec<Row>,
    notified: Vec<Row>,
    read: usize,
    notify_all_href: String,
    /// « Notifier 3 décisions par voie électronique », empty when there is none to send so.
    notify_all_label: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let code: String = visit.param("call")?;
    let actor = visit.actor()?;
    let (call, view) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let view = desk(conn, actor, &call)?;
        Ok((call, view))
    })?;
    Ok(Answer::page(format!("Décisions – {}", call.title), "decisions/desk.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code))
        .crumb("Décisions", ""))
}

fn desk(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<DeskView, Fault> {
    let seen = dossiers::visible_in_call(conn, actor, call.id, DESK)?;
    let organisations: Vec<OrganisationId> = seen.iter().map(|view| view.dossier.organisation).collect();
    let names = store::organisation_names(conn, &organisations)?;
    let decisions: HashMap<DossierId, Decision> =
        store::in_call(conn, call.id)?.into_iter().map(|d| (d.dossier, d)).collect();
    let letters: HashMap<DossierId, Letter> =
        store::letters_in_call(conn, call.id)?.into_iter().map(|l| (l.dossier, l)).collect();
    let (mut to_sign, mut to_notify, mut notified) = (Vec::new(), Vec::new(), Vec::new());
    let (mut read, mut electronic) = (0, 0);
    for view in &seen {
        let dossier = &view.dossier;
        let organisation = names.get(&dossier.organisation).cloned().unwrap_or_default();
        match (dossier.state, decisions.get(&dossier.id)) {
            (State::Opined, _) => to_sign.extend(sign_row(conn, view, organisation)?),
            (state, Some(decision)) if is_to_notify(state) => {
                let sends = actions::accepts_electronic(conn, decision)?;
                electronic += usize::from(sends);
                to_notify.push(notify_row(call, view, decision, organisation, sends));
            }
            (_, Some(decision)) => {
                let letter = letters.get(&dossier.id);
                read += usize::from(letter.is_some_and(|l| l.read_at.is_some()));
                notified.push(notified_row(call, dossier, decision, letter, organisation));
            }
            _ => {}
        }
    }
    let notifies = actor.holds_in(call.id, &[Role::CallManager]);
    Ok(DeskView {
        call_title: call.title.clone(),
        signs: actor.holds_in(call.id, &[Role::Signatory]),
        notifies,
        to_sign,
        to_notify,
        notified,
        read,
        notify_all_href: format!("/appels/{}/decisions/notifier", call.code),
        notify_all_label: match electronic {
            0 => String::new(),
            _ if !notifies => String::new(),
            1 => "Notifier la décision par voie électronique".to_owned(),
            n => format!("Notifier les {n} décisions par voie électronique"),
        },
    })
}

fn row(dossier: &Dossier, organisation: String) -> Row {
    Row {
        href: format!("/dossiers/{}/decision", dossier.id),
        reference: dossier.reference_or_draft(),
        title: dossier.title_or_untitled().to_owned(),
        organisation,
        number: String::new(),
        outcome: String::new(),
        tone: "neutral",
        amount: String::new(),
        when: String::new(),
        note: String::new(),
        note_tone: "neutral",
        action: String::new(),
        action_href: String::new(),
    }
}

fn amount(amount: Option<Cents>) -> String {
    amount.map_or_else(|| "–".to_owned(), |a| a.plain())
}

fn sign_row(conn: &mut Conn, view: &StaffView, organisation: String) -> Result<Option<Row>, Fault> {
    let Some(opinion) = sealed_opinion(conn, view.dossier.id)? else { return Ok(None) };
    let row = row(&view.dossier, organisation);
    Ok(Some(Row {
        outcome: outcome_label(opinion.outcome, opinion.rank),
        tone: opinion.outcome.tone(),
        amount: amount(opinion.total()),
        action: if view.through(Role::Signatory) { "Préparer la décision" } else { "Lire l’avis" }.to_owned(),
        action_href: row.href.clone(),
        ..row
    }))
}

fn decided(dossier: &Dossier, decision: &Decision, organisation: String) -> Row {
    Row {
        number: decision.number.clone(),
        outcome: outcome_label(decision.outcome, decision.rank),
        tone: decision.outcome.tone(),
        amount: amount(decision.amount),
        ..row(dossier, organisation)
    }
}

fn notify_row(call: &Call, view: &StaffView, decision: &Decision, organisation: String, electronic: bool) -> Row {
    let row = decided(&view.dossier, decision, organisation);
    let manages = view.through(Role::CallManager);
    Row {
        when: decision.signed_at.short(call.zone()),
        note: if electronic { "Par voie électronique" } else { "À imprimer et poster" }.to_owned(),
        action: if manages { "Notifier" } else { "Lire" }.to_owned(),
        action_href: if manages { format!("/dossiers/{}/notifier", view.dossier.id) } else { row.href.clone() },
        ..row
    }
}

fn notified_row(
    call: &Call,
    dossier: &Dossier,
    decision: &Decision,
    letter: Option<&Letter>,
    organisation: String,
) -> Row {
    let row = decided(dossier, decision, organisation);
    let read_at = letter.and_then(|l| l.read_at);
    Row {
        when: decision.notified_at.map(|at| at.short(call.zone())).unwrap_or_default(),
        note: match read_at {
            Some(at) => format!("Lue le {}", at.short(call.zone())),
            None => "Pas encore lue".to_owned(),
        },
        note_tone: if read_at.is_some() { "success" } else { "neutral" },
        action: "Lire".to_owned(),
        action_href: row.href.clone(),
        ..row
    }
}
