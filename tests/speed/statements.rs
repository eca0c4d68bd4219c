//! A page asks the database as often for many rows as for few. Every address without a row in it is held to this.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use essaim::base::ids::{DossierId, SessionId};
use essaim::committee::actions::put_on_agenda;
use essaim::config::Settings;
use essaim::dossiers::Outcome;
use essaim::instruction::actions::{ask_departments, declare_ineligible};
use essaim::web::page::Method;
use essaim::web::throttle::Limits;

use super::heard_of;
use crate::instruction::correspondent;
use crate::support::committee::{opined_dossier, planned_session};
use crate::support::decisions::{notified_dossier, reach_answers_day, signed_dossier};
use crate::support::dossiers::{ask_completion, complete_draft, submitted_dossier};
use crate::support::funding::paid_dossier;
use crate::support::instruction::{assigned_dossier, instructed_dossier, shortlisted_dossier};
use crate::support::{Client, TestApp, World};

const FEW: usize = 2;
const MANY: usize = 5;

const CORRESPONDENT: &str = "dd31@ars.example";
const MANAGER: &str = "gestion@ars.example";
const INSTRUCTOR: &str = "instruction@ars.example";
const MEMBER: &str = "comite1@essaim.example";
const SIGNATORY: &str = "signature@ars.example";
const FUNDER: &str = "financement@ars.example";
const APPLICANT: &str = "tresorerie@lesruches.example";
const ADMINISTRATOR: &str = "admin@essaim.example";
const VISITOR: &str = "";

const CALL: &str = "/appels/AMI-ISS-2021";

/// Who opens which address, `~` standing for the call's. Lists that offer an export are measured exported too.
const PAGES: &[(&str, &[&str])] = &[
    (
        VISITOR,
        &[
            "/",
            "/accessibilite",
            "/appels",
            "~",
            "/connexion",
            "/contact",
            "/demo/courriels",
            "/donnees-personnelles",
            "/healthz",
            "/inscription",
            "/mentions-legales",
            "/mot-de-passe/oublie",
            "/plan-du-site",
            "/verifier",
        ],
    ),
    (
        MANAGER,
        &[
            "/",
            "/gestion",
            "~/gestion",
            "~/gestion?recherche=ruches",
            "~/gestion/avis",
            "~/gestion/affectations",
            "~/gestion/departements",
            "~/comite",
            "~/liste-complementaire",
            "~/decisions?etape=signer",
            "~/decisions?etape=notifier",
            "~/decisions?etape=notifiees",
            "~/decisions/envois",
            "~/decisions/lettres.zip",
            "~/decisions/liste-complementaire",
            "~/decisions/notifier",
            "~/financement",
            "~/suivi",
            "~/suivi/equite",
            "~/fiches",
            "~/capitalisation",
            "/financements",
            "/recherche",
            "/recherche?recherche=ruches",
            "/notifications",
            "/plan-du-site",
        ],
    ),
    (INSTRUCTOR, &["/", "/instruction", "/recherche"]),
    (CORRESPONDENT, &["/", "/territoire", "/recherche"]),
    (MEMBER, &["/", "~/comite", "~/liste-complementaire", "/recherche"]),
    (SIGNATORY, &["/", "~/decisions", "~/decisions/liste-complementaire", "~/financement", "/recherche"]),
    (
        FUNDER,
        &[
            "/",
            "~/financement",
            "~/suivi",
            "/financements",
            "/financements/actes",
            "/financements/donnees-essentielles",
            "/financements/donnees-essentielles.csv",
            "/financements/enveloppes",
            "/financements/lignes",
            "/financements/plan",
            "/financements/versements",
            "/recherche",
        ],
    ),
    (
        APPLICANT,
        &[
            "/",
            "/mes-dossiers",
            "/notifications",
            "~/deposer",
            "~/fiches",
            "~/fiches/nouvelle",
            "/organisations/nouvelle",
            "/profil",
            "/profil/institutions",
        ],
    ),
    (
        ADMINISTRATOR,
        &[
            "/",
            "/administration",
            "/administration/courriels",
            "/administration/delegations",
            "/administration/delegations/nouvelle",
            "/administration/financements",
            "/administration/institutions",
            "/administration/institutions/nouvelle",
            "/administration/journal",
            "/administration/personnes",
            "/administration/personnes/nouvelle",
        ],
    ),
];

