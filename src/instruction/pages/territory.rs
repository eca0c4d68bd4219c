//! « Territoire » : what a correspondent's departments are asked, and the page where they answer.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::interests::{self, Asking};
use super::review::by_field;
use super::review_view::Row;
use super::{Opened, reading};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::base::text::count;
use crate::calls::definition::reference::department_label;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::present::PresentedSection;
use crate::dossiers::{self, Dossier};
use crate::fault::{Fault, FieldError};
use crate::instruction::actions::takes_territorial_opinions;
use crate::instruction::store::{self, Territorial};
use crate::instruction::{ReviewOpinion, TerritorialInput, actions, rules};
use crate::web::export::{Cell, Table};
use crate::web::{Answer, Format, Visit};

/// An opinion asked of a department one speaks for.
pub(super) struct Task {
    pub asked: Territorial,
    pub dossier: Dossier,
    pub call: Call,
    pub applicant: String,
    declared: bool,
}

/// Everything asked of a person's departments: by due date among what is still awaited, then what is given. What
/// was never given and is no longer awaited is nobody's task.
pub(super) fn tasks(conn: &mut Conn, actor: &Actor) -> Result<Vec<Task>, Fault> {
    let declared = store::declared_by(conn, actor.id)?;
    let mut tasks = Vec::new();
    for id in actor.calls_with(super::CORRESPONDENTS) {
        let call = calls::by_id(conn, id)?;
        let asked = store::territorial_in_call(conn, id, Some(&actor.departments_in(id)))?;
        let ids: Vec<DossierId> = asked.iter().map(|t| t.dossier).collect();
        let applicants = store::applicants_of(conn, &ids)?;
        let seen: HashMap<DossierId, Dossier> = dossiers::visible_among(conn, actor, id, &ids, super::CORRESPONDENTS)?
            .into_iter()
            .map(|view| (view.dossier.id, view.dossier))
            .collect();
        for asked in asked {
            let Some(dossier) = seen.get(&asked.dossier) else { continue };
            if asked.is_due() && !takes_territorial_opinions(dossier.state) {
                continue;
            }
            tasks.push(Task {
                applicant: applicants.get(&dossier.id).cloned().unwrap_or_default(),
                declared: declared.contains(&dossier.id),
                dossier: dossier.clone(),
                call: call.clone(),
                asked,
            });
        }
    }
    tasks.sort_by_key(|t| (!t.asked.is_due(), t.asked.due_at.is_none(), t.asked.due_at, t.dossier.reference.clone()));
    Ok(tasks)
}

#[derive(Serialize)]
struct TaskRow {
    href: String,
    reference: String,
    title: String,
    applicant: String,
    department: String,
    due: String,
    status: &'static str,
    tone: &'static str,
    action: &'static str,
}

#[derive(Serialize)]
struct DeskView {
    progress: String,
    due: Vec<TaskRow>,
    given: Vec<TaskRow>,
}

pub(super) fn desk(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let tasks = visit.read(|conn| tasks(conn, actor))?;
    if let Some(format) = Format::asked(&visit.query) {
        return export(&tasks, visit.now).answer(format, visit.now);
    }
    let given = tasks.iter().filter(|t| !t.asked.is_due()).count();
    let late = tasks.iter().filter(|t| t.asked.is_late(visit.now)).count();
    let rows = |due: bool| tasks.iter().filter(|t| t.asked.is_due() == due).map(|t| row(t, visit.now)).collect();
    let view = DeskView {
        progress: if tasks.is_empty() {
            String::new()
        } else {
            let rendered = if given < 2 { "avis rendu" } else { "avis rendus" };
            let late = if late > 0 { format!(", {late} en retard") } else { String::new() };
            format!("{given} sur {} {rendered}{late}", tasks.len())
        },
        due: rows(true),
        given: rows(false),
    };
    Ok(Answer::page("Territoire", "instruction/territory_desk.html", &view)?.desk())
}

