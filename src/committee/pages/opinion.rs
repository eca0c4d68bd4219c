//! One dossier before the committee: what instructors said, then the committee's own opinion.

use std::collections::HashMap;

use serde::Serialize;

use super::desk::by_field;
use super::shared::{ReviewRow, Room, UNSCORED, departments, reviews, shown};
use crate::base::money::Cents;
use crate::base::text;
use crate::committee::actions::{self, NewOpinion};
use crate::committee::model::{Item, SessionKind, SessionState, Verdict};
use crate::committee::rules::{Draft, MAX_TEXT, TypedShare, TypedVote, share_field};
use crate::committee::sealing;
use crate::committee::store;
use crate::dossiers;
use crate::fault::{Fault, FieldError};
use crate::instruction;
use crate::ledger::Share;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct RadioChoice {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

/// A line and year of which the dossier asks something.
#[derive(Serialize)]
struct ShareRow {
    field: String,
    label: String,
    /// Planned, under credits not yet voted.
    planned: bool,
    requested: String,
    left: String,
    value: String,
    error: Option<String>,
}

#[derive(Serialize)]
struct KeyValue {
    key: String,
    value: String,
}

#[derive(Serialize)]
struct Saved {
    outcome: String,
    tone: &'static str,
    shares: Vec<KeyValue>,
    total: String,
    motive: String,
    debate: String,
    vote: String,
    when: String,
}

#[derive(Serialize)]
struct OpinionView {
    overline: String,
    title: String,
    path: String,
    file: String,
    facts: Vec<KeyValue>,
    divergent: bool,
    blocking: Vec<String>,
    reviews: Vec<ReviewRow>,
    /// What the departments concerned said.
    departments: Vec<ReviewRow>,
    recused: Vec<String>,
    refusal: String,
    editable: bool,
    stale: bool,
    saved: Option<Saved>,
    version: i64,
    outcomes: Vec<RadioChoice>,
    shares: Vec<ShareRow>,
    total: String,
    shows_left: bool,
    selection: bool,
    preparing: bool,
    prepared: bool,
    motive_label: &'static str,
    button: &'static str,
    voices: String,
    votes: [String; 3],
    rank: String,
    motive: String,
    debate: String,
    max: usize,
    errors: Vec<FieldError>,
    error: HashMap<String, String>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new(), false)
}

