//! Dossiers decided and notified through the real operations.

use essaim::access::Role;
use essaim::accounts::actions::{NewDelegation, NewUser, add_agent, add_delegation, add_user, grant_role};
use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::base::ids::{AccountId, DossierId};
use essaim::calls;
use essaim::calls::definition::EnvelopeDefinition;
use essaim::committee::actions::{NewOpinion, record_opinion, seal};
use essaim::decisions::actions::{Case, Delivery, case, notify, sign};
use essaim::decisions::{Choice, Decision};
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::{save_section, submit};
use essaim::dossiers::content::budget_field;
use essaim::dossiers::drafts::Typed;
use essaim::instruction::actions::{assign, declare_eligible, declare_ineligible, set_aside, shortlist};
use essaim::ledger::{LineInfo, Share};

use super::committee::{opined_dossier, running_session};
use super::dossiers::{call_of, complete_draft, submitted_dossier};
use super::instruction::{review, submit_as};
use super::world::{CALL_FILE, PASSWORD};
use super::{TestApp, World};

/// Submitted while the call is open, even when another dossier's story has gone further.
fn opined_while_open(app: &TestApp, world: &World, title: &str, euros: i64, outcome: Outcome) -> DossierId {
    let reached = app.now();
    app.set_clock("2021-10-04T12:00:00");
    let dossier = opined_dossier(app, world, title, euros, outcome);
    app.service().clock.set(reached.max(app.now()));
    dossier
}

/// Not before the day the 2021 call answers its applicants.
pub fn reach_answers_day(app: &TestApp) {
    let day = Instant::from_civil("2022-01-31T10:12:00", "Europe/Paris").unwrap();
    if app.now() < day {
        app.service().clock.set(day);
    }
}

/// Signed by the world's signatory as the committee proposed, not notified.
pub fn signed_dossier(app: &TestApp, world: &World, title: &str, euros: i64, outcome: Outcome) -> DossierId {
    let dossier = opined_while_open(app, world, title, euros, outcome);
    reach_answers_day(app);
    follow_opinion(app, world, dossier);
    dossier
}

/// What the world's signatory may sign on a dossier.
pub fn case_of(app: &TestApp, world: &World, dossier: DossierId) -> Case {
    let actor = app.actor(world.signatory);
    app.service().read(|conn| case(conn, &actor, dossier)).unwrap()
}

/// The proposal, word for word.
pub fn proposed(app: &TestApp, world: &World, dossier: DossierId) -> Choice {
    Choice::following(&case_of(app, world, dossier).basis)
}

/// A share of the call's only line in its firm year.
pub fn share(app: &TestApp, world: &World, amount: Cents) -> Share {
    let line = app.service().read(|conn| essaim::ledger::lines_of_call(conn, world.call)).unwrap()[0].line;
    Share { line, year: 2022, amount }
}

/// Signs what is proposed.
pub fn follow_opinion(app: &TestApp, world: &World, dossier: DossierId) -> Decision {
    let choice = proposed(app, world, dossier);
    app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap()
}

/// Signed as the committee proposed, then notified electronically by the call manager.
pub fn notified_dossier(app: &TestApp, world: &World, title: &str, euros: i64, outcome: Outcome) -> DossierId {
    let dossier = signed_dossier(app, world, title, euros, outcome);
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
    dossier
}

