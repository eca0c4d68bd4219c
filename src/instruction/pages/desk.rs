//! « Instruction » : an instructor's dossiers, what is late first.

use serde::Serialize;

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::base::text::fold;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::instruction::store::{self, Assignment};
use crate::web::export::{Cell, Table};
use crate::web::form::encode;
use crate::web::{Answer, Form, Format, Visit};

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
    let held: Vec<DossierId> = assignments.iter().map(|a| a.dossier).collect();
    let mut applicants = store::applicants_of(conn, &held)?;
    for id in actor.calls_with(super::INSTRUCTORS) {
        let call = calls::by_id(conn, id)?;
        for view in dossiers::visible_among(conn, actor, id, &held, &[Role::Instructor])? {
            let dossier = view.dossier;
            let Some(assignment) = assignments.iter().find(|a| a.dossier == dossier.id) else { continue };
            if assignment.is_due() && dossier.state != State::UnderInstruction {
                continue;
            }
            tasks.push(Task {
                assignment: assignment.clone(),
                applicant: applicants.remove(&dossier.id).unwrap_or_default(),
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

/// What an instructor keeps of their list; it stays from page to page.
pub(super) struct Filter {
    call: String,
    state: String,
    words: String,
}

/// States of one's own reviews, as the address says them.
const STATES: [(&str, &str); 4] =
    [("retard", "En retard"), ("commencer", "À commencer"), ("brouillon", "Brouillons"), ("rendu", "Rendus")];

impl Filter {
    pub fn read(query: &Form) -> Self {
        let text = |name: &str| query.text(name).trim().chars().take(200).collect::<String>();
        Self { call: text("appel"), state: text("avis"), words: text("recherche") }
    }

    /// As the end of an address; empty when everything shows.
    pub fn query(&self) -> String {
        let parts: Vec<String> = [("appel", &self.call), ("avis", &self.state), ("recherche", &self.words)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    pub fn keeps(&self, task: &Task, now: Instant) -> bool {
        let assignment = &task.assignment;
        let state = match self.state.as_str() {
            "retard" => assignment.is_late(now),
            "commencer" => assignment.is_due() && !assignment.started,
            "brouillon" => assignment.is_due() && assignment.started,
            "rendu" => !assignment.is_due(),
            _ => true,
        };
        let text = fold(&format!("{} {} {}", task.dossier.reference_or_draft(), task.dossier.title, task.applicant));
        state
            && (self.call.is_empty() || task.call.code == self.call)
            && fold(&self.words).split_whitespace().all(|word| text.contains(word))
    }
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
    calls: Vec<Choice>,
    states: Vec<Choice>,
    search: String,
    filtered: bool,
    /// Address of the list to take away, up to the format.
    exports: String,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let tasks = visit.read(|conn| tasks(conn, actor))?;
    let late = tasks.iter().filter(|t| t.assignment.is_late(visit.now)).count();
    let done = tasks.iter().filter(|t| !t.assignment.is_due()).count();
    let segment = |label, value: usize, tone| Segment { label, value, text: value.to_string(), tone };
    let filter = Filter::read(&visit.query);
    if let Some(format) = Format::asked(&visit.query) {
        let kept = tasks.iter().filter(|task| filter.keeps(task, visit.now));
        return export(kept, &filter, visit.now).answer(format, visit.now);
    }
    let rows = |due: bool| {
        let kept = tasks.iter().filter(|t| t.assignment.is_due() == due && filter.keeps(t, visit.now));
        kept.map(|t| row(t, &filter, visit.now)).collect()
    };
    let choice = |value: &str, label: &str, chosen: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        selected: value == chosen,
    };
    let mut codes: Vec<&str> = tasks.iter().map(|t| t.call.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut calls = vec![choice("", "Tous les appels", &filter.call)];
    calls.extend(codes.into_iter().map(|code| choice(code, code, &filter.call)));
    let mut states = vec![choice("", "Tous les avis", &filter.state)];
    states.extend(STATES.into_iter().map(|(value, label)| choice(value, label, &filter.state)));
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
        calls,
        states,
        search: filter.words.clone(),
        filtered: !filter.query().is_empty(),
        exports: match filter.query() {
            all if all.is_empty() => "/instruction?".to_owned(),
            some => format!("/instruction{some}&"),
        },
    };
    Ok(Answer::page("Instruction", "instruction/desk.html", &view)?.desk())
}

fn export<'a>(tasks: impl Iterator<Item = &'a Task>, filter: &Filter, now: Instant) -> Table {
    let mut sheet = Table::new(
        "Dossiers à instruire",
        &["Référence", "Projet", "Porteur", "Appel", "Demande (€)", "Échéance", "État"],
    );
    for task in tasks {
        let row = row(task, filter, now);
        sheet.push(vec![
            row.reference.into(),
            row.title.into(),
            row.applicant.into(),
            row.call.into(),
            task.dossier.requested.into(),
            Cell::day(task.assignment.due_at, task.call.zone()),
            row.status.into(),
        ]);
    }
    sheet
}

fn row(task: &Task, filter: &Filter, now: Instant) -> Row {
    let assignment = &task.assignment;
    let (status, tone) = match (assignment.is_due(), assignment.is_late(now)) {
        (false, _) => ("Rendu", "success"),
        (true, true) => ("En retard", "danger"),
        (true, false) if assignment.started => ("Brouillon", "info"),
        (true, false) => ("À commencer", "neutral"),
    };
    Row {
        href: format!("{}/avis{}", super::path(task.dossier.id), filter.query()),
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
