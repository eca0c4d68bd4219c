//! Several authorities and several years: each takes its act, each year waits for its credits.

use essaim::access::Role;
use essaim::accounts::actions::{NewEnvelope, grant_role, open_envelope};
use essaim::base::ids::{AccountId, DossierId};
use essaim::base::money::Cents;
use essaim::decisions::actions::{Delivery, amend, commit_year, notify};
use essaim::dossiers::State;
use essaim::fault::Fault;
use essaim::funding::ActKind;
use essaim::funding::actions::{NewAct, NewPayment, close, record_act, record_payment};
use essaim::funding::rules::InstalmentState;
use essaim::ledger::Share;

use super::closures::report;
use crate::support::decisions::{cofunded_world, follow_as, lines_of, opined_with_shares, reach_answers_day};
use crate::support::funding::file;
use crate::support::{TestApp, World};

fn euros(amount: i64) -> Cents {
    Cents::from_euros(amount)
}

/// ARS: 25 000 € then 20 000 € planned; DREETS: 10 000 €. Notified on 31 January 2022.
struct Story {
    world: World,
    dossier: DossierId,
    ars: Share,
    later: Share,
    dreets_funder: AccountId,
}

fn story(app: &TestApp) -> Story {
    let (world, second) = cofunded_world(app, &[2022, 2023]);
    let (ars, dreets) = lines_of(app, &world);
    let at = |line, year, amount| Share { line, year, amount: euros(amount) };
    let shares = [at(ars.line, 2022, 25_000), at(ars.line, 2023, 20_000), at(dreets.line, 2022, 10_000)];
    let dossier = opined_with_shares(app, &world, "Marcher deux ans", 40_000, &shares);
    reach_answers_day(app);
    follow_as(app, world.signatory, dossier);
    follow_as(app, second, dossier);
    send(app, &world, dossier);
    app.set_clock("2022-02-21T09:00:00");
    // The second line is brought by the ARS, decided and paid by the DREETS.
    let dreets_funder = world.instructor_dreets;
    app.console(|op| grant_role(op, world.call, dreets_funder, world.dreets, Role::Funder, None));
    Story { dossier, ars: shares[0], later: shares[1], dreets_funder, world }
}

fn send(app: &TestApp, world: &World, dossier: DossierId) {
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
}

fn act(
    app: &TestApp,
    by: AccountId,
    dossier: DossierId,
    index: usize,
    kind: ActKind,
    reference: &str,
) -> Result<(), Fault> {
    let award = file(app, dossier).awards[index].clone();
    let act = NewAct {
        authority: award.authority,
        decision: award.decision,
        kind,
        reference: reference.to_owned(),
        dated_on: app.now().in_zone("Europe/Paris").date(),
    };
    app.as_account(by, |op, actor| record_act(op, actor, dossier, &act)).map(drop)
}

fn pay_first(app: &TestApp, by: AccountId, dossier: DossierId, of: &Share, reference: &str) -> Result<(), Fault> {
    let file = file(app, dossier);
    let instalment = file
        .instalments
        .iter()
        .find(|i| !i.ended && i.slot() == (of.line, of.year) && file.left_of(i).is_positive())
        .unwrap();
    let payment = NewPayment {
        instalment: instalment.id,
        amount: file.left_of(instalment),
        reference: reference.to_owned(),
        paid_on: app.now().in_zone("Europe/Paris").date(),
        version: file.act(instalment.act).unwrap().version,
    };
    app.as_account(by, |op, actor| record_payment(op, actor, dossier, &payment)).map(drop)
}

fn sound(app: &TestApp) {
    assert_eq!(app.service().read(essaim::funding::verify).unwrap().1, Vec::<String>::new());
    assert_eq!(app.service().read(essaim::ledger::verify).unwrap().1, Vec::<String>::new());
}

fn open_year(app: &TestApp, world: &World, line: essaim::base::ids::FundingLineId, year: i32, amount: i64) {
    let new = NewEnvelope {
        call: world.call,
        line,
        year,
        voted: Some(euros(amount)),
        source: "Délégation de crédits".to_owned(),
    };
    app.as_account(world.administrator, |op, _| open_envelope(op, &new)).unwrap();
}

/// A grant of two years on the first day of its second, whose credits have come.
pub fn in_its_second_year(app: &TestApp) -> DossierId {
    let story = story(app);
    act(app, story.world.funder, story.dossier, 0, ActKind::Agreement, "CONV-ARS").unwrap();
    app.set_clock("2023-02-01T10:00:00");
    open_year(app, &story.world, story.later.line, 2023, 100_000);
    story.dossier
}

