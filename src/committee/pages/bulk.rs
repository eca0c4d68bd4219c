//! The opinions of a shortlisting session on one page: a choice and a motive a dossier, saved together.

use serde::Serialize;

use super::shared::Room;
use crate::base::ids::DossierId;
use crate::base::text;
use crate::committee::actions::{self, NewOpinion};
use crate::committee::model::{Item, SessionKind, SessionState, Verdict};
use crate::committee::rules::{Draft, MAX_TEXT, TypedVote};
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    title: String,
    file: String,
    requested: String,
    version: i64,
    outcomes: Vec<Choice>,
    motive: String,
    refusal: String,
    error_outcome: Option<String>,
    error_motive: Option<String>,
}

#[derive(Serialize)]
struct BulkView {
    overline: String,
    title: &'static str,
    path: String,
    back: String,
    planned: bool,
    rows: Vec<Row>,
    count: String,
    button: &'static str,
    max: usize,
    errors: Vec<FieldError>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

/// The session, when its opinions can be written here.
fn room(visit: &Visit) -> Result<Room, Fault> {
    let room = Room::of(visit)?;
    if room.seen.board.session.kind != SessionKind::Shortlisting || !room.manages {
        return Err(Fault::NotFound);
    }
    actions::refuse_sealed(&room.seen.board.session)?;
    Ok(room)
}

fn page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Fault> {
    let room = room(visit)?;
    let board = &room.seen.board;
    let planned = board.session.state == SessionState::Planned;
    let error = |field: &str| errors.iter().find(|e| e.field == field).map(|e| e.message.clone());
    let rows: Vec<Row> = board
        .items
        .iter()
        .filter(|item| !item.is_withdrawn())
        .map(|item| {
            let id = item.dossier.id;
            let typed = Typed::of(visit, item);
            Row {
                reference: item.dossier.reference_or_draft(),
                title: item.dossier.title_or_untitled().to_owned(),
                file: format!("/dossiers/{id}"),
                requested: item.requested.to_string(),
                version: typed.version,
                outcomes: Verdict::of_kind(SessionKind::Shortlisting)
                    .iter()
                    .map(|verdict| Choice {
                        value: verdict.code(),
                        label: verdict.label(),
                        checked: typed.outcome == verdict.code(),
                    })
                    .collect(),
                motive: typed.motive,
                refusal: match actions::may_opine(board, id) {
                    Err(Fault::Refused(reason)) if !planned => reason,
                    _ => String::new(),
                },
                error_outcome: error(&format!("outcome-{id}")),
                error_motive: error(&format!("motive-{id}")),
                id: id.to_string(),
            }
        })
        .collect();
    let title = if planned { "Préparer les avis" } else { "Saisir les avis" };
    let view = BulkView {
        overline: room.title(),
        title,
        path: format!("{}/avis", room.path()),
        back: room.path(),
        planned,
        count: text::count(rows.len(), "dossier", "dossiers"),
        rows,
        button: if planned { "Préparer ces avis" } else { "Enregistrer ces avis" },
        max: MAX_TEXT,
        errors,
    };
    let answer = Answer::page(format!("{title} – {}", room.title()), "committee/bulk.html", &view)?;
    Ok(room.crumbs(answer, title))
}

/// What a row's fields hold: what was just typed, else what is saved.
struct Typed {
    version: i64,
    outcome: String,
    motive: String,
}

impl Typed {
    fn of(visit: &Visit, item: &Item) -> Self {
        let id = item.dossier.id;
        let saved = item.opinion.as_ref();
        let field = |name: &str| visit.form.get(&format!("{name}-{id}"));
        Self {
            version: field("version")
                .map_or_else(|| saved.map_or(0, |o| o.version), |typed| typed.parse().unwrap_or(0)),
            outcome: match (field("version"), field("outcome")) {
                (_, Some(typed)) => typed.to_owned(),
                (Some(_), None) => String::new(),
                (None, None) => saved.map(|o| o.outcome.code().to_owned()).unwrap_or_default(),
            },
            motive: field("motive").map_or_else(|| saved.map(|o| o.motive.clone()).unwrap_or_default(), str::to_owned),
        }
    }

    /// Whether there is something to save: a row left as it was is not touched.
    fn changes(&self, item: &Item) -> bool {
        match &item.opinion {
            None => !self.outcome.is_empty() || !self.motive.trim().is_empty(),
            Some(saved) => self.outcome != saved.outcome.code() || text::clean(&self.motive) != saved.motive,
        }
    }

    /// Debate and vote are noted on the dossier's own page, and kept.
    fn opinion(&self, item: &Item) -> NewOpinion {
        let saved = item.opinion.as_ref();
        let vote = saved.and_then(|o| o.vote);
        NewOpinion {
            version: self.version,
            draft: Draft {
                outcome: Verdict::from_code(&self.outcome),
                motive: self.motive.clone(),
                debate: saved.map(|o| o.debate.clone()).unwrap_or_default(),
                vote: vote.map_or_else(TypedVote::default, |vote| TypedVote {
                    favour: vote.favour.to_string(),
                    against: vote.against.to_string(),
                    abstained: vote.abstained.to_string(),
                }),
                ..Draft::default()
            },
        }
    }
}

pub fn record(visit: &Visit) -> Result<Answer, Fault> {
    let room = room(visit)?;
    let actor = visit.actor()?;
    let session = room.seen.board.session.id;
    let changed: Vec<(&Item, Typed)> = room
        .seen
        .board
        .items
        .iter()
        .filter(|item| !item.is_withdrawn())
        .map(|item| (item, Typed::of(visit, item)))
        .filter(|(item, typed)| typed.changes(item))
        .collect();
    if changed.is_empty() {
        return Ok(Answer::redirect(format!("{}/avis", room.path())).flash_as("info", "Rien n’a changé."));
    }
    let number = changed.len();
    let saved = visit.perform(|op| {
        let mut mistakes = Vec::new();
        for (item, typed) in &changed {
            let id = item.dossier.id;
            match actions::record_opinion(op, actor, session, id, &typed.opinion(item)) {
                Ok(()) => {}
                Err(Fault::Invalid(errors)) => mistakes.extend(errors.into_iter().map(|e| of_row(id, item, e))),
                Err(Fault::Stale) => mistakes.push(FieldError {
                    field: format!("outcome-{id}"),
                    message: format!(
                        "Un autre avis sur {} a été enregistré entre-temps\u{202F}: ouvrez sa fiche pour comparer.",
                        item.dossier.reference_or_draft()
                    ),
                }),
                Err(fault) => return Err(fault),
            }
        }
        // One mistake, and none is saved: the page comes back with all that was typed.
        if mistakes.is_empty() { Ok(()) } else { Err(Fault::Invalid(mistakes)) }
    });
    match saved {
        Ok(()) => {
            let text = text::count(number, "avis est enregistré", "avis sont enregistrés");
            Ok(Answer::redirect(room.path()).flash(format!("{text}.")))
        }
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

fn of_row(id: DossierId, item: &Item, error: FieldError) -> FieldError {
    let field = if error.field == "motive" { "motive" } else { "outcome" };
    FieldError {
        field: format!("{field}-{id}"),
        message: format!("{}\u{A0}: {}", item.dossier.reference_or_draft(), error.message),
    }
}
