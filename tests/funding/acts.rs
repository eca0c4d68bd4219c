//! Which act a decision needs.

use essaim::base::money::Cents;
use essaim::dossiers::{Outcome, State};
use essaim::fault::{Fault, Mistakes};
use essaim::funding::ActKind;
use essaim::funding::rules::{ActFacts, YearGrant};

use crate::support::decisions::notified_dossier;
use crate::support::funding::{agreed_dossier, file, take_act, version_of};
use crate::support::{PASSWORD, TestApp, World};

fn facts(cents: i64, private_body: bool, other_cents: i64) -> ActFacts {
    ActFacts {
        years: vec![YearGrant { year: 2022, amount: Cents(cents), others: Cents(other_cents) }],
        threshold: Cents::from_euros(23_000),
        private_body,
        amends: None,
        decided_on: "2022-01-31".parse().unwrap(),
        today: "2022-02-21".parse().unwrap(),
    }
}

fn order_is_refused(facts: &ActFacts) -> Option<String> {
    let mut mistakes = Mistakes::default();
    facts.check(&mut mistakes, Some(ActKind::Order), Some("2022-02-14".parse().unwrap()));
    mistakes.into_vec().into_iter().find(|m| m.field == "kind").map(|m| m.message)
}

#[test]
fn the_threshold_is_exclusive_to_the_cent_and_for_private_bodies() {
    assert_eq!(facts(2_300_000, true, 0).proposed(), ActKind::Order);
    assert_eq!(order_is_refused(&facts(2_300_000, true, 0)), None);
    assert_eq!(facts(2_300_001, true, 0).proposed(), ActKind::Agreement);
    let refusal = order_is_refused(&facts(2_300_001, true, 0)).unwrap();
    assert!(refusal.contains("2000-321") && refusal.contains("23\u{202F}000"), "{refusal}");
    assert_eq!(order_is_refused(&facts(5_000_000, false, 0)), None);
    assert_eq!(facts(5_000_000, false, 0).proposed(), ActKind::Order);
    // The threshold is per authority, body and year: other acts count.
    assert!(order_is_refused(&facts(1_000_000, true, 1_300_001)).is_some());
    assert_eq!(order_is_refused(&facts(1_000_000, true, 1_300_000)), None);
    // Each year by itself: three small years make no large one.
    let year = |year, cents| YearGrant { year, amount: Cents(cents), others: Cents::ZERO };
    let mut three = facts(0, true, 0);
    three.years = vec![year(2022, 2_000_000), year(2023, 2_000_000), year(2024, 2_000_000)];
    assert_eq!(three.proposed(), ActKind::Order);
    three.years[1].amount = Cents(2_300_001);
    assert!(order_is_refused(&three).unwrap().contains("2023"));
    // What amends an agreement is an amendment to it.
    let amending = ActFacts { amends: Some(ActKind::Agreement), ..facts(1_000_000, true, 0) };
    assert!(order_is_refused(&amending).unwrap().contains("avenant"));
}

#[test]
fn an_order_above_the_threshold_is_refused_and_an_agreement_recorded() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 23_001, Outcome::Selected);
    app.set_clock("2022-02-21T09:00:00");
    let refused = take_act(&app, &world, dossier, ActKind::Order, "ARR-1", "2022-02-14").unwrap_err();
    assert!(matches!(&refused, Fault::Invalid(errors) if errors[0].field == "kind"), "{refused}");
    let before = take_act(&app, &world, dossier, ActKind::Agreement, "CONV-1", "2022-01-30").unwrap_err();
    assert!(before.to_string().contains("d’avant la décision"), "{before}");
    let future = take_act(&app, &world, dossier, ActKind::Agreement, "CONV-1", "2022-02-22").unwrap_err();
    assert!(future.to_string().contains("avenir"), "{future}");
    take_act(&app, &world, dossier, ActKind::Agreement, "CONV-1", "2022-02-14").unwrap();
    let file = file(&app, dossier);
    assert_eq!(file.dossier.state, State::Agreed);
    assert_eq!(file.acts[0].amount, Cents::from_euros(23_001));
    let again = take_act(&app, &world, dossier, ActKind::Agreement, "CONV-2", "2022-02-14").unwrap_err();
    assert!(matches!(again, Fault::Refused(_)), "{again}");
}

#[test]
fn two_grants_of_a_year_to_one_body_are_added_up() {
    let app = TestApp::start();
    let world = World::build(&app);
    agreed_dossier(&app, &world, "Première ruche", 15_000);
    let second = notified_dossier(&app, &world, "Seconde ruche", 8_001, Outcome::Selected);
    let refused = take_act(&app, &world, second, ActKind::Order, "ARR-2", "2022-02-21").unwrap_err();
    assert!(refused.to_string().contains("même autorité"), "{refused}");
}

#[test]
fn a_reference_serves_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let first = agreed_dossier(&app, &world, "Première ruche", 5_000);
    let second = notified_dossier(&app, &world, "Seconde ruche", 5_000, Outcome::Selected);
    let taken = take_act(&app, &world, second, ActKind::Order, &format!("CONV-{first}"), "2022-02-21").unwrap_err();
    assert!(matches!(&taken, Fault::Invalid(errors) if errors[0].field == "reference"), "{taken}");
}

#[test]
fn the_act_is_checked_then_recorded_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Ruche mobile", 40_000, Outcome::Selected);
    app.set_clock("2022-02-21T09:00:00");
    let client = app.client();
    client.sign_in("financement@ars.example", PASSWORD).expect(303);
    let award = file(&app, dossier).awards[0].clone();
    let path = format!("/dossiers/{dossier}/financement/acte/{}", award.authority);
    let decision = award.decision.to_string();
    let form = client.get(&path).expect(200).words();
    assert!(form.contains("une convention est obligatoire") && form.contains("2000-321"), "{form}");
    let version = version_of(&app, dossier).to_string();
    let mut fields = vec![
        ("kind", "order"),
        ("reference", "ARS-2022-0107"),
        ("dated_on", "14/02/2022"),
        ("decision", decision.as_str()),
        ("step", "review"),
    ];
    let refused = client.post(&path, &fields).expect(422);
    assert!(refused.words().contains("Un arrêté ne suffit pas ici"));
    assert!(refused.text().contains("value=\"ARS-2022-0107\""), "what was typed stays");
    fields[0].1 = "agreement";
    let review = client.post(&path, &fields).expect(200).words();
    assert!(review.contains("32 000 €") && review.contains("8 000 €"), "{review}");
    assert_eq!(version_of(&app, dossier).to_string(), version, "checking records nothing");
    fields[4].1 = "record";
    for _ in 0..2 {
        let reply = client.post(&path, &fields).expect(303);
        assert_eq!(reply.location, format!("/dossiers/{dossier}/financement"));
    }
    let page = client.get(&format!("/dossiers/{dossier}/financement")).expect(200).words();
    assert!(page.contains("Convention ARS-2022-0107") && page.contains("Avance"), "{page}");
}