fn page(visit: &Visit, errors: Vec<FieldError>, stale: bool) -> Result<Answer, Fault> {
    let room = Room::around(visit)?;
    let item = room.item(visit)?;
    if item.is_withdrawn() {
        return Err(Fault::refused("Le porteur a retiré ce dossier\u{202F}: il n’y a plus d’avis à rendre."));
    }
    let board = &room.seen.board;
    let id = item.dossier.id;
    let preparing = board.session.state == SessionState::Planned;
    let refusal = match actions::may_opine(board, id) {
        Err(Fault::Refused(_)) if preparing && room.manages => String::new(),
        Err(Fault::Refused(reason)) => reason,
        Err(fault) => return Err(fault),
        Ok(()) => String::new(),
    };
    let editable = room.manages && refusal.is_empty();
    let (assessment, departments, asked, left) = visit.read(|conn| {
        let assessment = sealing::assessment_of(conn, &room.call, board, id)?;
        let asked = match board.session.kind {
            SessionKind::Selection => store::asked(conn, &room.call, &item.version)?,
            SessionKind::Shortlisting => Vec::new(),
        };
        // Only who prepares opinions, recused from none, sees what is left: the figure could tell of a hidden dossier.
        let shows_left = editable && !dossiers::sees_partially(conn, &room.viewer, room.call.id)?;
        let left = if shows_left { Some(store::left_for(conn, room.call.id, id)?) } else { None };
        Ok((assessment, departments(&instruction::territorial(conn, id)?), asked, left))
    })?;
    let form = FormState::of(visit, item);
    let attending = board.attending_for(id);
    let fact = |key: &str, value: String| KeyValue { key: key.to_owned(), value };
    let mut facts = vec![
        fact("Porteur", item.version.applicant().to_owned()),
        fact("Demande", item.requested.to_string()),
        fact("Note", assessment.score.map_or_else(|| UNSCORED.to_owned(), |s| format!("{s} sur 100"))),
    ];
    if let Some(spread) = assessment.spread {
        facts.push(fact("Écart entre instructeurs", format!("{spread} points")));
    }
    facts.push(fact(
        "Quorum pour ce dossier",
        board.against_quorum(&text::count(attending, "membre compté", "membres comptés")),
    ));
    let label_of = |share: &Share| {
        let known = asked.iter().find(|a| a.line == share.line && a.year == share.year);
        known.map_or_else(|| share.year.to_string(), |a| a.label.clone())
    };
    let error = by_field(&errors);
    let shares: Vec<ShareRow> = asked
        .iter()
        .map(|a| {
            let field = share_field(a.line, a.year);
            let planned = Some(a.year) != actions::firm_year(&room.call);
            ShareRow {
                label: a.label.clone(),
                planned,
                requested: a.requested.to_string(),
                left: match &left {
                    Some(left) if !planned => match left.get(&(a.line, a.year)).copied().flatten() {
                        Some(left) => left.to_string(),
                        None => "Vote non connu".to_owned(),
                    },
                    _ => String::new(),
                },
                value: form.shares.get(&field).cloned().unwrap_or_else(|| {
                    // A first opinion starts from what is asked; nothing is kept of it until it is saved.
                    if form.fresh { a.requested.plain() } else { String::new() }
                }),
                error: error.get(&field).cloned(),
                field,
            }
        })
        .collect();
    let typed: Cents = shares.iter().filter_map(|row| Cents::parse(&row.value).ok()).sum();
    let view = OpinionView {
        overline: format!("{} – {}", room.title(), item.dossier.reference_or_draft()),
        title: item.dossier.title_or_untitled().to_owned(),
        path: format!("{}/dossiers/{id}", room.path()),
        file: format!("/dossiers/{id}"),
        facts,
        divergent: assessment.divergent,
        blocking: assessment.blocking.clone(),
        reviews: reviews(&room.call, &assessment),
        departments,
        recused: board
            .seats
            .iter()
            .filter_map(|seat| Some((seat, board.recusal(id, seat.account?)?)))
            .map(|(seat, recusal)| {
                let left = recusal.left_at.map(|at| format!(" Sortie le {}.", room.when(at))).unwrap_or_default();
                let back = recusal.returned_at.map(|at| format!(" Retour le {}.", room.when(at))).unwrap_or_default();
                format!("{} – {}{left}{back}", seat.name, recusal.reason)
            })
            .collect(),
        refusal,
        editable,
        stale,
        saved: item.opinion.as_ref().map(|opinion| Saved {
            outcome: room.outcome(opinion),
            tone: opinion.outcome.tone(),
            shares: opinion
                .shares
                .iter()
                .map(|share| KeyValue { key: label_of(share), value: share.amount.to_string() })
                .collect(),
            total: shown(opinion.total()),
            motive: opinion.motive.clone(),
            debate: opinion.debate.clone(),
            vote: opinion.vote.map(|vote| vote.to_string()).unwrap_or_default(),
            when: room.when(opinion.recorded_at),
        }),
        version: if stale { item.opinion.as_ref().map_or(0, |o| o.version) } else { form.version },
        outcomes: Verdict::of_kind(board.session.kind)
            .iter()
            .map(|outcome| RadioChoice {
                value: outcome.code(),
                label: outcome.label(),
                checked: form.outcome == outcome.code(),
            })
            .collect(),
        selection: board.session.kind == SessionKind::Selection,
        preparing,
        prepared: item.is_prepared(&board.session) && !preparing,
        motive_label: if board.session.kind == SessionKind::Selection {
            "Motif, obligatoire sauf si le dossier est retenu"
        } else {
            "Motif, obligatoire si le dossier n’est pas présélectionné"
        },
        button: if preparing { "Préparer l’avis" } else { "Enregistrer l’avis" },
        voices: format!(
            "{} sur ce dossier, mandats compris. Laissez vide si le comité n’a pas voté.",
            text::count(actions::voices(board, id).total, "voix possible", "voix possibles")
        ),
        votes: [form.vote.favour, form.vote.against, form.vote.abstained],
        shares,
        total: typed.to_string(),
        shows_left: left.is_some(),
        rank: form.rank,
        motive: form.motive,
        debate: form.debate,
        max: MAX_TEXT,
        error,
        errors,
    };
    let answer = Answer::page(
        format!("{} – avis du comité", item.dossier.reference_or_draft()),
        "committee/opinion.html",
        &view,
    )?;
    Ok(room.crumbs(answer, &item.dossier.reference_or_draft()))
}

