//! Assembly: every page of every capability, what each expects of people, and the navigation between them.

use crate::access::{Actor, Role};
use crate::fault::Fault;
use crate::service::Service;
use crate::web::serve::{DossierLinks, Expectation};
use crate::web::throttle::Limits;
use crate::web::{Link, Page, Site};
use crate::{accounts, calls, committee, decisions, documents, dossiers, followup, funding, instruction, mail, site};

/// Every address of the service. `demo` adds the page that shows sent mails.
#[must_use]
pub fn pages(demo: bool) -> Vec<Page> {
    let mut pages = site::pages();
    if demo {
        pages.extend(site::outbox::pages());
    }
    pages.extend(accounts::pages::pages());
    pages.extend(calls::pages::pages());
    pages.extend(dossiers::pages::pages());
    pages.extend(instruction::pages::pages());
    pages.extend(committee::pages::pages());
    pages.extend(decisions::pages::pages());
    pages.extend(funding::pages::pages());
    pages.extend(followup::pages::pages());
    pages
}

/// What each capability expects of a person now, in the order of a dossier's life.
const EXPECTATIONS: &[Expectation] = &[
    accounts::pages::expected,
    dossiers::pages::expected,
    instruction::pages::expected,
    committee::pages::expected,
    decisions::pages::expected,
    funding::pages::expected,
    followup::pages::expected,
];

/// Pages about one dossier, for whoever reads it.
const DOSSIER_LINKS: &[DossierLinks] = &[decisions::pages::links, funding::pages::links];

/// # Errors
/// When a template does not parse.
pub fn site(service: Service, limits: Limits) -> Result<Site, Fault> {
    let pages = pages(service.settings.demo);
    Site::new(service, pages, navigation, accounts::pages::sign_in_again, EXPECTATIONS, DOSSIER_LINKS, limits)
}

/// Reads what pages, mails and documents would otherwise read at their first use, so that nobody waits for it.
///
/// # Errors
/// When the build is broken, or the database refuses.
pub fn prepare(service: &Service) -> Result<(), Fault> {
    mail::compose::prepare()?;
    documents::prepare().map_err(|e| Fault::internal(e.to_string()))?;
    service.read(calls::list).map(drop)
}

/// The main navigation: only pages that this visitor may open.
fn navigation(actor: Option<&Actor>) -> Vec<Link> {
    let mut links = vec![Link::new("Appels", "/appels")];
    let Some(actor) = actor else { return links };
    if !actor.organisations.is_empty() || (!actor.is_agent() && !actor.administrator) {
        links.push(Link::new("Mes dossiers", "/mes-dossiers"));
    }
    if actor.is_agent() {
        links.push(Link::new("Recherche", "/recherche"));
    }
    if actor.holds(Role::CallManager) {
        links.push(Link::new("Gestion", "/gestion"));
    }
    if actor.holds(Role::Instructor) {
        links.push(Link::new("Instruction", "/instruction"));
    }
    if actor.holds_any(&[Role::Funder, Role::Signatory]) {
        links.push(Link::new("Financements", "/financements"));
    }
    if actor.holds(Role::Correspondent) {
        links.push(Link::new("Territoire", "/territoire"));
    }
    if actor.administrator {
        links.push(Link::new("Administration", "/administration"));
    }
    links
}
