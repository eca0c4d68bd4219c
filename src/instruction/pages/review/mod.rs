//! An instructor's own review: interests first, then the grid beside the dossier, a check, and submission for good (`check`).

pub(super) mod check;

use std::collections::BTreeMap;

use serde::Serialize;

use super::interests::{self, Asking};
use super::review_view::{GridRow, PartRow, Row, TypedReview, differences, grid, parts};
use super::{Opened, desk, reading};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::dossiers::State;
use crate::dossiers::present::PresentedSection;
use crate::fault::{Fault, FieldError};
use crate::instruction::store::{self, Assignment, Review};
use crate::instruction::{ReviewOpinion, actions, rules};
use crate::web::{Answer, Visit};

/// The dossier, this instructor's assignment, whether they declared, and their review so far.
struct OwnDesk {
    opened: Opened,
    assignment: Assignment,
    declared: bool,
    review: Option<Review>,
    reopened: String,
}

fn own_desk(visit: &Visit) -> Result<OwnDesk, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        opened.view.require(Role::Instructor)?;
        let assignment = store::active_assignment(conn, id, actor.id)?;
        let declared = store::declaration_of(conn, id, actor.id)?.is_some();
        let review = store::review_of_assignment(conn, assignment.id)?;
        let reopened = store::submissions_of(conn, id)?
            .into_iter()
            .rfind(|s| Some(s.review) == review.as_ref().map(|r| r.id))
            .and_then(|s| s.reopened)
            .map_or(String::new(), |(_, reason)| reason);
        Ok(OwnDesk { opened, assignment, declared, review, reopened })
    })
}

impl OwnDesk {
    fn is_submitted(&self) -> bool {
        self.review.as_ref().is_some_and(|r| r.submitted_at.is_some())
    }

    fn path(&self) -> String {
        format!("{}/avis", self.opened.path())
    }

    /// With the filter of the list one came from.
    fn here(&self, visit: &Visit) -> String {
        format!("{}{}", self.path(), desk::Filter::read(&visit.query).query())
    }

    fn asking(&self, visit: &Visit) -> Asking<'_> {
        Asking {
            opened: &self.opened,
            due: self.due(),
            action: format!("{}/interets{}", self.path(), desk::Filter::read(&visit.query).query()),
            back: "/instruction",
            refusable: true,
        }
    }

    fn crumbs(&self, answer: Answer) -> Answer {
        answer.desk().crumb("Instruction", "/instruction")
    }

    fn due(&self) -> String {
        let zone = self.opened.call.zone();
        self.assignment.due_at.map_or(String::new(), |due| format!("Avis attendu le {}", due.date(zone)))
    }
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let desk = own_desk(visit)?;
    if !desk.declared {
        return Ok(desk.crumbs(interests::page(visit, &desk.asking(visit), Vec::new())?));
    }
    if desk.is_submitted() {
        return check::submitted_page(visit, &desk);
    }
    if desk.opened.view.dossier.state != State::UnderInstruction {
        return Ok(Answer::redirect(desk.opened.path()));
    }
    form_page(visit, &desk, &TypedReview::saved(desk.review.as_ref()), Vec::new(), Vec::new())
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

/// The first message of each field.
pub(super) fn by_field(mistakes: &[FieldError]) -> BTreeMap<String, String> {
    let mut errors = BTreeMap::new();
    for mistake in mistakes {
        errors.entry(mistake.field.clone()).or_insert_with(|| mistake.message.clone());
    }
    errors
}

pub(super) fn declare(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let desk = own_desk(visit)?;
    interests::declare(visit, actor, &desk.asking(visit), &desk.here(visit))
}

/// Gives the dossier back, for an interest found out later or another reason.
pub(super) fn refuse(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let desk = own_desk(visit)?;
    let id = desk.opened.view.dossier.id;
    let reason = visit.form.text("refusal");
    let done = match visit.form.text("refusal_kind") {
        "interet" => visit.perform(|op| actions::declare_interests(op, actor, id, Some(reason))).map_err(under_refusal),
        "autre" => visit.perform(|op| actions::refuse_assignment(op, actor, id, reason)),
        _ => Err(Fault::invalid("refusal_kind", "Dites si un lien d’intérêts vous empêche d’instruire ce dossier.")),
    };
    match done {
        Ok(()) => Ok(Answer::redirect(format!("/instruction{}", desk::Filter::read(&visit.query).query()))
            .flash("Votre refus est enregistré. Le gestionnaire de l’appel est prévenu.")),
        Err(fault) => {
            let typed = TypedReview::saved(desk.review.as_ref());
            visit.with_mistakes(fault, |visit, mistakes| form_page(visit, &desk, &typed, mistakes, Vec::new()))
        }
    }
}

fn under_refusal(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(mistakes) => {
            Fault::Invalid(mistakes.into_iter().map(|m| FieldError { field: "refusal".to_owned(), ..m }).collect())
        }
        other => other,
    }
}

#[derive(Serialize)]
struct FormView {
    title: String,
    reference: String,
    facts: Vec<Row>,
    progress: String,
    previous: String,
    next: String,
    place: String,
    list_href: String,
    filtered: bool,
    reading_href: String,
    action: String,
    refusal_action: String,
    refusal: String,
    refusal_kinds: Vec<Choice>,
    /// Why the review was given back; empty when it never was.
    reopened: String,
    version: i64,
    grid: Vec<GridRow>,
    opinions: Vec<Choice>,
    comment: String,
    max_comment: usize,
    several: bool,
    parts: Vec<PartRow>,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
    differences: Vec<Row>,
    sections: Vec<PresentedSection>,
}

