//! The committee's own opinion on one dossier.

use essaim::base::Cents;
use essaim::base::ids::DossierId;
use essaim::committee::actions::{NewOpinion, confirm_prepared, open_session, record_opinion};
use essaim::committee::{self, Presence};
use essaim::dossiers::Outcome;
use essaim::dossiers::actions::withdraw;
use essaim::fault::Fault;

use crate::support::committee::{attend, opine, planned_session, running_session, share_of};
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn messages(result: Result<(), Fault>) -> Vec<(String, String)> {
    match result {
        Err(Fault::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.message)).collect(),
        other => panic!("mistakes were expected, not {other:?}"),
    }
}

#[test]
fn more_than_the_request_is_refused_and_what_was_typed_is_kept() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/comite/{session}/dossiers/{dossier}");
    let share = share_of(&app, &world, 0);
    let field = format!("share-{}-{}", share.line, share.year);
    let empty = manager.get(&path).expect(200).text();
    assert!(empty.contains(&format!("name=\"{field}\"")) && empty.contains("value=\"40\u{202F}000\""), "{empty}");
    let typed = |amount: &'static str| {
        manager.post(
            &path,
            &[("version", "0"), ("outcome", "selected"), (field.as_str(), amount), ("debate", "Un échange nourri")],
        )
    };
    let page = typed("40 000,01").expect(422);
    assert!(page.words().contains("ne peut pas dépasser la demande"), "{}", page.words());
    assert!(page.text().contains("Un échange nourri") && page.text().contains("40 000,01"));
    typed("40 000").expect(303);
    assert!(manager.get(&format!("/comite/{session}")).words().contains("Retenu"));
}

#[test]
fn what_is_proposed_together_stays_within_the_envelope() {
    let app = TestApp::start();
    let world = World::build(&app);
    let large = instructed_dossier(&app, &world, "Large", 1_500_000, [3; 8], [3; 8]);
    let small = instructed_dossier(&app, &world, "Petit", 300_000, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[large, small]);
    opine(&app, &world, session, large, Outcome::Selected, 1_500_000);
    let propose = |euros: i64| {
        let new = NewOpinion::selected(vec![share_of(&app, &world, euros)], "");
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, small, &new))
    };
    let refused = messages(propose(200_001));
    assert!(refused[0].0.starts_with("share-"), "{refused:?}");
    assert!(refused[0].1.contains("Proposez 200\u{202F}000\u{A0}€ au plus"), "{refused:?}");
    propose(200_000).unwrap();
}

#[test]
fn what_is_left_to_a_dossier_counts_the_others_until_they_withdraw() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Jardins partagés", 100_000, [3; 8], [3; 8]);
    let other = instructed_dossier(&app, &world, "Vergers solidaires", 200_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[first, other]);
    let manager = "gestion@ars.example";
    let left = |email: &str, dossier: DossierId| {
        let page = app.signed_in(email).get(&format!("/comite/{session}/dossiers/{dossier}")).expect(200).text();
        let shown = |euros: i64| page.contains(&format!(">{}</td>", Cents::from_euros(euros)));
        (shown(1_700_000), shown(1_500_000))
    };
    assert_eq!(left(manager, first), (true, false), "the whole vote");
    opine(&app, &world, session, other, Outcome::Selected, 200_000);
    assert_eq!(left(manager, first), (false, true), "less what the other receives");
    assert_eq!(left(manager, other), (true, false), "its own amount may be proposed again");
    assert_eq!(left("comite1@essaim.example", first), (false, false), "for who prepares opinions");
    app.as_account(world.applicant, |op, actor| withdraw(op, actor, other, "Reporté d’un an")).unwrap();
    assert_eq!(left(manager, first), (true, false), "nothing is set aside for who has left");
}

#[test]
fn a_rank_on_the_waitlist_is_given_once_and_a_refusal_gives_its_motive() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Premier", 10_000, [3; 8], [3; 8]);
    let second = instructed_dossier(&app, &world, "Second", 10_000, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[first, second]);
    let record = |dossier, new: &NewOpinion| {
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, new))
    };
    record(first, &NewOpinion::waitlisted(1, "Enveloppe épuisée", "")).unwrap();
    let taken = messages(record(second, &NewOpinion::waitlisted(1, "Enveloppe épuisée", "")));
    assert!(taken[0].0 == "rank" && taken[0].1.contains("déjà celui du dossier AMI-ISS-2021-"), "{taken:?}");
    let silent = messages(record(second, &NewOpinion::rejected("", "")));
    assert_eq!(silent[0].0, "motive");
    record(second, &NewOpinion::waitlisted(2, "Enveloppe épuisée", "")).unwrap();
    record(first, &NewOpinion::waitlisted(1, "Enveloppe épuisée, projet à suivre", "").over(1)).unwrap();
}

#[test]
fn of_two_secretaries_the_second_sees_both_texts() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/comite/{session}/dossiers/{dossier}");
    let post = |motive: &'static str, version: &'static str| {
        manager.post(&path, &[("version", version), ("outcome", "rejected"), ("motive", motive)])
    };
    post("Texte enregistré", "0").expect(303);
    let conflict = post("Texte concurrent", "0").expect(409);
    assert!(conflict.words().contains("Texte enregistré") && conflict.words().contains("Texte concurrent"));
    assert!(conflict.text().contains("name=\"version\" value=\"1\""), "saving again is a choice");
    post("Texte concurrent", "1").expect(303);
}

#[test]
fn what_is_prepared_before_the_opening_is_not_known_before_the_seal() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let planned = planned_session(&app, &world, &[dossier]);
    app.as_account(world.manager, |op, actor| {
        record_opinion(op, actor, planned, dossier, &NewOpinion::rejected("Motif", ""))
    })
    .unwrap();
    assert!(app.service().read(|conn| committee::sealed_opinion(conn, dossier)).unwrap().is_none());
    let mut voted = NewOpinion::rejected("Motif", "").over(1);
    voted.draft.vote.favour = "3".to_owned();
    let early = app.as_account(world.manager, |op, actor| record_opinion(op, actor, planned, dossier, &voted));
    assert!(messages(early)[0].1.contains("le vote se note en séance"), "nobody votes before the session");
    let other = instructed_dossier(&app, &world, "Marche et parole", 20_000, [3; 8], [3; 8]);
    let running = running_session(&app, &world, &[other]);
    opine(&app, &world, running, other, Outcome::Selected, 20_000);
    assert!(app.service().read(|conn| committee::sealed_opinion(conn, other)).unwrap().is_none());
}

#[test]
fn what_was_prepared_is_confirmed_as_it_was_read() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Rejected, 0);
    let everyone = ["ARS", "COMMISSAIRE", "AM", "FAS", "EXPERT"].map(|seat| (seat, Presence::Present));
    attend(&app, &world, session, &everyone);
    app.set_clock("2022-01-20T14:00:00");
    app.as_account(world.manager, |op, actor| open_session(op, actor, session)).unwrap();
    app.set_clock("2022-01-20T14:30:00");
    let confirm =
        |read: i64| app.as_account(world.manager, |op, actor| confirm_prepared(op, actor, session, &[(dossier, read)]));
    assert!(matches!(confirm(7), Err(Fault::Stale)));
    assert_eq!(confirm(1).unwrap(), 1);
    let again = confirm(2);
    assert!(matches!(&again, Err(Fault::Refused(why)) if why.contains("Aucun avis préparé")), "{again:?}");
}
