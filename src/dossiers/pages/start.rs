//! From a call to a draft: for which organisation, and whether to take up a draft already begun.

use serde::Serialize;

use crate::base::ids::OrganisationId;
use crate::calls::{self, Call};
use crate::dossiers::actions::create_draft;
use crate::dossiers::drafts;
use crate::dossiers::model::State;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::web::form::encode;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    checked: bool,
}

#[derive(Serialize)]
struct Begun {
    href: String,
    title: String,
    organisation: String,
    saved: String,
}

#[derive(Serialize)]
struct ChooseView {
    call: String,
    action: String,
    declare_href: String,
    deadline: String,
    organisations: Vec<Choice>,
    begun: Vec<Begun>,
    error: String,
    summary: Vec<crate::fault::FieldError>,
}

struct Situation {
    call: Call,
    organisations: Vec<(OrganisationId, String)>,
    begun: Vec<Begun>,
}

fn situation(visit: &Visit) -> Result<Situation, Fault> {
    let actor = visit.actor()?;
    let code: String = visit.param("call")?;
    visit.read(|conn| {
        let call = calls::by_code(conn, &code)?;
        let mut organisations = Vec::new();
        for id in &actor.organisations {
            organisations.push((*id, drafts::applicant(conn, *id)?.name));
        }
        let name = |id| organisations.iter().find(|(o, _)| *o == id).map_or(String::new(), |(_, n)| n.clone());
        let begun = store::of_organisations(conn, &actor.organisations)?
            .into_iter()
            .filter(|dossier| dossier.call == call.id && dossier.state == State::Draft)
            .map(|dossier| Begun {
                href: super::path(dossier.id),
                title: dossier.title_or_untitled().to_owned(),
                organisation: name(dossier.organisation),
                saved: dossier.updated_at.short(call.zone()),
            })
            .collect();
        Ok(Situation { call, organisations, begun })
    })
}

/// The page that asks for which organisation, and shows drafts already begun.
pub(super) fn choose(visit: &Visit) -> Result<Answer, Fault> {
    let situation = situation(visit)?;
    if situation.organisations.is_empty() {
        return Ok(declare_first(&situation.call));
    }
    choice_page(visit, situation, "")
}

fn declare_first(call: &Call) -> Answer {
    let back = encode(&format!("/appels/{}/deposer", call.code));
    Answer::redirect(format!("/organisations/nouvelle?retour={back}")).flash_as(
        "info",
        "Déclarez d’abord l’organisme qui porte le projet\u{202F}; vous reviendrez ensuite à l’appel.",
    )
}

fn choice_page(visit: &Visit, situation: Situation, error: &str) -> Result<Answer, Fault> {
    let Situation { call, organisations, begun } = situation;
    if !call.is_open(visit.now) {
        return Ok(Answer::redirect(format!("/appels/{}", call.code))
            .flash_as("warning", "Cet appel n’est pas ouvert au dépôt."));
    }
    let chosen = visit.form.text("organisation");
    let only = organisations.len() == 1;
    let view = ChooseView {
        action: format!("/appels/{}/deposer", call.code),
        declare_href: format!("/organisations/nouvelle?retour={}", encode(&format!("/appels/{}/deposer", call.code))),
        deadline: format!("À déposer au plus tard le {}.", call.closes_at.long(call.zone())),
        organisations: organisations
            .into_iter()
            .map(|(id, label)| Choice { checked: only || id.to_string() == chosen, value: id.to_string(), label })
            .collect(),
        begun,
        error: error.to_owned(),
        summary: if error.is_empty() {
            Vec::new()
        } else {
            vec![crate::fault::FieldError { field: "organisation".to_owned(), message: error.to_owned() }]
        },
        call: call.title.clone(),
    };
    Ok(Answer::page("Commencer un dossier", "dossiers/choose.html", &view)?
        .crumb("Appels", "/appels")
        .crumb(&call.title, format!("/appels/{}", call.code)))
}

/// Opens a draft, or asks first when there is something to choose.
pub(super) fn start(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let situation = situation(visit)?;
    if situation.organisations.is_empty() {
        return Ok(declare_first(&situation.call));
    }
    let chosen = match visit.form.get("organisation").and_then(|id| id.parse::<OrganisationId>().ok()) {
        Some(id) => id,
        None if visit.form.checked("choix") => {
            return Ok(choice_page(visit, situation, "Choisissez l’organisme qui porte le projet.")?.status(422));
        }
        None => match situation.organisations.as_slice() {
            [(only, _)] if situation.begun.is_empty() => *only,
            _ => return Ok(Answer::redirect(format!("/appels/{}/deposer", situation.call.code))),
        },
    };
    let before: Vec<String> = situation.begun.into_iter().map(|begun| begun.href).collect();
    let id = visit.perform(|op| create_draft(op, actor, situation.call.id, chosen))?;
    let path = super::path(id);
    let said = if before.contains(&path) {
        "Voici votre brouillon\u{202F}: il était encore vide, aucun autre n’a été ouvert."
    } else {
        "Votre brouillon est ouvert. Chaque page s’enregistre\u{202F}: vous pouvez vous arrêter et revenir."
    };
    Ok(Answer::redirect(path).flash(said))
}
