//! Paying: advance then balance, within the commitment, to a body with a SIRET.

use diesel::prelude::*;
use essaim::base::money::Cents;
use essaim::db::schema::{funding_lines, organisations};
use essaim::dossiers::State;
use essaim::fault::Fault;
use essaim::funding::actions::{NewPayment, record_payment, record_service_done};
use essaim::ledger;

use crate::support::committee::envelope_of;
use crate::support::funding::{agreed_dossier, certify, file, instalment, paid_dossier, pay};
use crate::support::{PASSWORD, TestApp, World};

#[test]
fn the_advance_then_the_balance_use_the_commitment_up() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let early = pay(&app, &world, dossier, 1, Cents::from_euros(2_000), "M-0").unwrap_err();
    assert!(early.to_string().contains("service fait"), "{early}");
    let above = pay(&app, &world, dossier, 0, Cents(800_001), "M-1").unwrap_err();
    assert!(above.to_string().contains("Cette échéance ne dépasse pas 8\u{202F}000"), "{above}");
    // In two parts: an instalment is paid up to its amount.
    pay(&app, &world, dossier, 0, Cents::from_euros(5_000), "M-1").unwrap();
    let beyond = pay(&app, &world, dossier, 0, Cents(300_001), "M-1B").unwrap_err();
    assert!(matches!(&beyond, Fault::Invalid(errors) if errors[0].field == "amount"), "{beyond}");
    pay(&app, &world, dossier, 0, Cents::from_euros(3_000), "M-1B").unwrap();
    let again = pay(&app, &world, dossier, 0, Cents::from_euros(1), "M-2").unwrap_err();
    assert!(again.to_string().contains("déjà versée"), "{again}");
    app.set_clock("2022-12-15T09:00:00");
    certify(&app, &world, dossier, 1).unwrap();
    let over = pay(&app, &world, dossier, 1, Cents(200_001), "M-3").unwrap_err();
    assert!(over.to_string().contains("dépasse l’engagement"), "{over}");
    pay(&app, &world, dossier, 1, Cents::from_euros(2_000), "M-3").unwrap();
    let done = pay(&app, &world, dossier, 1, Cents::from_euros(1), "M-4").unwrap_err();
    assert!(matches!(done, Fault::Refused(_)), "{done}");
    let file = file(&app, dossier);
    assert_eq!(file.dossier.state, State::InProgress);
    let total = file.total();
    assert_eq!((total.committed, total.paid), (Cents::from_euros(10_000), Cents::from_euros(10_000)));
}

#[test]
fn sixty_days_after_what_makes_it_due_a_payment_is_late() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let path = format!("/dossiers/{dossier}/financement");
    // Notified on 31 January 2022: due by 1 April.
    app.set_clock("2022-04-01T23:00:00");
    let page = app.signed_in("financement@ars.example").get(&path).expect(200).words();
    assert!(page.contains("avant le 1er avril 2022") && page.contains("À verser"), "{page}");
    app.set_clock("2022-04-02T08:00:00");
    let funder = app.signed_in("financement@ars.example");
    let page = funder.get(&path).expect(200).words();
    assert!(page.contains("En retard") && page.contains("2021-875"), "{page}");
    pay(&app, &world, dossier, 0, Cents::from_euros(8_000), "M-RETARD").unwrap();
    assert!(file(&app, dossier).payments[0].is_late());
    let page = funder.get(&path).expect(200).words();
    assert!(page.contains("M-RETARD, dû le 1er avril 2022"), "{page}");
    // The balance counts from the service done.
    certify(&app, &world, dossier, 1).unwrap();
    let page = funder.get(&path).expect(200).words();
    assert!(page.contains("au service fait, avant le 1er juin 2022"), "{page}");
}

#[test]
fn only_the_payers_agents_pay() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    app.service()
        .db
        .write(|conn| {
            diesel::update(funding_lines::table).set(funding_lines::payer_id.eq(world.dreets)).execute(conn)?;
            Ok(())
        })
        .unwrap();
    let refused = pay(&app, &world, dossier, 0, Cents::from_euros(8_000), "M-1").unwrap_err();
    assert!(matches!(&refused, Fault::Denied(why) if why.contains("payée par Institution DREETS")), "{refused}");
    app.console(|op| {
        essaim::accounts::actions::grant_role(
            op,
            world.call,
            world.instructor_dreets,
            world.dreets,
            essaim::access::Role::Funder,
            None,
        )
    });
    let (instalment, version) = instalment(&app, dossier, 0);
    let payment = NewPayment {
        instalment: instalment.id,
        amount: instalment.amount,
        reference: "M-DREETS".to_owned(),
        paid_on: "2022-02-21".parse().unwrap(),
        version,
    };
    app.as_account(world.instructor_dreets, |op, actor| record_payment(op, actor, dossier, &payment)).unwrap();
    // Who pays does not take acts for the authority.
    let page = app.signed_in("instruction@dreets.example").get(&format!("/dossiers/{dossier}/financement")).expect(200);
    assert!(!page.words().contains("Constater le service fait"), "{}", page.words());
}

