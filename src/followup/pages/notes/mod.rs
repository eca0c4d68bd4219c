//! Practice notes: the list, one note with its replies, writing, taking down, what the call keeps of them.

mod capitalisation;
mod list;
mod read;
mod withdraw;
mod write;

use crate::access::Permission;
use crate::base::ids::PracticeNoteId;
use crate::fault::Fault;
use crate::followup::actions::notes::Circle;
use crate::web::{Answer, Page, Visit};

/// Narrowed by the circle of the call: its funded projects and its agents.
const CIRCLE: Permission = Permission::SignedIn;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get("/appels/{call}/fiches", CIRCLE, list::show),
        Page::get("/appels/{call}/fiches/nouvelle", CIRCLE, write::new),
        Page::post("/appels/{call}/fiches/nouvelle", CIRCLE, write::create),
        Page::get("/appels/{call}/fiches/{note}", CIRCLE, read::show),
        Page::get("/appels/{call}/fiches/{note}/modifier", CIRCLE, write::edit),
        Page::post("/appels/{call}/fiches/{note}/modifier", CIRCLE, write::save),
        Page::get("/appels/{call}/fiches/{note}/retirer", CIRCLE, withdraw::confirm),
        Page::post("/appels/{call}/fiches/{note}/retirer", CIRCLE, withdraw::note),
        Page::post("/appels/{call}/fiches/{note}/capitalisation", CIRCLE, capitalisation::retain),
        Page::post("/appels/{call}/fiches/{note}/reponses", CIRCLE, read::reply),
        Page::get("/appels/{call}/fiches/{note}/reponses/{reply}/modifier", CIRCLE, read::edit_reply),
        Page::post("/appels/{call}/fiches/{note}/reponses/{reply}/modifier", CIRCLE, read::save_reply),
        Page::get("/appels/{call}/fiches/{note}/reponses/{reply}/retirer", CIRCLE, withdraw::confirm_reply),
        Page::post("/appels/{call}/fiches/{note}/reponses/{reply}/retirer", CIRCLE, withdraw::reply),
        Page::get("/appels/{call}/capitalisation", CIRCLE, capitalisation::show),
    ]
}

fn list_path(circle: &Circle) -> String {
    format!("/appels/{}/fiches", circle.call.code)
}

fn note_path(circle: &Circle, note: PracticeNoteId) -> String {
    format!("{}/{note}", list_path(circle))
}

fn code(visit: &Visit) -> Result<String, Fault> {
    visit.param("call")
}

/// The way back to the list, for every page below it.
fn crumbs(answer: Answer, circle: &Circle) -> Answer {
    answer
        .crumb("Appels", "/appels")
        .crumb(circle.call.title.clone(), format!("/appels/{}", circle.call.code))
        .crumb("Fiches de pratique", list_path(circle))
}
