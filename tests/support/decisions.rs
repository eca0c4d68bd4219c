//! Dossiers decided and notified through the real operations.

use essaim::base::clock::Instant;
use essaim::base::ids::DossierId;
use essaim::committee::{SealedOpinion, sealed_opinion};
use essaim::decisions::actions::{Delivery, notify, sign};
use essaim::decisions::{Choice, Decision};
use essaim::dossiers::Outcome;

use super::committee::opined_dossier;
use super::{TestApp, World};

/// The committee's sealed opinion on a dossier.
pub fn opinion_of(app: &TestApp, dossier: DossierId) -> SealedOpinion {
    app.service().read(|conn| sealed_opinion(conn, dossier)).unwrap().unwrap()
}

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

/// Signs what the committee proposed.
pub fn follow_opinion(app: &TestApp, world: &World, dossier: DossierId) -> Decision {
    let choice = Choice::following(&opinion_of(app, dossier));
    app.as_account(world.signatory, |op, actor| sign(op, actor, dossier, &choice)).unwrap()
}

/// Signed as the committee proposed, then notified electronically by the call manager.
pub fn notified_dossier(app: &TestApp, world: &World, title: &str, euros: i64, outcome: Outcome) -> DossierId {
    let dossier = signed_dossier(app, world, title, euros, outcome);
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
    dossier
}
