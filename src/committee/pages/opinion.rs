//! One dossier before the committee: what instructors said, then the committee's own opinion.

use serde::Serialize;

use super::desk::by_field;
use super::shared::{ReviewRow, Room, UNSCORED, reviews, shown};
use crate::base::money::Cents;
use crate::base::text;
use crate::committee::actions::{self, NewOpinion};
use crate::committee::model::Item;
use crate::committee::rules::{Draft, MAX_TEXT};
use crate::committee::store;
use crate::dossiers::{self, Outcome};
use crate::fault::{Fault, FieldError};
use crate::instruction;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct RadioChoice {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct SelectChoice {
    value: String,
    label: String,
    selected: bool,
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
    amount: String,
    envelope: String,
    motive: String,
    debate: String,
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
    recused: Vec<String>,
    refusal: String,
    editable: bool,
    stale: bool,
    saved: Option<Saved>,
    version: i64,
    outcomes: Vec<RadioChoice>,
    amount: String,
    envelopes: Vec<SelectChoice>,
    rank: String,
    motive: String,
    debate: String,
    max: usize,
    errors: Vec<FieldError>,
    error: std::collections::HashMap<String, String>,
}

pub fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new(), false)
}

fn page(visit: &Visit, errors: Vec<FieldError>, stale: bool) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let item = room.item(visit)?;
    if item.is_withdrawn() {
        return Err(Fault::refused("Le porteur a retiré ce dossier\u{202F}: il n’y a plus d’avis à rendre."));
    }
    let board = &room.seen.board;
    let id = item.dossier.id;
    let (assessment, version, envelopes) = visit.read(|conn| {
        let assessment = instruction::assessments(conn, &room.call, &[id])?.remove(&id).unwrap_or_default();
        let version = dossiers::version_by_id(conn, item.version)?;
        let mut envelopes = Vec::new();
        for envelope in store::envelopes_of_call(conn, room.call.id)? {
            let prepared = store::prepared_on(conn, envelope.id, id)?;
            envelopes.push((envelope, prepared));
        }
        Ok((assessment, version, envelopes))
    })?;
    let refusal = match actions::may_opine(board, id) {
        Err(Fault::Refused(reason)) => reason,
        Err(fault) => return Err(fault),
        Ok(()) => String::new(),
    };
    let form = FormState::of(visit, item);
    let attending = board.attending_for(id);
    let fact = |key: &str, value: String| KeyValue { key: key.to_owned(), value };
    let mut facts = vec![
        fact("Porteur", version.content.applicant.name.clone()),
        fact("Demande", item.requested.to_string()),
        fact("Note", assessment.score.map_or_else(|| UNSCORED.to_owned(), |s| format!("{s} sur 100"))),
    ];
    if let Some(spread) = assessment.spread {
        facts.push(fact("Écart entre instructeurs", format!("{spread} points")));
    }
    facts.push(fact(
        "Quorum pour ce dossier",
        format!("{} pour {} requis", text::count(attending, "membre", "membres"), board.session.quorum),
    ));
    let editable = room.manages && refusal.is_empty();
    // Only who prepares opinions, recused from none, sees what is left: the figure could tell of a hidden dossier.
    let partial = visit.read(|conn| dossiers::sees_partially(conn, visit.actor()?, room.call.id))?;
    if editable && !partial {
        for (envelope, prepared) in &envelopes {
            let left = envelope.left.map_or_else(|| "Vote non connu".to_owned(), |left| (left - *prepared).to_string());
            facts.push(fact(&format!("Reste sur {}", envelope.label()), left));
        }
    }
    let name_of = |id| envelopes.iter().find(|(e, _)| Some(e.id) == id).map(|(e, _)| e.label()).unwrap_or_default();
    let mut choices = vec![SelectChoice { value: String::new(), label: "Choisir".to_owned(), selected: false }];
    choices.extend(envelopes.iter().map(|(envelope, _)| SelectChoice {
        value: envelope.id.to_string(),
        label: envelope.label(),
        selected: form.envelope == envelope.id.to_string() || (form.envelope.is_empty() && envelopes.len() == 1),
    }));
    let view = OpinionView {
        overline: format!("{} – {}", room.title(), item.dossier.reference_or_draft()),
        title: item.dossier.title_or_untitled().to_owned(),
        path: format!("{}/dossiers/{id}", room.path()),
        file: format!("/dossiers/{id}"),
        facts,
        divergent: assessment.divergent,
        blocking: assessment.blocking.clone(),
        reviews: reviews(&assessment),
        recused: board
            .seats
            .iter()
            .filter_map(|seat| Some((seat, board.recusal(id, seat.account?)?)))
            .map(|(seat, recusal)| {
                let left = recusal.left_at.map(|at| format!(" Sortie le {}.", room.when(at))).unwrap_or_default();
                format!("{} – {}{left}", seat.name, recusal.reason)
            })
            .collect(),
        refusal,
        editable,
        stale,
        saved: item.opinion.as_ref().map(|opinion| Saved {
            outcome: room.outcome(opinion),
            tone: opinion.outcome.tone(),
            amount: shown(opinion.amount),
            envelope: name_of(opinion.envelope),
            motive: opinion.motive.clone(),
            debate: opinion.debate.clone(),
            when: room.when(opinion.recorded_at),
        }),
        version: if stale { item.opinion.as_ref().map_or(0, |o| o.version) } else { form.version },
        outcomes: Outcome::OPINIONS
            .iter()
            .map(|outcome| RadioChoice {
                value: outcome.code(),
                label: outcome.label(),
                checked: form.outcome == outcome.code(),
            })
            .collect(),
        amount: form.amount,
        envelopes: choices,
        rank: form.rank,
        motive: form.motive,
        debate: form.debate,
        max: MAX_TEXT,
        error: by_field(&errors),
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
    amount: String,
    envelope: String,
    rank: String,
    motive: String,
    debate: String,
}

impl FormState {
    fn of(visit: &Visit, item: &Item) -> Self {
        if visit.form.get("version").is_some() {
            let text = |name: &str| visit.form.text(name).to_owned();
            return Self {
                version: visit.form.text("version").parse().unwrap_or(0),
                outcome: text("outcome"),
                amount: text("amount"),
                envelope: text("envelope"),
                rank: text("rank"),
                motive: text("motive"),
                debate: text("debate"),
            };
        }
        let saved = item.opinion.as_ref();
        Self {
            version: saved.map_or(0, |o| o.version),
            outcome: saved.map(|o| o.outcome.code().to_owned()).unwrap_or_default(),
            amount: saved.and_then(|o| o.amount).map(Cents::plain).unwrap_or_default(),
            envelope: saved.and_then(|o| o.envelope).map(|e| e.to_string()).unwrap_or_default(),
            rank: saved.and_then(|o| o.rank).map(|r| r.to_string()).unwrap_or_default(),
            motive: saved.map(|o| o.motive.clone()).unwrap_or_default(),
            debate: saved.map(|o| o.debate.clone()).unwrap_or_default(),
        }
    }
}

pub fn record(visit: &Visit) -> Result<Answer, Fault> {
    let room = Room::of(visit)?;
    let item = room.item(visit)?;
    let actor = visit.actor()?;
    let form = FormState::of(visit, item);
    let new = NewOpinion {
        version: form.version,
        envelope: form.envelope.parse().ok(),
        draft: Draft {
            outcome: Outcome::from_code(&form.outcome),
            amount: form.amount,
            envelope: false,
            rank: form.rank,
            debate: form.debate,
            motive: form.motive,
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
