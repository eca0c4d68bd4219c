//! Shortlisting in session: eligible dossiers, motives, one page for many, sealed minutes.

use essaim::base::clock::Instant;
use essaim::base::ids::{DossierId, SessionId};
use essaim::committee::actions::{
    NewOpinion, NewSession, move_to_session, open_session, plan_session, plan_shortlisting, put_on_agenda,
    record_opinion, seal,
};
use essaim::committee::{self, Presence};
use essaim::dossiers::{self, State};
use essaim::fault::Fault;
use essaim::instruction::actions::{declare_eligible, set_aside, shortlist};

use crate::support::committee::attend;
use crate::support::dossiers::submitted_dossier;
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn eligible(app: &TestApp, world: &World, title: &str) -> DossierId {
    let dossier = submitted_dossier(app, world, title, 20_000);
    app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
    dossier
}

fn new(day: &str) -> NewSession {
    let held_at = Instant::from_civil(&format!("{day}T09:00:00"), "Europe/Paris").unwrap();
    NewSession { held_at, place: "Salle Tilleul, Montpellier".to_owned() }
}

pub fn planned(app: &TestApp, world: &World, agenda: &[DossierId]) -> SessionId {
    app.as_account(world.manager, |op, actor| {
        let session = plan_shortlisting(op, actor, world.call, &new("2021-12-15"))?;
        put_on_agenda(op, actor, session, agenda)?;
        Ok(session)
    })
    .unwrap()
}

pub fn open(app: &TestApp, world: &World, session: SessionId) {
    attend(app, world, session, &["ARS", "COMMISSAIRE", "AM"].map(|seat| (seat, Presence::Present)));
    app.as_account(world.manager, |op, actor| open_session(op, actor, session)).unwrap();
}

fn state(app: &TestApp, dossier: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state
}

