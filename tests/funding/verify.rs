//! `check` turns red on what somebody changed behind the service's back.

use diesel::prelude::*;
use essaim::base::money::Cents;
use essaim::db::schema::{acts, envelopes, ledger_entries, payments};
use essaim::{funding, ledger};

use crate::support::funding::paid_dossier;
use crate::support::{TestApp, World};

#[test]
fn a_counter_changed_by_hand_is_named() {
    let app = TestApp::start();
    let world = World::build(&app);
    paid_dossier(&app, &world, "Ruche mobile", 10_000);
    assert_eq!(app.service().read(ledger::verify).unwrap().1, Vec::<String>::new());
    app.service()
        .db
        .write(|conn| {
            diesel::update(envelopes::table)
                .set(envelopes::committed.eq(envelopes::committed + Cents(1)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let problems = app.service().read(ledger::verify).unwrap().1;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("engagé 10\u{202F}000,01"), "{problems:?}");
}

#[test]
fn a_payment_without_its_line_and_an_act_of_another_amount_are_named() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = paid_dossier(&app, &world, "Ruche mobile", 10_000);
    let (checked, problems) = app.service().read(funding::verify).unwrap();
    // An act, its two instalments, a payment.
    assert_eq!((checked, problems), (4, Vec::new()));
    app.service()
        .db
        .write(|conn| {
            diesel::update(acts::table).set(acts::amount_cents.eq(Cents(1))).execute(conn)?;
            diesel::update(payments::table).set(payments::amount_cents.eq(Cents(5))).execute(conn)?;
            Ok(())
        })
        .unwrap();
    let problems = app.service().read(funding::verify).unwrap().1.join("\n");
    assert!(problems.contains(&format!("acte CONV-{dossier}")), "{problems}");
    assert!(problems.contains(&format!("versement MANDAT-{dossier}")), "{problems}");
    app.service()
        .db
        .write(|conn| {
            diesel::update(ledger_entries::table.filter(ledger_entries::payment_id.is_not_null()))
                .set(ledger_entries::amount_cents.eq(Cents(2_000_000)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    let problems = app.service().read(funding::verify).unwrap().1.join("\n");
    assert!(problems.contains("20\u{202F}000\u{A0}€ versés pour 10\u{202F}000\u{A0}€ engagés"), "{problems}");
}
