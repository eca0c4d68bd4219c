//! Planning, attendance, quorum, opening.

use diesel::prelude::*;
use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role, revoke_role};
use essaim::base::clock::Instant;
use essaim::committee::actions::{NewSession, open_session, plan_second, plan_session, record_attendance};
use essaim::committee::{self, Presence, SessionState};
use essaim::db::schema::call_roles;
use essaim::dossiers::{self, State};
use essaim::fault::Fault;

use crate::support::committee::{attend, planned_session};
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn state(app: &TestApp, id: essaim::base::ids::SessionId) -> SessionState {
    app.service().read(|conn| committee::session(conn, id)).unwrap().state
}

#[test]
fn a_session_opens_at_the_quorum_and_not_one_member_before() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    let open = || app.as_account(world.manager, |op, actor| open_session(op, actor, session));
    attend(&app, &world, session, &[("ARS", Presence::Present), ("AM", Presence::Remote), ("FAS", Presence::Absent)]);
    let Err(Fault::Refused(reason)) = open() else { panic!("two of three members must not be enough") };
    assert!(reason.contains("il faut 3 membres") && reason.contains("2\u{A0}sont notés"), "{reason}");
    assert_eq!(state(&app, session), SessionState::Planned);
    attend(&app, &world, session, &[("EXPERT", Presence::Remote)]);
    open().unwrap();
    assert_eq!(state(&app, session), SessionState::Open);
}

#[test]
fn the_manager_plans_a_session_and_puts_every_instructed_dossier_on_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let second = instructed_dossier(&app, &world, "Marche et parole", 20_000, [2; 8], [2; 8]);
    let manager = app.signed_in("gestion@ars.example");
    assert!(manager.get("/").expect(200).words().contains("Prévoir une séance du comité de sélection"));
    let refused = manager
        .post("/appels/AMI-ISS-2021/comite", &[("date", "20/01/2021"), ("time", "14h30"), ("place", "Salle Tilleul")])
        .expect(422);
    assert!(refused.words().contains("après l’ouverture de l’appel"));
    assert!(refused.text().contains("value=\"Salle Tilleul\""), "what was typed is kept");
    let fields = [("date", "20/01/2022"), ("time", "14 h 30"), ("place", "Salle Tilleul")];
    let place = manager.post("/appels/AMI-ISS-2021/comite", &fields).expect(303).location;
    let page = manager.get(&place).expect(200).words();
    assert!(
        page.contains("jeudi\u{A0}20\u{A0}janvier\u{A0}2022 à 14\u{A0}h\u{A0}30") || page.contains("14 h 30"),
        "{page}"
    );
    assert!(page.contains("Inscrire des dossiers instruits (2)"), "{page}");
    manager.post(&format!("{place}/ordre-du-jour"), &[("all", "oui")]).expect(303);
    for dossier in [first, second] {
        let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
        assert_eq!(state, State::InCommittee);
    }
    let page = manager.get(&place).expect(200).words();
    assert!(page.contains("Jardin des sens") && page.contains("Marche et parole"));
    let member = app.signed_in("comite1@essaim.example");
    assert!(member.get("/").expect(200).words().contains("Lire les dossiers de la séance"));
    assert!(member.get(&place).expect(200).words().contains("Marche et parole"));
    assert!(!member.get(&place).text().contains("Ouvrir la séance"), "a member does not run the session");
}

#[test]
fn only_the_committee_and_its_manager_enter() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    for email in ["instruction@ars.example", "tresorerie@lesruches.example", "signature@ars.example"] {
        let client = app.signed_in(email);
        for page in ["", "/classement", "/sceller", "/proces-verbal", &format!("/dossiers/{dossier}")] {
            client.get(&format!("/comite/{session}{page}")).expect(404);
        }
    }
    let member = app.signed_in("comite2@essaim.example");
    member.get(&format!("/comite/{session}/sceller")).expect(404);
    member.post(&format!("/comite/{session}/ouverture"), &[]).expect(404);
    member.post(&format!("/comite/{session}/dossiers/{dossier}"), &[("version", "0")]).expect(404);
}

