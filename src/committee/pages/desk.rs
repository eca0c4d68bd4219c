//! The sessions of a call, and planning the next one.

use serde::Serialize;

use super::shared::title;
use crate::access::Actor;
use crate::base::clock::{Instant, parse_date};
use crate::base::ids::DossierId;
use crate::base::text;
use crate::calls::definition::Stage;
use crate::calls::{self, Call};
use crate::committee::actions::{self, NewSession};
use crate::committee::model::{Session, SessionKind, SessionState};
use crate::committee::store;
use crate::db::Conn;
use crate::dossiers;
use crate::fault::{Fault, FieldError, Mistakes};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct SessionRow {
    href: String,
    title: String,
    when: String,
    place: String,
    kind: &'static str,
    state: &'static str,
    tone: &'static str,
    agenda: String,
    opinions: String,
}

#[derive(Serialize)]
struct KindChoice {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

fn kinds(call: &Call, typed: &str, shortlists_first: bool) -> Vec<KindChoice> {
    if !call.definition.has_stage(Stage::Shortlisting) {
        return Vec::new();
    }
    let default = if shortlists_first { SessionKind::Shortlisting } else { SessionKind::Selection };
    let chosen = SessionKind::from_code(typed).unwrap_or(default);
    SessionKind::ALL
        .iter()
        .map(|kind| KindChoice { value: kind.code(), label: kind.label(), checked: *kind == chosen })
        .collect()
}

#[derive(Serialize)]
struct DeskView {
    overline: String,
    action: String,
    sessions: Vec<SessionRow>,
    manages: bool,
    waiting: String,
    eligible: String,
    /// What a session may be for; empty when the call has no shortlisting.
    kinds: Vec<KindChoice>,
    waitlist: String,
    quorum: String,
    still_open: String,
    date: String,
    time: String,
    place: String,
    errors: Vec<FieldError>,
    error: std::collections::HashMap<String, String>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let (call, sessions, waiting, eligible) = visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let sessions = sessions(conn, actor, &call)?;
        let waiting = actions::count_ready(conn, actor, &call, SessionKind::Selection)?;
        let eligible = actions::count_ready(conn, actor, &call, SessionKind::Shortlisting)?;
        Ok((call, sessions, waiting, eligible))
    })?;
    let manages = actor.holds_in(call.id, super::MANAGER);
    let proposed = call.definition.calendar.committee;
    let typed = |name: &str, default: String| visit.form.get(name).map_or(default, str::to_owned);
    let zone = call.zone();
    let view = DeskView {
        overline: format!("{} – {}", call.code, call.title),
        action: format!("/appels/{}/comite", call.code),
        sessions,
        manages,
        waiting: if waiting == 0 {
            String::new()
        } else {
            let words = text::count(waiting, "dossier instruit attend", "dossiers instruits attendent");
            format!("{words} d’être inscrits à l’ordre du jour d’une séance.")
        },
        eligible: if eligible == 0 {
            String::new()
        } else {
            let words = text::count(eligible, "dossier recevable attend", "dossiers recevables attendent");
            format!("{words} une présélection.")
        },
        kinds: kinds(&call, visit.form.text("kind"), eligible > 0 && waiting == 0),
        waitlist: format!("/appels/{}/liste-complementaire", call.code),
        quorum: text::count(
            usize::try_from(call.definition.committee.quorum).unwrap_or(usize::MAX),
            "membre sur place ou à distance",
            "membres sur place ou à distance",
        ),
        still_open: if call.is_open(visit.now) {
            format!(
                "L’appel est ouvert jusqu’au {} : d’autres dossiers peuvent encore arriver.",
                call.closes_at.short(zone)
            )
        } else {
            String::new()
        },
        date: typed("date", proposed.map(|at| at.in_zone(zone).strftime("%d/%m/%Y").to_string()).unwrap_or_default()),
        time: typed("time", proposed.map(|at| at.time(zone)).unwrap_or_default()),
        place: typed("place", String::new()),
        error: by_field(&errors),
        errors,
    };
    Ok(Answer::page("Comité de sélection", "committee/sessions.html", &view)?
        .desk()
        .crumb("Appels", "/appels")
        .crumb(&call.code, format!("/appels/{}", call.code))
        .crumb("Comité", ""))
}

