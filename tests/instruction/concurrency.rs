//! Two instructors at the same instant.

use std::sync::Barrier;

use essaim::base::Cents;
use essaim::dossiers::{self, State};
use essaim::instruction::actions::{declare_interests, save_review, submit_review};

use crate::support::instruction::{assigned_dossier, review};
use crate::support::{TestApp, World};

#[test]
fn the_last_two_reviews_at_once_close_the_instruction() {
    let app = TestApp::start();
    let world = World::build(&app);
    for round in 0..8 {
        let dossier = assigned_dossier(&app, &world, &format!("Projet {round}"), 20_000);
        let input = review([3; 8], Cents::from_euros(20_000), "Projet bien construit.");
        let ready: Vec<_> = [world.instructor_ars, world.instructor_dreets]
            .into_iter()
            .map(|instructor| {
                app.as_account(instructor, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
                let saved = app.as_account(instructor, |op, actor| save_review(op, actor, dossier, &input, 0));
                (instructor, saved.unwrap())
            })
            .collect();
        let gate = Barrier::new(ready.len());
        std::thread::scope(|scope| {
            for (instructor, version) in &ready {
                scope.spawn(|| {
                    gate.wait();
                    app.as_account(*instructor, |op, actor| submit_review(op, actor, dossier, *version)).unwrap();
                });
            }
        });
        let state = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state;
        assert_eq!(state, State::Instructed, "round {round}: both reviews are in");
    }
}