#[test]
fn numbers_follow_and_stale_attendance_is_refused() {
    let app = TestApp::start();
    let world = World::build(&app);
    let held_at = Instant::from_civil("2022-01-20T14:00:00", "Europe/Paris").unwrap();
    let new = NewSession { held_at, place: "Salle Tilleul".to_owned() };
    let plan = || app.as_account(world.manager, |op, actor| plan_session(op, actor, world.call, &new)).unwrap();
    let (first, second) = (plan(), plan());
    let number = |id| app.service().read(|conn| committee::session(conn, id)).unwrap().number;
    assert_eq!((number(first), number(second)), (1, 2));
    attend(&app, &world, first, &[("ARS", Presence::Present)]);
    let late = app.as_account(world.manager, |op, actor| {
        record_attendance(op, actor, first, 1, &[("ARS".to_owned(), Presence::Absent)])
    });
    assert!(matches!(late, Err(Fault::Stale)));
}

#[test]
fn a_seat_that_changes_hands_is_its_new_holders() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    attend(&app, &world, session, &[("FAS", Presence::Absent)]);
    let former = world.members[3];
    let held: i64 = app
        .service()
        .read(|conn| {
            let roles = call_roles::table.filter(call_roles::account_id.eq(former)).select(call_roles::id);
            Ok(roles.first(conn)?)
        })
        .unwrap();
    app.console(|op| {
        let fas = essaim::calls::institution_by_code(op.conn, "FAS")?;
        revoke_role(op, former, held)?;
        add_agent(op, world.stranger, fas, "Déléguée régionale", "Délégation régionale")?;
        grant_role(op, world.call, world.stranger, fas, Role::CommitteeMember, Some("FAS"))
    });
    let seat = || {
        let board = app
            .service()
            .read(|conn| {
                let call = essaim::calls::by_id(conn, world.call)?;
                let session = committee::session(conn, session)?;
                committee::board(conn, &call, session)
            })
            .unwrap();
        board.seats.into_iter().find(|seat| seat.code == "FAS").unwrap()
    };
    assert_eq!((seat().account, seat().presence), (Some(world.stranger), None), "to be recorded again");
    attend(&app, &world, session, &[("FAS", Presence::Present)]);
    assert_eq!((seat().account, seat().presence), (Some(world.stranger), Some(Presence::Present)));
}

#[test]
fn sessions_are_planned_by_managers_and_a_second_one_after_an_adjournment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let held_at = Instant::from_civil("2022-01-20T14:00:00", "Europe/Paris").unwrap();
    let new = NewSession { held_at, place: "Salle Tilleul".to_owned() };
    let plan = |account| app.as_account(account, |op, actor| plan_session(op, actor, world.call, &new));
    assert!(matches!(plan(world.members[0]), Err(Fault::NotFound)));
    let first = plan(world.manager).unwrap();
    let second = app.as_account(world.manager, |op, actor| plan_second(op, actor, first, &new));
    assert!(matches!(&second, Err(Fault::Refused(why)) if why.contains("ajournée")), "{second:?}");
    // A seat that nobody holds is not in the room.
    let held = call_roles::table.filter(call_roles::account_id.eq(world.members[3])).select(call_roles::id);
    let held: i64 = app.service().read(|conn| Ok(held.first(conn)?)).unwrap();
    app.console(|op| revoke_role(op, world.members[3], held));
    let version = app.service().read(|conn| committee::session(conn, first)).unwrap().version;
    let present = [("FAS".to_owned(), Presence::Present)];
    let vacant = app.as_account(world.manager, |op, actor| record_attendance(op, actor, first, version, &present));
    assert!(matches!(&vacant, Err(Fault::Refused(why)) if why.contains("vacant")), "{vacant:?}");
}
