//! No quorum, a second session, proxies, votes.

use essaim::base::clock::Instant;
use essaim::base::ids::SessionId;
use essaim::committee::actions::{
    NewOpinion, NewRecusal, NewSession, SeatAttendance, adjourn, convene, open_session, plan_second, record_opinion,
    record_return, record_seats, recuse, seal,
};
use essaim::committee::rules::TypedVote;
use essaim::committee::{self, Presence, SessionState};
use essaim::dossiers::Outcome;
use essaim::fault::Fault;

use crate::support::committee::{attend, opine, planned_session, running_session};
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn at(civil: &str) -> Instant {
    Instant::from_civil(civil, "Europe/Paris").unwrap()
}

fn seat(code: &str, presence: Presence, proxy: Option<&str>) -> SeatAttendance {
    SeatAttendance { seat: code.to_owned(), presence, proxy: proxy.map(str::to_owned) }
}

fn sit(app: &TestApp, world: &World, session: SessionId, seats: &[SeatAttendance]) -> Result<(), Fault> {
    let version = app.service().read(|conn| committee::session(conn, session)).unwrap().version;
    app.as_account(world.manager, |op, actor| record_seats(op, actor, session, version, seats))
}

fn minutes(app: &TestApp, session: SessionId) -> Option<String> {
    let reply = app.signed_in("comite1@essaim.example").get(&format!("/comite/{session}/proces-verbal")).expect(200);
    let path = app.folder.path().join("minutes.pdf");
    std::fs::write(&path, &reply.bytes).unwrap();
    let Ok(output) = std::process::Command::new("pdftotext").arg(&path).arg("-").output() else {
        crate::support::skipped("pdftotext is not installed, the words of the minutes are not read");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn without_quorum_a_second_session_takes_up_the_same_agenda_and_sits_without_one() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    let adjourn_it = || app.as_account(world.manager, |op, actor| adjourn(op, actor, session));
    assert!(matches!(adjourn_it(), Err(Fault::Refused(why)) if why.contains("n’est pas venue")));
    app.set_clock("2022-01-20T14:20:00");
    assert!(matches!(adjourn_it(), Err(Fault::Refused(why)) if why.contains("présences")));
    attend(&app, &world, session, &[("ARS", Presence::Present), ("AM", Presence::Remote)]);
    let manager = app.signed_in("gestion@ars.example");
    manager.post(&format!("/comite/{session}/ajournement"), &[]).expect(303);
    let page = manager.get(&format!("/comite/{session}")).expect(200).words();
    assert!(page.contains("Séance ajournée faute de quorum") && page.contains("Prévoir la seconde séance"), "{page}");
    if let Some(text) = minutes(&app, session) {
        for words in ["Procès-verbal de carence", "le quorum n’est pas atteint", "non examiné", "R133-10"] {
            assert!(text.contains(words), "{words} is missing from {text}");
        }
        assert!(!text.contains("75"), "no score of what was not judged: {text}");
    }
    let plan = |day: &str| {
        let new = NewSession { held_at: at(day), place: "Salle Tilleul, Montpellier".to_owned() };
        app.as_account(world.manager, |op, actor| plan_second(op, actor, session, &new))
    };
    assert!(matches!(plan("2022-01-20T13:00:00"), Err(Fault::Invalid(_))), "it follows the first");
    let second = plan("2022-01-27T14:00:00").unwrap();
    assert!(matches!(plan("2022-01-28T14:00:00"), Err(Fault::Refused(why)) if why.contains("déjà prévue")));
    app.as_account(world.manager, |op, actor| convene(op, actor, second, "")).unwrap();
    let mails: Vec<_> = app.mails().into_iter().filter(|(kind, ..)| kind == "committee.convocation").collect();
    assert_eq!(mails.len(), 5, "one a member");
    assert!(format!("{mails:?}").contains("aucun quorum"), "{mails:?}");
    app.set_clock("2022-01-27T14:05:00");
    attend(&app, &world, second, &[("ARS", Presence::Present)]);
    app.as_account(world.manager, |op, actor| open_session(op, actor, second)).unwrap();
    opine(&app, &world, second, dossier, Outcome::Selected, 40_000);
    app.as_account(world.manager, |op, actor| seal(op, actor, second)).unwrap();
    if let Some(text) = minutes(&app, second) {
        assert!(text.contains("aucun quorum n’est exigé") && text.contains("ajournée faute de quorum"), "{text}");
    }
    let state = app.service().read(|conn| committee::session(conn, session)).unwrap().state;
    assert_eq!(state, SessionState::Adjourned);
    assert_eq!(app.service().read(committee::verify).unwrap(), (2, Vec::new()));
}

#[test]
fn a_second_session_sits_only_once_convened() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    app.set_clock("2022-01-20T14:20:00");
    attend(&app, &world, session, &[("ARS", Presence::Present)]);
    app.as_account(world.manager, |op, actor| adjourn(op, actor, session)).unwrap();
    let new = NewSession { held_at: at("2022-01-22T14:00:00"), place: "Salle Tilleul".to_owned() };
    let second = app.as_account(world.manager, |op, actor| plan_second(op, actor, session, &new)).unwrap();
    attend(&app, &world, second, &[("ARS", Presence::Present)]);
    let opened = app.as_account(world.manager, |op, actor| open_session(op, actor, second));
    assert!(matches!(opened, Err(Fault::Refused(why)) if why.contains("Envoyez d’abord la convocation")));
    let convened = |urgency: &str| app.as_account(world.manager, |op, actor| convene(op, actor, second, urgency));
    assert!(matches!(convened(" "), Err(Fault::Invalid(_))), "two days are not five");
    convened("La notification est attendue le 31 janvier").unwrap();
    app.as_account(world.manager, |op, actor| open_session(op, actor, second)).unwrap();
}

