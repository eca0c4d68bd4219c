//! Pages of applicants: their dossiers, from the first click to the follow-up.

mod budget_view;
mod check;
mod completion;
mod conflict;
mod copy;
mod files;
mod follow;
mod form_view;
mod invitation;
mod list;
mod section;
mod section_view;
mod start;
mod tasks;
mod team;
mod versions;
mod withdrawal;

use std::collections::BTreeMap;

use crate::access::Permission::{AnyCall, SignedIn};
use crate::access::Role;
use crate::base::ids::DossierId;
use crate::calls::definition::{Phase, SectionKind};
use crate::calls::{self, Call};
use crate::dossiers::completion::{self as requests, Completion};
use crate::dossiers::content::{self, Draft, PARTNER_FIELDS, PARTNER_SLOTS};
use crate::dossiers::model::State;
use crate::dossiers::sight::for_applicant;
use crate::dossiers::store::Dossier;
use crate::dossiers::validate::Problem;
use crate::fault::{Fault, FieldError};
use crate::web::{Answer, Page, Visit};

pub use list::expected;

const MANAGERS: &[Role] = &[Role::CallManager];
const READERS: &[Role] = &[Role::CallManager, Role::Instructor, Role::CommitteeMember, Role::Signatory, Role::Funder];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/appels/{call}/deposer", SignedIn, start::choose),
        Page::post("/appels/{call}/deposer", SignedIn, start::start),
        Page::get("/mes-dossiers", SignedIn, list::list),
        Page::get("/mes-dossiers/{dossier}", SignedIn, tasks::show),
        Page::get("/mes-dossiers/{dossier}/sections/{section}", SignedIn, section::show),
        Page::post("/mes-dossiers/{dossier}/sections/{section}", SignedIn, section::save),
        Page::get("/mes-dossiers/{dossier}/pieces/{attachment}", SignedIn, files::download),
        Page::get("/mes-dossiers/{dossier}/pieces/{attachment}/choisir", SignedIn, conflict::show_files),
        Page::post("/mes-dossiers/{dossier}/pieces/{attachment}/choisir", SignedIn, conflict::choose_file),
        Page::get("/mes-dossiers/{dossier}/verifier", SignedIn, check::show),
        Page::post("/mes-dossiers/{dossier}/repondre", SignedIn, check::answer),
        Page::get("/mes-dossiers/{dossier}/versions", SignedIn, versions::for_applicant),
        Page::get("/mes-dossiers/{dossier}/copier", SignedIn, copy::show),
        Page::post("/mes-dossiers/{dossier}/copier", SignedIn, copy::copy),
        Page::get("/mes-dossiers/{dossier}/retirer", SignedIn, withdrawal::show),
        Page::post("/mes-dossiers/{dossier}/retirer", SignedIn, withdrawal::withdraw),
        Page::get("/mes-dossiers/{dossier}/equipe", SignedIn, team::show),
        Page::post("/mes-dossiers/{dossier}/equipe", SignedIn, team::invite),
        Page::post("/mes-dossiers/{dossier}/equipe/retirer", SignedIn, team::remove),
        Page::get("/redaction/{token}", SignedIn, invitation::show),
        Page::post("/redaction/{token}", SignedIn, invitation::accept),
        Page::get("/dossiers/{dossier}/versions", AnyCall(READERS), versions::for_staff),
        Page::get("/dossiers/{dossier}/completer", AnyCall(MANAGERS), completion::show),
        Page::post("/dossiers/{dossier}/completer", AnyCall(MANAGERS), completion::request),
        Page::post("/dossiers/{dossier}/completer/annuler", AnyCall(MANAGERS), completion::cancel),
        Page::post("/mes-dossiers/{dossier}/deposer", SignedIn, check::submit),
        Page::get("/mes-dossiers/{dossier}/depose", SignedIn, check::confirmation),
        Page::get("/mes-dossiers/{dossier}/accuse-de-reception", SignedIn, files::receipt),
        Page::get("/mes-dossiers/{dossier}/journal", SignedIn, follow::journal),
    ]
}

fn path(dossier: DossierId) -> String {
    format!("/mes-dossiers/{dossier}")
}

/// A draft open in front of its writer.
struct Opened {
    dossier: Dossier,
    call: Call,
    draft: Draft,
    problems: Vec<Problem>,
    /// What is asked again, when the dossier was submitted before.
    request: Option<Completion>,
    /// Whether the writer may submit: editors by invitation only write.
    member: bool,
}

