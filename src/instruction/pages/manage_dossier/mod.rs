//! One dossier in the hands of the call manager: eligibility, shortlisting, instructors, state of reviews.

mod facts;

use std::collections::BTreeMap;

use serde::Serialize;

use super::departments::read_due;
use super::review::by_field;
use super::review_view::Row;
use super::spread::Spread;
use super::territorial_view::TerritorialRow;
use super::{spread, territorial_view};
use crate::base::ids::{AccountId, AssignmentId, DossierId};
use crate::dossiers::{Event, rules};
use crate::fault::{Fault, FieldError};
use crate::instruction::actions;
use crate::instruction::model::EligibilityAnswer;
use crate::web::{Answer, Visit};
use facts::facts;

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    checked: bool,
    selected: bool,
}

#[derive(Serialize)]
struct AssignmentRow {
    id: AssignmentId,
    name: String,
    institution: String,
    due: String,
    status: &'static str,
    tone: &'static str,
    detail: String,
    may_end: bool,
    reason_field: String,
    may_reopen: bool,
    reopening_field: String,
    typed: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    status: &'static str,
    tone: &'static str,
    facts: Vec<Row>,
    path: String,
    may_check: bool,
    /// Where completion is asked for, or given up.
    completion_href: String,
    complete: Vec<Choice>,
    eligible: Vec<Choice>,
    check: Vec<Row>,
    may_shortlist: bool,
    shortlist: Vec<Choice>,
    ground: String,
    may_assign: bool,
    reopens: bool,
    candidates: Vec<Choice>,
    excluded: Vec<Row>,
    due: String,
    reviews: String,
    assignments: Vec<AssignmentRow>,
    /// One of them at least may be ended or reopened.
    may_change: bool,
    spread: Option<Spread>,
    /// A third reading is worth asking.
    suggestion: String,
    territorial: Vec<TerritorialRow>,
    unasked: String,
    territory_due: String,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, Vec::new())
}

fn page(visit: &Visit, mistakes: Vec<FieldError>) -> Result<Answer, Fault> {
    let facts = facts(visit)?;
    let opened = &facts.opened;
    let dossier = &opened.view.dossier;
    let stages = &opened.call.definition.stages;
    let allows = |event| rules::allows(dossier.state, event, stages);
    let choice = |name: &str, value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        checked: visit.form.text(name) == value,
        selected: false,
    };
    let reopens = allows(Event::ReopenInstruction);
    let chosen = visit.form.text("instructor");
    let mut candidates = vec![Choice {
        value: String::new(),
        label: "Choisir une personne".to_owned(),
        checked: false,
        selected: false,
    }];
    let mut excluded = Vec::new();
    for instructor in &facts.instructors {
        let label = format!("{} ({})", instructor.name, instructor.institution_name);
        match facts.obstacle(instructor) {
            "" => candidates.push(Choice {
                selected: instructor.account.to_string() == chosen,
                value: instructor.account.to_string(),
                label,
                checked: false,
            }),
            why => excluded.push(Row::new(label, why)),
        }
    }
    let active = facts.assignments.iter().filter(|a| a.is_active());
    let submitted = active.clone().filter(|a| a.submitted_at.is_some()).count();
    let asked = opened.call.definition.instruction.reviewers_per_dossier;
    let expected = active.count().max(usize::try_from(asked).unwrap_or(0));
    let rendered = if submitted < 2 { "avis rendu" } else { "avis rendus" };
    let may_end = allows(Event::Assign);
    let assignments: Vec<AssignmentRow> = facts.assignments.iter().map(|a| facts.row(a, visit, may_end)).collect();
    let view = View {
        title: dossier.title.clone(),
        reference: opened.reference(),
        status: dossier.state.label(),
        tone: dossier.state.tone(),
        facts: vec![
            Row::new("Porteur", &opened.version.content.applicant.name),
            Row::new("Subvention demandée", opened.version.requested.to_string()),
            Row::new("Déposé le", opened.version.submitted_at.short(opened.call.zone())),
        ],
        path: opened.path(),
        may_check: allows(Event::DeclareIneligible),
        completion_href: if allows(Event::RequestCompletion) || allows(Event::CancelCompletion) {
            format!("{}/completer", opened.path())
        } else {
            String::new()
        },
        complete: vec![choice("complete", "oui", "Oui"), choice("complete", "non", "Non, il manque des éléments")],
        eligible: vec![choice("eligible", "oui", "Oui"), choice("eligible", "non", "Non")],
        check: facts.check_rows(),
        may_shortlist: allows(Event::Shortlist),
        shortlist: vec![
            choice("shortlist", "oui", "Présélectionner\u{A0}: le dossier passe en instruction"),
            choice("shortlist", "non", "Ne pas présélectionner"),
        ],
        ground: visit.form.text("ground").to_owned(),
        may_assign: allows(Event::Assign) || reopens,
        reopens,
        candidates,
        excluded,
        due: visit.form.text("due").to_owned(),
        reviews: format!("{submitted} {rendered} sur {expected}"),
        may_change: assignments.iter().any(|row| row.may_end || row.may_reopen),
        assignments,
        spread: facts.assessment.as_ref().and_then(|a| spread::of(a, &opened.call.definition)),
        suggestion: facts.third_reading(),
        territorial: territorial_view::rows(
            if facts.assessment.is_some() { &facts.territorial } else { &[] },
            opened.call.zone(),
            visit.now,
        ),
        unasked: facts.unasked(),
        territory_due: visit.form.text("due").to_owned(),
        errors: by_field(&mistakes),
        error_list: mistakes,
    };
    let title = format!("Gestion – {} – {}", view.reference, view.title);
    Ok(opened.crumbs(Answer::page(title, "instruction/manage_dossier.html", &view)?.desk()))
}

