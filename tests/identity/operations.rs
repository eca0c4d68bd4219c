//! Operations and pages asked for by somebody who sees the dossier, but not through the role that they take.

use std::collections::BTreeMap;

use diesel::prelude::*;
use essaim::access::{Actor, Permission, Role};
use essaim::accounts::actions::{add_agent, grant_correspondent, grant_role, revoke_role};
use essaim::base::Cents;
use essaim::base::ids::{AccountId, AssignmentId, DossierId};
use essaim::committee::actions::{
    NewOpinion, NewRecusal, NewSession, confirm_prepared, move_to_session, plan_session, put_on_agenda, record_opinion,
    record_return, recuse,
};
use essaim::db::schema::{assignments, call_roles, dossiers, organisation_members as om};
use essaim::decisions::actions::{Delivery, award, correct, notify, prepare_batch};
use essaim::decisions::model::BatchKind;
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::{cancel_completion, request_completion};
use essaim::dossiers::completion::{Asked, Targets};
use essaim::fault::Fault;
use essaim::funding::actions::{
    NewNotice, NewReport, Order, abandon_clawback, edit_schedule, notice_clawback, order_clawback, receive_clawback,
    record_service_done, save_report,
};
use essaim::funding::rules::Side;
use essaim::instruction::actions::{
    Readers, ask_departments, assign, assign_many, declare_eligible, declare_ineligible, declare_interests,
    end_assignment, refuse_assignment, reopen_review, save_review, save_territorial, set_aside, shortlist,
};
use essaim::instruction::{ReviewOpinion, TerritorialInput};
use essaim::service::Operation;
use essaim::web::page::Method;

use super::others::{CALL, second_world};
use crate::instruction::correspondent;
use crate::support::committee::{opined_dossier, planned_session, running_session};
use crate::support::decisions::{ineligible_dossier, notified_dossier, signed_dossier};
use crate::support::dossiers::{complete_draft, submitted_dossier};
use crate::support::funding::{file, instalment, paid_dossier};
use crate::support::instruction::{assigned_dossier, instructed_dossier, review, submit_as};
use crate::support::{TestApp, World};

type Deed<'a> = (&'static str, &'a dyn Fn(&mut Operation<'_>, &Actor) -> Result<(), Fault>);

/// Each is refused for who asks, not for what is asked.
#[track_caller]
fn refused(app: &TestApp, account: AccountId, deeds: &[Deed<'_>]) {
    for (what, deed) in deeds {
        let tried = app.as_account(account, |op, actor| deed(op, actor));
        assert!(matches!(tried, Err(Fault::NotFound | Fault::Denied(_))), "{what}: {tried:?}");
    }
}

fn today(app: &TestApp) -> jiff::civil::Date {
    app.now().in_zone("Europe/Paris").date()
}

fn assignment_of(app: &TestApp, dossier: DossierId, account: AccountId) -> AssignmentId {
    let of = assignments::table.filter(assignments::dossier_id.eq(dossier)).filter(assignments::account_id.eq(account));
    app.service().read(|conn| Ok(of.select(assignments::id).first(conn)?)).unwrap()
}

fn take_back(app: &TestApp, world: &World, account: AccountId, role: Role) {
    let held = call_roles::table.filter(call_roles::call_id.eq(world.call)).filter(call_roles::account_id.eq(account));
    let held = held.filter(call_roles::role.eq(role)).select(call_roles::id);
    let held: i64 = app.service().read(|conn| Ok(held.first(conn)?)).unwrap();
    app.console(|op| revoke_role(op, account, held));
}

#[test]
fn an_instructor_does_nothing_of_the_managers() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    let own = assignment_of(&app, dossier, world.instructor_ars);
    let asked = Asked {
        targets: Targets { sections: vec!["project".to_owned()], pieces: Vec::new() },
        message: "Il manque des éléments.".to_owned(),
        due_at: app.now().plus_days(16),
    };
    let plan = [Readers { dossier, people: vec![world.instructor_dreets] }];
    refused(
        &app,
        world.instructor_ars,
        &[
            ("assign", &|op, actor| assign(op, actor, dossier, world.instructor_dreets, None).map(drop)),
            ("assign_many", &|op, actor| assign_many(op, actor, world.call, &plan, None).map(drop)),
            ("end_assignment", &|op, actor| end_assignment(op, actor, dossier, own, "Trop de dossiers")),
            ("reopen_review", &|op, actor| reopen_review(op, actor, dossier, own, "À revoir")),
            ("declare_eligible", &|op, actor| declare_eligible(op, actor, dossier).map(drop)),
            ("declare_ineligible", &|op, actor| declare_ineligible(op, actor, dossier, "Hors délai").map(drop)),
            ("shortlist", &|op, actor| shortlist(op, actor, dossier).map(drop)),
            ("set_aside", &|op, actor| set_aside(op, actor, dossier, "Hors sujet").map(drop)),
            ("request_completion", &|op, actor| request_completion(op, actor, dossier, &asked).map(drop)),
            ("cancel_completion", &|op, actor| cancel_completion(op, actor, dossier, "Inutile").map(drop)),
        ],
    );
}

