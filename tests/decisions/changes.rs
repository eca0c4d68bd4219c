//! What becomes of an award: amended, a year committed, ended, a letter rectified.

use essaim::base::Cents;
use essaim::base::ids::DossierId;
use essaim::decisions::actions::{Ask, Delivery, amend, change, commit_year, correct, notify, terminate};
use essaim::decisions::{Kind, Procedure, current_shares, letters_of, notified_shares, of_dossier, verify};
use essaim::dossiers::{self, Outcome, State};
use essaim::fault::Fault;
use essaim::ledger::{self, Share};

use super::{APPLICANT, MANAGER, SIGNATORY, sealed_bytes, signed_in};
use crate::documents::reading::text;
use crate::support::committee::envelope_of;
use crate::support::decisions::{
    cofunded_world, follow_as, lines_of, notified_dossier, opined_with_shares, reach_answers_day, share,
};
use crate::support::funding::{agreed_dossier, pay};
use crate::support::{TestApp, World};

fn euros(amount: i64) -> Cents {
    Cents::from_euros(amount)
}

fn send(app: &TestApp, world: &World, dossier: DossierId) {
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
}

fn state(app: &TestApp, dossier: DossierId) -> State {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().state
}

fn check(app: &TestApp) -> Vec<String> {
    app.service().read(|conn| verify(conn, &app.service().files)).unwrap().1
}

fn committed(app: &TestApp, world: &World) -> Cents {
    app.service().read(|conn| ledger::counters(conn, envelope_of(app, world))).unwrap().committed
}

#[test]
fn an_amendment_frees_money_says_what_changes_and_waits_for_its_notification() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Marcher ensemble", 42_500);
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/modification");
    let form = client.get(&path).expect(200);
    assert!(form.words().contains("En vigueur : 42 500 €"), "{}", form.words());
    let version = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().version.to_string();
    let sent = |action: &str, amount: &str, reason: &str| {
        let fields = [("action", action), ("amount-1-2022", amount), ("reason", reason), ("version", version.as_str())];
        client.post(&path, &fields)
    };
    let silent = sent("check", "30 000", "").expect(422).words();
    assert!(silent.contains("Dites pourquoi l’attribution change"), "{silent}");
    let page = sent("check", "30 000", "Un cofinancement est arrivé.").expect(200).words();
    for said in ["42 500", "30 000", "−12 500", "redeviennent disponibles"] {
        assert!(page.contains(said), "{said:?} is missing from {page}");
    }
    assert_eq!(committed(&app, &world), euros(42_500), "checking changes nothing");
    sent("sign", "30 000", "Un cofinancement est arrivé.").expect(303);
    sent("sign", "30 000", "Un cofinancement est arrivé.").expect(303);
    assert_eq!(committed(&app, &world), euros(30_000));
    let decisions = app.service().read(|conn| of_dossier(conn, dossier)).unwrap();
    assert_eq!(decisions.iter().map(|d| d.kind).collect::<Vec<_>>(), [Kind::Initial, Kind::Amendment]);
    assert_eq!(state(&app, dossier), State::Agreed, "the state stays");
    let known = app.service().read(|conn| notified_shares(conn, dossier)).unwrap();
    assert_eq!(known[0].share.amount, euros(42_500), "the applicant does not know yet");
    let applicant = signed_in(&app, APPLICANT);
    let shown = applicant.get(&format!("/mes-dossiers/{dossier}/decision")).expect(200).words();
    assert!(!shown.contains("30 000"), "{shown}");
    let letter = text("decision_amendment", &sealed_bytes(&app, dossier));
    for said in
        ["Ce qui change", "42 500 €", "30 000 €", "trente mille euros", "Un cofinancement est arrivé.", "D0002-C1"]
    {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    send(&app, &world, dossier);
    let shown = applicant.get(&format!("/mes-dossiers/{dossier}/decision")).expect(200).words();
    assert!(shown.contains("30 000 €") && shown.contains("Courriers précédents"), "{shown}");
    assert_eq!(check(&app), Vec::<String>::new());
}

