//! The only writer of envelopes.
//!
//! An envelope is a call, a funding line and a year. Its counters (voted, reserved, committed, paid) change in the
//! transaction of the ledger entry they sum; CHECK constraints keep them within the vote. [`lines`] says whose money it is.

pub mod lines;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, ClawbackId, DecisionId, DossierId, EnvelopeId, OpinionId, PaymentId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{envelopes, ledger_entries};
use crate::fault::Fault;
use crate::service::Operation;

pub use lines::{LineInfo, Share, envelope_at, lines_of_call};

crate::code_enum! {
    /// What a ledger entry changes.
    pub enum EntryKind {
        Vote = "vote" => "Vote",
        Reservation = "reservation" => "Réservation",
        Commitment = "commitment" => "Engagement",
        Payment = "payment" => "Versement",
    }
}

/// Why an amount moves.
#[derive(Clone, Debug, Default)]
pub struct Cause {
    pub dossier: Option<DossierId>,
    pub opinion: Option<OpinionId>,
    pub decision: Option<DecisionId>,
    pub payment: Option<PaymentId>,
    pub clawback: Option<ClawbackId>,
    /// French, for the lines behind a figure.
    pub reason: String,
}

/// Counters of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Counters {
    pub voted: Option<Cents>,
    pub reserved: Cents,
    pub committed: Cents,
    pub paid: Cents,
}

impl Counters {
    /// What may still be reserved or committed; unknown when the vote is.
    #[must_use]
    pub fn left(&self) -> Option<Cents> {
        self.voted.map(|voted| voted - self.reserved - self.committed)
    }
}

/// # Errors
/// [`Fault::NotFound`] when there is no such envelope.
pub fn counters(conn: &mut Conn, envelope: EnvelopeId) -> Result<Counters, Fault> {
    Ok(envelopes::table
        .filter(envelopes::id.eq(envelope))
        .select((envelopes::voted, envelopes::reserved, envelopes::committed, envelopes::paid))
        .first(conn)?)
}

/// Adds `amount` (negative: takes back) to what was voted.
///
/// # Errors
/// [`Fault::Refused`] when the vote would fall under what is reserved and committed.
pub fn vote(op: &mut Operation<'_>, envelope: EnvelopeId, amount: Cents, reason: &str) -> Result<(), Fault> {
    // The row is taken first: of two votes at once, the second adds to the first.
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set(envelopes::paid.eq(envelopes::paid))
        .execute(op.conn)?;
    let before = counters(op.conn, envelope)?;
    let voted = before.voted.unwrap_or(Cents::ZERO) + amount;
    if voted < before.reserved + before.committed || !voted.is_positive() {
        // No counter is quoted: it could tell of a dossier from which the reader is recused.
        return Err(Fault::refused(format!(
            "Le vote ne peut pas descendre à {voted}\u{A0}: ce serait moins que ce qui est déjà réservé ou engagé."
        )));
    }
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set(envelopes::voted.eq(Some(voted)))
        .execute(op.conn)?;
    enter(op, envelope, EntryKind::Vote, amount, &Cause { reason: reason.to_owned(), ..Cause::default() })
}

/// Sets money aside for a dossier, on the committee's sealed opinion.
///
/// # Errors
/// [`Fault::Refused`] when the vote is unknown or too little is left.
pub fn reserve(op: &mut Operation<'_>, envelope: EnvelopeId, amount: Cents, cause: &Cause) -> Result<(), Fault> {
    positive(amount)?;
    let changed = diesel::update(
        envelopes::table
            .filter(envelopes::id.eq(envelope))
            .filter(envelopes::voted.is_not_null())
            .filter((envelopes::reserved + envelopes::committed + amount).nullable().le(envelopes::voted)),
    )
    .set(envelopes::reserved.eq(envelopes::reserved + amount))
    .execute(op.conn);
    settle(op, envelope, amount, changed)?;
    enter(op, envelope, EntryKind::Reservation, amount, cause)
}

/// Gives a reservation back.
///
/// # Errors
/// [`Fault::Refused`] when less than that is reserved.
pub fn release(op: &mut Operation<'_>, envelope: EnvelopeId, amount: Cents, cause: &Cause) -> Result<(), Fault> {
    positive(amount)?;
    let changed =
        diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)).filter(envelopes::reserved.ge(amount)))
            .set(envelopes::reserved.eq(envelopes::reserved - amount))
            .execute(op.conn);
    settle(op, envelope, amount, changed)?;
    enter(op, envelope, EntryKind::Reservation, -amount, cause)
}

