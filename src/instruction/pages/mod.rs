//! Pages of instruction, by audience: the call manager's desk, the reading page of every agent, the instructor's desk
//! and review.

mod departments;
mod desk;
mod distribute;
mod expected;
mod interests;
mod journal;
mod manage_call;
mod manage_dossier;
mod reading;
mod review;
mod review_view;
mod reviews;
mod spread;
mod territorial_view;
mod territory;

use crate::access::Permission::{AnyCall, ThisCall};
use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, StaffView, Version};
use crate::fault::Fault;
use crate::instruction::proposals::{self, Asked};
use crate::instruction::store;
use crate::web::{Answer, Page};

pub use expected::expected;

const MANAGERS: &[Role] = &[Role::CallManager];
const INSTRUCTORS: &[Role] = &[Role::Instructor];
/// Everyone who may have a dossier to read; `dossiers::for_staff` says which.
const READERS: &[Role] =
    &[Role::CallManager, Role::Instructor, Role::Correspondent, Role::CommitteeMember, Role::Signatory, Role::Funder];
const CORRESPONDENTS: &[Role] = &[Role::Correspondent];

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/gestion", AnyCall(MANAGERS), manage_call::calls),
        Page::get("/appels/{call}/gestion", ThisCall(MANAGERS), manage_call::list),
        Page::get("/dossiers/{dossier}", AnyCall(READERS), reading::show),
        Page::get("/dossiers/{dossier}/pieces/{piece}", AnyCall(READERS), reading::piece),
        Page::get("/dossiers/{dossier}/journal", AnyCall(READERS), journal::show),
        Page::get("/dossiers/{dossier}/gestion", AnyCall(MANAGERS), manage_dossier::show),
        Page::post("/dossiers/{dossier}/gestion/recevabilite", AnyCall(MANAGERS), manage_dossier::eligibility),
        Page::post("/dossiers/{dossier}/gestion/preselection", AnyCall(MANAGERS), manage_dossier::shortlisting),
        Page::post("/dossiers/{dossier}/gestion/affectation", AnyCall(MANAGERS), manage_dossier::assignment),
        Page::post("/dossiers/{dossier}/gestion/retrait", AnyCall(MANAGERS), manage_dossier::end_assignment),
        Page::post("/dossiers/{dossier}/gestion/reouverture", AnyCall(MANAGERS), manage_dossier::reopen),
        Page::post("/dossiers/{dossier}/gestion/departements", AnyCall(MANAGERS), manage_dossier::ask_departments),
        Page::get("/appels/{call}/gestion/affectations", ThisCall(MANAGERS), distribute::show),
        Page::post("/appels/{call}/gestion/affectations", ThisCall(MANAGERS), distribute::confirm),
        Page::get("/appels/{call}/gestion/departements", ThisCall(MANAGERS), departments::show),
        Page::post("/appels/{call}/gestion/departements", ThisCall(MANAGERS), departments::ask),
        Page::get("/appels/{call}/gestion/avis", ThisCall(MANAGERS), reviews::list),
        Page::post("/appels/{call}/gestion/relances", ThisCall(MANAGERS), reviews::remind),
        Page::get("/territoire", AnyCall(CORRESPONDENTS), territory::desk),
        Page::get("/dossiers/{dossier}/territoire/{department}", AnyCall(CORRESPONDENTS), territory::show),
        Page::post("/dossiers/{dossier}/territoire/{department}", AnyCall(CORRESPONDENTS), territory::save),
        Page::post("/dossiers/{dossier}/territoire/{department}/interets", AnyCall(CORRESPONDENTS), territory::declare),
        Page::post("/dossiers/{dossier}/avis/refus", AnyCall(INSTRUCTORS), review::refuse),
        Page::get("/instruction", AnyCall(INSTRUCTORS), desk::show),
        Page::get("/dossiers/{dossier}/avis", AnyCall(INSTRUCTORS), review::show),
        Page::post("/dossiers/{dossier}/avis", AnyCall(INSTRUCTORS), review::save),
        Page::post("/dossiers/{dossier}/avis/interets", AnyCall(INSTRUCTORS), review::declare),
        Page::get("/dossiers/{dossier}/avis/verifier", AnyCall(INSTRUCTORS), review::check::show),
        Page::post("/dossiers/{dossier}/avis/rendre", AnyCall(INSTRUCTORS), review::check::submit),
    ]
}

/// A submitted dossier open in front of an agent.
struct Opened {
    view: StaffView,
    call: Call,
    version: Version,
}

impl Opened {
    fn load(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<Self, Fault> {
        let view = dossiers::for_staff(conn, actor, id)?;
        let call = calls::of_dossier(conn, id)?;
        let version = dossiers::current_version(conn, &view.dossier)?;
        Ok(Self { view, call, version })
    }

    fn path(&self) -> String {
        path(self.view.dossier.id)
    }

    fn reference(&self) -> String {
        self.view.dossier.reference_or_draft()
    }

    fn axes(&self) -> Vec<String> {
        self.version.content.many("axes").into_iter().map(str::to_owned).collect()
    }

    /// Who is asked for money, and how much.
    fn asked(&self) -> Vec<Asked<'_>> {
        proposals::asked(&self.call.definition, &self.version.content)
    }

    /// The way back: the manager's list or the instructor's desk, then the dossier.
    fn crumbs(&self, answer: Answer) -> Answer {
        self.crumbs_to_list(answer).crumb(self.reference(), self.path())
    }

    fn crumbs_to_list(&self, answer: Answer) -> Answer {
        if self.view.through(Role::CallManager) {
            answer.crumb("Gestion", "/gestion").crumb(&self.call.code, format!("/appels/{}/gestion", self.call.code))
        } else if self.view.through(Role::Instructor) {
            answer.crumb("Instruction", "/instruction")
        } else if self.view.through(Role::Correspondent) {
            answer.crumb("Territoire", "/territoire")
        } else {
            answer
        }
    }
}

fn path(dossier: DossierId) -> String {
    format!("/dossiers/{dossier}")
}

/// Whether the person reads this dossier as its instructor or correspondent only and has not yet declared their interests: until
/// then they know its title and applicant, no more.
fn must_declare(conn: &mut Conn, actor: &Actor, view: &StaffView) -> Result<bool, Fault> {
    let judges_only = view.roles.iter().all(|role| matches!(role, Role::Instructor | Role::Correspondent));
    Ok(judges_only && store::declaration_of(conn, view.dossier.id, actor.id)?.is_none())
}

/// Where this person declares their interests and gives their opinion: as instructor, else for their department.
fn declaration_path(actor: &Actor, opened: &Opened) -> String {
    if opened.view.through(Role::Instructor) {
        return format!("{}/avis", opened.path());
    }
    let mine = actor.departments_in(opened.call.id);
    let concerned = opened.version.content.many("departments");
    let department = mine.iter().find(|code| concerned.contains(&code.as_str())).or(mine.first());
    department.map_or_else(|| opened.path(), |code| format!("{}/territoire/{code}", opened.path()))
}
