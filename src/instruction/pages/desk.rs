//! « Instruction » : an instructor's dossiers, what is late first.

use serde::Serialize;

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::instruction::store::{self, Assignment};
use crate::web::{Answer, Visit};

/// A dossier in the hands of an instructor.
pub(super) struct Task {
    pub assignment: Assignment,
    pub dossier: Dossier,
    pub call: Call,
    pub applicant: String,
    pub declared: bool,
}

/// Everything a person instructs, in every call, in the order of the desk: by due date among what is still due,
/// then what is submitted. A dossier withdrawn before the review came in is nobody's task.
pub(super) fn tasks(conn: &mut Conn, actor: &Actor) -> Result<Vec<Task>, Fault> {
    let assignments = store::active_of_account(conn, actor.id)?;
    let declared = store::declared_by(conn, actor.id)?;
    let mut tasks = Vec::new();
    for id in actor.calls_with(super::INSTRUCTORS) {
        let call = calls::by_id(conn, id)?;
        let applicants = store::applicants_in_call(conn, id)?;
        for view in dossiers::visible_in_call(conn, actor, id, &[Role::Instructor])? {
            let dossier = view.dossier;
            let Some(assignment) = assignments.iter().find(|a| a.dossier == dossier.id) else { continue };
            if assignment.is_due() && dossier.state != State::UnderInstruction {
                continue;
            }
            tasks.push(Task {
                assignment: assignment.clone(),
                applicant: applicants.get(&dossier.id).cloned().unwrap_or_default(),
                declared: declared.contains(&dossier.id),
                call: call.clone(),
                dossier,
            });
        }
    }
    tasks.sort_by_key(|t| {
        let due = t.assignment.due_at;
        (!t.assignment.is_due(), due.is_none(), due, t.dossier.reference.clone())
    });
    Ok(tasks)
}

/// « 14 sur 23 avis rendus, 3 en retard ».
pub(super) fn progress(tasks: &[Task], now: Instant) -> String {
    let done = tasks.iter().filter(|t| !t.assignment.is_due()).count();
    let late = tasks.iter().filter(|t| t.assignment.is_late(now)).count();
    let rendered = if done < 2 { "avis rendu" } else { "avis rendus" };
    let late = if late > 0 { format!(", {late} en retard") } else { String::new() };
    format!("{done} sur {} {rendered}{late}", tasks.len())
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    title: String,
    applicant: String,
    call: String,
    requested: String,
    due: String,
    status: &'static str,
    tone: &'static str,
    action: &'static str,
}

#[derive(Serialize)]
struct Segment {
    label: &'static str,
    value: usize,
    text: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct View {
    progress: String,
    total: usize,
    segments: Vec<Segment>,
    due: Vec<Row>,
    submitted: Vec<Row>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let tasks = visit.read(|conn| tasks(conn, actor))?;
    let late = tasks.iter().filter(|t| t.assignment.is_late(visit.now)).count();
    let done = tasks.iter().filter(|t| !t.assignment.is_due()).count();
    let segment = |label, value: usize, tone| Segment { label, value, text: value.to_string(), tone };
    let rows = |due: bool| tasks.iter().filter(|t| t.assignment.is_due() == due).map(|t| row(t, visit.now)).collect();
    let view = View {
        progress: progress(&tasks, visit.now),
        total: tasks.len(),
        segments: vec![
            segment("Rendus", done, "success"),
            segment("En retard", late, "danger"),
            segment("À rendre", tasks.len() - done - late, "neutral"),
        ],
        due: rows(true),
        submitted: rows(false),
    };
    Ok(Answer::page("Instruction", "instruction/desk.html", &view)?.desk())
}

fn row(task: &Task, now: Instant) -> Row {
    let assignment = &task.assignment;
    let (status, tone) = match (assignment.is_due(), assignment.is_late(now)) {
        (false, _) => ("Rendu", "success"),
        (true, true) => ("En retard", "danger"),
        (true, false) if assignment.started => ("Brouillon", "info"),
        (true, false) => ("À commencer", "neutral"),
    };
    Row {
        href: format!("{}/avis", super::path(task.dossier.id)),
        reference: task.dossier.reference_or_draft(),
        title: task.dossier.title.clone(),
        applicant: task.applicant.clone(),
        call: task.call.code.clone(),
        requested: task.dossier.requested.map_or(String::new(), |r| r.plain()),
        due: assignment.due_at.map_or("Sans échéance".to_owned(), |due| due.date(task.call.zone())),
        status,
        tone,
        action: match (assignment.is_due(), task.declared, assignment.started) {
            (false, ..) => "Relire mon avis",
            (true, false, _) => "Déclarer mes liens d’intérêts",
            (true, true, false) => "Instruire",
            (true, true, true) => "Reprendre",
        },
    }
}
