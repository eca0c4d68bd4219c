//! Dossiers brought through instruction by the real operations.

use std::collections::BTreeMap;

use essaim::base::Cents;
use essaim::base::clock::Instant;
use essaim::base::ids::{AccountId, DossierId};
use essaim::instruction::actions::{
    assign, declare_eligible, declare_interests, save_review, shortlist, submit_review,
};
use essaim::instruction::{CriterionInput, FunderProposal, Mark, ReviewInput, ReviewOpinion};

use super::dossiers::submitted_dossier;
use super::{TestApp, World};

/// A favourable review of the 2021 grid, ready to be submitted. A level of −1 is an abstention.
pub fn review(levels: [i32; 8], proposed: Cents, comment: &str) -> ReviewInput {
    let scores: BTreeMap<_, _> = levels
        .iter()
        .enumerate()
        .map(|(i, level)| {
            let mark = u32::try_from(*level).map_or(Mark::Abstained, Mark::Level);
            let comment = if *level > 0 { String::new() } else { format!("Motif du critère {}", i + 1) };
            (format!("C{}", i + 1), CriterionInput { mark: Some(mark), comment })
        })
        .collect();
    ReviewInput {
        scores,
        opinion: Some(ReviewOpinion::Favourable),
        proposed: vec![FunderProposal::amount("ARS", proposed)],
        comment: comment.to_owned(),
    }
}

/// A dossier declared eligible and shortlisted, not yet given to anybody.
pub fn shortlisted_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    let dossier = submitted_dossier(app, world, title, euros);
    app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
    app.as_account(world.manager, |op, actor| shortlist(op, actor, dossier)).unwrap();
    dossier
}

/// A dossier given to the instructors of ARS and DREETS, due in fourteen days, nothing declared yet.
pub fn assigned_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    let dossier = shortlisted_dossier(app, world, title, euros);
    let due: Instant = app.now().plus_days(14);
    for instructor in [world.instructor_ars, world.instructor_dreets] {
        app.as_account(world.manager, |op, actor| assign(op, actor, dossier, instructor, Some(due))).unwrap();
    }
    dossier
}

/// Declares no interest, saves and submits, all in the instructor's name.
pub fn submit_as(app: &TestApp, instructor: AccountId, dossier: DossierId, input: &ReviewInput) {
    app.as_account(instructor, |op, actor| declare_interests(op, actor, dossier, None)).unwrap();
    let version = app.as_account(instructor, |op, actor| save_review(op, actor, dossier, input, 0)).unwrap();
    app.as_account(instructor, |op, actor| submit_review(op, actor, dossier, version)).unwrap();
}

/// A dossier whose two reviews are in: ARS gives `levels`, DREETS `levels2`, on criteria C1 to C8.
pub fn instructed_dossier(
    app: &TestApp,
    world: &World,
    title: &str,
    euros: i64,
    levels: [i32; 8],
    levels2: [i32; 8],
) -> DossierId {
    let dossier = assigned_dossier(app, world, title, euros);
    let request = Cents::from_euros(euros);
    submit_as(app, world.instructor_ars, dossier, &review(levels, request, "Projet bien construit."));
    submit_as(app, world.instructor_dreets, dossier, &review(levels2, request, "Partenariat solide."));
    dossier
}
