//! A draft as a list of tasks; a submitted dossier as its follow-up.

use serde::Serialize;

use super::{Deadline, Found, Opened, follow, open};
use crate::base::text::count;
use crate::calls::definition::{Section, SectionKind};
use crate::fault::Fault;
use crate::web::{Answer, Visit};

/// Where a section stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    ToStart,
    Started(usize),
    Done,
}

impl Opened {
    pub(super) fn progress(&self, section: &Section) -> Progress {
        let left = self.problems_in(&section.code).count();
        let touched = match section.kind {
            SectionKind::Pieces => !self.draft.attachments.is_empty(),
            _ => self.draft.sections.contains_key(&section.code),
        };
        match (touched, left) {
            (false, _) => Progress::ToStart,
            (true, 0) => Progress::Done,
            (true, left) => Progress::Started(left),
        }
    }
}

#[derive(Serialize)]
struct Task {
    label: String,
    href: String,
    hint: String,
    status: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct TasksView {
    title: String,
    call: String,
    call_href: String,
    organisation: String,
    reference: String,
    deadline: Deadline,
    progress: String,
    tasks: Vec<Task>,
    check_href: String,
    team_href: String,
    /// Empty for a member, who may submit.
    invited: &'static str,
    contact_service: String,
    contact_email: String,
    contact_telephone: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    match open(visit)? {
        Found::Draft(opened) if opened.request.is_some() => follow::show(visit, &opened.dossier, Some(&opened)),
        Found::Draft(opened) => tasks(visit, &opened),
        Found::Submitted(dossier) => follow::show(visit, &dossier, None),
    }
}

fn tasks(visit: &Visit, opened: &Opened) -> Result<Answer, Fault> {
    let definition = &opened.call.definition;
    let deadline = opened.deadline(visit);
    let mut tasks: Vec<Task> = definition.sections.iter().map(|section| task(opened, section)).collect();
    let unfinished = definition.sections.iter().filter(|s| opened.problems_in(&s.code).next().is_some()).count();
    let done = definition.sections.iter().filter(|s| opened.progress(s) == Progress::Done).count();
    let check_href = format!("{}/verifier", opened.path());
    let ready = unfinished == 0 && deadline.open && opened.member;
    tasks.push(Task {
        label: "Vérifier et déposer".to_owned(),
        href: if ready { check_href.clone() } else { String::new() },
        hint: String::new(),
        status: if ready {
            "À faire".to_owned()
        } else if deadline.open && unfinished == 0 {
            "Par un membre de l’organisme".to_owned()
        } else if deadline.open {
            format!("Pas encore possible\u{A0}: {} à terminer", count(unfinished, "rubrique", "rubriques"))
        } else {
            "Plus possible\u{A0}: l’appel n’est pas ouvert".to_owned()
        },
        tone: if ready { "info" } else { "neutral" },
    });
    let view = TasksView {
        title: opened.dossier.title_or_untitled().to_owned(),
        call: opened.call.title.clone(),
        call_href: format!("/appels/{}", opened.call.code),
        organisation: opened.draft.content.applicant.name.clone(),
        reference: opened.dossier.reference_or_draft(),
        progress: format!("Rubriques terminées\u{A0}: {done} sur {}", definition.sections.len()),
        deadline,
        tasks,
        check_href,
        team_href: format!("{}/equipe", opened.path()),
        invited: if opened.member {
            ""
        } else {
            "Vous écrivez ce dossier sur invitation\u{202F}: un membre de l’organisme le déposera."
        },
        contact_service: definition.contact.service.clone(),
        contact_email: definition.contact.email.clone(),
        contact_telephone: definition.contact.telephone.clone(),
    };
    Ok(Answer::page(opened.dossier.title_or_untitled(), "dossiers/tasks.html", &view)?
        .crumb("Mes dossiers", "/mes-dossiers"))
}

fn task(opened: &Opened, section: &Section) -> Task {
    let (status, tone, hint) = match opened.progress(section) {
        Progress::ToStart => ("À commencer", "neutral", String::new()),
        Progress::Started(left) => (
            "En cours",
            "warning",
            format!("Il reste {} à compléter ou à corriger.", count(left, "réponse", "réponses")),
        ),
        Progress::Done => ("Terminé", "success", String::new()),
    };
    Task {
        label: section.title.clone(),
        href: opened.section_path(&section.code),
        hint,
        status: status.to_owned(),
        tone,
    }
}