#[test]
fn many_dossiers_are_judged_on_one_page_and_each_set_aside_says_why() {
    let app = TestApp::start();
    let world = World::build(&app);
    let agenda: Vec<DossierId> = (1..=4).map(|n| eligible(&app, &world, &format!("Projet {n}"))).collect();
    let session = planned(&app, &world, &agenda);
    open(&app, &world, session);
    let manager = app.signed_in("gestion@ars.example");
    let path = format!("/comite/{session}/avis");
    let post = |motives: [&str; 4]| {
        let mut fields = Vec::new();
        for (n, (dossier, motive)) in agenda.iter().zip(motives).enumerate() {
            fields.push((format!("version-{dossier}"), "0".to_owned()));
            fields.push((format!("outcome-{dossier}"), if n == 0 { "shortlisted" } else { "set_aside" }.to_owned()));
            fields.push((format!("motive-{dossier}"), motive.to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        manager.post(&path, &fields)
    };
    let page = post(["", "Hors du territoire", "", "Sans partenaire"]).expect(422);
    let words = page.words();
    assert!(words.contains("Saisissez le motif") && page.text().contains("Hors du territoire"), "{words}");
    let before = app.service().read(|conn| committee::session(conn, session)).unwrap();
    assert!(!manager.get(&format!("/comite/{session}")).words().contains("Non présélectionné"), "all or none");
    post(["", "Hors du territoire", "Projet déjà financé", "Sans partenaire"]).expect(303);
    manager.post(&format!("/comite/{session}/sceller"), &[]).expect(303);
    let states: Vec<State> = agenda.iter().map(|id| state(&app, *id)).collect();
    assert_eq!(states, [State::Shortlisted, State::NotShortlisted, State::NotShortlisted, State::NotShortlisted]);
    let said = app.service().read(|conn| committee::sealed_opinion(conn, agenda[2])).unwrap().unwrap();
    assert_eq!(said.motive, "Projet déjà financé");
    assert!(app.service().read(|conn| committee::sealed_opinion(conn, agenda[0])).unwrap().is_none());
    assert!(manager.get(&format!("/comite/{session}/proces-verbal")).expect(200).bytes.starts_with(b"%PDF"));
    assert!(before.version > 0 && app.service().read(committee::verify).unwrap().1.is_empty());
}

#[test]
fn on_an_agenda_a_dossier_is_the_committees_to_shortlist_and_on_none_the_managers() {
    let app = TestApp::start();
    let world = World::build(&app);
    let placed = eligible(&app, &world, "Inscrit");
    let free = eligible(&app, &world, "Libre");
    planned(&app, &world, &[placed]);
    for refused in [
        app.as_account(world.manager, |op, actor| shortlist(op, actor, placed).map(drop)),
        app.as_account(world.manager, |op, actor| set_aside(op, actor, placed, "Hors sujet").map(drop)),
    ] {
        assert!(matches!(refused, Err(Fault::Refused(why)) if why.contains("séance n°\u{A0}1 du comité")));
    }
    app.as_account(world.manager, |op, actor| shortlist(op, actor, free).map(drop)).unwrap();
    let session =
        app.as_account(world.manager, |op, actor| plan_shortlisting(op, actor, world.call, &new("2021-12-16")));
    let again = app.as_account(world.manager, |op, actor| put_on_agenda(op, actor, session.unwrap(), &[placed]));
    assert!(matches!(again, Err(Fault::Refused(why)) if why.contains("déjà à l’ordre du jour")));
}

#[test]
fn members_read_what_is_on_the_agenda_and_no_other_dossier() {
    let app = TestApp::start();
    let world = World::build(&app);
    let placed = eligible(&app, &world, "Inscrit");
    let free = eligible(&app, &world, "Libre");
    let session = planned(&app, &world, &[placed]);
    let member = app.signed_in("comite2@essaim.example");
    assert!(member.get(&format!("/comite/{session}")).expect(200).words().contains("Inscrit"));
    member.get(&format!("/dossiers/{placed}")).expect(200);
    member.get(&format!("/dossiers/{free}")).expect(404);
    member.get(&format!("/comite/{session}/avis")).expect(404);
}

#[test]
fn what_is_prepared_is_the_secretarys_until_the_committee_confirms_it() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = eligible(&app, &world, "Inscrit");
    let session = planned(&app, &world, &[dossier]);
    let record =
        |new: &NewOpinion| app.as_account(world.manager, |op, actor| record_opinion(op, actor, session, dossier, new));
    record(&NewOpinion::set_aside("Motif préparé", "")).unwrap();
    let manager = app.signed_in("gestion@ars.example");
    let member = app.signed_in("comite2@essaim.example");
    let path = format!("/comite/{session}");
    assert!(manager.get(&path).words().contains("préparé, à confirmer en séance"));
    for page in [path.clone(), format!("{path}/dossiers/{dossier}"), format!("{path}/classement")] {
        let words = member.get(&page).expect(200).words();
        assert!(!words.contains("Motif préparé") && !words.contains("Non présélectionné"), "{page}: {words}");
    }
    app.set_clock("2021-12-15T09:05:00");
    open(&app, &world, session);
    let seal_it = || app.as_account(world.manager, |op, actor| seal(op, actor, session));
    let Err(Fault::Refused(reason)) = seal_it() else { panic!("a prepared opinion is not the committee's") };
    assert!(reason.contains("préparé avant la séance"), "{reason}");
    let manager = app.signed_in("gestion@ars.example");
    let page = manager.get(&path).expect(200);
    assert!(
        page.words().contains("1 avis préparé avant la séance attend") || page.words().contains("1\u{A0}avis préparé")
    );
    manager.post(&format!("{path}/confirmation"), &[("prepared", &format!("{dossier}:1"))]).expect(303);
    seal_it().unwrap();
    assert_eq!(state(&app, dossier), State::NotShortlisted);
}

#[test]
fn dossiers_without_opinion_move_to_another_session() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = instructed_dossier(&app, &world, "Premier", 10_000, [3; 8], [3; 8]);
    let second = instructed_dossier(&app, &world, "Second", 10_000, [2; 8], [2; 8]);
    let (from, to, other) = app
        .as_account(world.manager, |op, actor| {
            let from = plan_session(op, actor, world.call, &new("2022-01-20"))?;
            put_on_agenda(op, actor, from, &[first, second])?;
            let to = plan_session(op, actor, world.call, &new("2022-01-27"))?;
            Ok((from, to, plan_shortlisting(op, actor, world.call, &new("2021-12-15"))?))
        })
        .unwrap();
    let record = NewOpinion::rejected("Hors sujet", "");
    app.as_account(world.manager, |op, actor| record_opinion(op, actor, from, first, &record)).unwrap();
    let go = |dossier, target| {
        app.as_account(world.manager, |op, actor| move_to_session(op, actor, from, target, &[dossier]))
    };
    assert!(matches!(go(first, to), Err(Fault::Refused(why)) if why.contains("a déjà un avis")));
    assert!(matches!(go(second, other), Err(Fault::Refused(why)) if why.contains("de même objet")));
    go(second, to).unwrap();
    let manager = app.signed_in("gestion@ars.example");
    assert!(!manager.get(&format!("/comite/{from}")).words().contains("Second"));
    assert!(manager.get(&format!("/comite/{to}")).words().contains("Second"));
    let desk = manager.get("/appels/AMI-ISS-2021/comite").expect(200).words();
    assert!(desk.contains("Présélection") && desk.contains("Sélection") && desk.contains("Séance n°"), "{desk}");
}