#[test]
fn an_amendment_keeps_what_is_paid_and_waits_its_turn() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Marcher ensemble", 10_000);
    pay(&app, &world, dossier, 0, euros(8_000), "MANDAT-1").unwrap();
    let to = |amount| {
        let shares = vec![share(&app, &world, amount)];
        app.as_account(world.signatory, |op, actor| amend(op, actor, dossier, shares, "Moins de dépenses."))
    };
    let refusal = to(euros(7_999)).unwrap_err();
    assert!(refusal.to_string().contains("sont déjà versés"), "{refusal}");
    to(euros(9_000)).unwrap();
    let waits = to(euros(8_500)).unwrap_err();
    assert!(waits.to_string().contains("attend sa notification"), "{waits}");
    assert!(matches!(
        app.as_account(world.manager, |op, actor| amend(op, actor, dossier, Vec::new(), "Non")),
        Err(Fault::NotFound)
    ));
    assert_eq!(check(&app), Vec::<String>::new());
}

#[test]
fn a_planned_year_is_committed_once_its_envelope_is_voted() {
    let app = TestApp::start();
    let (world, second) = cofunded_world(&app, &[2022, 2023]);
    let (ars, dreets) = lines_of(&app, &world);
    let at = |line, year, amount| Share { line, year, amount: euros(amount) };
    let shares = [at(ars.line, 2022, 25_000), at(ars.line, 2023, 20_000), at(dreets.line, 2022, 10_000)];
    let dossier = opined_with_shares(&app, &world, "Marcher deux ans", 40_000, &shares);
    reach_answers_day(&app);
    follow_as(&app, world.signatory, dossier);
    follow_as(&app, second, dossier);
    assert_eq!(committed(&app, &world), euros(25_000), "the second year is only planned");
    let letter = text("decision_two_years", &sealed_bytes(&app, dossier));
    for said in ["dont 35 000 € fermes", "Sous réserve de", "2023", "20 000 €"] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    send(&app, &world, dossier);
    app.set_clock("2023-02-01T10:00:00");
    let year = || {
        let shares = vec![at(ars.line, 2023, 18_000)];
        app.as_account(world.signatory, |op, actor| commit_year(op, actor, dossier, 2023, shares))
    };
    let unopened = year().unwrap_err();
    assert!(unopened.to_string().contains("pas encore ouverte"), "{unopened}");
    open_envelope(&app, &world, ars.line, 2023, 100_000);
    let page = signed_in(&app, SIGNATORY).get(&format!("/dossiers/{dossier}/decision-annuelle")).expect(200).words();
    assert!(page.contains("Prévus : 20 000 €"), "{page}");
    year().unwrap();
    let letter = text("decision_yearly", &sealed_bytes(&app, dossier));
    for said in ["année 2023", "18 000 €", "Part de l’année 2023"] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    send(&app, &world, dossier);
    let held = app.service().read(|conn| current_shares(conn, dossier)).unwrap();
    assert!(held.iter().all(|s| s.firm), "{held:?}");
    assert_eq!(held.iter().map(|s| s.share.amount).sum::<Cents>(), euros(53_000));
    assert_eq!(check(&app), Vec::<String>::new());
    assert!(year().is_err(), "nothing is planned any more");
}

/// A later year's envelope with its vote, as the funder's page records them.
fn open_envelope(app: &TestApp, world: &World, line: essaim::base::ids::FundingLineId, year: i32, amount: i64) {
    use diesel::prelude::*;
    use essaim::db::schema::envelopes;
    app.console(|op| {
        let id = diesel::insert_into(envelopes::table)
            .values((
                envelopes::call_id.eq(world.call),
                envelopes::funding_line_id.eq(line),
                envelopes::year.eq(year),
                envelopes::source.eq("Vote d’essai"),
            ))
            .returning(envelopes::id)
            .get_result(op.conn)?;
        op.record(essaim::journal::Entry::new("test.envelope", "Enveloppe d’essai"));
        ledger::vote(op, id, euros(amount), "Budget voté")
    });
}