/// A manager who once instructed still holds the assignment, not the role.
#[test]
fn a_review_asks_for_the_role_and_for_the_assignment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    let input = review([3; 8], Cents::from_euros(10_000), "Projet bien construit.");
    refused(
        &app,
        world.manager,
        &[
            ("save_review", &|op, actor| save_review(op, actor, dossier, &input, 0).map(drop)),
            ("refuse_assignment", &|op, actor| refuse_assignment(op, actor, dossier, "Sans lien")),
            ("declare_interests", &|op, actor| declare_interests(op, actor, dossier, None)),
        ],
    );
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    app.console(|op| grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None));
    take_back(&app, &world, world.instructor_ars, Role::Instructor);
    refused(
        &app,
        world.instructor_ars,
        &[
            ("save_review", &|op, actor| save_review(op, actor, dossier, &input, 0).map(drop)),
            ("refuse_assignment", &|op, actor| refuse_assignment(op, actor, dossier, "Sans lien")),
        ],
    );
}

#[test]
fn nobody_reopens_their_own_review() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    app.console(|op| grant_role(op, world.call, world.instructor_ars, world.ars, Role::CallManager, None));
    submit_as(&app, world.instructor_ars, dossier, &review([3; 8], Cents::from_euros(10_000), "Solide."));
    let own = assignment_of(&app, dossier, world.instructor_ars);
    let tried = app.as_account(world.instructor_ars, |op, actor| reopen_review(op, actor, dossier, own, "À revoir"));
    assert!(matches!(&tried, Err(Fault::Refused(why)) if why.contains("autre gestionnaire")), "{tried:?}");
    app.as_account(world.manager, |op, actor| reopen_review(op, actor, dossier, own, "À revoir")).unwrap();
}

#[test]
fn a_department_speaks_for_itself_once_its_interests_are_declared() {
    let app = TestApp::start();
    let world = World::build(&app);
    let account = correspondent(&app, &world, "dd31@ars.example", "31");
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[dossier], None)).unwrap();
    let input =
        TerritorialInput { opinion: Some(ReviewOpinion::Favourable), comment: "Un besoin du territoire.".to_owned() };
    let save = |account: AccountId, department: &str| {
        app.as_account(account, |op, actor| save_territorial(op, actor, (dossier, department), &input, 1, true))
    };
    let silent = save(account, "31");
    assert!(matches!(&silent, Err(Fault::Refused(why)) if why.contains("liens d’intérêts")), "{silent:?}");
    app.as_account(account, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    assert!(matches!(save(account, "34"), Err(Fault::NotFound)), "another department's");
    save(account, "31").unwrap();
    // Past instruction, nobody is heard any more.
    app.console(|op| grant_correspondent(op, world.call, account, world.ars, "34"));
    for instructor in [world.instructor_ars, world.instructor_dreets] {
        submit_as(&app, instructor, dossier, &review([3; 8], Cents::from_euros(10_000), "Solide."));
    }
    planned_session(&app, &world, &[dossier]);
    let late = save(account, "34");
    assert!(matches!(&late, Err(Fault::Refused(why)) if why.contains("n’attend plus d’avis")), "{late:?}");
}