/// Turns a signed decision into a commitment: `reserved` (may be zero) is given back, `amount` is committed.
///
/// # Errors
/// [`Fault::Refused`] when the vote is unknown or too little is left.
pub fn commit(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    reserved: Cents,
    amount: Cents,
    cause: &Cause,
) -> Result<(), Fault> {
    if reserved.is_positive() {
        release(op, envelope, reserved, cause)?;
    }
    positive(amount)?;
    let changed = diesel::update(
        envelopes::table
            .filter(envelopes::id.eq(envelope))
            .filter(envelopes::voted.is_not_null())
            .filter((envelopes::reserved + envelopes::committed + amount).nullable().le(envelopes::voted)),
    )
    .set(envelopes::committed.eq(envelopes::committed + amount))
    .execute(op.conn);
    settle(op, envelope, amount, changed)?;
    enter(op, envelope, EntryKind::Commitment, amount, cause)
}

/// Gives back part of what is committed for a dossier: an amendment, a termination. What is paid stays committed.
///
/// # Errors
/// [`Fault::Refused`] when the commitment would fall under what is paid.
pub fn reduce(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    dossier: DossierId,
    amount: Cents,
    cause: &Cause,
) -> Result<(), Fault> {
    positive(amount)?;
    // The envelope's row is taken first: a payment of the same dossier then waits, or is seen.
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set(envelopes::paid.eq(envelopes::paid))
        .execute(op.conn)?;
    let committed = total(op.conn, envelope, dossier, EntryKind::Commitment)?;
    let paid = total(op.conn, envelope, dossier, EntryKind::Payment)?;
    if committed - amount < paid {
        return Err(Fault::refused(format!(
            "L’engagement de ce dossier ne peut pas baisser de {amount}\u{202F}: {committed} engagés, {paid} déjà versés."
        )));
    }
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set(envelopes::committed.eq(envelopes::committed - amount))
        .execute(op.conn)?;
    enter(op, envelope, EntryKind::Commitment, -amount, cause)
}

/// Records money paid, within what is committed for the same dossier on the same envelope.
///
/// # Errors
/// [`Fault::Refused`] when more than the commitment would be paid.
pub fn pay(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    dossier: DossierId,
    amount: Cents,
    cause: &Cause,
) -> Result<(), Fault> {
    positive(amount)?;
    // The envelope's row is taken first: two payments of one dossier then wait for each other.
    let changed = diesel::update(
        envelopes::table.filter(envelopes::id.eq(envelope)).filter((envelopes::paid + amount).le(envelopes::committed)),
    )
    .set(envelopes::paid.eq(envelopes::paid + amount))
    .execute(op.conn);
    settle(op, envelope, amount, changed)?;
    let committed = total(op.conn, envelope, dossier, EntryKind::Commitment)?;
    let paid = total(op.conn, envelope, dossier, EntryKind::Payment)?;
    if paid + amount > committed {
        return Err(Fault::refused(format!(
            "Ce versement dépasse l’engagement\u{202F}: {committed} engagés, {paid} déjà versés, il reste {}.",
            committed - paid
        )));
    }
    enter(op, envelope, EntryKind::Payment, amount, cause)
}

/// Records money given back by the applicant: neither paid nor committed any more, it returns to the envelope.
///
/// # Errors
/// [`Fault::Refused`] when more than what was paid for the dossier would be given back.
pub fn clawback(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    dossier: DossierId,
    amount: Cents,
    cause: &Cause,
) -> Result<(), Fault> {
    positive(amount)?;
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set(envelopes::paid.eq(envelopes::paid))
        .execute(op.conn)?;
    let paid = total(op.conn, envelope, dossier, EntryKind::Payment)?;
    if amount > paid {
        return Err(Fault::refused(format!(
            "Un reversement ne dépasse pas ce qui a été versé\u{202F}: {paid} versés sur cette ligne pour cette année."
        )));
    }
    diesel::update(envelopes::table.filter(envelopes::id.eq(envelope)))
        .set((envelopes::paid.eq(envelopes::paid - amount), envelopes::committed.eq(envelopes::committed - amount)))
        .execute(op.conn)?;
    enter(op, envelope, EntryKind::Payment, -amount, cause)?;
    enter(op, envelope, EntryKind::Commitment, -amount, cause)
}

