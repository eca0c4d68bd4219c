//! Rows of acts, instalments and payments.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use jiff::civil::Date;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, ActId, DecisionId, DossierId, EnvelopeId, FundingLineId, InstalmentId, InstitutionId, PaymentId,
};
use crate::base::money::Cents;
use crate::db::schema::{acts, instalments, payments};
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::funding::rules::{ActKind, Due, DueRule, Planned, SlotKey};

/// The act of one decision of one authority.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: ActId,
    pub decision: DecisionId,
    pub authority: InstitutionId,
    /// The authority's first act on the dossier, when this one changes it.
    pub amends: Option<ActId>,
    pub kind: ActKind,
    pub reference: String,
    pub amount: Cents,
    pub dated_on: Date,
    /// Grows with its schedule and its payments: what a stale form is recognised by.
    pub version: i64,
}

impl Act {
    /// `Convention`, `Avenant à la convention`.
    #[must_use]
    pub fn label(&self) -> &'static str {
        if self.amends.is_some() { self.kind.amending_label() } else { self.kind.label() }
    }
}

/// A planned payment of an act, on a line in a year.
#[derive(Clone, Debug)]
pub struct Instalment {
    pub id: InstalmentId,
    pub act: ActId,
    pub line: FundingLineId,
    pub year: i32,
    pub position: i32,
    pub amount: Cents,
    pub due: Due,
    pub service_done_on: Option<Date>,
    pub ended: bool,
}

impl Instalment {
    #[must_use]
    pub fn slot(&self) -> SlotKey {
        (self.line, self.year)
    }
}

#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub act: ActId,
    pub instalment: InstalmentId,
    pub envelope: EnvelopeId,
    pub reference: String,
    pub amount: Cents,
    pub paid_on: Date,
    pub due_by: Date,
}

impl Payment {
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.paid_on > self.due_by
    }
}

pub(in crate::funding) fn read_date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|e| Fault::internal(format!("stored date {text:?}: {e}")))
}

pub(in crate::funding) fn read_optional_date(text: Option<&String>) -> Result<Option<Date>, Fault> {
    text.map(|text| read_date(text)).transpose()
}

/// What is read of several dossiers at once: a page of fifty rows asks the database once, not fifty times.
pub type ByDossier<T> = HashMap<DossierId, Vec<T>>;

pub(super) fn by_dossier<T>(rows: impl Iterator<Item = Result<(DossierId, T), Fault>>) -> Result<ByDossier<T>, Fault> {
    let mut all: ByDossier<T> = HashMap::new();
    for row in rows {
        let (dossier, value) = row?;
        all.entry(dossier).or_default().push(value);
    }
    Ok(all)
}

type ActRow = (DossierId, ActId, DecisionId, InstitutionId, Option<ActId>, ActKind, String, Cents, String, i64);

/// In the order recorded.
///
/// # Errors
/// When the database refuses.
pub fn acts_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<ByDossier<Act>, Fault> {
    let rows = acts::table
        .filter(listed(acts::dossier_id, dossiers))
        .order(acts::id)
        .select((
            acts::dossier_id,
            acts::id,
            acts::decision_id,
            acts::authority_id,
            acts::amends_id,
            acts::kind,
            acts::reference,
            acts::amount_cents,
            acts::dated_on,
            acts::version,
        ))
        .load::<ActRow>(conn)?;
    by_dossier(rows.into_iter().map(
        |(dossier, id, decision, authority, amends, kind, reference, amount, dated_on, version)| {
            let dated_on = read_date(&dated_on)?;
            Ok((dossier, Act { id, decision, authority, amends, kind, reference, amount, dated_on, version }))
        },
    ))
}

type InstalmentRow =
    (InstalmentId, ActId, FundingLineId, i32, i32, Cents, DueRule, Option<String>, Option<String>, Option<Instant>);

fn instalment(row: InstalmentRow) -> Result<Instalment, Fault> {
    let (id, act, line, year, position, amount, rule, due_on, service_done_on, ended_at) = row;
    let due = match (rule, read_optional_date(due_on.as_ref())?) {
        (DueRule::Notification, _) => Due::Notification,
        (DueRule::Service, _) => Due::Service,
        (DueRule::Date, Some(date)) => Due::On(date),
        (DueRule::Date, None) => return Err(Fault::internal(format!("instalment {id} without its date"))),
    };
    Ok(Instalment {
        id,
        act,
        line,
        year,
        position,
        amount,
        due,
        service_done_on: read_optional_date(service_done_on.as_ref())?,
        ended: ended_at.is_some(),
    })
}

/// By year, line and place in the schedule, those no longer in force included.
///
/// # Errors
/// When the database refuses.
pub fn instalments_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<ByDossier<Instalment>, Fault> {
    let rows = instalments::table
        .filter(listed(instalments::dossier_id, dossiers))
        .order((
            instalments::year,
            instalments::funding_line_id,
            instalments::act_id,
            instalments::position,
            instalments::id,
        ))
        .select((
            instalments::dossier_id,
            (
                instalments::id,
                instalments::act_id,
                instalments::funding_line_id,
                instalments::year,
                instalments::position,
                instalments::amount_cents,
                instalments::due_rule,
                instalments::due_on,
                instalments::service_done_on,
                instalments::ended_at,
            ),
        ))
        .load::<(DossierId, InstalmentRow)>(conn)?;
    by_dossier(rows.into_iter().map(|(dossier, row)| Ok((dossier, instalment(row)?))))
}

type PaymentRow = (DossierId, PaymentId, ActId, InstalmentId, EnvelopeId, String, Cents, String, String);

