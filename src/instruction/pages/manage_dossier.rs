//! One dossier in the hands of the call manager: eligibility, shortlisting, instructors, state of reviews.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::departments::read_due;
use super::review::by_field;
use super::review_view::Row;
use super::spread::Spread;
use super::territorial_view::TerritorialRow;
use super::{Opened, spread, territorial_view};
use crate::access::Role;
use crate::base::ids::{AccountId, AssignmentId, DossierId};
use crate::calls::definition::reference::department_label;
use crate::dossiers::{Event, State, rules};
use crate::fault::{Fault, FieldError};
use crate::instruction::model::EligibilityAnswer;
use crate::instruction::store::{self, Assignment, Declaration, EligibilityCheck, Instructor};
use crate::instruction::{self, Assessment, ReviewSight, TerritorialOpinion, actions};
use crate::web::{Answer, Visit};

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
    spread: Option<Spread>,
    /// A third reading is worth asking.
    suggestion: String,
    territorial: Vec<TerritorialRow>,
    unasked: String,
    territory_due: String,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
}

/// All the page shows, read in one go.
struct Facts {
    opened: Opened,
    check: Option<EligibilityCheck>,
    assignments: Vec<Assignment>,
    declarations: Vec<Declaration>,
    instructors: Vec<Instructor>,
    members: Vec<AccountId>,
    names: HashMap<AccountId, String>,
    /// Reviews as the rule of sight shows them to this manager.
    assessment: Option<Assessment>,
    territorial: Vec<TerritorialOpinion>,
    institutions: HashMap<crate::base::ids::InstitutionId, String>,
}

fn facts(visit: &Visit) -> Result<Facts, Fault> {
    let actor = visit.actor()?;
    let id: DossierId = visit.param("dossier")?;
    visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        opened.view.require(Role::CallManager)?;
        let check = store::last_eligibility(conn, id)?;
        let assignments = store::assignments_of(conn, id)?;
        let allowed = &opened.call.definition.instruction.institutions;
        let instructors: Vec<_> = store::holders(conn, opened.call.id, Role::Instructor)?
            .into_iter()
            .filter(|i| allowed.is_empty() || allowed.contains(&i.institution_code))
            .collect();
        let mut members: Vec<AccountId> = instructors.iter().map(|instructor| instructor.account).collect();
        let memberships = store::memberships(conn, &members)?;
        members.retain(|account| memberships.contains(&(opened.view.dossier.organisation, *account)));
        let shows = ReviewSight::load(conn, actor, &opened.call, &[id])?.shows(&opened.view);
        let assessment = if shows { instruction::assessments(conn, &opened.call, &[id])?.remove(&id) } else { None };
        let people: Vec<_> =
            assignments.iter().map(|a| a.account).chain(check.as_ref().map(|c| c.decided_by)).collect();
        Ok(Facts {
            declarations: store::declarations_on(conn, id)?,
            names: store::names(conn, &people)?,
            institutions: store::institution_names(conn)?,
            territorial: instruction::territorial(conn, id)?,
            assessment,
            opened,
            check,
            assignments,
            instructors,
            members,
        })
    })
}