/// Sum of a dossier's entries of one kind on one envelope.
///
/// # Errors
/// When the database refuses.
pub fn total(conn: &mut Conn, envelope: EnvelopeId, dossier: DossierId, kind: EntryKind) -> Result<Cents, Fault> {
    let amounts = ledger_entries::table
        .filter(ledger_entries::envelope_id.eq(envelope))
        .filter(ledger_entries::dossier_id.eq(dossier))
        .filter(ledger_entries::kind.eq(kind))
        .select(ledger_entries::amount_cents)
        .load::<Cents>(conn)?;
    Ok(amounts.into_iter().sum())
}

/// Recomputes every counter from its lines and answers what differs, in French, for `check`.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let rows = envelopes::table
        .order(envelopes::id)
        .select((envelopes::id, envelopes::voted, envelopes::reserved, envelopes::committed, envelopes::paid))
        .load::<(EnvelopeId, Option<Cents>, Cents, Cents, Cents)>(conn)?;
    let entries = ledger_entries::table
        .select((ledger_entries::envelope_id, ledger_entries::kind, ledger_entries::amount_cents))
        .load::<(EnvelopeId, EntryKind, Cents)>(conn)?;
    let mut problems = Vec::new();
    for (id, voted, reserved, committed, paid) in &rows {
        let sum = |kind: EntryKind| -> Cents {
            entries.iter().filter(|(e, k, _)| e == id && *k == kind).map(|(_, _, a)| *a).sum()
        };
        let expected = [
            ("voté", voted.unwrap_or(Cents::ZERO), sum(EntryKind::Vote)),
            ("réservé", *reserved, sum(EntryKind::Reservation)),
            ("engagé", *committed, sum(EntryKind::Commitment)),
            ("versé", *paid, sum(EntryKind::Payment)),
        ];
        for (word, counter, lines) in expected {
            if counter != lines {
                problems.push(format!("enveloppe {id} : {word} {counter}, mais ses lignes font {lines}"));
            }
        }
    }
    Ok((rows.len(), problems))
}

fn positive(amount: Cents) -> Result<(), Fault> {
    if amount.is_positive() { Ok(()) } else { Err(Fault::refused("Le montant doit être supérieur à zéro.")) }
}

/// Explains an update that touched no row, or that a CHECK stopped.
fn settle(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    amount: Cents,
    changed: Result<usize, DieselError>,
) -> Result<(), Fault> {
    match changed {
        Ok(1) => Ok(()),
        Ok(_) => {
            // No counter is quoted: it could tell of a dossier from which the reader is recused.
            Err(Fault::refused(match counters(op.conn, envelope)?.left() {
                None => {
                    "Le vote de cette enveloppe n’est pas connu\u{202F}: rien ne peut y être réservé ni engagé.".into()
                }
                Some(_) => {
                    format!("L’enveloppe ne suffit pas pour {amount}. La page Financement de l’appel dit ce qui reste.")
                }
            }))
        }
        Err(DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, _)) => {
            Err(Fault::refused("L’enveloppe ne suffit pas pour ce montant."))
        }
        Err(other) => Err(other.into()),
    }
}

fn enter(
    op: &mut Operation<'_>,
    envelope: EnvelopeId,
    kind: EntryKind,
    amount: Cents,
    cause: &Cause,
) -> Result<(), Fault> {
    let (now, author): (Instant, Option<AccountId>) = (op.now, op.author.id);
    diesel::insert_into(ledger_entries::table)
        .values((
            ledger_entries::envelope_id.eq(envelope),
            ledger_entries::kind.eq(kind),
            ledger_entries::amount_cents.eq(amount),
            ledger_entries::dossier_id.eq(cause.dossier),
            ledger_entries::opinion_id.eq(cause.opinion),
            ledger_entries::decision_id.eq(cause.decision),
            ledger_entries::payment_id.eq(cause.payment),
            ledger_entries::clawback_id.eq(cause.clawback),
            ledger_entries::reason.eq(&cause.reason),
            ledger_entries::recorded_at.eq(now),
            ledger_entries::recorded_by.eq(author),
        ))
        .execute(op.conn)?;
    Ok(())
}