/// What the fields hold: what was just typed, else what is saved.
struct FormState {
    version: i64,
    outcome: String,
    /// By name of field.
    shares: HashMap<String, String>,
    /// Nothing typed nor saved yet.
    fresh: bool,
    rank: String,
    motive: String,
    debate: String,
    vote: TypedVote,
}

impl FormState {
    fn of(visit: &Visit, item: &Item) -> Self {
        if visit.form.get("version").is_some() {
            let text = |name: &str| visit.form.text(name).to_owned();
            return Self {
                version: visit.form.text("version").parse().unwrap_or(0),
                outcome: text("outcome"),
                shares: visit.form.fields().iter().filter(|(name, _)| name.starts_with("share-")).cloned().collect(),
                fresh: false,
                rank: text("rank"),
                motive: text("motive"),
                debate: text("debate"),
                vote: TypedVote {
                    favour: text("votes_for"),
                    against: text("votes_against"),
                    abstained: text("votes_abstained"),
                },
            };
        }
        let saved = item.opinion.as_ref();
        let shares = saved.map(|o| o.shares.as_slice()).unwrap_or_default();
        Self {
            version: saved.map_or(0, |o| o.version),
            outcome: saved.map(|o| o.outcome.code().to_owned()).unwrap_or_default(),
            shares: shares.iter().map(|s| (share_field(s.line, s.year), s.amount.plain())).collect(),
            fresh: saved.is_none(),
            rank: saved.and_then(|o| o.rank).map(|r| r.to_string()).unwrap_or_default(),
            motive: saved.map(|o| o.motive.clone()).unwrap_or_default(),
            debate: saved.map(|o| o.debate.clone()).unwrap_or_default(),
            vote: saved.and_then(|o| o.vote).map_or_else(TypedVote::default, |vote| TypedVote {
                favour: vote.favour.to_string(),
                against: vote.against.to_string(),
                abstained: vote.abstained.to_string(),
            }),
        }
    }

    fn typed_shares(&self) -> Vec<TypedShare> {
        let read = |(name, amount): (&String, &String)| {
            let (line, year) = name.strip_prefix("share-")?.split_once('-')?;
            Some(TypedShare { line: line.parse().ok()?, year: year.parse().ok()?, amount: amount.clone() })
        };
        let mut typed: Vec<TypedShare> = self.shares.iter().filter_map(read).collect();
        typed.sort_unstable_by_key(|share| (share.year, share.line));
        typed
    }
}

pub fn record(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::around(visit)?;
    let item = room.item(visit)?;
    let actor = visit.actor()?;
    let form = FormState::of(visit, item);
    let new = NewOpinion {
        version: form.version,
        draft: Draft {
            outcome: Verdict::from_code(&form.outcome),
            shares: form.typed_shares(),
            rank: form.rank,
            debate: form.debate,
            motive: form.motive,
            vote: form.vote,
        },
    };
    let session = room.seen.board.session.id;
    match visit.perform(|op| actions::record_opinion(op, actor, session, item.dossier.id, &new)) {
        Ok(()) => {
            let text = format!("L’avis sur {} est enregistré.", item.dossier.reference_or_draft());
            Ok(Answer::redirect(room.path()).flash(text))
        }
        Err(Fault::Stale) => page(visit, Vec::new(), true).map(|answer| answer.status(409)),
        Err(fault) => visit.with_mistakes(fault, |visit, errors| page(visit, errors, false)),
    }
}