/// A call whose funder brings a second line, on which the DREETS decides, over these years; with its signatory.
pub fn cofunded_world(app: &TestApp, years: &[i16]) -> (World, AccountId) {
    let mut definition = calls::definition::parse(CALL_FILE, "ami-iss-2021.toml").unwrap();
    definition.budget.years = years.to_vec();
    let first = definition.envelopes[0].clone();
    definition.envelopes.push(EnvelopeDefinition {
        line: "Programme 304 – Inclusion sociale".to_owned(),
        authority: Some("DREETS".to_owned()),
        payer: Some("DREETS".to_owned()),
        amount: Some(Cents::from_euros(300_000)),
        ..first
    });
    let world = World::build_for(app, &definition);
    let signatory = app.console(|op| {
        let account = add_user(
            op,
            &NewUser {
                email: "signature@dreets.example".to_owned(),
                given_name: "Denis".to_owned(),
                surname: "Exemple".to_owned(),
                password: Some(PASSWORD.to_owned()),
                administrator: false,
            },
        )?;
        add_agent(op, account, world.dreets, "Directeur régional", "Pôle inclusion")?;
        grant_role(op, world.call, account, world.dreets, Role::Signatory, None)?;
        add_delegation(
            op,
            &NewDelegation {
                institution: world.dreets,
                account,
                quality: "Directeur régional adjoint".to_owned(),
                service: "Pôle inclusion".to_owned(),
                reference: "Arrêté DREETS-EXEMPLE n° 2021-0007".to_owned(),
                valid_from: Instant::parse("2021-01-01T00:00:00Z").unwrap(),
                valid_until: None,
                ceiling: None,
            },
        )?;
        Ok(account)
    });
    (world, signatory)
}

/// The two lines of [`cofunded_world`]: the ARS's, then the DREETS's.
pub fn lines_of(app: &TestApp, world: &World) -> (LineInfo, LineInfo) {
    let mut lines = app.service().read(|conn| essaim::ledger::lines_of_call(conn, world.call)).unwrap();
    let second = lines.pop().unwrap();
    (lines.pop().unwrap(), second)
}

/// A dossier asking the ARS this much each year, selected by the committee for these shares.
pub fn opined_with_shares(app: &TestApp, world: &World, title: &str, asked: i64, shares: &[Share]) -> DossierId {
    let reached = app.now();
    app.set_clock("2021-10-04T12:00:00");
    let call = call_of(app, world);
    let dossier = complete_draft(app, world, title, asked);
    app.as_account(world.applicant, |op, actor| {
        let budget: Typed = call
            .definition
            .budget
            .years
            .iter()
            .flat_map(|year| {
                [
                    (budget_field(*year, "64-remunerations"), vec![(asked + 2_000).to_string()]),
                    (budget_field(*year, "74-ars"), vec![asked.to_string()]),
                    (budget_field(*year, "75-cotisations"), vec!["2 000".to_owned()]),
                ]
            })
            .collect();
        let saved = essaim::dossiers::drafts::sections(op.conn, dossier)?["budget"].version;
        save_section(op, actor, dossier, "budget", &budget, saved)?;
        submit(op, actor, dossier).map(drop)
    })
    .unwrap();
    app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
    app.as_account(world.manager, |op, actor| shortlist(op, actor, dossier)).unwrap();
    let due = app.now().plus_days(14);
    for instructor in [world.instructor_ars, world.instructor_dreets] {
        app.as_account(world.manager, |op, actor| assign(op, actor, dossier, instructor, Some(due))).unwrap();
        submit_as(app, instructor, dossier, &review([3; 8], Cents::from_euros(asked), "Projet bien construit."));
    }
    let session = running_session(app, world, &[dossier]);
    let new = NewOpinion::selected(shares.to_vec(), "Un projet solide.");
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &new)).unwrap();
    app.as_account(world.manager, |op, actor| seal(op, actor, session)).unwrap();
    app.service().clock.set(reached.max(app.now()));
    dossier
}

/// Signs what is proposed to one person's authority.
pub fn follow_as(app: &TestApp, account: AccountId, dossier: DossierId) -> Decision {
    app.as_account(account, |op, actor| {
        let case = case(op.conn, actor, dossier)?;
        sign(op, actor, dossier, &Choice::following(&case.basis))
    })
    .unwrap()
}

/// Declared ineligible by the call's manager.
pub fn ineligible_dossier(app: &TestApp, world: &World, title: &str, ground: &str) -> DossierId {
    let dossier = submitted_dossier(app, world, title, 10_000);
    app.as_account(world.manager, |op, actor| declare_ineligible(op, actor, dossier, ground)).unwrap();
    dossier
}

/// Set aside at the shortlisting by the call's manager.
pub fn set_aside_dossier(app: &TestApp, world: &World, title: &str, ground: &str) -> DossierId {
    let dossier = submitted_dossier(app, world, title, 10_000);
    app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
    app.as_account(world.manager, |op, actor| set_aside(op, actor, dossier, ground)).unwrap();
    dossier
}