/// Dossiers in every state that a list shows. The first round answers a session still to come, where each instructed
/// dossier sits, and a dossier of it.
fn round(app: &TestApp, world: &World, place: Option<SessionId>) -> (SessionId, DossierId) {
    app.set_clock("2021-10-04T12:00:00");
    let title = |what: &str| format!("Ruches {what}");
    complete_draft(app, world, &title("en brouillon"), 5_000);
    submitted_dossier(app, world, &title("déposées"), 5_000);
    let incomplete = submitted_dossier(app, world, &title("à compléter"), 5_000);
    ask_completion(app, world, incomplete, &["project"], &[]);
    let ineligible = submitted_dossier(app, world, &title("irrecevables"), 5_000);
    app.as_account(world.manager, |op, actor| declare_ineligible(op, actor, ineligible, "Hors du territoire."))
        .unwrap();
    shortlisted_dossier(app, world, &title("présélectionnées"), 5_000);
    let read = assigned_dossier(app, world, &title("à lire"), 5_000);
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[read], None)).unwrap();
    let judged = instructed_dossier(app, world, &title("à juger"), 5_000, [3; 8], [2; 8]);
    let session = place.unwrap_or_else(|| planned_session(app, world, &[judged]));
    if place.is_some() {
        app.as_account(world.manager, |op, actor| put_on_agenda(op, actor, session, &[judged])).unwrap();
    }
    for outcome in [Outcome::Selected, Outcome::Waitlisted] {
        opined_dossier(app, world, &title("à signer"), 5_000, outcome);
    }
    signed_dossier(app, world, &title("à notifier"), 5_000, Outcome::Rejected);
    notified_dossier(app, world, &title("refusées"), 5_000, Outcome::Rejected);
    app.set_clock("2021-10-04T12:00:00");
    let awarded = paid_dossier(app, world, &title("payées"), 5_000);
    let holder = app.signed_in(APPLICANT);
    let dossier = awarded.to_string();
    let fields = [
        ("title", "Aller au pied des immeubles"),
        ("axis", "A2"),
        ("situation", "Les familles ne viennent pas."),
        ("practice", "Deux médiatrices tiennent une table."),
        ("lesson", "La confiance vient avant le rendez-vous."),
        ("quotable", "oui"),
        ("dossier", dossier.as_str()),
    ];
    holder.post(&format!("{CALL}/fiches/nouvelle"), &fields).expect(303);
    (session, judged)
}

/// How often each page asks the database, by who opens it.
fn measured(app: &TestApp, rooms: &(SessionId, DossierId)) -> BTreeMap<(String, String), u64> {
    app.set_clock("2022-03-01T09:00:00");
    reach_answers_day(app);
    let (session, judged) = rooms;
    let in_rooms = [
        format!("/comite/{session}"),
        format!("/comite/{session}/classement"),
        format!("/comite/{session}/dossiers/{judged}"),
        format!("/dossiers/{judged}"),
        format!("/dossiers/{judged}/gestion"),
        format!("/dossiers/{judged}/journal"),
    ];
    let mut counts = BTreeMap::new();
    for (email, paths) in PAGES {
        let client = if email.is_empty() { app.client() } else { app.signed_in(email) };
        let mut paths: Vec<String> = paths.iter().map(|path| path.replace('~', CALL)).collect();
        if *email == MANAGER {
            paths.extend(in_rooms.iter().cloned());
        }
        for path in paths {
            let (count, exports) = asked(app, &client, &path);
            counts.insert(((*email).to_owned(), path.clone()), count);
            if exports {
                let export = format!("{path}{}format=csv", if path.contains('?') { '&' } else { '?' });
                counts.insert(((*email).to_owned(), export.clone()), asked(app, &client, &export).0);
            }
        }
    }
    counts
}

