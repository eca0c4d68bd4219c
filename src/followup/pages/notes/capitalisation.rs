//! What a call has learnt: results by indicator, and the notes it keeps, by axis.

use std::collections::BTreeMap;

use serde::Serialize;

use super::list::{Card, card};
use super::{code, list_path, note_path};
use crate::base::ids::PracticeNoteId;
use crate::base::text::count;
use crate::fault::Fault;
use crate::followup::actions::notes as actions;
use crate::followup::rules::show_with_unit;
use crate::followup::store::notes::{self, Wanted};
use crate::followup::store::projects;
use crate::web::{Answer, Visit};

/// A call keeps a few dozen notes; more would be no capitalisation.
const MOST: i64 = 200;

#[derive(Serialize)]
struct Outcome {
    indicator: String,
    family: &'static str,
    projects: String,
    /// Sum over projects; empty for shares, which do not add up.
    sum: String,
    reached: String,
}

#[derive(Serialize)]
struct Axis {
    label: String,
    cards: Vec<Card>,
}

#[derive(Serialize)]
struct CapitalisationView {
    call_title: String,
    list: String,
    lead: String,
    results: Vec<Outcome>,
    axes: Vec<Axis>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let (circle, kept, outcomes, all) = visit.read(|conn| {
        let circle = actions::circle(conn, actor, &code)?;
        let wanted = Wanted { axis: String::new(), retained_only: true, closed: circle.closed() };
        let kept = notes::page(conn, circle.call.id, &wanted, (0, MOST))?;
        let outcomes = projects::outcomes(conn, &circle.call, &circle.closed())?;
        let every = Wanted { retained_only: false, ..wanted };
        let all = notes::count(conn, circle.call.id, &every)?;
        Ok((circle, kept, outcomes, all))
    })?;
    let definition = &circle.call.definition;
    let results = definition
        .indicators
        .iter()
        .filter_map(|choice| {
            let outcome = outcomes.get(&choice.code)?;
            let adds_up = choice.unit != "%" && outcome.told > 0;
            Some(Outcome {
                indicator: choice.label.clone(),
                family: choice.family.label(),
                projects: format!("{} sur {}", outcome.told, outcome.projects),
                sum: if adds_up { show_with_unit(outcome.sum, &choice.unit) } else { String::new() },
                reached: format!("{} sur {}", outcome.at_target, outcome.told),
            })
        })
        .collect();
    let mut by_axis: BTreeMap<usize, Axis> = BTreeMap::new();
    for note in &kept {
        let place = definition.axes.list.iter().position(|axis| axis.code == note.text.axis);
        let label = place.map_or_else(|| "Tous les axes".to_owned(), |at| definition.axes.list[at].label.clone());
        let axis = by_axis.entry(place.unwrap_or(usize::MAX)).or_insert_with(|| Axis { label, cards: Vec::new() });
        axis.cards.push(card(&circle, note, 0));
    }
    let view = CapitalisationView {
        call_title: circle.call.title.clone(),
        list: list_path(&circle),
        lead: format!(
            "{} sur {}.",
            count(kept.len(), "fiche retenue", "fiches retenues"),
            count(usize::try_from(all).unwrap_or(0), "fiche partagée", "fiches partagées")
        ),
        results,
        axes: by_axis.into_values().collect(),
    };
    Ok(Answer::page("Capitalisation", "followup/notes/capitalisation.html", &view)?
        .crumb("Appels", "/appels")
        .crumb(circle.call.title.clone(), format!("/appels/{}", circle.call.code))
        .crumb("Capitalisation", ""))
}

pub(super) fn retain(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let code = code(visit)?;
    let id: PracticeNoteId = visit.param("note")?;
    let keep = visit.form.text("garder") == "oui";
    let (circle, note, _) = visit.read(|conn| actions::read(conn, actor, &code, id))?;
    let done = Answer::redirect(note_path(&circle, id));
    if circle.manager && note.retained_at.is_some() == keep {
        return Ok(done.flash_as("info", "C’est déjà ainsi."));
    }
    visit.perform(|op| actions::retain(op, actor, &code, id, keep))?;
    Ok(done.flash(if keep { "Fiche retenue pour la capitalisation." } else { "Fiche retirée de la capitalisation." }))
}
