//! Lists of dossiers: the rule of sight as the database reads it, counts, order, accents.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};
use essaim::base::ids::DossierId;
use essaim::dossiers::listing::{self, Criteria, Listed, Order, Scope};
use essaim::dossiers::{Outcome, State, visible_in_call};
use essaim::instruction::actions::declare_interests;
use essaim::web::list::Window;

use crate::support::committee::opined_dossier;
use crate::support::dossiers::*;
use crate::support::instruction::*;
use crate::support::{TestApp, World};

const ALL: Window = Window { offset: 0, limit: i64::MAX };

/// Dossiers in many states; one is closed to an instructor by a declared conflict.
pub fn populated() -> (TestApp, World) {
    let app = TestApp::start();
    let world = World::build(&app);
    complete_draft(&app, &world, "Brouillon secret", 5_000);
    submitted_dossier(&app, &world, "Éveil des sens", 10_000);
    submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Santé des aidants", 15_000);
    shortlisted_dossier(&app, &world, "Jardins partagés", 20_000);
    let conflicted = assigned_dossier(&app, &world, "Vergers solidaires", 30_000);
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, conflicted, Some("Trésorière")))
        .unwrap();
    instructed_dossier(&app, &world, "Ruches de quartier", 40_000, [3; 8], [4; 8]);
    opined_dossier(&app, &world, "Écoute de nuit", 25_000, Outcome::Rejected);
    (app, world)
}

fn titles(rows: &[Listed]) -> Vec<&str> {
    rows.iter().map(|row| row.dossier.title.as_str()).collect()
}

#[test]
fn the_database_reads_the_rule_of_sight_as_the_pages_do() {
    let (app, world) = populated();
    // People who hold more than one door, and one who applies to the call they help to run.
    app.console(|op| {
        add_agent(op, world.applicant, world.ars, "Chargé de mission", "Service de démonstration")?;
        grant_role(op, world.call, world.applicant, world.ars, Role::CallManager, None)?;
        grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None)?;
        grant_role(op, world.call, world.signatory, world.ars, Role::Funder, None)
    });
    let people = [world.manager, world.instructor_ars, world.instructor_dreets, world.members[0], world.signatory]
        .into_iter()
        .chain([world.funder, world.applicant, world.stranger, world.administrator]);
    let mut seen = 0;
    for account in people {
        let actor = app.actor(account);
        let sets: Vec<Vec<Role>> =
            Role::ALL.iter().map(|role| vec![*role]).chain([Role::ALL.to_vec(), Vec::new()]).collect();
        for roles in sets {
            let (mut held, rows, count) = app
                .service()
                .read(|conn| {
                    let held = visible_in_call(conn, &actor, world.call, &roles)?;
                    let scope = Scope::Staff(&actor, &roles);
                    let rows = listing::rows(conn, scope, &Criteria::default(), ALL)?;
                    let states = listing::count_by_state(conn, &actor, &roles, world.call)?;
                    let in_states: i64 = states.iter().map(|(_, n)| n).sum();
                    assert_eq!(in_states, listing::count(conn, scope, &Criteria::default())?);
                    Ok((held.iter().map(|v| v.dossier.id).collect::<Vec<_>>(), rows, in_states))
                })
                .unwrap();
            let mut listed: Vec<DossierId> = rows.iter().map(|row| row.dossier.id).collect();
            held.sort_unstable();
            listed.sort_unstable();
            assert_eq!(held, listed, "{} as {roles:?}", actor.email);
            assert_eq!(usize::try_from(count).unwrap(), held.len());
            seen += held.len();
        }
    }
    assert!(seen > 30, "the rule was hardly tried: {seen} sights");
}

#[test]
fn lists_sort_narrow_and_fold_accents() {
    let (app, world) = populated();
    let actor = app.actor(world.manager);
    let list = |criteria: Criteria, window: Window| -> Vec<String> {
        let roles = [Role::CallManager];
        let rows = app.service().read(|conn| listing::rows(conn, Scope::Staff(&actor, &roles), &criteria, window));
        titles(&rows.unwrap()).into_iter().map(str::to_owned).collect()
    };
    let by = |order, descending| list(Criteria { order, descending, ..Criteria::default() }, ALL);
    let by_title = [
        "Écoute de nuit",
        "Éveil des sens",
        "Jardins partagés",
        "Ruches de quartier",
        "Santé des aidants",
        "Vergers solidaires",
    ];
    assert_eq!(by(Order::Title, false), by_title, "É is sorted with E");
    assert_eq!(by(Order::Title, true), by_title.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(by(Order::Requested, true)[0], "Ruches de quartier");
    assert_eq!(by(Order::Requested, false)[0], "Éveil des sens");
    assert_eq!(by(Order::Organisation, false)[0], "Santé des aidants");
    assert_eq!(by(Order::Reference, false), by(Order::Submitted, false));
    let title = Criteria { order: Order::Title, ..Criteria::default() };
    assert_eq!(list(title.clone(), Window { offset: 4, limit: 3 }), ["Santé des aidants", "Vergers solidaires"]);
    let words = |text: &str| {
        let words = essaim::base::text::fold(text).split(' ').map(str::to_owned).collect();
        list(Criteria { words, ..title.clone() }, ALL)
    };
    assert_eq!(words("EVEIL"), ["Éveil des sens"]);
    assert_eq!(words("aidants association"), ["Santé des aidants"], "words of the title and of the applicant");
    assert_eq!(words("100%"), Vec::<String>::new());
    assert_eq!(words("_"), by_title, "a wildcard is no word");
    let state = |state| list(Criteria { states: vec![state], ..title.clone() }, ALL);
    assert_eq!(state(State::Submitted), ["Éveil des sens", "Santé des aidants"]);
    assert_eq!(state(State::Draft), Vec::<String>::new(), "a draft is its writers’ only");
    let axis = |axis: &str| list(Criteria { axis: Some(axis.to_owned()), ..title.clone() }, ALL).len();
    assert_eq!((axis("A2"), axis("A1")), (6, 0));
}

#[test]
fn applicants_list_their_own_drafts_too() {
    let (app, world) = populated();
    let rows = |account| {
        let actor = app.actor(account);
        let criteria = Criteria { order: Order::Title, ..Criteria::default() };
        app.service().read(|conn| listing::rows(conn, Scope::Applicant(&actor), &criteria, ALL)).unwrap()
    };
    assert_eq!(titles(&rows(world.stranger)), ["Santé des aidants"]);
    let own = rows(world.applicant);
    assert!(titles(&own).contains(&"Brouillon secret"));
    assert!(!titles(&own).contains(&"Santé des aidants"));
    assert_eq!(rows(world.manager).len(), 0);
}