/// A manager may come to be of an applicant: its dossier is then another's to bring before the committee.
#[test]
fn a_manager_brings_no_dossier_of_their_own_before_the_committee() {
    let app = TestApp::start();
    let world = World::build(&app);
    let instructed = |title: &str| instructed_dossier(&app, &world, title, 10_000, [3; 8], [3; 8]);
    let (own, ready) = (instructed("Ruche mobile"), instructed("Ruche fixe"));
    let session = running_session(&app, &world, &[own]);
    let held_at = app.now().plus_days(200);
    let new = NewSession { held_at, place: "Salle Tilleul".to_owned() };
    let other = app.as_account(world.manager, |op, actor| plan_session(op, actor, world.call, &new)).unwrap();
    let member = world.members[1];
    let left = NewRecusal { account: member, reason: "Ancien salarié".to_owned(), left_at: None };
    app.as_account(member, |op, actor| recuse(op, actor, session, own, &left)).unwrap();
    app.console(|op| {
        let member = (om::organisation_id.eq(world.organisation), om::account_id.eq(world.manager));
        diesel::insert_into(om::table).values((member, om::joined_at.eq(op.now))).execute(op.conn)?;
        op.record(essaim::journal::Entry::new("organisation.join", "Membre ajouté"));
        Ok(())
    });
    let opinion = NewOpinion::rejected("La méthode n’est pas décrite.", "");
    let out = NewRecusal { account: world.members[2], ..left.clone() };
    refused(
        &app,
        world.manager,
        &[
            ("put_on_agenda", &|op, actor| put_on_agenda(op, actor, other, &[ready])),
            ("move_to_session", &|op, actor| move_to_session(op, actor, session, other, &[own])),
            ("record_opinion", &|op, actor| record_opinion(op, actor, session, own, &opinion)),
            ("confirm_prepared", &|op, actor| confirm_prepared(op, actor, session, &[(own, 1)]).map(drop)),
            ("recuse", &|op, actor| recuse(op, actor, session, own, &out)),
            ("record_return", &|op, actor| record_return(op, actor, session, own, member, None)),
        ],
    );
}

#[test]
fn an_agenda_takes_the_dossiers_of_its_call() {
    let app = TestApp::start();
    let world = World::build(&app);
    let second = second_world(&app, &world);
    let dossier = instructed_dossier(&app, &world, "Ruche mobile", 10_000, [3; 8], [3; 8]);
    let waiting = submitted_dossier(&app, &world, "Ruche fixe", 10_000);
    app.console(|op| {
        add_agent(op, world.manager, world.dreets, "Conseillère", "Pôle inclusion")?;
        grant_role(op, second.call, world.manager, world.dreets, Role::CallManager, None)
    });
    let new = NewSession { held_at: app.now().plus_days(200), place: "Salle Tilleul".to_owned() };
    let session = app.as_account(world.manager, |op, actor| plan_session(op, actor, second.call, &new)).unwrap();
    let plan = [Readers { dossier: waiting, people: vec![second.instructor_dreets] }];
    refused(
        &app,
        world.manager,
        &[
            ("put_on_agenda", &|op, actor| put_on_agenda(op, actor, session, &[dossier])),
            ("assign_many", &|op, actor| assign_many(op, actor, second.call, &plan, None).map(drop)),
        ],
    );
}

#[test]
fn letters_and_awards_are_for_managers_and_signatories() {
    let app = TestApp::start();
    let world = World::build(&app);
    let signed = signed_dossier(&app, &world, "Ruche fixe", 5_000, Outcome::Selected);
    let notified = notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    let call = crate::support::dossiers::call_of(&app, &world);
    refused(
        &app,
        world.signatory,
        &[
            ("notify", &|op, actor| notify(op, actor, signed, Delivery::Electronic).map(drop)),
            ("prepare_batch", &|op, actor| prepare_batch(op, actor, &call, BatchKind::Electronic).map(drop)),
        ],
    );
    refused(
        &app,
        world.manager,
        &[("correct", &|op, actor| correct(op, actor, notified, "Le nom du projet").map(drop))],
    );
    refused(&app, world.funder, &[("award", &|op, actor| award(op.conn, actor, notified).map(drop))]);
    let mine = app.as_account(world.manager, |op, actor| award(op.conn, actor, signed).map(drop));
    assert!(matches!(mine, Err(Fault::NotFound)), "nothing is awarded before it is notified: {mine:?}");
}

