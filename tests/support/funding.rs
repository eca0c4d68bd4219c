//! Dossiers with an act, then with payments, recorded through the real operations.

use essaim::base::ids::{ActId, DossierId, PaymentId};
use essaim::base::money::Cents;
use essaim::dossiers::{self, Outcome};
use essaim::fault::Fault;
use essaim::funding::actions::{NewAct, NewPayment, record_act, record_payment};
use essaim::funding::{ActKind, PaymentKind};

use super::decisions::notified_dossier;
use super::{TestApp, World};

pub fn version_of(app: &TestApp, dossier: DossierId) -> i64 {
    app.service().read(|conn| dossiers::get(conn, dossier)).unwrap().version
}

/// Records an act of this form in the funder's name.
pub fn take_act(
    app: &TestApp,
    world: &World,
    dossier: DossierId,
    kind: ActKind,
    reference: &str,
    dated_on: &str,
) -> Result<ActId, Fault> {
    let act = NewAct {
        kind,
        reference: reference.to_owned(),
        dated_on: dated_on.parse().unwrap(),
        version: version_of(app, dossier),
    };
    app.as_account(world.funder, |op, actor| record_act(op, actor, dossier, &act))
}

/// Records a payment in the funder's name.
pub fn pay(
    app: &TestApp,
    world: &World,
    dossier: DossierId,
    kind: PaymentKind,
    amount: Cents,
    reference: &str,
) -> Result<PaymentId, Fault> {
    let payment = NewPayment {
        kind,
        amount,
        reference: reference.to_owned(),
        paid_on: "2022-02-21".parse().unwrap(),
        version: version_of(app, dossier),
    };
    app.as_account(world.funder, |op, actor| record_payment(op, actor, dossier, &payment))
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
    let advance = essaim::funding::Schedule::of(Cents::from_euros(euros)).advance;
    pay(app, world, dossier, PaymentKind::Advance, advance, &format!("MANDAT-{dossier}")).unwrap();
    dossier
}