/// In the order recorded.
///
/// # Errors
/// When the database refuses.
pub fn payments_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<ByDossier<Payment>, Fault> {
    let rows = payments::table
        .filter(listed(payments::dossier_id, dossiers))
        .order(payments::id)
        .select((
            payments::dossier_id,
            payments::id,
            payments::act_id,
            payments::instalment_id,
            payments::envelope_id,
            payments::reference,
            payments::amount_cents,
            payments::paid_on,
            payments::due_by,
        ))
        .load::<PaymentRow>(conn)?;
    by_dossier(rows.into_iter().map(|(dossier, id, act, instalment, envelope, reference, amount, paid_on, due_by)| {
        let (paid_on, due_by) = (read_date(&paid_on)?, read_date(&due_by)?);
        Ok((dossier, Payment { id, act, instalment, envelope, reference, amount, paid_on, due_by }))
    }))
}

pub(in crate::funding) fn act_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(acts::table.filter(acts::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

pub(in crate::funding) fn payment_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(payments::table.filter(payments::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

/// What is inserted beside a record's own words.
#[derive(Clone, Copy)]
pub(in crate::funding) struct Recording {
    pub dossier: DossierId,
    pub by: AccountId,
    pub at: Instant,
}

pub(in crate::funding) struct ActRecord<'a> {
    pub decision: DecisionId,
    pub authority: InstitutionId,
    pub amends: Option<ActId>,
    pub kind: ActKind,
    pub reference: &'a str,
    pub amount: Cents,
    pub dated_on: Date,
}

pub(in crate::funding) fn insert_act(
    conn: &mut Conn,
    recording: &Recording,
    act: &ActRecord<'_>,
) -> Result<ActId, Fault> {
    diesel::insert_into(acts::table)
        .values((
            acts::decision_id.eq(act.decision),
            acts::dossier_id.eq(recording.dossier),
            acts::authority_id.eq(act.authority),
            acts::amends_id.eq(act.amends),
            acts::kind.eq(act.kind),
            acts::reference.eq(act.reference),
            acts::amount_cents.eq(act.amount),
            acts::dated_on.eq(act.dated_on.to_string()),
            acts::recorded_by.eq(recording.by),
            acts::recorded_at.eq(recording.at),
        ))
        .returning(acts::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

/// Takes the act for this transaction, when nobody has changed it since it was shown.
pub(in crate::funding) fn take_act(conn: &mut Conn, act: ActId, version: i64) -> Result<(), Fault> {
    let changed = diesel::update(acts::table.filter(acts::id.eq(act)).filter(acts::version.eq(version)))
        .set(acts::version.eq(version + 1))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

pub(in crate::funding) fn insert_schedule(
    conn: &mut Conn,
    dossier: DossierId,
    act: ActId,
    planned: &[Planned],
) -> Result<(), Fault> {
    let mut positions: BTreeMap<SlotKey, i32> = BTreeMap::new();
    for instalment in planned {
        let position = positions.entry((instalment.line, instalment.year)).or_insert(0);
        *position += 1;
        let due_on = match instalment.due {
            Due::On(date) => Some(date.to_string()),
            Due::Notification | Due::Service => None,
        };
        diesel::insert_into(instalments::table)
            .values((
                instalments::act_id.eq(act),
                instalments::dossier_id.eq(dossier),
                instalments::funding_line_id.eq(instalment.line),
                instalments::year.eq(instalment.year),
                instalments::position.eq(*position),
                instalments::amount_cents.eq(instalment.amount),
                instalments::due_rule.eq(instalment.due.rule()),
                instalments::due_on.eq(due_on),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets the schedule of an act that nothing has been paid on.
pub(in crate::funding) fn delete_schedule(conn: &mut Conn, act: ActId) -> Result<(), Fault> {
    diesel::delete(instalments::table.filter(instalments::act_id.eq(act))).execute(conn)?;
    Ok(())
}

pub(in crate::funding) fn end_instalments(conn: &mut Conn, ids: &[InstalmentId], at: Instant) -> Result<(), Fault> {
    diesel::update(instalments::table.filter(listed(instalments::id, ids)))
        .set(instalments::ended_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::funding) fn set_service_done(conn: &mut Conn, id: InstalmentId, on: Date) -> Result<(), Fault> {
    diesel::update(instalments::table.filter(instalments::id.eq(id)))
        .set(instalments::service_done_on.eq(Some(on.to_string())))
        .execute(conn)?;
    Ok(())
}

pub(in crate::funding) struct PaymentRecord<'a> {
    pub act: ActId,
    pub instalment: InstalmentId,
    pub envelope: EnvelopeId,
    pub reference: &'a str,
    pub amount: Cents,
    pub paid_on: Date,
    pub due_by: Date,
}

pub(in crate::funding) fn insert_payment(
    conn: &mut Conn,
    recording: &Recording,
    payment: &PaymentRecord<'_>,
) -> Result<PaymentId, Fault> {
    diesel::insert_into(payments::table)
        .values((
            payments::act_id.eq(payment.act),
            payments::instalment_id.eq(payment.instalment),
            payments::dossier_id.eq(recording.dossier),
            payments::envelope_id.eq(payment.envelope),
            payments::reference.eq(payment.reference),
            payments::amount_cents.eq(payment.amount),
            payments::paid_on.eq(payment.paid_on.to_string()),
            payments::due_by.eq(payment.due_by.to_string()),
            payments::recorded_by.eq(recording.by),
            payments::recorded_at.eq(recording.at),
        ))
        .returning(payments::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

/// A reference recorded by somebody else between the check and the insertion.
pub(in crate::funding) fn taken_meanwhile(error: diesel::result::Error) -> Fault {
    if crate::fault::is_unique_violation(&error) { Fault::Stale } else { error.into() }
}