/// The money of a dossier is moved by the agents of its authorities and of their funders, whoever else reads it.
#[test]
fn money_is_not_moved_in_the_name_of_another_authority() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let notice = NewNotice {
        slot: instalment(&app, dossier, 0).0.slot(),
        asked: Cents::from_euros(300),
        reason: "Ateliers non tenus.".to_owned(),
        noticed_on: today(&app),
        observations_until: app.now().plus_days(31).in_zone("Europe/Paris").date(),
    };
    let noticed = app.as_account(world.funder, |op, actor| notice_clawback(op, actor, dossier, &notice)).unwrap();
    let order = Order {
        amount: Cents::from_euros(300),
        on: today(&app),
        reference: "TITRE-1".to_owned(),
        observations: "Confirmé.".to_owned(),
        version: file(&app, dossier).clawback(noticed).unwrap().version,
    };
    let report = NewReport {
        received_on: today(&app),
        comment: String::new(),
        realised: BTreeMap::from([
            ((Side::Charges, "60".to_owned()), Cents::from_euros(13_300)),
            ((Side::Produits, "74".to_owned()), Cents::from_euros(13_300)),
        ]),
        version: 0,
    };
    let (balance, act_version) = instalment(&app, dossier, 1);
    let neighbour = world.instructor_dreets;
    app.console(|op| grant_role(op, world.call, neighbour, world.dreets, Role::Funder, None));
    let deeds: [Deed<'_>; 6] = [
        ("notice_clawback", &|op, actor| notice_clawback(op, actor, dossier, &notice).map(drop)),
        ("order_clawback", &|op, actor| order_clawback(op, actor, dossier, noticed, &order)),
        ("abandon_clawback", &|op, actor| abandon_clawback(op, actor, dossier, noticed, order.version, "Inutile")),
        ("save_report", &|op, actor| save_report(op, actor, dossier, &report)),
        ("edit_schedule", &|op, actor| edit_schedule(op, actor, dossier, balance.act, act_version, &[])),
        ("record_service_done", &|op, actor| {
            record_service_done(op, actor, dossier, balance.id, act_version, today(&app))
        }),
    ];
    refused(&app, neighbour, &deeds);
    // Whoever manages the call reads all of it, and moves nothing.
    refused(&app, world.manager, &deeds);
    app.as_account(world.funder, |op, actor| order_clawback(op, actor, dossier, noticed, &order)).unwrap();
    let version = file(&app, dossier).clawback(noticed).unwrap().version;
    let receive: Deed<'_> =
        ("receive_clawback", &|op, actor| receive_clawback(op, actor, dossier, noticed, version, today(&app)));
    refused(&app, neighbour, &[receive]);
    refused(&app, world.manager, &[receive]);
}