/// Back to the dossier's desk, or the same page with its mistakes.
fn answer<T>(visit: &Visit, done: Result<T, Fault>, flash: &str) -> Result<Answer, Fault> {
    let id: DossierId = visit.param("dossier")?;
    match done {
        Ok(_) => Ok(Answer::redirect(format!("{}/gestion", super::path(id))).flash(flash)),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}

fn yes_or_no(visit: &Visit, field: &str) -> Option<bool> {
    match visit.form.text(field) {
        "oui" => Some(true),
        "non" => Some(false),
        _ => None,
    }
}

pub(super) fn eligibility(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let (Some(complete), Some(eligible)) = (yes_or_no(visit, "complete"), yes_or_no(visit, "eligible")) else {
        let mut mistakes = Vec::new();
        for (field, message) in [
            ("complete", "Dites si le dossier est complet."),
            ("eligible", "Dites si le dossier répond aux conditions de l’appel."),
        ] {
            if yes_or_no(visit, field).is_none() {
                mistakes.push(FieldError { field: field.to_owned(), message: message.to_owned() });
            }
        }
        return answer::<()>(visit, Err(Fault::Invalid(mistakes)), "");
    };
    let given = EligibilityAnswer { complete, eligible, ground: visit.form.text("ground").to_owned() };
    let done = visit.perform(|op| actions::decide_eligibility(op, actor, id, &given));
    let flash = if complete && eligible { "Dossier déclaré recevable." } else { "Dossier déclaré irrecevable." };
    answer(visit, done, flash)
}

pub(super) fn shortlisting(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    match yes_or_no(visit, "shortlist") {
        Some(true) => {
            let done = visit.perform(|op| actions::shortlist(op, actor, id));
            answer(visit, done, "Dossier présélectionné.")
        }
        Some(false) => {
            let done = visit.perform(|op| actions::set_aside(op, actor, id, visit.form.text("ground")));
            answer(visit, done, "Dossier non présélectionné.")
        }
        None => answer::<()>(visit, Err(Fault::invalid("shortlist", "Choisissez la suite donnée au dossier.")), ""),
    }
}

pub(super) fn assignment(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let Ok(instructor) = visit.form.text("instructor").parse::<AccountId>() else {
        return answer::<()>(
            visit,
            Err(Fault::invalid("instructor", "Choisissez la personne qui instruira le dossier.")),
            "",
        );
    };
    let zone = facts(visit)?.opened.call.zone().to_owned();
    let due = match read_due(visit, &zone) {
        Ok(due) => due,
        Err(fault) => return answer::<()>(visit, Err(fault), ""),
    };
    let done = visit.perform(|op| actions::assign(op, actor, id, instructor, due));
    answer(visit, done, "Dossier affecté\u{A0}: la personne est prévenue par courriel.")
}

pub(super) fn end_assignment(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let assignment: AssignmentId = visit.form.text("assignment").parse().map_err(|_| Fault::NotFound)?;
    let reason = visit.form.text(&format!("reason-{assignment}"));
    let done = visit.perform(|op| actions::end_assignment(op, actor, id, assignment, reason));
    answer(visit, done, "Affectation retirée.")
}

pub(super) fn reopen(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let assignment: AssignmentId = visit.form.text("assignment").parse().map_err(|_| Fault::NotFound)?;
    let reason = visit.form.text(&format!("reopening-{assignment}"));
    let done = visit.perform(|op| actions::reopen_review(op, actor, id, assignment, reason));
    answer(visit, done, "Avis rouvert\u{A0}: son auteur est prévenu par courriel.")
}

pub(super) fn ask_departments(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    let call = facts(visit)?.opened.call;
    let done = read_due(visit, call.zone())
        .and_then(|due| visit.perform(|op| actions::ask_departments(op, actor, call.id, &[id], due)));
    let back = format!("{}/gestion", super::path(id));
    match done {
        Ok(asked) => {
            let tone = if asked.silent.is_empty() { "success" } else { "warning" };
            Ok(Answer::redirect(back).flash_as(tone, asked.to_string()))
        }
        Err(Fault::Refused(why)) => Ok(Answer::redirect(back).flash_as("info", why)),
        Err(fault) => visit.with_mistakes(fault, page),
    }
}