fn form_page(
    visit: &Visit,
    desk: &OwnDesk,
    typed: &TypedReview,
    mistakes: Vec<FieldError>,
    differences: Vec<Row>,
) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let opened = &desk.opened;
    let id = opened.view.dossier.id;
    let filter = desk::Filter::read(&visit.query);
    let tasks = visit.read(|conn| desk::tasks(conn, actor))?;
    let due: Vec<DossierId> = tasks
        .iter()
        .filter(|t| t.dossier.id == id || (t.assignment.is_due() && filter.keeps(t, visit.now)))
        .map(|t| t.dossier.id)
        .collect();
    let place = due.iter().position(|d| *d == id);
    let neighbour = |place: Option<usize>| {
        place.and_then(|i| due.get(i)).map_or(String::new(), |d| format!("{}/avis{}", super::path(*d), filter.query()))
    };
    let criteria = opened.call.definition.criteria_for_axes(&opened.axes());
    let asked = opened.asked();
    let opinion = |value: ReviewOpinion| Choice {
        value: value.code(),
        label: value.label(),
        hint: "",
        checked: typed.input.opinion == Some(value),
    };
    let view = FormView {
        title: opened.view.dossier.title.clone(),
        reference: opened.reference(),
        facts: [
            Row::new("Porteur", &opened.version.content.applicant.name),
            Row::new("Demande", opened.version.requested.to_string()),
            Row::new("Version lue", opened.version.number.to_string()),
            Row::new("Échéance", desk.assignment.due_at.map_or(String::new(), |at| at.date(opened.call.zone()))),
        ]
        .into_iter()
        .filter(|row| !row.value.is_empty())
        .collect(),
        progress: desk::progress(&tasks, visit.now),
        previous: neighbour(place.and_then(|i| i.checked_sub(1))),
        next: neighbour(place.map(|i| i + 1)),
        place: place.map_or(String::new(), |i| format!("Dossier {} sur {}", i + 1, due.len())),
        list_href: format!("/instruction{}", filter.query()),
        filtered: !filter.query().is_empty(),
        reading_href: opened.path(),
        action: desk.here(visit),
        refusal_action: format!("{}/refus{}", desk.path(), filter.query()),
        refusal: visit.form.text("refusal").to_owned(),
        refusal_kinds: [
            (
                "interet",
                "J’ai un lien d’intérêts avec le porteur",
                "Vous êtes déporté et le dossier se ferme pour vous.",
            ),
            ("autre", "Une autre raison", ""),
        ]
        .map(|(value, label, hint)| Choice { value, label, hint, checked: visit.form.text("refusal_kind") == value })
        .into(),
        reopened: desk.reopened.clone(),
        version: typed.version,
        grid: grid(&opened.call.definition, &criteria, &typed.input),
        opinions: ReviewOpinion::ALL.iter().copied().map(opinion).collect(),
        comment: typed.input.comment.clone(),
        max_comment: rules::MAX_COMMENT,
        several: asked.len() > 1,
        parts: parts(&asked, typed),
        errors: by_field(&mistakes),
        error_list: mistakes,
        differences,
        sections: reading::sections(opened),
    };
    let title = format!("Avis – {} – {}", view.reference, view.title);
    Ok(desk.crumbs(Answer::page(title, "instruction/review.html", &view)?))
}

fn already_submitted(desk: &OwnDesk) -> Answer {
    Answer::redirect(desk.path()).flash_as("info", "Votre avis est déjà rendu\u{A0}: il ne change plus.")
}

/// Saves whatever was typed, then checks it when asked to.
pub(super) fn save(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let desk = own_desk(visit)?;
    if desk.is_submitted() {
        return Ok(already_submitted(&desk));
    }
    let id = desk.opened.view.dossier.id;
    let definition = &desk.opened.call.definition;
    let criteria = definition.criteria_for_axes(&desk.opened.axes());
    let asked = desk.opened.asked();
    let mut typed = TypedReview::read(&visit.form, &criteria, &asked);
    match visit.perform(|op| actions::save_review(op, actor, id, &typed.input, typed.version)) {
        Ok(version) => typed.version = version,
        Err(Fault::Invalid(mistakes)) => {
            return Ok(form_page(visit, &desk, &typed, mistakes, Vec::new())?.status(422));
        }
        Err(Fault::Stale) => {
            let saved = own_desk(visit)?.review;
            let rows = saved.as_ref().map_or(Vec::new(), |r| differences(definition, &criteria, &typed, &r.input));
            typed.version = saved.map_or(0, |r| r.version);
            return Ok(form_page(visit, &desk, &typed, Vec::new(), rows)?.status(409));
        }
        Err(fault) => return Err(fault),
    }
    let checking = visit.form.text("intent") == "verifier";
    let mut mistakes = typed.amount_mistakes.clone();
    if checking
        && let Some(review) = own_desk(visit)?.review
        && let Err(Fault::Invalid(more)) = rules::check_submission(definition, &criteria, &review.input, &asked)
    {
        mistakes.extend(more.into_iter().filter(|m| typed.amount_mistakes.iter().all(|a| a.field != m.field)));
    }
    if !mistakes.is_empty() {
        return Ok(form_page(visit, &desk, &typed, mistakes, Vec::new())?.status(422));
    }
    if checking {
        return Ok(Answer::redirect(format!("{}/verifier{}", desk.path(), desk::Filter::read(&visit.query).query())));
    }
    Ok(Answer::redirect(desk.here(visit)).flash("Brouillon enregistré. Vous pouvez y revenir quand vous voulez."))
}