/// Asked twice: what a first visit prepares is not what a page costs.
fn asked(app: &TestApp, client: &Client, path: &str) -> (u64, bool) {
    client.get(path);
    let before = app.service().db.statements();
    let reply = client.get(path);
    let after = app.service().db.statements();
    assert!(reply.status == 200 || reply.status == 303, "{path}: {} {}", reply.status, reply.words());
    (after - before, reply.text().contains("format=csv"))
}

#[test]
fn no_page_asks_the_database_more_as_its_rows_grow() {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.demo = true, limits);
    let world = World::build(&app);
    correspondent(&app, &world, CORRESPONDENT, "31");
    let mut rooms = round(&app, &world, None);
    for _ in 1..FEW {
        rooms = round(&app, &world, Some(rooms.0));
    }
    let few = measured(&app, &rooms);
    for _ in FEW..MANY {
        round(&app, &world, Some(rooms.0));
    }
    let many = measured(&app, &rooms);
    let grown: Vec<String> = few
        .iter()
        .filter_map(|(key @ (who, path), few)| {
            let many = many[key];
            (many > *few).then(|| format!("{path} as {who}: {few} statements, then {many}"))
        })
        .collect();
    assert!(grown.is_empty(), "{}", grown.join("\n"));
    assert!(few.values().all(|count| *count < MOST), "{few:#?}");
    assert!(few[&(MANAGER.to_owned(), format!("{CALL}/gestion"))] > 5, "statements are counted");
}

/// A list that is empty has no row to ask for: on a database over the network, each such question costs an exchange.
#[test]
fn no_page_asks_about_an_empty_list() {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let alone = |settings: &mut Settings| (settings.demo, settings.connections) = (true, 1);
    let app = TestApp::start_with(alone, limits);
    let world = World::build(&app);
    correspondent(&app, &world, CORRESPONDENT, "31");
    let heard = heard_of(&app);
    let mut idle = BTreeSet::new();
    let mut visit = |stage: &str| {
        for (email, paths) in PAGES {
            let client = if email.is_empty() { app.client() } else { app.signed_in(email) };
            for path in paths.iter().map(|path| path.replace('~', CALL)) {
                heard.lock().unwrap().clear();
                client.get(&path);
                let asked = std::mem::take(&mut *heard.lock().unwrap());
                assert!(email.is_empty() || asked.len() > 3, "{path}: {} statements heard", asked.len());
                let nothing = asked.into_iter().filter(|query| query.contains("\"[]\""));
                idle.extend(nothing.map(|query| format!("{query}\n    {path} as {email}, {stage}")));
            }
        }
    };
    visit("before any dossier");
    round(&app, &world, None);
    visit("with one dossier of each state");
    assert!(idle.is_empty(), "{}", idle.into_iter().collect::<Vec<_>>().join("\n"));
}

/// More than any page needs.
const MOST: u64 = 80;

#[test]
fn every_address_without_a_row_in_it_is_measured() {
    let measured: BTreeSet<String> = PAGES
        .iter()
        .flat_map(|(_, paths)| paths.iter())
        .map(|path| path.split('?').next().unwrap().replace('~', "/appels/{call}"))
        .collect();
    let missing: Vec<&str> = essaim::app::pages(true)
        .iter()
        .filter(|page| page.method == Method::Get && !page.path.replace("{call}", "").contains('{'))
        .map(|page| page.path)
        .filter(|path| !measured.contains(*path))
        .collect();
    assert!(missing.is_empty(), "measure these too: {missing:?}");
}