fn export(tasks: &[Task], now: Instant) -> Table {
    let mut sheet = Table::new(
        "Avis de territoire",
        &["Référence", "Projet", "Porteur", "Appel", "Département", "Échéance", "État"],
    );
    for task in tasks {
        let row = row(task, now);
        sheet.push(vec![
            row.reference.into(),
            row.title.into(),
            row.applicant.into(),
            task.call.code.as_str().into(),
            row.department.into(),
            Cell::day(task.asked.due_at, task.call.zone()),
            row.status.into(),
        ]);
    }
    sheet
}

fn path(dossier: DossierId, department: &str) -> String {
    format!("{}/territoire/{department}", super::path(dossier))
}

fn row(task: &Task, now: Instant) -> TaskRow {
    let asked = &task.asked;
    let (status, tone) = match asked.opinion {
        Some(opinion) if !asked.is_due() => (opinion.label(), opinion.tone()),
        _ if asked.is_late(now) => ("En retard", "danger"),
        _ if asked.is_started() => ("Brouillon", "info"),
        _ => ("À donner", "neutral"),
    };
    TaskRow {
        href: path(task.dossier.id, &asked.department),
        reference: task.dossier.reference_or_draft(),
        title: task.dossier.title.clone(),
        applicant: task.applicant.clone(),
        department: department_label(&asked.department),
        due: asked.due_at.map_or("Sans échéance".to_owned(), |due| due.date(task.call.zone())),
        status,
        tone,
        action: match (asked.is_due(), task.declared) {
            (false, _) => "Relire",
            (true, false) => "Déclarer mes liens d’intérêts",
            (true, true) => "Donner l’avis",
        },
    }
}

/// The dossier and the opinion asked of one of the person's departments.
struct Own {
    opened: Opened,
    asked: Territorial,
    declared: bool,
    author: String,
}

fn own(visit: &Visit) -> Result<Own, Fault> {
    let actor = visit.actor()?;
    let (id, department): (DossierId, String) = (visit.param("dossier")?, visit.param("department")?);
    visit.read(|conn| {
        let opened = Opened::load(conn, actor, id)?;
        opened.view.require(Role::Correspondent)?;
        if !actor.departments_in(opened.call.id).contains(&department) {
            return Err(Fault::NotFound);
        }
        let asked = store::territorial_of(conn, id)?.into_iter().find(|t| t.department == department);
        let asked = asked.ok_or(Fault::NotFound)?;
        let declared = store::declaration_of(conn, id, actor.id)?.is_some();
        let people: Vec<_> = asked.account.into_iter().collect();
        let author = store::names(conn, &people)?.into_values().next().unwrap_or_default();
        Ok(Own { opened, asked, declared, author })
    })
}

impl Own {
    fn path(&self) -> String {
        path(self.opened.view.dossier.id, &self.asked.department)
    }

    fn due(&self) -> String {
        let zone = self.opened.call.zone();
        self.asked.due_at.map_or(String::new(), |due| format!("Avis attendu le {}", due.date(zone)))
    }

    fn asking(&self) -> Asking<'_> {
        Asking {
            opened: &self.opened,
            due: self.due(),
            action: format!("{}/interets", self.path()),
            back: "/territoire",
            refusable: false,
        }
    }
}