#[test]
fn an_award_ends_after_a_notice_and_keeps_what_was_paid() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Marcher ensemble", 10_000);
    pay(&app, &world, dossier, 0, euros(8_000), "MANDAT-1").unwrap();
    app.set_clock("2022-06-15T10:00:00");
    let end = |day: &str| {
        let procedure = Procedure {
            formal_notice_on: day.parse().unwrap(),
            observations: "Vous n’avez pas présenté d’observations.".to_owned(),
        };
        app.as_account(world.signatory, |op, actor| {
            terminate(op, actor, dossier, &procedure, "Le projet n’a pas commencé.")
        })
    };
    let early = end("2022-06-01").unwrap_err();
    assert!(early.to_string().replace('\u{A0}', " ").contains("30 jours pour répondre"), "{early}");
    end("2022-05-02").unwrap();
    assert_eq!(committed(&app, &world), euros(8_000), "the rest is free again");
    assert_eq!(state(&app, dossier), State::InProgress, "nothing shows before the notification");
    let letter = text("decision_termination", &sealed_bytes(&app, dossier));
    for said in [
        "Fin de l’attribution",
        "mise en demeure du 2 mai 2022",
        "pas présenté d’observations",
        "Le projet n’a pas commencé.",
        "L121-1",
        "recours gracieux",
    ] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    send(&app, &world, dossier);
    assert_eq!(state(&app, dossier), State::Terminated);
    assert_eq!(check(&app), Vec::<String>::new());
    let words = signed_in(&app, APPLICANT).get(&format!("/mes-dossiers/{dossier}/decision")).expect(200).words();
    assert!(words.contains("a pris fin"), "{words}");
}

#[test]
fn a_rectified_letter_is_a_new_act_and_the_old_one_says_it_is_replaced() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Rejected);
    let old = app.service().read(|conn| letters_of(conn, dossier)).unwrap().remove(0);
    let visitor = app.client();
    let old_path = format!("/verifier/{}", old.check_code);
    let reason = "La séance s’est tenue à Montpellier, et non à Toulouse.";
    let client = signed_in(&app, SIGNATORY);
    let path = format!("/dossiers/{dossier}/rectification");
    client.post(&path, &[("action", "check"), ("reason", " ")]).expect(422);
    let check_page = client.post(&path, &[("action", "check"), ("reason", reason)]).expect(200).words();
    assert!(check_page.contains("D0001-C1") && check_page.contains(reason), "{check_page}");
    client.post(&path, &[("action", "sign"), ("reason", reason)]).expect(303);
    client.post(&path, &[("action", "sign"), ("reason", reason)]).expect(303);
    assert!(!visitor.get(&old_path).expect(200).words().contains("remplacé"), "not before the notification");
    let letter = text("decision_correction", &sealed_bytes(&app, dossier));
    for said in ["Rectification de la lettre AMI-ISS-2021-D0001-C1", "31 janvier 2022", reason, "D0002-C1"] {
        assert!(letter.contains(said), "{said:?} is missing from {letter}");
    }
    send(&app, &world, dossier);
    let words = visitor.get(&old_path).expect(200).words();
    assert!(words.contains("Ce courrier est remplacé") && words.contains("AMI-ISS-2021-D0002-C1"), "{words}");
    let letters = app.service().read(|conn| letters_of(conn, dossier)).unwrap();
    assert_eq!((letters.len(), letters[0].replaced_by), (2, Some(letters[1].id)));
    assert_eq!(state(&app, dossier), State::RejectionNotified);
    assert_eq!(check(&app), Vec::<String>::new());
    let page = signed_in(&app, MANAGER).get(&format!("/dossiers/{dossier}/decision")).expect(200).words();
    assert!(page.contains("Remplacée par AMI-ISS-2021-D0002-C1"), "{page}");
    let again = app.as_account(world.signatory, |op, actor| correct(op, actor, dossier, "Une autre faute.")).unwrap();
    send(&app, &world, dossier);
    assert_eq!(again.kind, Kind::Correction);
    assert_eq!(check(&app), Vec::<String>::new());
}

#[test]
fn a_page_read_before_another_change_signs_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Marcher ensemble", 42_500);
    let read = app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().version;
    let ask = |amount: i64| Ask::Amend {
        shares: vec![share(&app, &world, euros(amount))],
        reason: "Un cofinancement est arrivé.".to_owned(),
    };
    let signed =
        |amount: i64| app.as_account(world.signatory, |op, actor| change(op, actor, dossier, read, &ask(amount)));
    signed(30_000).unwrap();
    send(&app, &world, dossier);
    let late = signed(20_000);
    assert!(matches!(late, Err(Fault::Stale)), "{late:?}");
    assert_eq!(committed(&app, &world), euros(30_000));
}
