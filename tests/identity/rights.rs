//! Rights taken back: the next request is refused, and so is work already under way.

use diesel::prelude::*;
use essaim::access::Role;
use essaim::accounts::actions::{
    add_agent, detach_member, disable, end_agent, grant_role, revoke_delegation, revoke_role, set_administrator,
};
use essaim::base::ids::{AccountId, CallId, DelegationId, DossierId};
use essaim::db::schema::{call_roles, delegations};
use essaim::decisions::actions::{run_batches, step};
use essaim::decisions::of_dossier;
use essaim::dossiers::Outcome;
use essaim::instruction::actions::declare_interests;

use crate::support::committee::opined_dossier;
use crate::support::decisions::{notified_dossier, reach_answers_day, signed_dossier};
use crate::support::dossiers::empty_draft;
use crate::support::instruction::assigned_dossier;
use crate::support::{TestApp, World};

const MANAGER: &str = "gestion@ars.example";
const SIGNATORY: &str = "signature@ars.example";

fn take_role_back(app: &TestApp, call: CallId, account: AccountId) {
    let held = app
        .service()
        .read(|conn| {
            let held = call_roles::table
                .filter(call_roles::call_id.eq(call))
                .filter(call_roles::account_id.eq(account))
                .filter(call_roles::revoked_at.is_null());
            Ok(held.select(call_roles::id).first::<i64>(conn)?)
        })
        .unwrap();
    app.console(|op| revoke_role(op, account, held));
}

#[test]
fn a_role_taken_back_shuts_every_door_of_an_open_session() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    let doors: [(&str, AccountId, Vec<String>); 5] = [
        (MANAGER, world.manager, vec![format!("/dossiers/{dossier}/gestion"), "/appels/AMI-ISS-2021/gestion".into()]),
        ("instruction@ars.example", world.instructor_ars, vec![format!("/dossiers/{dossier}/avis")]),
        ("comite2@essaim.example", world.members[1], vec!["/comite/1".into(), "/comite/1/classement".into()]),
        (SIGNATORY, world.signatory, vec![format!("/dossiers/{dossier}/decision")]),
        ("financement@ars.example", world.funder, vec![format!("/dossiers/{dossier}/financement")]),
    ];
    for (email, account, paths) in doors {
        let client = app.signed_in(email);
        for path in &paths {
            client.get(path).expect(200);
        }
        take_role_back(&app, world.call, account);
        for path in paths.iter().map(String::as_str).chain([format!("/dossiers/{dossier}").as_str()]) {
            client.get(path).expect(404);
            assert!([404, 405].contains(&client.post(path, &[("action", "sign")]).status), "{email}: {path}");
        }
        let home = client.get("/").expect(200).words();
        assert!(!home.contains("Ruche mobile"), "{email}: {home}");
    }
}

#[test]
fn who_leaves_an_institution_leaves_its_roles() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.console(|op| {
        add_agent(op, world.manager, world.dreets, "Conseillère", "Service de démonstration")?;
        grant_role(op, world.call, world.manager, world.dreets, Role::Funder, None)
    });
    let client = app.signed_in(MANAGER);
    client.get("/appels/AMI-ISS-2021/gestion").expect(200);
    app.console(|op| end_agent(op, world.manager, world.ars));
    client.get("/appels/AMI-ISS-2021/gestion").expect(404);
    client.get("/financements").expect(200);
    app.console(|op| end_agent(op, world.manager, world.dreets));
    client.get("/financements").expect(404);
}

#[test]
fn who_leaves_an_organisation_loses_its_dossiers_and_a_shut_account_everything() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let own = format!("/mes-dossiers/{dossier}");
    client.get(&own).expect(200);
    app.console(|op| detach_member(op, world.applicant, world.organisation));
    for path in [own.clone(), format!("{own}/sections/project"), format!("/organisations/{}", world.organisation)] {
        client.get(&path).expect(404);
    }
    client.post(&format!("{own}/sections/project"), &[("version", "0"), ("title", "Encore")]).expect(404);
    client.post(&format!("{own}/deposer"), &[]).expect(404);
    let stranger = app.signed_in("contact@autreasso.example");
    stranger.get("/profil").expect(200);
    app.console(|op| disable(op, world.stranger));
    assert_eq!(stranger.get("/profil").expect(303).location, "/connexion?retour=%2Fprofil");
    assert!(
        stranger.post("/profil", &[("given_name", "Zoé")]).expect(401).words().contains("Votre session a pris fin")
    );
}