#[test]
fn the_ledger_itself_refuses_more_than_the_dossiers_commitment() {
    let app = TestApp::start();
    let world = World::build(&app);
    let rich = agreed_dossier(&app, &world, "Grande ruche", 50_000);
    let poor = agreed_dossier(&app, &world, "Petite ruche", 1_000);
    let envelope = envelope_of(&app, &world);
    let cause = ledger::Cause::default();
    let refused = app
        .as_account(world.funder, |op, _| {
            op.record(essaim::journal::Entry::new("test.pay", "Essai"));
            ledger::pay(op, envelope, poor, Cents(100_001), &cause)
        })
        .unwrap_err();
    assert!(refused.to_string().contains("dépasse l’engagement"), "{refused}");
    let counters = app.service().read(|conn| ledger::counters(conn, envelope)).unwrap();
    assert_eq!(counters.paid, Cents::ZERO, "the other dossier's commitment ({rich}) pays nothing here");
}

#[test]
fn without_a_siret_nothing_is_paid() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    let set = |siret: Option<&str>| {
        app.service()
            .db
            .write(|conn| {
                diesel::update(organisations::table.filter(organisations::id.eq(world.organisation)))
                    .set((organisations::siret.eq(siret), organisations::rna.eq(Some("W313000009"))))
                    .execute(conn)?;
                Ok(())
            })
            .unwrap();
    };
    set(None);
    let refused = pay(&app, &world, dossier, 0, Cents::from_euros(8_000), "M-1").unwrap_err().to_string();
    assert!(refused.contains("SIRET") && refused.contains("Insee"), "{refused}");
    let client = app.client();
    client.sign_in("financement@ars.example", PASSWORD).expect(303);
    let page = client.get(&format!("/dossiers/{dossier}/financement")).expect(200).words();
    assert!(page.contains("SIRET attendu") && !page.contains("Enregistrer le versement"), "{page}");
    let path = format!("/dossiers/{dossier}/financement/echeances/{}/versement", instalment(&app, dossier, 0).0.id);
    client.get(&path).expect(409);
    set(Some("73282932000074"));
    pay(&app, &world, dossier, 0, Cents::from_euros(8_000), "M-1").unwrap();
}

#[test]
fn a_double_click_pays_once() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 9_999);
    let client = app.client();
    client.sign_in("financement@ars.example", PASSWORD).expect(303);
    let (instalment, version) = instalment(&app, dossier, 0);
    let path = format!("/dossiers/{dossier}/financement/echeances/{}/versement", instalment.id);
    let form = client.get(&path).expect(200).text();
    assert!(form.contains("7\u{202F}999,20"), "the advance is proposed to the cent");
    let version = version.to_string();
    let fields = [
        ("amount", "7 999,20"),
        ("paid_on", "21/02/2022"),
        ("reference", "MANDAT-77"),
        ("version", version.as_str()),
        ("step", "record"),
    ];
    for _ in 0..2 {
        client.post(&path, &fields).expect(303);
    }
    let counters = app.service().read(|conn| ledger::counters(conn, envelope_of(&app, &world))).unwrap();
    assert_eq!(counters.paid, Cents(799_920));
    // Another payment from the page of before is stopped.
    let mut other = fields;
    other[2].1 = "MANDAT-78";
    client.post(&path, &other).expect(409);
}

#[test]
fn the_applicant_reads_act_and_payments_once_notified() {
    let app = TestApp::start();
    let world = World::build(&app);
    let signed = crate::support::decisions::signed_dossier(
        &app,
        &world,
        "Ruche secrète",
        12_000,
        essaim::dossiers::Outcome::Selected,
    );
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    client.get(&format!("/mes-dossiers/{signed}/financement")).expect(404);
    let paid = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    client.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    let page = client.get(&format!("/mes-dossiers/{paid}/financement")).expect(200).words();
    assert!(page.contains(&format!("Convention CONV-{paid}")) && page.contains("8 000 €"), "{page}");
    let stranger = app.client();
    stranger.sign_in("contact@autreasso.example", PASSWORD).expect(303);
    stranger.get(&format!("/mes-dossiers/{paid}/financement")).expect(404);
    stranger.get(&format!("/dossiers/{paid}/financement")).expect(404);
}

#[test]
fn a_reference_pays_once_and_a_page_out_of_date_certifies_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = agreed_dossier(&app, &world, "Ruche mobile", 10_000);
    pay(&app, &world, dossier, 0, Cents::from_euros(1_000), "M-1").unwrap();
    let again = pay(&app, &world, dossier, 0, Cents::from_euros(1_000), "M-1").unwrap_err();
    assert!(matches!(&again, Fault::Invalid(errors) if errors[0].field == "reference"), "{again}");
    let (balance, version) = instalment(&app, dossier, 1);
    let certified = |version: i64, days: i64| {
        let on = app.now().plus_days(days).in_zone("Europe/Paris").date();
        app.as_account(world.funder, |op, actor| record_service_done(op, actor, dossier, balance.id, version, on))
    };
    assert!(matches!(certified(version - 1, 0), Err(Fault::Stale)));
    for days in [1, -1] {
        let wrong = certified(version, days).unwrap_err();
        assert!(matches!(&wrong, Fault::Invalid(errors) if errors[0].field == "done_on"), "{wrong}");
    }
    certified(version, 0).unwrap();
}
