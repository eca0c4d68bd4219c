//! Sealing: once, with the money, and provably.

use diesel::prelude::*;
use essaim::base::Cents;
use essaim::base::ids::{DossierId, SessionId};
use essaim::committee::actions::{
    NewOpinion, NewRecusal, adjourn, convene, move_to_session, put_on_agenda, record_attendance, record_opinion,
    record_return, recuse, seal,
};
use essaim::committee::{self, SessionState};
use essaim::db::schema::{committee_sessions, opinion_shares};
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::ledger;

use crate::support::committee::{envelope_of, opine, opined_dossier, planned_session, running_session};
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn counters(app: &TestApp, world: &World) -> ledger::Counters {
    let envelope = envelope_of(app, world);
    app.service().read(|conn| ledger::counters(conn, envelope)).unwrap()
}

fn state_of(app: &TestApp, dossier: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state
}

fn seal_by_manager(app: &TestApp, world: &World, session: SessionId) -> Result<(), Fault> {
    app.as_account(world.manager, |op, actor| seal(op, actor, session))
}

fn problems(app: &TestApp) -> Vec<String> {
    app.service().read(committee::verify).unwrap().1
}

#[test]
fn two_clicks_seal_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Selected, 40_000);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/comite/{session}/sceller");
    let page = manager.get(&path).expect(200).words();
    assert!(
        page.contains("Sceller est définitif") && page.contains("1 660 000")
            || page.contains("1\u{202F}660\u{202F}000")
    );
    manager.post(&path, &[]).expect(303);
    let again = manager.post(&path, &[]).expect(303);
    assert_eq!(again.location, format!("/comite/{session}"));
    assert!(manager.get(&again.location).expect(200).words().contains("déjà scellée"));
    assert_eq!(counters(&app, &world).reserved, Cents::from_euros(40_000), "reserved once");
    assert_eq!(state_of(&app, dossier), State::Opined);
    let opinion = app.service().read(|conn| committee::sealed_opinion(conn, dossier)).unwrap().unwrap();
    assert_eq!((opinion.total(), opinion.outcome), (Some(Cents::from_euros(40_000)), Outcome::Selected));
}

#[test]
fn seals_that_race_reserve_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Selected, 40_000);
    let sealed = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..3).map(|_| scope.spawn(|| seal_by_manager(&app, &world, session).is_ok())).collect();
        tries.into_iter().filter(|_| true).map(|t| t.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(sealed, 1);
    assert_eq!(counters(&app, &world).reserved, Cents::from_euros(40_000));
}

#[test]
fn every_dossier_needs_its_opinion() {
    let app = TestApp::start();
    let world = World::build(&app);
    let given = instructed_dossier(&app, &world, "Donné", 40_000, [3; 8], [3; 8]);
    let missing = instructed_dossier(&app, &world, "Oublié", 10_000, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[given, missing]);
    opine(&app, &world, session, given, Outcome::Selected, 40_000);
    let Err(Fault::Refused(reason)) = seal_by_manager(&app, &world, session) else { panic!("one opinion is missing") };
    assert!(reason.contains("attend l’avis du comité"), "{reason}");
    let page = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}/sceller")).expect(200);
    assert!(!page.text().contains("<button class=\"button button--primary\" type=\"submit\">Sceller"));
    assert!(page.words().contains("ne peut pas encore être scellée"));
}

#[test]
fn an_envelope_that_shrank_undoes_the_whole_seal() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Premier", 1_000_000, [4; 8], [4; 8]);
    let second = instructed_dossier(&app, &world, "Second", 700_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[first, second]);
    opine(&app, &world, session, first, Outcome::Selected, 1_000_000);
    opine(&app, &world, session, second, Outcome::Selected, 700_000);
    let envelope = envelope_of(&app, &world);
    app.console(|op| {
        ledger::vote(op, envelope, Cents(-1), "Un centime repris")?;
        op.record(essaim::journal::Entry::new("envelope.vote", "Vote réduit"));
        Ok(())
    });
    let Err(Fault::Refused(reason)) = seal_by_manager(&app, &world, session) else { panic!("a cent is missing") };
    assert!(reason.contains("L’enveloppe ne suffit pas"), "{reason}");
    assert!(counters(&app, &world).reserved.is_zero(), "the first reservation is undone with the second");
    assert_eq!(state_of(&app, first), State::InCommittee);
    let state = app.service().read(|conn| committee::session(conn, session)).unwrap().state;
    assert_eq!(state, SessionState::Open);
}

#[test]
fn the_minutes_say_what_was_sealed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let kept = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let refused = instructed_dossier(&app, &world, "Marche et parole", 10_000, [1; 8], [1; 8]);
    let session = running_session(&app, &world, &[kept, refused]);
    let new = NewRecusal { account: world.members[1], reason: "Voisin du projet".to_owned(), left_at: None };
    app.as_account(world.members[1], |op, actor| recuse(op, actor, session, refused, &new)).unwrap();
    opine(&app, &world, session, kept, Outcome::Selected, 35_500);
    opine(&app, &world, session, refused, Outcome::Rejected, 0);
    seal_by_manager(&app, &world, session).unwrap();
    let reply = app.signed_in("comite1@essaim.example").get(&format!("/comite/{session}/proces-verbal")).expect(200);
    assert_eq!(reply.header("content-type"), Some("application/pdf"));
    let path = app.folder.path().join("minutes.pdf");
    std::fs::write(&path, &reply.bytes).unwrap();
    let Ok(output) = std::process::Command::new("pdftotext").arg(&path).arg("-").output() else {
        crate::support::skipped("pdftotext is not installed, the words of the minutes are not read");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["PV-AMI-ISS-2021-01", "Salle Tilleul", "Voisin du projet", "Jardin des sens", "75", "La méthode n’est pas"]
    {
        assert!(text.contains(words), "{words} is missing from {text}");
    }
    assert!(text.replace(' ', "").contains("35500€"), "{text}");
    assert!(text.replace(' ', "").contains("1664500€"), "what the envelope still holds: {text}");
    let hash = app.service().read(|conn| committee::session(conn, session)).unwrap().record_sha256.unwrap();
    assert!(text.replace(' ', "").contains(&hash), "{text}");
}

