//! The plan of the site: made from the pages that exist and what this visitor may open.

use serde::Serialize;

use crate::access::{Actor, Permission};
use crate::calls::definition::Phase;
use crate::calls::{self, Call};
use crate::fault::Fault;
use crate::followup::actions::notes::circle;
use crate::web::page::Method;
use crate::web::{Answer, Link, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![Page::get("/plan-du-site", Permission::Public, show)]
}

/// Where a page stands in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Everyone,
    /// Only for a visitor without session.
    Visitor,
    Mine,
    Work,
    Administration,
    /// Once a call, for those whom its permission lets in.
    Call,
    /// Once a call, while it takes dossiers.
    OpenCall,
    /// Once a call, for its funded projects and its agents.
    Circle,
}

/// Pages of the plan, in its order: address, words, place. Pages of one dossier, session or person are reached from these.
pub const LISTED: &[(&str, &str, Place)] = &[
    ("/", "Accueil", Place::Everyone),
    ("/appels", "Appels", Place::Everyone),
    ("/verifier", "Vérifier un courrier", Place::Everyone),
    ("/contact", "Contact", Place::Everyone),
    ("/accessibilite", "Accessibilité", Place::Everyone),
    ("/mentions-legales", "Mentions légales", Place::Everyone),
    ("/donnees-personnelles", "Données personnelles", Place::Everyone),
    ("/plan-du-site", "Plan du site", Place::Everyone),
    ("/demo/courriels", "Courriels envoyés par la démonstration", Place::Everyone),
    ("/connexion", "Se connecter", Place::Visitor),
    ("/inscription", "Créer un compte", Place::Visitor),
    ("/mot-de-passe/oublie", "Mot de passe oublié", Place::Visitor),
    ("/mes-dossiers", "Mes dossiers", Place::Mine),
    ("/organisations/nouvelle", "Déclarer un organisme", Place::Mine),
    ("/notifications", "Notifications", Place::Mine),
    ("/profil", "Mon profil", Place::Mine),
    ("/profil/institutions", "Mes institutions", Place::Mine),
    ("/recherche", "Rechercher", Place::Work),
    ("/gestion", "Appels que je gère", Place::Work),
    ("/instruction", "Dossiers que j’instruis", Place::Work),
    ("/territoire", "Avis de mon département", Place::Work),
    ("/financements", "Financements", Place::Work),
    ("/financements/enveloppes", "Enveloppes", Place::Work),
    ("/financements/lignes", "Lignes des enveloppes", Place::Work),
    ("/financements/plan", "Plan par année", Place::Work),
    ("/financements/actes", "Actes attributifs", Place::Work),
    ("/financements/versements", "Versements", Place::Work),
    ("/financements/donnees-essentielles", "Données essentielles des subventions", Place::Work),
    ("/administration", "Administration", Place::Administration),
    ("/administration/institutions", "Institutions", Place::Administration),
    ("/administration/personnes", "Personnes", Place::Administration),
    ("/administration/delegations", "Délégations de signature", Place::Administration),
    ("/administration/financements", "Lignes de financement", Place::Administration),
    ("/administration/courriels", "Courriels", Place::Administration),
    ("/administration/journal", "Journal", Place::Administration),
    ("/appels/{call}", "L’appel", Place::Call),
    ("/appels/{call}/deposer", "Commencer un dossier", Place::OpenCall),
    ("/appels/{call}/gestion", "Gérer les dossiers", Place::Call),
    ("/appels/{call}/gestion/affectations", "Affecter les dossiers", Place::Call),
    ("/appels/{call}/gestion/avis", "Avis des instructeurs", Place::Call),
    ("/appels/{call}/gestion/departements", "Avis des départements", Place::Call),
    ("/appels/{call}/comite", "Comité de sélection", Place::Call),
    ("/appels/{call}/decisions", "Décisions et courriers", Place::Call),
    ("/appels/{call}/decisions/envois", "Envois de courriers", Place::Call),
    ("/appels/{call}/liste-complementaire", "Liste complémentaire", Place::Call),
    ("/appels/{call}/financement", "Financement", Place::Call),
    ("/appels/{call}/suivi", "Suivi des projets", Place::Call),
    ("/appels/{call}/suivi/equite", "Équité territoriale", Place::Call),
    ("/appels/{call}/fiches", "Fiches de pratique", Place::Circle),
    ("/appels/{call}/capitalisation", "Capitalisation", Place::Circle),
];

#[derive(Serialize)]
struct Part {
    title: String,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct PlanView {
    parts: Vec<Part>,
}

fn show(visit: &Visit) -> Result<Answer, Fault> {
    let calls = visit.read(calls::list)?;
    let mut parts: Vec<Part> = [
        ("Pour tout le monde", Place::Everyone),
        ("Votre compte", Place::Visitor),
        ("Votre espace", Place::Mine),
        ("Votre travail", Place::Work),
        ("Administration", Place::Administration),
    ]
    .into_iter()
    .map(|(title, place)| Part { title: title.to_owned(), links: links(visit, place) })
    .collect();
    for call in &calls {
        parts.push(Part { title: call.title.clone(), links: links_of_call(visit, call)? });
    }
    parts.retain(|part| !part.links.is_empty());
    Answer::page("Plan du site", "site/plan.html", &PlanView { parts })
}

/// The permission of a listed page, when the page exists in this service.
fn permission(visit: &Visit, path: &str) -> Option<Permission> {
    let page = visit.site.pages.iter().find(|page| page.method == Method::Get && page.path == path);
    page.map(|page| page.permission)
}

fn lets_in(permission: Permission, actor: Option<&Actor>, call: Option<&Call>) -> bool {
    match permission {
        Permission::Public => true,
        Permission::SignedIn => actor.is_some(),
        Permission::Administrator => actor.is_some_and(|actor| actor.administrator),
        Permission::AnyCall(roles) => actor.is_some_and(|actor| actor.holds_any(roles)),
        Permission::ThisCall(roles) => actor.zip(call).is_some_and(|(actor, call)| actor.holds_in(call.id, roles)),
    }
}

fn links(visit: &Visit, wanted: Place) -> Vec<Link> {
    let actor = visit.actor.as_ref();
    if wanted == Place::Visitor && actor.is_some() {
        return Vec::new();
    }
    LISTED
        .iter()
        .filter(|(path, _, place)| {
            *place == wanted && permission(visit, path).is_some_and(|permission| lets_in(permission, actor, None))
        })
        .map(|(path, label, _)| Link::new(*label, *path))
        .collect()
}

fn links_of_call(visit: &Visit, call: &Call) -> Result<Vec<Link>, Fault> {
    let actor = visit.actor.as_ref();
    let open = call.definition.phase(visit.now) == Phase::Open;
    let mut links = Vec::new();
    for (path, label, place) in LISTED {
        let Some(permission) = permission(visit, path) else { continue };
        let belongs = match place {
            Place::Call => true,
            Place::OpenCall => open,
            Place::Circle => match actor {
                None => false,
                Some(actor) => match visit.read(|conn| circle(conn, actor, &call.code)) {
                    Ok(_) => true,
                    Err(Fault::NotFound) => false,
                    Err(fault) => return Err(fault),
                },
            },
            _ => false,
        };
        if belongs && lets_in(permission, actor, Some(call)) {
            links.push(Link::new(*label, path.replace("{call}", &call.code)));
        }
    }
    Ok(links)
}