#[test]
fn each_authority_takes_its_act_and_each_payer_pays_its_part() {
    let app = TestApp::start();
    let story = story(&app);
    let (world, dossier) = (&story.world, story.dossier);
    // 25 000 € of the ARS need an agreement, 10 000 € of the DREETS do not.
    let refused = act(&app, world.funder, dossier, 0, ActKind::Order, "ARR-ARS").unwrap_err();
    assert!(matches!(&refused, Fault::Invalid(errors) if errors[0].field == "kind"), "{refused}");
    act(&app, world.funder, dossier, 0, ActKind::Agreement, "CONV-ARS").unwrap();
    assert_eq!(file(&app, dossier).dossier.state, State::Agreed);
    act(&app, story.dreets_funder, dossier, 1, ActKind::Order, "ARR-DREETS").unwrap();
    let again = act(&app, story.dreets_funder, dossier, 1, ActKind::Order, "ARR-DREETS-2").unwrap_err();
    assert!(matches!(again, Fault::Refused(_)), "one act per decision: {again}");
    let other = act(&app, story.dreets_funder, dossier, 0, ActKind::Agreement, "CONV-X").unwrap_err();
    assert!(matches!(other, Fault::Denied(_)), "nobody acts for another authority: {other}");
    let amounts: Vec<(i32, Cents)> = file(&app, dossier).instalments.iter().map(|i| (i.year, i.amount)).collect();
    let expected = [(2022, 20_000), (2022, 5_000), (2022, 8_000), (2022, 2_000), (2023, 16_000), (2023, 4_000)];
    assert_eq!(amounts, expected.map(|(year, amount)| (year, euros(amount))));
    // Crossed payments are refused.
    let dreets = Share { line: lines_of(&app, world).1.line, ..story.ars };
    let crossed = pay_first(&app, world.funder, dossier, &dreets, "M-CROISÉ").unwrap_err();
    assert!(matches!(crossed, Fault::Denied(_)), "{crossed}");
    pay_first(&app, world.funder, dossier, &story.ars, "M-ARS").unwrap();
    pay_first(&app, story.dreets_funder, dossier, &dreets, "M-DREETS").unwrap();
    let early = pay_first(&app, world.funder, dossier, &story.later, "M-2023").unwrap_err();
    assert!(matches!(&early, Fault::Refused(why) if why.contains("sous réserve de crédits")), "{early}");
    sound(&app);
    let page = app.signed_in("financement@ars.example").get(&format!("/dossiers/{dossier}/financement")).expect(200);
    let words = page.words();
    for said in
        ["Convention CONV-ARS", "Arrêté attributif ARR-DREETS", "Sous réserve de crédits", "45 000 €", "28 000 €"]
    {
        assert!(words.contains(said), "{said:?} is missing from {words}");
    }
}

#[test]
fn a_year_is_paid_once_its_yearly_decision_is_notified() {
    let app = TestApp::start();
    let story = story(&app);
    let (world, dossier) = (&story.world, story.dossier);
    act(&app, world.funder, dossier, 0, ActKind::Agreement, "CONV-ARS").unwrap();
    act(&app, story.dreets_funder, dossier, 1, ActKind::Order, "ARR-DREETS").unwrap();
    let signatory = app.signed_in("signature@ars.example");
    let page = signatory.get(&format!("/dossiers/{dossier}/financement")).expect(200);
    assert!(
        page.text().contains(&format!("/dossiers/{dossier}/decision-annuelle")),
        "the yearly decision is one click away"
    );
    app.set_clock("2023-02-01T10:00:00");
    open_year(&app, world, story.later.line, 2023, 100_000);
    app.as_account(world.signatory, |op, actor| commit_year(op, actor, dossier, 2023, vec![story.later])).unwrap();
    send(&app, world, dossier);
    let now = file(&app, dossier);
    assert!(now.awards.iter().all(|award| !now.act_is_due(award)), "the schedule already says it");
    let first = now.instalments.iter().find(|i| i.year == 2023).unwrap();
    let due: jiff::civil::Date = "2023-04-02".parse().unwrap();
    assert_eq!(now.state_of(first, "2023-02-01".parse().unwrap()), InstalmentState::Payable(due));
    pay_first(&app, world.funder, dossier, &story.later, "M-2023").unwrap();
    sound(&app);
    let plan = app.signed_in("financement@ars.example").get("/financements/plan").expect(200).words();
    for said in ["2023", "20 000", "16 000", "Marcher deux ans"] {
        assert!(plan.contains(said), "{said:?} is missing from {plan}");
    }
}

