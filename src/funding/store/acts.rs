//! Rows of acts and payments.

use diesel::prelude::*;
use jiff::civil::Date;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, ActId, DecisionId, DossierId, EnvelopeId, PaymentId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{acts, payments};
use crate::fault::Fault;
use crate::funding::rules::{ActKind, PaymentKind};

/// The act of one decision.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: ActId,
    pub kind: ActKind,
    pub reference: String,
    pub amount: Cents,
    pub dated_on: Date,
}

#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub kind: PaymentKind,
    pub reference: String,
    pub amount: Cents,
    pub paid_on: Date,
}

fn read_date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|e| Fault::internal(format!("stored date {text:?}: {e}")))
}

/// # Errors
/// When the database refuses.
pub fn act_of(conn: &mut Conn, dossier: DossierId) -> Result<Option<Act>, Fault> {
    acts::table
        .filter(acts::dossier_id.eq(dossier))
        .select((acts::id, acts::kind, acts::reference, acts::amount_cents, acts::dated_on))
        .first::<(ActId, ActKind, String, Cents, String)>(conn)
        .optional()?
        .map(|(id, kind, reference, amount, dated_on)| {
            Ok(Act { id, kind, reference, amount, dated_on: read_date(&dated_on)? })
        })
        .transpose()
}

/// In the order recorded.
///
/// # Errors
/// When the database refuses.
pub fn payments_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Payment>, Fault> {
    payments::table
        .filter(payments::dossier_id.eq(dossier))
        .order(payments::id)
        .select((payments::id, payments::kind, payments::reference, payments::amount_cents, payments::paid_on))
        .load::<(PaymentId, PaymentKind, String, Cents, String)>(conn)?
        .into_iter()
        .map(|(id, kind, reference, amount, paid_on)| {
            Ok(Payment { id, kind, reference, amount, paid_on: read_date(&paid_on)? })
        })
        .collect()
}

pub(in crate::funding) fn act_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(acts::table.filter(acts::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

pub(in crate::funding) fn payment_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(payments::table.filter(payments::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

/// What is inserted beside the act's own words.
pub(in crate::funding) struct Recording {
    pub dossier: DossierId,
    pub by: AccountId,
    pub at: Instant,
}

pub(in crate::funding) fn insert_act(
    conn: &mut Conn,
    recording: &Recording,
    decision: DecisionId,
    kind: ActKind,
    reference: &str,
    amount: Cents,
    dated_on: Date,
) -> Result<ActId, Fault> {
    diesel::insert_into(acts::table)
        .values((
            acts::decision_id.eq(decision),
            acts::dossier_id.eq(recording.dossier),
            acts::kind.eq(kind),
            acts::reference.eq(reference),
            acts::amount_cents.eq(amount),
            acts::dated_on.eq(dated_on.to_string()),
            acts::recorded_by.eq(recording.by),
            acts::recorded_at.eq(recording.at),
        ))
        .returning(acts::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

pub(in crate::funding) fn insert_payment(
    conn: &mut Conn,
    recording: &Recording,
    act: ActId,
    envelope: EnvelopeId,
    payment: &crate::funding::actions::NewPayment,
) -> Result<PaymentId, Fault> {
    diesel::insert_into(payments::table)
        .values((
            payments::act_id.eq(act),
            payments::dossier_id.eq(recording.dossier),
            payments::envelope_id.eq(envelope),
            payments::kind.eq(payment.kind),
            payments::reference.eq(&payment.reference),
            payments::amount_cents.eq(payment.amount),
            payments::paid_on.eq(payment.paid_on.to_string()),
            payments::recorded_by.eq(recording.by),
            payments::recorded_at.eq(recording.at),
        ))
        .returning(payments::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

/// A reference recorded by somebody else between the check and the insertion.
fn taken_meanwhile(error: diesel::result::Error) -> Fault {
    if crate::fault::is_unique_violation(&error) { Fault::Stale } else { error.into() }
}
