//! Pages of applicants: their dossiers, from the first click to the follow-up.

mod budget_view;
mod check;
mod files;
mod follow;
mod form_view;
mod list;
mod section;
mod section_view;
mod start;
mod tasks;

use crate::access::Permission::SignedIn;
use crate::base::ids::DossierId;
use crate::calls::definition::{Phase, SectionKind};
use crate::calls::{self, Call};
use crate::dossiers::content::{self, Draft, PARTNER_FIELDS, PARTNER_SLOTS};
use crate::dossiers::model::State;
use crate::dossiers::sight::for_applicant;
use crate::dossiers::store::Dossier;
use crate::dossiers::validate::Problem;
use crate::fault::Fault;
use crate::web::{Answer, Page, Visit};

pub use list::expected;

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
        Page::get("/mes-dossiers/{dossier}/verifier", SignedIn, check::show),
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
        if dossier.state != State::Draft {
            return Ok(Found::Submitted(dossier));
        }
        let call = calls::of_dossier(conn, id)?;
        let draft = content::assemble(conn, &call.definition, &dossier)?;
        let filed_on = visit.now.in_zone(call.zone()).date();
        let problems = draft.problems(&call.definition, filed_on);
        Ok(Found::Draft(Box::new(Opened { dossier, call, draft, problems })))
    })
}

/// Sends who would change a submitted dossier to where it is read.
fn already_submitted(dossier: &Dossier) -> Answer {
    Answer::redirect(path(dossier.id))
        .flash_as("info", "Ce dossier est déposé\u{202F}: il ne se modifie plus. Vous pouvez le relire ici.")
}
