//! Committee sessions brought to each of their states, through the real actions.

use diesel::prelude::*;
use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::base::ids::{DossierId, EnvelopeId, SessionId};
use essaim::committee::actions::{
    NewOpinion, NewSession, open_session, plan_session, put_on_agenda, record_attendance, record_opinion, seal,
};
use essaim::committee::{self, Presence};
use essaim::db::schema::envelopes;
use essaim::dossiers::Outcome;
use essaim::ledger::Share;

use super::app::TestApp;
use super::instruction::instructed_dossier;
use super::world::World;

/// A session planned for 20 January 2022, with these dossiers on its agenda.
pub fn planned_session(app: &TestApp, world: &World, dossiers: &[DossierId]) -> SessionId {
    let held_at = Instant::from_civil("2022-01-20T14:00:00", "Europe/Paris").unwrap();
    let new = NewSession { held_at, place: "Salle Tilleul, Montpellier".to_owned() };
    app.as_account(world.manager, |op, actor| {
        let session = plan_session(op, actor, world.call, &new)?;
        put_on_agenda(op, actor, session, dossiers)?;
        Ok(session)
    })
    .unwrap()
}

pub fn attend(app: &TestApp, world: &World, session: SessionId, presences: &[(&str, Presence)]) {
    let version = app.service().read(|conn| committee::session(conn, session)).unwrap().version;
    let presences: Vec<_> = presences.iter().map(|(seat, presence)| ((*seat).to_owned(), *presence)).collect();
    app.as_account(world.manager, |op, actor| record_attendance(op, actor, session, version, &presences)).unwrap();
}

/// The same, opened with every member attending.
pub fn running_session(app: &TestApp, world: &World, dossiers: &[DossierId]) -> SessionId {
    let session = planned_session(app, world, dossiers);
    let everyone = ["ARS", "COMMISSAIRE", "AM", "FAS", "EXPERT"].map(|seat| (seat, Presence::Present));
    attend(app, world, session, &everyone);
    app.as_account(world.manager, |op, actor| open_session(op, actor, session)).unwrap();
    session
}

/// The call's envelope.
pub fn envelope_of(app: &TestApp, world: &World) -> EnvelopeId {
    app.service()
        .read(|conn| {
            Ok(envelopes::table
                .filter(envelopes::call_id.eq(world.call))
                .order(envelopes::id)
                .select(envelopes::id)
                .first(conn)?)
        })
        .unwrap()
}

/// Euros on the call's first line, in its first year.
pub fn share_of(app: &TestApp, world: &World, euros: i64) -> Share {
    let (line, year) = app
        .service()
        .read(|conn| {
            Ok(envelopes::table
                .filter(envelopes::call_id.eq(world.call))
                .order(envelopes::id)
                .select((envelopes::funding_line_id, envelopes::year))
                .first(conn)?)
        })
        .unwrap();
    Share { line, year, amount: Cents::from_euros(euros) }
}

/// Prepares an opinion: the whole request when selected, else with a motive.
pub fn opine(app: &TestApp, world: &World, session: SessionId, dossier: DossierId, outcome: Outcome, euros: i64) {
    let number = app.service().read(|conn| committee::session(conn, session)).unwrap().number;
    let new = match outcome {
        Outcome::Selected => NewOpinion::selected(vec![share_of(app, world, euros)], "Un projet solide."),
        Outcome::Waitlisted => NewOpinion::waitlisted(number, "L’enveloppe ne suffit pas.", "Un bon projet."),
        Outcome::Rejected | Outcome::NotShortlisted | Outcome::Ineligible => {
            NewOpinion::rejected("La méthode n’est pas décrite.", "Un projet à reprendre.")
        }
    };
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &new)).unwrap();
}

/// A dossier whose opinion is sealed in a session of its own; a selected one receives all it asks.
pub fn opined_dossier(app: &TestApp, world: &World, title: &str, euros: i64, outcome: Outcome) -> DossierId {
    let dossier = instructed_dossier(app, world, title, euros, [3; 8], [3; 8]);
    let session = running_session(app, world, &[dossier]);
    opine(app, world, session, dossier, outcome, euros);
    app.as_account(world.manager, |op, actor| seal(op, actor, session)).unwrap();
    dossier
}
