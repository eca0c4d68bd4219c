//! Dossiers with an act, then with payments, recorded through the real operations.

use essaim::base::ids::{ActId, DossierId, PaymentId};
use essaim::base::money::Cents;
use essaim::dossiers::{self, Outcome};
use essaim::fault::Fault;
use essaim::funding::actions::{NewAct, NewPayment, record_act, record_payment, record_service_done};
use essaim::funding::{ActKind, FundingFile, Instalment, file_of};

use super::decisions::notified_dossier;
use super::{TestApp, World};

pub fn version_of(app: &TestApp, dossier: DossierId) -> i64 {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().version
}

pub fn file(app: &TestApp, dossier: DossierId) -> FundingFile {
    app.service()
        .read(|conn| {
            let dossier = dossiers::get(conn, dossier)?;
            file_of(conn, dossier)
        })
        .unwrap()
}

/// The `nth` instalment in force, with the version of its act.
pub fn instalment(app: &TestApp, dossier: DossierId, nth: usize) -> (Instalment, i64) {
    let file = file(app, dossier);
    let instalment = file.instalments.iter().filter(|i| !i.ended).nth(nth).unwrap().clone();
    let version = file.act(instalment.act).unwrap().version;
    (instalment, version)
}

/// Records the act of the first authority, in this form, in the funder's name.
pub fn take_act(
    app: &TestApp,
    world: &World,
    dossier: DossierId,
    kind: ActKind,
    reference: &str,
    dated_on: &str,
) -> Result<ActId, Fault> {
    let award = file(app, dossier).awards[0].clone();
    let act = NewAct {
        authority: award.authority,
        decision: award.decision,
        kind,
        reference: reference.to_owned(),
        dated_on: dated_on.parse().unwrap(),
    };
    app.as_account(world.funder, |op, actor| record_act(op, actor, dossier, &act))
}

/// Pays on the `nth` instalment in force, in the funder's name.
pub fn pay(
    app: &TestApp,
    world: &World,
    dossier: DossierId,
    nth: usize,
    amount: Cents,
    reference: &str,
) -> Result<PaymentId, Fault> {
    let (instalment, version) = instalment(app, dossier, nth);
    let payment = NewPayment {
        instalment: instalment.id,
        amount,
        reference: reference.to_owned(),
        paid_on: app.now().in_zone("Europe/Paris").date(),
        version,
    };
    app.as_account(world.funder, |op, actor| record_payment(op, actor, dossier, &payment))
}

/// Certifies what the `nth` instalment in force waits for, today.
pub fn certify(app: &TestApp, world: &World, dossier: DossierId, nth: usize) -> Result<(), Fault> {
    let (instalment, version) = instalment(app, dossier, nth);
    let on = app.now().in_zone("Europe/Paris").date();
    app.as_account(world.funder, |op, actor| record_service_done(op, actor, dossier, instalment.id, version, on))
}

/// Selected for this amount and notified, with its act; the clock stands on 21 February 2022.
pub fn agreed_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    let dossier = notified_dossier(app, world, title, euros, Outcome::Selected);
    app.set_clock("2022-02-21T09:00:00");
    take_act(app, world, dossier, ActKind::Agreement, &format!("CONV-{dossier}"), "2022-02-21").unwrap();
    dossier
}

/// The same with its advance paid.
pub fn paid_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    let dossier = agreed_dossier(app, world, title, euros);
    let advance = instalment(app, dossier, 0).0.amount;
    pay(app, world, dossier, 0, advance, &format!("MANDAT-{dossier}")).unwrap();
    dossier
}

/// Everything paid, by the end of 2022.
pub fn paid_up_dossier(app: &TestApp, world: &World, title: &str, euros: i64) -> DossierId {
    let dossier = paid_dossier(app, world, title, euros);
    app.set_clock("2022-12-15T09:00:00");
    certify(app, world, dossier, 1).unwrap();
    let balance = instalment(app, dossier, 1).0.amount;
    pay(app, world, dossier, 1, balance, &format!("SOLDE-{dossier}")).unwrap();
    dossier
}