/// Roles of one call do not add to those of another: whoever reads this dossier through one role, and holds all the
/// others elsewhere, finds none of the pages of these others.
#[test]
fn roles_held_in_another_call_open_no_page_of_this_one() {
    let app = TestApp::start();
    let world = World::build(&app);
    let second = second_world(&app, &world);
    let speaks = correspondent(&app, &world, "dd31@ars.example", "31");
    let paid = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    app.set_clock("2021-10-04T12:00:00");
    let read = assigned_dossier(&app, &world, "Ruche fixe", 10_000);
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[read], None)).unwrap();
    app.set_clock("2022-02-21T12:00:00");
    let people = [
        ("gestion@ars.example", world.manager, Role::CallManager, paid),
        ("gestion@ars.example", world.manager, Role::CallManager, read),
        ("instruction@ars.example", world.instructor_ars, Role::Instructor, paid),
        ("instruction@ars.example", world.instructor_ars, Role::Instructor, read),
        ("dd31@ars.example", speaks, Role::Correspondent, read),
        ("comite2@essaim.example", world.members[1], Role::CommitteeMember, paid),
        ("signature@ars.example", world.signatory, Role::Signatory, paid),
        ("financement@ars.example", world.funder, Role::Funder, paid),
    ];
    let elsewhere = [Role::CallManager, Role::Instructor, Role::Signatory, Role::Funder];
    let accounts: std::collections::BTreeSet<_> = people.iter().map(|person| person.1).collect();
    for account in accounts {
        app.console(|op| {
            add_agent(op, account, world.dreets, "Conseillère", "Pôle inclusion")?;
            elsewhere.iter().try_for_each(|role| grant_role(op, second.call, account, world.dreets, *role, None))
        });
        app.console(|op| grant_correspondent(op, second.call, account, world.dreets, "31"));
    }
    // Forms left unfinished, which lead back to a page that these people read.
    let readable = [
        (Role::CallManager, "/dossiers/{dossier}/decision"),
        (Role::CallManager, "/dossiers/{dossier}/promotion"),
        (Role::CallManager, "/dossiers/{dossier}/fin-de-liste"),
        (Role::CommitteeMember, "/comite/{session}/seconde"),
        (Role::CommitteeMember, "/comite/{session}/deplacement"),
    ];
    let entries = || app.service().read(essaim::journal::verify).unwrap().0;
    let authority = world.ars.to_string();
    let mut closed = BTreeMap::<Role, usize>::new();
    for (email, _, role, dossier) in people {
        let client = app.signed_in(email);
        let before = entries();
        for page in essaim::app::pages(false) {
            let Permission::AnyCall(roles) = page.permission else { continue };
            let about = ["{dossier}", "{session}", "{envelope}"].iter().any(|part| page.path.contains(part));
            if roles.contains(&role) || !about {
                continue;
            }
            let part = |part: &str| match part {
                "{dossier}" => dossier.to_string(),
                "{authority}" => authority.clone(),
                "{department}" => "31".to_owned(),
                part if part.starts_with('{') => "1".to_owned(),
                part => part.to_owned(),
            };
            let path = page.path.split('/').map(part).collect::<Vec<_>>().join("/");
            let reply = match page.method {
                Method::Get => client.get(&path),
                Method::Post => client.post(&path, &[("version", "1"), ("reason", "Motif"), ("ground", "Motif")]),
            };
            let back = readable.contains(&(role, page.path)) && [303, 422].contains(&reply.status);
            assert!(
                back || [403, 404].contains(&reply.status),
                "{:?} {path} as {role:?}: {}",
                page.method,
                reply.status
            );
            *closed.entry(role).or_default() += 1;
        }
        assert_eq!(entries(), before, "{role:?} did something");
    }
    assert!(closed.values().all(|pages| *pages > 20) && closed.len() == 6, "{closed:?}");
}

/// Somebody who instructs and speaks for a department declares their interests before they read a version.
#[test]
fn no_version_is_read_before_interests_are_declared() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = assigned_dossier(&app, &world, "Ruche mobile", 10_000);
    app.console(|op| grant_correspondent(op, world.call, world.instructor_ars, world.ars, "31"));
    app.as_account(world.manager, |op, actor| ask_departments(op, actor, world.call, &[dossier], None)).unwrap();
    let client = app.signed_in("instruction@ars.example");
    let path = format!("/dossiers/{dossier}/versions");
    assert_eq!(client.get(&path).expect(303).location, format!("/dossiers/{dossier}/avis"));
    app.as_account(world.instructor_ars, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    client.get(&path).expect(200);
    // Whoever speaks for the department, and instructs other dossiers only, has a page of their own.
    let speaks = correspondent(&app, &world, "dd31@ars.example", "31");
    app.console(|op| grant_role(op, world.call, speaks, world.ars, Role::Instructor, None));
    app.signed_in("dd31@ars.example").get(&path).expect(404);
}