#[test]
fn a_sealed_session_does_not_change() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Rejected, 0);
    let late = instructed_dossier(&app, &world, "Trop tard", 10_000, [3; 8], [3; 8]);
    seal_by_manager(&app, &world, session).unwrap();
    let sealed = |result: Result<(), Fault>| matches!(result, Err(Fault::Refused(why)) if why.contains("est scellée"));
    let manager = world.manager;
    assert!(sealed(app.as_account(manager, |op, actor| put_on_agenda(op, actor, session, &[late]))));
    assert!(sealed(app.as_account(manager, |op, actor| record_attendance(op, actor, session, 3, &[]))));
    let opinion = NewOpinion::rejected("Autre motif", "").over(1);
    assert!(sealed(app.as_account(manager, |op, actor| record_opinion(op, actor, session, dossier, &opinion))));
    let leaving = NewRecusal { account: world.members[0], reason: "Après coup".to_owned(), left_at: None };
    assert!(sealed(app.as_account(world.members[0], |op, actor| recuse(op, actor, session, dossier, &leaving))));
}

#[test]
fn one_byte_of_the_record_or_one_opinion_turns_the_check_red() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Jardin des sens", 40_000, Outcome::Selected);
    assert_eq!(app.service().read(committee::verify).unwrap(), (1, Vec::new()));
    let record: String = app
        .service()
        .read(|conn| Ok(committee_sessions::table.select(committee_sessions::record.assume_not_null()).first(conn)?))
        .unwrap();
    let write = |text: &str| {
        app.service()
            .db
            .write(|conn| {
                diesel::update(committee_sessions::table)
                    .set(committee_sessions::record.eq(Some(text)))
                    .execute(conn)?;
                Ok(())
            })
            .unwrap();
    };
    let altered = record.replacen("Salle", "salle", 1);
    assert_ne!(altered, record);
    write(&altered);
    assert!(problems(&app)[0].contains("le relevé scellé a été modifié"));
    write(&record);
    assert_eq!(problems(&app), Vec::<String>::new());
    let opinion = app.service().read(|conn| committee::sealed_opinion(conn, dossier)).unwrap().unwrap().id;
    app.service()
        .db
        .write(|conn| {
            diesel::update(opinion_shares::table.filter(opinion_shares::opinion_id.eq(opinion)))
                .set(opinion_shares::amount_cents.eq(Cents::from_euros(40_001)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    assert!(problems(&app)[0].contains("diffère du relevé scellé"), "{:?}", problems(&app));
}

#[test]
fn a_closed_session_gives_and_takes_no_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let instructed = |title: &str| instructed_dossier(&app, &world, title, 10_000, [3; 8], [3; 8]);
    let (judged, waiting) = (instructed("Jardin des sens"), instructed("Ruche mobile"));
    let session = running_session(&app, &world, &[judged]);
    let other = planned_session(&app, &world, &[waiting]);
    opine(&app, &world, session, judged, Outcome::Rejected, 0);
    let member = world.members[1];
    let left = NewRecusal { account: member, reason: "Ancien salarié".to_owned(), left_at: None };
    app.as_account(member, |op, actor| recuse(op, actor, session, judged, &left)).unwrap();
    let again = NewOpinion::rejected("La méthode n’est pas décrite.", "").over(1);
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, judged, &again)).unwrap();
    let convened = app.as_account(world.manager, |op, actor| convene(op, actor, session, "Urgence"));
    assert!(matches!(&convened, Err(Fault::Refused(why)) if why.contains("plus temps")), "{convened:?}");
    seal_by_manager(&app, &world, session).unwrap();
    app.set_clock("2022-01-21T14:00:00");
    let manager = world.manager;
    let refused: [(&str, Result<(), Fault>); 5] = [
        ("taking", app.as_account(manager, |op, actor| move_to_session(op, actor, other, session, &[waiting]))),
        ("giving", app.as_account(manager, |op, actor| move_to_session(op, actor, session, other, &[judged]))),
        ("convening", app.as_account(manager, |op, actor| convene(op, actor, session, "Urgence"))),
        ("adjourning", app.as_account(manager, |op, actor| adjourn(op, actor, session))),
        ("coming back", app.as_account(manager, |op, actor| record_return(op, actor, session, judged, member, None))),
    ];
    for (what, tried) in refused {
        assert!(matches!(&tried, Err(Fault::Refused(why)) if why.contains("scellée")), "{what}: {tried:?}");
    }
}

/// Whoever seals reads all of what is sealed.
#[test]
fn a_manager_concerned_by_a_dossier_seals_no_session_of_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[dossier]);
    opine(&app, &world, session, dossier, Outcome::Rejected, 0);
    app.console(|op| {
        use essaim::db::schema::organisation_members as om;
        let member = (om::organisation_id.eq(world.organisation), om::account_id.eq(world.manager));
        diesel::insert_into(om::table).values((member, om::joined_at.eq(op.now))).execute(op.conn)?;
        op.record(essaim::journal::Entry::new("organisation.join", "Membre ajouté"));
        Ok(())
    });
    let tried = seal_by_manager(&app, &world, session);
    assert!(matches!(tried, Err(Fault::Refused(_))), "{tried:?}");
    assert_eq!(state_of(&app, dossier), State::InCommittee);
}
