//! What the manager’s page of a dossier shows, read in one go.

use std::collections::HashMap;

use super::AssignmentRow;
use crate::access::Role;
use crate::base::ids::{AccountId, DossierId};
use crate::calls::definition::reference::department_label;
use crate::dossiers::State;
use crate::fault::Fault;
use crate::instruction::pages::Opened;
use crate::instruction::pages::review_view::Row;
use crate::instruction::store::{self, Assignment, Declaration, EligibilityCheck, Instructor};
use crate::instruction::{self, Assessment, ReviewSight, TerritorialOpinion, actions};
use crate::web::Visit;

/// All the page shows, read in one go.
pub(super) struct Facts {
    pub(super) opened: Opened,
    pub(super) check: Option<EligibilityCheck>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) instructors: Vec<Instructor>,
    pub(super) members: Vec<AccountId>,
    pub(super) names: HashMap<AccountId, String>,
    /// Reviews as the rule of sight shows them to this manager.
    pub(super) assessment: Option<Assessment>,
    pub(super) territorial: Vec<TerritorialOpinion>,
    pub(super) institutions: HashMap<crate::base::ids::InstitutionId, String>,
}

pub(super) fn facts(visit: &Visit) -> Result<Facts, Fault> {
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
    pub(super) fn obstacle(&self, instructor: &Instructor) -> &'static str {
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

    pub(super) fn row(&self, assignment: &Assignment, visit: &Visit, may_end: bool) -> AssignmentRow {
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
    pub(super) fn third_reading(&self) -> String {
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
    pub(super) fn unasked(&self) -> String {
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

    pub(super) fn check_rows(&self) -> Vec<Row> {
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
