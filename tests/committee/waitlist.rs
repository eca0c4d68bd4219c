//! The waiting list across sessions, and what closed sessions keep showing.

use diesel::prelude::*;
use essaim::committee;
use essaim::committee::actions::{NewOpinion, record_opinion, seal};
use essaim::db::schema::reviews;
use essaim::dossiers::Outcome;
use essaim::fault::Fault;

use crate::support::committee::{opine, opined_dossier, planned_session, running_session, share_of};
use crate::support::decisions::notified_dossier;
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

#[test]
fn a_rank_is_given_once_in_the_call_even_by_sessions_sealed_together() {
    let app = TestApp::start();
    let world = World::build(&app);
    let sessions: Vec<_> = (1..=2)
        .map(|n| {
            let dossier = instructed_dossier(&app, &world, &format!("Projet {n}"), 10_000, [3; 8], [3; 8]);
            let session = running_session(&app, &world, &[dossier]);
            (session, dossier)
        })
        .collect();
    let record = |at: usize, rank: i64| {
        let (session, dossier) = sessions[at];
        let new = NewOpinion::waitlisted(rank, "L’enveloppe ne suffit pas.", "");
        app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, &new))
    };
    record(0, 1).unwrap();
    let Err(Fault::Invalid(errors)) = record(1, 1) else { panic!("another session has this rank") };
    assert!(errors[0].message.contains("déjà celui du dossier"), "{errors:?}");
    record(1, 2).unwrap();
    // As if both had been recorded at the same instant: the seal has the last word.
    app.service()
        .db
        .write(|conn| {
            use essaim::db::schema::committee_opinions as o;
            diesel::update(o::table.filter(o::dossier_id.eq(sessions[1].1)))
                .set(o::waitlist_rank.eq(Some(1_i64)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let sealed = std::thread::scope(|scope| {
        let tries: Vec<_> = sessions
            .iter()
            .map(|(session, _)| {
                let (app, world) = (&app, &world);
                scope.spawn(move || app.as_account(world.manager, |op, actor| seal(op, actor, *session)).is_ok())
            })
            .collect();
        tries.into_iter().map(|t| t.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(sealed, 0, "neither may seal a rank that the other holds");
}

#[test]
fn of_sessions_prepared_at_the_same_instant_one_gives_the_rank() {
    let app = TestApp::start();
    let world = World::build(&app);
    let sessions: Vec<_> = (1..=4)
        .map(|n| {
            let dossier = instructed_dossier(&app, &world, &format!("Projet {n}"), 10_000, [3; 8], [3; 8]);
            (planned_session(&app, &world, &[dossier]), dossier)
        })
        .collect();
    let gate = std::sync::Barrier::new(sessions.len());
    let given = std::thread::scope(|scope| {
        let hands: Vec<_> = sessions
            .iter()
            .map(|(session, dossier)| {
                let (app, world, gate) = (&app, &world, &gate);
                scope.spawn(move || {
                    gate.wait();
                    let new = NewOpinion::waitlisted(1, "L’enveloppe ne suffit pas.", "");
                    app.as_account(world.manager, |op, actor| record_opinion(op, actor, *session, *dossier, &new))
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(given.iter().filter(|answer| answer.is_ok()).count(), 1, "{given:?}");
    for refused in given.into_iter().filter_map(Result::err) {
        let Fault::Invalid(errors) = refused else { panic!("{refused}") };
        assert!(errors[0].message.contains("Le rang 1 est déjà celui du dossier"), "{errors:?}");
    }
}

#[test]
fn the_list_says_who_waits_what_they_ask_and_what_is_free() {
    let app = TestApp::start();
    let world = World::build(&app);
    let waiting = notified_dossier(&app, &world, "Marche et parole", 30_000, Outcome::Waitlisted);
    app.set_clock("2021-10-05T12:00:00");
    opined_dossier(&app, &world, "Jardin des sens", 1_680_000, Outcome::Selected);
    let lines = app.service().read(|conn| committee::waitlist(conn, world.call)).unwrap();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].dossier.id == waiting && lines[0].rank == 1 && lines[0].is_waiting(), "kept after notification");
    let page =
        app.signed_in("gestion@ars.example").get("/appels/AMI-ISS-2021/liste-complementaire").expect(200).words();
    let page = page.replace(['\u{202F}', '\u{A0}'], " ");
    assert!(page.contains("30 000 €") && page.contains("20 000 €"), "asked, and free: {page}");
    assert!(page.contains("Il manque 10 000 €"), "{page}");
    let csv = app.signed_in("gestion@ars.example").get("/appels/AMI-ISS-2021/liste-complementaire?format=csv");
    assert!(csv.expect(200).text().contains("Marche et parole"));
}

#[test]
fn a_closed_session_shows_its_sealed_figures_whatever_instructors_change_later() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = opined_dossier(&app, &world, "Jardin des sens", 40_000, Outcome::Selected);
    let manager = app.signed_in("gestion@ars.example");
    let pages = || {
        ["/comite/1/classement".to_owned(), format!("/comite/1/dossiers/{dossier}")]
            .map(|p| manager.get(&p).expect(200).words())
    };
    assert!(pages().iter().all(|page| page.contains("75")), "{:?}", pages());
    app.service()
        .db
        .write(|conn| {
            diesel::delete(essaim::db::schema::review_scores::table).execute(conn)?;
            diesel::update(reviews::table).set(reviews::comment.eq("réécrit")).execute(conn)?;
            Ok(())
        })
        .unwrap();
    assert!(pages().iter().all(|page| page.contains("75") && !page.contains("Non noté")), "{:?}", pages());
}

#[test]
fn trying_a_dossier_the_other_way_round_moves_the_totals_and_saves_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Premier", 1_000_000, [4; 8], [4; 8]);
    let second = instructed_dossier(&app, &world, "Second", 800_000, [3; 8], [3; 8]);
    let session = running_session(&app, &world, &[first, second]);
    opine(&app, &world, session, first, Outcome::Selected, 1_000_000);
    let manager = app.signed_in("gestion@ars.example");
    let words = |query: &str| {
        let page = manager.get(&format!("/comite/{session}/classement{query}")).expect(200).words();
        page.replace(['\u{202F}', '\u{A0}'], " ")
    };
    assert!(words("").contains("Et sans lui ?") && !words("").contains("Essai, rien n’est enregistré"));
    let both = words(&format!("?avec={second}"));
    assert!(both.contains("1 800 000 €") && both.contains("-100 000 €") || both.contains("−100 000 €"), "{both}");
    let other = words(&format!("?avec={second}&sans={first}"));
    assert!(other.contains("900 000 €"), "what would be left: {other}");
    assert!(other.contains("1 dossier proposé"), "the portfolio follows: {other}");
    assert!(words("").contains("700 000 €"), "nothing was saved");
    assert_eq!(share_of(&app, &world, 1).year, 2022);
    let filtered = format!("/comite/{session}/classement?avec={second}&axe=A2&page=2");
    let page = manager.get(&filtered).expect(200).text();
    let trying_less =
        format!("/comite/{session}/classement?avec={second}&amp;sans={first}&amp;axe=A2&amp;page=2#montants");
    assert!(page.contains(&trying_less), "a trial keeps the filter and the page: {page}");
    assert!(
        page.contains(&format!("href=\"/comite/{session}/classement?axe=A2&amp;page=2\">Arrêter l’essai")),
        "{page}"
    );
    let csv = manager.get(&format!("/comite/{session}/classement?format=csv")).expect(200).text();
    assert!(csv.contains("Premier") && csv.contains("Retenu"), "{csv}");
    manager.get(&format!("/comite/{session}/classement?format=xlsx")).expect(200);
}