#[test]
fn a_convocation_names_no_dossier_its_reader_is_recused_from() {
    let app = TestApp::start();
    let world = World::build(&app);
    let hidden = instructed_dossier(&app, &world, "Potager clos", 30_000, [3; 8], [3; 8]);
    let shown = instructed_dossier(&app, &world, "Ruche ouverte", 40_000, [2; 8], [2; 8]);
    let session = planned_session(&app, &world, &[hidden, shown]);
    let new = NewRecusal { account: world.members[3], reason: "Voisine".to_owned(), left_at: None };
    app.as_account(world.members[3], |op, actor| recuse(op, actor, session, hidden, &new)).unwrap();
    app.as_account(world.manager, |op, actor| convene(op, actor, session, "")).unwrap();
    let to = |address: &str| {
        let mails = app.mails();
        let mail = mails.iter().find(|mail| {
            let text = format!("{mail:?}");
            text.contains(address) && text.contains("committee.convocation")
        });
        format!("{:?}", mail.unwrap_or_else(|| panic!("no convocation to {address}")))
    };
    assert!(to("comite1@").contains("Potager clos") && to("comite1@").contains("Ruche ouverte"));
    assert!(!to("comite4@").contains("Potager clos") && to("comite4@").contains("Ruche ouverte"));
}

#[test]
fn a_proxy_counts_but_for_the_dossiers_its_giver_or_its_holder_is_recused_from() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossiers: Vec<_> =
        (1..=3).map(|n| instructed_dossier(&app, &world, &format!("Projet {n}"), 10_000, [3; 8], [3; 8])).collect();
    let session = planned_session(&app, &world, &dossiers);
    let refused = |seats: &[SeatAttendance], words: &str| match sit(&app, &world, session, seats) {
        Err(Fault::Refused(why)) => assert!(why.contains(words), "{why}"),
        other => panic!("{words}: {other:?}"),
    };
    let present = |code: &str| seat(code, Presence::Present, None);
    refused(
        &[
            present("ARS"),
            seat("AM", Presence::Represented, Some("ARS")),
            seat("FAS", Presence::Represented, Some("ARS")),
        ],
        "n’en reçoit qu’un",
    );
    refused(&[seat("AM", Presence::Represented, Some("FAS")), seat("FAS", Presence::Absent, None)], "ni sur place");
    refused(&[present("ARS"), seat("AM", Presence::Represented, None)], "Choisissez le membre qui reçoit");
    sit(
        &app,
        &world,
        session,
        &[present("ARS"), present("COMMISSAIRE"), seat("AM", Presence::Represented, Some("ARS"))],
    )
    .unwrap();
    app.as_account(world.manager, |op, actor| open_session(op, actor, session)).unwrap();
    let leave = |member: usize, dossier| {
        let new = NewRecusal { account: world.members[member], reason: "Lien".to_owned(), left_at: None };
        app.as_account(world.members[member], |op, actor| recuse(op, actor, session, dossier, &new)).unwrap();
    };
    // Seats ARS, COMMISSAIRE, AM: the giver is recused from the second dossier, the holder from the third.
    leave(2, dossiers[1]);
    leave(0, dossiers[2]);
    let counted = |dossier| {
        let board = app
            .service()
            .read(|conn| {
                let call = essaim::calls::by_id(conn, world.call)?;
                let session = committee::session(conn, session)?;
                committee::board(conn, &call, session)
            })
            .unwrap();
        (board.attending_for(dossier), board.voices_for(dossier))
    };
    assert_eq!(dossiers.iter().map(|d| counted(*d)).collect::<Vec<_>>(), [(3, 3), (2, 2), (1, 1)]);
    let page = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}")).expect(200).words();
    assert!(page.contains("A donné mandat") && page.contains("3 pour 3 requis"), "{page}");
}

#[test]
fn votes_are_counted_within_the_voices_and_written_in_the_minutes() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    let vote = |favour: &str, against: &str| {
        let mut new = NewOpinion::rejected("Méthode à préciser", "Débat partagé.");
        new.draft.vote = TypedVote { favour: favour.to_owned(), against: against.to_owned(), abstained: String::new() };
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &new))
    };
    let refused = |result: Result<(), Fault>, words: &str| match result {
        Err(Fault::Invalid(errors)) => assert!(errors[0].message.contains(words), "{errors:?}"),
        other => panic!("{words}: {other:?}"),
    };
    refused(vote("4", "2"), "5\u{A0}voix au plus");
    refused(vote("2", "3"), "n’a pas la majorité");
    vote("2", "2").unwrap();
    let new = NewRecusal { account: world.members[4], reason: "Ancien salarié".to_owned(), left_at: None };
    let other = instructed_dossier(&app, &world, "Marche", 10_000, [2; 8], [2; 8]);
    app.as_account(world.manager, |op, actor| essaim::committee::actions::put_on_agenda(op, actor, session, &[other]))
        .unwrap();
    app.as_account(world.members[4], |op, actor| recuse(op, actor, session, other, &new)).unwrap();
    app.set_clock("2021-10-04T18:30:00");
    app.as_account(world.manager, |op, actor| record_return(op, actor, session, other, world.members[4], None))
        .unwrap();
    opine(&app, &world, session, other, Outcome::Rejected, 0);
    app.as_account(world.manager, |op, actor| seal(op, actor, session)).unwrap();
    if let Some(text) = minutes(&app, session) {
        for words in
            ["2 pour, 2 contre, 0 abstention", "voix prépondérante", "Débat partagé", "sortie à", "retour à 18"]
        {
            assert!(text.contains(words), "{words} is missing from {text}");
        }
    }
}