/// Each role reads a dossier from its stage on, and a draft is nobody's but its applicant's.
#[test]
fn each_role_reads_a_dossier_from_its_stage_on() {
    let app = TestApp::start();
    let world = World::build(&app);
    let people = [world.manager, world.instructor_ars, world.members[1], world.signatory, world.funder];
    let readers = |dossier: DossierId| {
        people.map(|account| {
            let actor = app.actor(account);
            let roles: Vec<Role> = actor.grants.iter().map(|grant| grant.role).collect();
            let (one, listed) = app
                .service()
                .read(|conn| {
                    let one = essaim::dossiers::for_staff(conn, &actor, dossier).is_ok();
                    let condition = dossiers::id.eq(dossier).and(essaim::dossiers::visible(&actor, &roles));
                    let listed: i64 = dossiers::table.filter(condition).count().get_result(conn)?;
                    Ok((one, listed == 1))
                })
                .unwrap();
            assert_eq!(one, listed, "a list and a page say the same to {}", actor.email);
            one
        })
    };
    let draft = complete_draft(&app, &world, "Brouillon", 10_000);
    assert_eq!(readers(draft), [false; 5]);
    let submitted = submitted_dossier(&app, &world, "Ruche mobile", 10_000);
    assert_eq!(readers(submitted), [true, false, false, false, false]);
    let assigned = assigned_dossier(&app, &world, "Ruche fixe", 10_000);
    assert_eq!(readers(assigned), [true, true, false, false, false]);
    let placed = instructed_dossier(&app, &world, "Ruche ouverte", 10_000, [3; 8], [3; 8]);
    assert_eq!(readers(placed), [true, true, false, false, false]);
    planned_session(&app, &world, &[placed]);
    assert_eq!(readers(placed), [true, true, true, false, false]);
    let opined = opined_dossier(&app, &world, "Ruche close", 10_000, Outcome::Selected);
    assert_eq!(readers(opined), [true; 5]);
    let refused = ineligible_dossier(&app, &world, "Ruche loin", "Hors du territoire de l’appel.");
    assert_eq!(readers(refused), [true, false, false, true, false]);
}

/// Whoever manages and signs in two calls finds each call's letters and decisions under its own address.
#[test]
fn an_address_of_one_call_shows_nothing_of_another() {
    let app = TestApp::start();
    let world = World::build(&app);
    let second = second_world(&app, &world);
    let to_sign = ineligible_dossier(&app, &world, "Ruche loin", "Hors du territoire de l’appel.");
    signed_dossier(&app, &world, "Ruche fixe", 5_000, Outcome::Rejected);
    app.console(|op| {
        add_agent(op, world.manager, world.dreets, "Conseillère", "Pôle inclusion")?;
        grant_role(op, world.call, world.manager, world.ars, Role::Signatory, None)?;
        grant_role(op, second.call, world.manager, world.dreets, Role::Signatory, None)?;
        grant_role(op, second.call, world.manager, world.dreets, Role::CallManager, None)
    });
    let call = crate::support::dossiers::call_of(&app, &world);
    let batch = |op: &mut Operation<'_>, actor: &Actor| prepare_batch(op, actor, &call, BatchKind::Electronic);
    let batch = app.as_account(world.manager, batch).unwrap();
    let client = app.signed_in("gestion@ars.example");
    let path = |call: &str, rest: &str| format!("/appels/{call}/decisions/{rest}");
    let envoi = format!("envois/{batch}");
    client.get(&path("AMI-ISS-2021", &envoi)).expect(200);
    client.get(&path(CALL, &envoi)).expect(404);
    let chosen = to_sign.to_string();
    let fields = [("dossier", chosen.as_str())];
    let reference = app.service().read(|conn| essaim::dossiers::get(conn, to_sign)).unwrap().reference.unwrap();
    let shown = |call: &str| client.post(&path(call, "signer"), &fields).words().contains(&reference);
    assert!(shown("AMI-ISS-2021"), "so that this test can fail");
    assert!(!shown(CALL));
}