pub fn by_field(errors: &[FieldError]) -> std::collections::HashMap<String, String> {
    errors.iter().map(|e| (e.field.clone(), e.message.clone())).collect()
}

/// The last session first. What a person is kept out of is in no count.
fn sessions(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<Vec<SessionRow>, Fault> {
    let agendas = store::agendas_of_call(conn, call.id)?;
    let placed: Vec<DossierId> = agendas.values().flatten().map(|item| item.dossier).collect();
    let visible = store::visible_to(conn, actor, call.id, &placed)?;
    let closed = dossiers::closed_by_interest(conn, actor, call.id)?;
    let manages = actor.holds_in(call.id, super::MANAGER);
    let row = |session: Session| {
        let agenda = agendas.get(&session.id).map(Vec::as_slice).unwrap_or_default();
        let seen = agenda
            .iter()
            .filter(|item| visible.contains(&item.dossier) || (item.withdrawn && !closed.contains(&item.dossier)));
        // What the secretary prepares is nobody else's before the session opens.
        let shown = manages || session.state != SessionState::Planned;
        let opinions = seen.clone().filter(|item| shown && item.has_opinion && !item.withdrawn).count();
        SessionRow {
            href: format!("/comite/{}", session.id),
            title: title(&session),
            when: session.held_at.long(call.zone()),
            place: session.place.clone(),
            kind: session.kind.label(),
            state: session.state.label(),
            tone: session.state.tone(),
            agenda: text::count(seen.count(), "dossier", "dossiers"),
            opinions: text::count(opinions, "avis", "avis"),
        }
    };
    Ok(store::sessions_of_call(conn, call.id)?.into_iter().rev().map(row).collect())
}

pub fn plan(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    let call = visit.read(|conn| calls::by_code(conn, &code))?;
    let planned = read(visit, &call).and_then(|new| {
        visit.perform(|op| match SessionKind::from_code(visit.form.text("kind")) {
            Some(SessionKind::Shortlisting) => actions::plan_shortlisting(op, actor, call.id, &new),
            Some(SessionKind::Selection) | None => actions::plan_session(op, actor, call.id, &new),
        })
    });
    match planned {
        Ok(id) => Ok(Answer::redirect(format!("/comite/{id}"))
            .flash("La séance est prévue. Inscrivez maintenant les dossiers à son ordre du jour.")),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

pub fn read(visit: &Visit, call: &Call) -> Result<NewSession, Fault> {
    let mut mistakes = Mistakes::default();
    let date = parse_date(visit.form.text("date"));
    if date.is_none() {
        mistakes.add("date", "Saisissez la date de la séance, par exemple 20/01/2022.");
    }
    let time = parse_time(visit.form.text("time"));
    if time.is_none() {
        mistakes.add("time", "Saisissez l’heure de la séance, par exemple 14 h 30.");
    }
    let place = mistakes.line(
        "place",
        visit.form.text("place"),
        200,
        "Saisissez le lieu, par exemple Salle Tilleul, Montpellier.",
    );
    let held_at = match (date, time) {
        (Some(date), Some((hour, minute))) => {
            let civil = format!("{date}T{hour:02}:{minute:02}:00");
            mistakes.take("date", Instant::from_civil(&civil, call.zone()))
        }
        _ => None,
    };
    mistakes.finish()?;
    Ok(NewSession { held_at: held_at.ok_or(Fault::NotFound)?, place })
}

/// Reads `14 h 30`, `14h`, `14:30` or `14.30`.
pub fn parse_time(input: &str) -> Option<(u8, u8)> {
    let compact: String = input.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let (hour, minute) = compact.split_once(['h', ':', '.']).unwrap_or((&compact, ""));
    let hour: u8 = hour.parse().ok().filter(|h| *h < 24)?;
    let minute: u8 = if minute.is_empty() { 0 } else { minute.parse().ok().filter(|m| *m < 60)? };
    Some((hour, minute))
}