impl Facts {
    /// Why an instructor cannot be given this dossier; empty when they can.
    fn obstacle(&self, instructor: &Instructor) -> &'static str {
        let distinct = self.opened.call.definition.instruction.distinct_institutions;
        let mut active = self.assignments.iter().filter(|a| a.is_active());
        if self.members.contains(&instructor.account) {
            "membre de l’organisme porteur"
        } else if self.declarations.iter().any(|d| d.account == instructor.account && d.conflict) {
            "s’est déporté"
        } else if active.clone().any(|a| a.account == instructor.account) {
            "instruit déjà ce dossier"
        } else if distinct && active.any(|a| a.institution == instructor.institution) {
            "son institution instruit déjà ce dossier"
        } else {
            ""
        }
    }

    fn row(&self, assignment: &Assignment, visit: &Visit, may_end: bool) -> AssignmentRow {
        let now = visit.now;
        let zone = self.opened.call.zone();
        let declaration = self.declarations.iter().find(|d| d.account == assignment.account);
        let (status, tone) = match assignment {
            a if a.ended_at.is_some() && declaration.is_some_and(|d| d.conflict) => ("Déport déclaré", "warning"),
            a if a.refused => ("Refusée", "warning"),
            a if a.ended_at.is_some() => ("Retirée", "neutral"),
            a if a.submitted_at.is_some() => ("Avis rendu", "success"),
            a if a.is_late(now) => ("En retard", "danger"),
            a if a.started => ("Brouillon", "info"),
            _ if declaration.is_some() => ("À commencer", "neutral"),
            _ => ("Intérêts à déclarer", "neutral"),
        };
        let detail = match (assignment.ended_at, declaration, assignment.submitted_at) {
            (Some(at), Some(d), _) if d.conflict => format!("Le {}\u{A0}: {}", at.short(zone), d.detail),
            (Some(at), ..) => format!("Le {}\u{A0}: {}", at.short(zone), assignment.end_reason),
            (None, _, Some(at)) => format!("Le {}", at.short(zone)),
            (None, Some(d), None) => format!("Aucun lien d’intérêts, déclaré le {}", d.declared_at.short(zone)),
            (None, None, None) => String::new(),
        };
        AssignmentRow {
            id: assignment.id,
            name: self.names.get(&assignment.account).cloned().unwrap_or_default(),
            institution: self.institutions.get(&assignment.institution).cloned().unwrap_or_default(),
            due: assignment.due_at.map_or("Sans échéance".to_owned(), |due| due.date(zone)),
            status,
            tone,
            detail,
            may_end: may_end && assignment.is_due(),
            reason_field: format!("reason-{}", assignment.id),
            may_reopen: assignment.is_active()
                && assignment.submitted_at.is_some()
                && matches!(self.opened.view.dossier.state, State::UnderInstruction | State::Instructed),
            typed: visit.form.text(&format!("reopening-{}", assignment.id)).to_owned(),
            reopening_field: format!("reopening-{}", assignment.id),
        }
    }

    /// Divergent readings call for one more, as long as nobody else was asked.
    fn third_reading(&self) -> String {
        let active = self.assignments.iter().filter(|a| a.is_active()).count();
        let asked = usize::try_from(self.opened.call.definition.instruction.reviewers_per_dossier).unwrap_or(0);
        match &self.assessment {
            Some(assessment) if assessment.divergent && active <= asked => assessment.spread.map_or(String::new(), |spread| {
                format!(
                    "Les notes s’écartent de {spread} points, le seuil de l’appel est de {}. Une lecture de plus, par une autre personne, éclairerait le comité.",
                    self.opened.call.definition.instruction.divergence_threshold
                )
            }),
            _ => String::new(),
        }
    }

    /// Departments concerned and not asked yet, while they may be.
    fn unasked(&self) -> String {
        if !actions::takes_territorial_opinions(self.opened.view.dossier.state) {
            return String::new();
        }
        let asked = |code: &str| self.territorial.iter().any(|t| t.department == code);
        let missing: Vec<String> = self
            .opened
            .version
            .content
            .many("departments")
            .into_iter()
            .filter(|code| !asked(code))
            .map(department_label)
            .collect();
        missing.join(", ")
    }

    fn check_rows(&self) -> Vec<Row> {
        let Some(check) = &self.check else { return Vec::new() };
        let answer = |yes: bool| if yes { "Oui" } else { "Non" };
        let who = self.names.get(&check.decided_by).map_or("", String::as_str);
        let mut rows = vec![
            Row::new("Dossier complet", answer(check.complete)),
            Row::new("Dossier recevable", answer(check.complete && check.eligible)),
        ];
        if !check.ground.is_empty() {
            rows.push(Row::new("Motif", &check.ground));
        }
        rows.push(Row::new("Décidé par", format!("{who}, le {}", check.decided_at.short(self.opened.call.zone()))));
        rows
    }
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
        assignments: facts.assignments.iter().map(|a| facts.row(a, visit, may_end)).collect(),
        spread: facts
            .assessment
            .as_ref()
            .and_then(|a| spread::of(a, opened.call.definition.instruction.divergence_threshold)),
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