impl Opened {
    fn path(&self) -> String {
        path(self.dossier.id)
    }

    fn section_path(&self, code: &str) -> String {
        format!("{}/sections/{code}", self.path())
    }

    fn problems_in<'a>(&'a self, section: &'a str) -> impl Iterator<Item = &'a Problem> {
        self.problems.iter().filter(move |problem| problem.section == section)
    }

    /// Whether a section may be written: all of a draft, what is asked of a submitted dossier.
    fn opens(&self, section: &str) -> bool {
        let Some(request) = &self.request else { return true };
        request.opens(&self.call.definition, &self.draft, &self.problems, section)
    }

    fn opens_piece(&self, piece: &str) -> bool {
        let Some(request) = &self.request else { return true };
        request.opens_piece(&self.call.definition, &self.draft, &self.problems, piece)
    }

    /// Partners of whom something was typed.
    fn partners_typed(&self) -> usize {
        let Some(section) = self.call.definition.section_of_kind(SectionKind::Partners) else { return 0 };
        let typed = self.draft.section(&section.code).typed;
        let is_typed = |slot: &usize| {
            PARTNER_FIELDS.iter().any(|(field, _)| typed.contains_key(&content::indicator_field(field, *slot)))
        };
        (0..PARTNER_SLOTS).filter(is_typed).count()
    }

    /// The way back, down to the dossier.
    fn crumbs(&self, answer: Answer) -> Answer {
        answer.crumb("Mes dossiers", "/mes-dossiers").crumb(self.dossier.title_or_untitled(), self.path())
    }

    /// Until when the dossier may be submitted, or why it may not.
    fn deadline(&self, visit: &Visit) -> Deadline {
        let (zone, definition) = (self.call.zone(), &self.call.definition);
        if let Some(request) = &self.request {
            let late =
                if request.is_late(visit.now) { " Ce jour est passé\u{202F}: répondez sans attendre." } else { "" };
            let text = format!("Réponse attendue au plus tard le {}.{late}", request.due_at.long(zone));
            return Deadline { open: true, text };
        }
        match definition.phase(visit.now) {
            Phase::Open => Deadline {
                open: true,
                text: format!("À déposer au plus tard le {}.", self.call.closes_at.long(zone)),
            },
            Phase::Announced => {
                Deadline { open: false, text: format!("L’appel ouvre le {}.", self.call.opens_at.long(zone)) }
            }
            Phase::Closed => Deadline {
                open: false,
                text: format!(
                    "L’appel est clos depuis le {}\u{202F}; votre brouillon est conservé, il ne peut plus être déposé.",
                    self.call.closes_at.long(zone)
                ),
            },
        }
    }
}

#[derive(serde::Serialize)]
struct Deadline {
    open: bool,
    text: String,
}

/// What a page about a draft finds: the draft, or where a submitted dossier is now read.
enum Found {
    Draft(Box<Opened>),
    Submitted(Dossier),
}

fn open(visit: &Visit) -> Result<Found, Fault> {
    let actor = visit.actor()?;
    let id = visit.param("dossier")?;
    visit.read(|conn| {
        let dossier = for_applicant(conn, actor, id)?;
        if !matches!(dossier.state, State::Draft | State::Incomplete) {
            return Ok(Found::Submitted(dossier));
        }
        let call = calls::of_dossier(conn, id)?;
        let draft = content::assemble(conn, &call.definition, &dossier)?;
        let problems = draft.problems(&call.definition, content::filing_day(&dossier, &call, visit.now));
        let request = requests::pending(conn, id)?;
        let member = actor.belongs_to(dossier.organisation);
        Ok(Found::Draft(Box::new(Opened { dossier, call, draft, problems, request, member })))
    })
}

/// The first message of each field.
fn by_field(mistakes: &[FieldError]) -> BTreeMap<String, String> {
    let mut errors = BTreeMap::new();
    for mistake in mistakes {
        errors.entry(mistake.field.clone()).or_insert_with(|| mistake.message.clone());
    }
    errors
}

/// Sends who would change a submitted dossier to where it is read.
fn already_submitted(dossier: &Dossier) -> Answer {
    Answer::redirect(path(dossier.id))
        .flash_as("info", "Ce dossier est déposé\u{202F}: il ne se modifie plus. Vous pouvez le relire ici.")
}