pub(super) fn declare(visit: &Visit) -> Result<Answer, Fault> {
    let own = own(visit)?;
    interests::declare(visit, visit.actor()?, &own.asking(), &own.path())
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

#[derive(Serialize)]
struct View {
    title: String,
    reference: String,
    department: String,
    facts: Vec<Row>,
    action: String,
    version: i64,
    /// Why nothing can be written any more; empty when it can.
    closed: String,
    opinion: &'static str,
    tone: &'static str,
    opinions: Vec<Choice>,
    comment: String,
    max_comment: usize,
    /// What was saved elsewhere meanwhile.
    differences: Vec<Row>,
    error_list: Vec<FieldError>,
    errors: BTreeMap<String, String>,
    sections: Vec<PresentedSection>,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let own = own(visit)?;
    if !own.declared {
        return Ok(interests::page(visit, &own.asking(), Vec::new())?.crumb("Territoire", "/territoire"));
    }
    let saved = TerritorialInput { opinion: own.asked.opinion, comment: own.asked.comment.clone() };
    page(&own, &saved, Vec::new(), Vec::new())
}

fn page(
    own: &Own,
    typed: &TerritorialInput,
    mistakes: Vec<FieldError>,
    differences: Vec<Row>,
) -> Result<Answer, Fault> {
    let opened = &own.opened;
    let state = opened.view.dossier.state;
    let zone = opened.call.zone();
    let closed = match own.asked.submitted_at {
        Some(at) => format!("Avis rendu par {}, le {}.", own.author, at.short(zone)),
        None if takes_territorial_opinions(state) => String::new(),
        None => "Ce dossier n’attend plus d’avis.".to_owned(),
    };
    let option = |value: ReviewOpinion| Choice {
        value: value.code(),
        label: value.label(),
        checked: typed.opinion == Some(value),
    };
    let view = View {
        title: opened.view.dossier.title.clone(),
        reference: opened.reference(),
        department: department_label(&own.asked.department),
        facts: [
            Row::new("Porteur", &opened.version.content.applicant.name),
            Row::new("Demande", opened.version.requested.to_string()),
            Row::new("Version lue", opened.version.number.to_string()),
            Row::new("Échéance", own.asked.due_at.map_or(String::new(), |at| at.date(zone))),
        ]
        .into_iter()
        .filter(|row| !row.value.is_empty())
        .collect(),
        action: own.path(),
        version: own.asked.version,
        closed,
        opinion: typed.opinion.map_or("", ReviewOpinion::label),
        tone: typed.opinion.map_or("neutral", ReviewOpinion::tone),
        opinions: ReviewOpinion::ALL.iter().copied().map(option).collect(),
        comment: typed.comment.clone(),
        max_comment: rules::MAX_COMMENT,
        differences,
        errors: by_field(&mistakes),
        error_list: mistakes,
        sections: reading::sections(opened),
    };
    let title = format!("Avis du département – {} – {}", view.reference, view.title);
    Ok(Answer::page(title, "instruction/territory.html", &view)?.desk().crumb("Territoire", "/territoire"))
}

pub(super) fn save(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let before = own(visit)?;
    let typed = TerritorialInput {
        opinion: ReviewOpinion::from_code(visit.form.text("opinion")),
        comment: visit.form.text("comment").to_owned(),
    };
    if !before.asked.is_due() {
        return Ok(Answer::redirect(before.path()).flash_as("info", "L’avis de ce département est déjà rendu."));
    }
    let submit = visit.form.text("intent") == "rendre";
    let read = visit.form.text("version").parse().unwrap_or(0);
    let key = (before.opened.view.dossier.id, before.asked.department.as_str());
    match visit.perform(|op| actions::save_territorial(op, actor, key, &typed, read, submit)) {
        Ok(()) if submit => Ok(Answer::redirect("/territoire").flash("L’avis du département est rendu.")),
        Ok(()) => Ok(Answer::redirect(before.path()).flash("Brouillon enregistré.")),
        Err(Fault::Invalid(mistakes)) => Ok(page(&before, &typed, mistakes, Vec::new())?.status(422)),
        Err(Fault::Stale) => {
            let now = own(visit)?;
            let rows = vec![
                Row::new("Avis", now.asked.opinion.map_or("Sans avis", ReviewOpinion::label)),
                Row::new("Commentaire", now.asked.comment.clone()),
            ];
            Ok(page(&now, &typed, Vec::new(), rows)?.status(409))
        }
        Err(fault) => Err(fault),
    }
}

/// « 3 avis de votre département ».
pub(super) fn awaited(tasks: &[Task]) -> String {
    count(tasks.iter().filter(|t| t.asked.is_due()).count(), "dossier", "dossiers")
}