#[test]
fn an_administrator_no_more_administers_no_more() {
    let app = TestApp::start();
    let world = World::build(&app);
    app.console(|op| set_administrator(op, world.funder, true));
    let client = app.signed_in("admin@essaim.example");
    let person = format!("/administration/personnes/{}", world.manager);
    client.get(&person).expect(200);
    app.console(|op| set_administrator(op, world.administrator, false));
    client.get(&person).expect(404);
    client.post(&format!("/administration/personnes/{}/administrateur", world.administrator), &[]).expect(404);
    client.post("/administration/personnes/nouvelle", &[("email", "complice@exemple.example")]).expect(404);
}

#[test]
fn a_delegation_ended_while_the_decision_is_on_screen_signs_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    reach_answers_day(&app);
    let client = app.signed_in(SIGNATORY);
    let path = format!("/dossiers/{dossier}/decision");
    let fields = |action| {
        [
            ("action", action),
            ("outcome", "selected"),
            ("amount-1-2022", "10 000"),
            ("motive", ""),
            ("departure_reason", ""),
        ]
    };
    let check = client.post(&path, &fields("check")).expect(200);
    let kept = check.hidden();
    let delegation: DelegationId =
        app.service().read(|conn| Ok(delegations::table.select(delegations::id).first(conn)?)).unwrap();
    app.console(|op| revoke_delegation(op, delegation));
    let mut sent: Vec<(&str, &str)> = fields("sign").to_vec();
    sent.extend(kept.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(n, _)| *n != "action"));
    let refused = client.post(&path, &sent);
    assert!([409, 422].contains(&refused.status), "{} {}", refused.status, refused.words());
    assert!(refused.words().contains("délégation"), "{}", refused.words());
    assert!(app.service().read(|conn| of_dossier(conn, dossier)).unwrap().is_empty());
}

fn is_notified(app: &TestApp, dossier: DossierId) -> bool {
    app.service().read(|conn| of_dossier(conn, dossier)).unwrap().iter().all(|d| d.notified_at.is_some())
}

/// Three letters ready to leave, put in a batch by the manager, of which one has left.
fn batch_under_way(app: &TestApp, world: &World) -> Vec<DossierId> {
    let dossiers: Vec<DossierId> =
        (0..3).map(|i| signed_dossier(app, world, &format!("Projet {i}"), 10_000, Outcome::Rejected)).collect();
    let manager = app.signed_in(MANAGER);
    manager.post("/appels/AMI-ISS-2021/decisions/notifier", &[("kind", "electronic")]).expect(303);
    assert_eq!(step(app.service(), app.now(), 1).unwrap(), 1);
    dossiers
}

#[test]
fn letters_under_way_stop_with_the_role_of_who_sent_them() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers = batch_under_way(&app, &world);
    take_role_back(&app, world.call, world.manager);
    run_batches(app.service(), app.now()).unwrap();
    assert_eq!(dossiers.iter().map(|d| is_notified(&app, *d)).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn letters_of_a_shut_account_are_kept_and_hold_nobody_elses_back() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers = batch_under_way(&app, &world);
    app.console(|op| {
        grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None)?;
        disable(op, world.manager)
    });
    run_batches(app.service(), app.now()).unwrap();
    assert_eq!(dossiers.iter().map(|d| is_notified(&app, *d)).collect::<Vec<_>>(), [true, false, false]);
    let other = app.signed_in("instruction@ars.example");
    let page = other.get("/appels/AMI-ISS-2021/decisions/envois/1").expect(200).words();
    assert!(page.contains("n’a plus de compte ouvert"), "{page}");
    other.post("/appels/AMI-ISS-2021/decisions/notifier", &[("kind", "electronic")]).expect(303);
    run_batches(app.service(), app.now()).unwrap();
    assert!(dossiers.iter().all(|d| is_notified(&app, *d)));
}

#[test]
fn a_tie_declared_while_an_instructor_reads_closes_the_dossier_at_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    let client = app.signed_in("instruction@ars.example");
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    client.get(&format!("/dossiers/{dossier}/avis")).expect(200);
    let tie = Some("J’ai été salariée de l’organisme.");
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, tie)).unwrap();
    for path in ["", "/avis", "/avis/verifier", "/journal", "/versions", "/pieces/1"] {
        client.get(&format!("/dossiers/{dossier}{path}")).expect(404);
    }
    client.post(&format!("/dossiers/{dossier}/avis"), &[("comment", "Encore")]).expect(404);
}