#[test]
fn an_amended_grant_takes_an_amending_act_and_what_is_left_is_scheduled_again() {
    let app = TestApp::start();
    let story = story(&app);
    let (world, dossier) = (&story.world, story.dossier);
    act(&app, world.funder, dossier, 0, ActKind::Agreement, "CONV-ARS").unwrap();
    pay_first(&app, world.funder, dossier, &story.ars, "M-1").unwrap();
    let less = Share { amount: euros(22_000), ..story.ars };
    app.as_account(world.signatory, |op, actor| {
        amend(op, actor, dossier, vec![less, story.later], "Moins d’ateliers.")
    })
    .unwrap();
    assert!(!file(&app, dossier).acts.is_empty());
    assert!(!file(&app, dossier).awards.iter().any(|a| a.total() == euros(42_000)), "not before its notification");
    send(&app, world, dossier);
    let now = file(&app, dossier);
    assert!(now.act_is_due(&now.awards[0]));
    let refused = act(&app, world.funder, dossier, 0, ActKind::Order, "ARR-MOD").unwrap_err();
    assert!(refused.to_string().contains("avenant"), "{refused}");
    act(&app, world.funder, dossier, 0, ActKind::Agreement, "AVENANT-1").unwrap();
    let now = file(&app, dossier);
    assert_eq!(now.acts[1].amends, Some(now.acts[0].id));
    let in_force: Vec<(i32, Cents)> = now.instalments.iter().filter(|i| !i.ended).map(|i| (i.year, i.amount)).collect();
    assert_eq!(in_force, [(2022, 20_000), (2022, 2_000), (2023, 16_000), (2023, 4_000)].map(|(y, a)| (y, euros(a))));
    assert_eq!(now.scheduled_by(world.ars), now.awards[0].granted);
    sound(&app);
    let page = app.signed_in("tresorerie@lesruches.example").get(&format!("/mes-dossiers/{dossier}/financement"));
    assert!(page.words().contains("Avenant à la convention AVENANT-1"), "{}", page.words());
}

#[test]
fn a_dossier_is_closed_with_its_last_authority() {
    let app = TestApp::start();
    let story = story(&app);
    let (world, dossier) = (&story.world, story.dossier);
    act(&app, world.funder, dossier, 0, ActKind::Agreement, "CONV-ARS").unwrap();
    act(&app, story.dreets_funder, dossier, 1, ActKind::Order, "ARR-DREETS").unwrap();
    pay_first(&app, world.funder, dossier, &story.ars, "M-1").unwrap();
    app.set_clock("2023-06-30T10:00:00");
    report(&app, world, dossier);
    let close_as = |by: AccountId, authority, left: i64| {
        app.as_account(by, |op, actor| {
            close(op, actor, dossier, authority, Cents::ZERO, "Projet interrompu.", euros(left))
        })
    };
    close_as(world.funder, world.ars, 5_000).unwrap();
    assert_eq!(file(&app, dossier).dossier.state, State::InProgress, "the other authority has not closed");
    let foreign = close_as(story.dreets_funder, world.ars, 0).unwrap_err();
    assert!(matches!(foreign, Fault::Denied(_)), "{foreign}");
    close_as(story.dreets_funder, world.dreets, 10_000).unwrap();
    let end = file(&app, dossier);
    assert_eq!(end.dossier.state, State::Closed);
    assert_eq!((end.total().committed, end.total().paid), (euros(20_000), euros(20_000)));
    sound(&app);
}

#[test]
fn the_envelope_of_another_year_is_opened_once_on_a_line_of_the_call() {
    let app = TestApp::start();
    let (world, _) = cofunded_world(&app, &[2022, 2023]);
    let (ars, _) = lines_of(&app, &world);
    let admin = app.signed_in("admin@essaim.example");
    let path = format!("/administration/financements/enveloppes/nouvelle/AMI-ISS-2021/{}", ars.line);
    assert!(admin.get("/administration/financements").expect(200).text().contains(&path));
    let form = admin.get(&path).expect(200);
    assert!(form.text().contains("value=\"2023\""), "the next year is proposed");
    let wrong = admin.post(&path, &[("year", "2022"), ("amount", "dix"), ("source", "")]).expect(422).words();
    assert!(wrong.contains("Saisissez un montant en chiffres") && wrong.contains("référence ou le motif"), "{wrong}");
    let taken = admin.post(&path, &[("year", "2022"), ("amount", ""), ("source", "BP 2022")]).expect(422).words();
    assert!(taken.contains("a déjà une enveloppe"), "{taken}");
    admin.post(&path, &[("year", "2023"), ("amount", "100 000"), ("source", "BP 2023")]).expect(303);
    let list = admin.get("/administration/financements").expect(200).words();
    assert!(list.contains("2023 100 000 €"), "{list}");
    let elsewhere = "/administration/financements/enveloppes/nouvelle/AMI-ISS-2021/999";
    admin.get(elsewhere).expect(404);
    admin.post(elsewhere, &[("year", "2024"), ("source", "x")]).expect(404);
}
