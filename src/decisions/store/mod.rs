//! Rows of decisions, letters and delegations, and the names that letters print.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, CallId, DecisionId, DelegationId, DocumentId, DossierId, DossierVersionId, EnvelopeId, InstitutionId,
    LetterId, OpinionId, OrganisationId,
};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::Conn;
use crate::db::schema::{calls, decisions, dossiers, letters};
use crate::decisions::model::{Decision, Letter, Terms};
use crate::dossiers::Outcome;
use crate::fault::Fault;

mod parties;

pub(super) use parties::{
    authority, delegation_by_id, delegations_of, envelope_name, envelopes_of, manager_name, members,
    organisation_names, person,
};

type DecisionRow = (
    (DecisionId, CallId, DossierId, DossierVersionId, OpinionId, InstitutionId, String, Outcome),
    (Option<Cents>, Option<EnvelopeId>, Option<i64>, String, String, DelegationId, AccountId),
    (Instant, Option<Instant>, i64),
);

macro_rules! decision_columns {
    () => {
        (
            (
                decisions::id,
                decisions::call_id,
                decisions::dossier_id,
                decisions::dossier_version_id,
                decisions::opinion_id,
                decisions::authority_id,
                decisions::number,
                decisions::outcome,
            ),
            (
                decisions::amount_cents,
                decisions::envelope_id,
                decisions::waitlist_rank,
                decisions::motive,
                decisions::departure_reason,
                decisions::delegation_id,
                decisions::signed_by,
            ),
            (decisions::signed_at, decisions::notified_at, decisions::version),
        )
    };
}

fn decision(row: DecisionRow) -> Decision {
    let (
        (id, call, dossier, version, opinion, authority, number, outcome),
        (amount, envelope, rank, motive, departure_reason, delegation, signed_by),
        (signed_at, notified_at, row_version),
    ) = row;
    Decision {
        id,
        call,
        dossier,
        version,
        opinion,
        authority,
        number,
        outcome,
        amount,
        envelope,
        rank,
        motive,
        departure_reason,
        delegation,
        signed_by,
        signed_at,
        notified_at,
        row_version,
    }
}

/// The decision signed on a dossier, notified or not: pages for applicants look at `notified_at` first.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Option<Decision>, Fault> {
    let row = decisions::table
        .filter(decisions::dossier_id.eq(dossier))
        .select(decision_columns!())
        .first::<DecisionRow>(conn)
        .optional()?;
    Ok(row.map(decision))
}

/// Every decision of a call, in the order signed. Pages leave out the dossiers their reader does not see.
///
/// # Errors
/// When the database refuses.
pub fn in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table
        .filter(decisions::call_id.eq(call))
        .order(decisions::id)
        .select(decision_columns!())
        .load::<DecisionRow>(conn)?;
    Ok(rows.into_iter().map(decision).collect())
}

pub(super) fn all(conn: &mut Conn) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table.order(decisions::id).select(decision_columns!()).load::<DecisionRow>(conn)?;
    Ok(rows.into_iter().map(decision).collect())
}

type LetterRow =
    (LetterId, DecisionId, DossierId, String, String, DocumentId, Instant, Option<Instant>, Option<Instant>);

macro_rules! letter_columns {
    () => {
        (
            letters::id,
            letters::decision_id,
            letters::dossier_id,
            letters::number,
            letters::check_code,
            letters::document_id,
            letters::issued_at,
            letters::notified_at,
            letters::read_at,
        )
    };
}

fn letter(row: LetterRow) -> Letter {
    let (id, decision, dossier, number, check_code, document, issued_at, notified_at, read_at) = row;
    Letter { id, decision, dossier, number, check_code, document, issued_at, notified_at, read_at }
}

/// The letter that carries a decision.
///
/// # Errors
/// [`Fault::NotFound`] when there is none.
pub fn letter_of(conn: &mut Conn, decision: DecisionId) -> Result<Letter, Fault> {
    Ok(letters::table.filter(letters::decision_id.eq(decision)).select(letter_columns!()).first(conn).map(letter)?)
}

pub(super) fn letters_in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Letter>, Fault> {
    let rows = letters::table
        .inner_join(decisions::table)
        .filter(decisions::call_id.eq(call))
        .order(letters::id)
        .select(letter_columns!())
        .load::<LetterRow>(conn)?;
    Ok(rows.into_iter().map(letter).collect())
}

/// A notified letter: before that, its code is nobody's to know of.
pub(super) fn letter_by_code(conn: &mut Conn, code: &str) -> Result<Option<Letter>, Fault> {
    let row = letters::table
        .filter(letters::check_code.eq(code))
        .filter(letters::notified_at.is_not_null())
        .select(letter_columns!())
        .first::<LetterRow>(conn)
        .optional()?;
    Ok(row.map(letter))
}

/// The number of the next decision of a call; whoever asks next waits until this one commits.
pub(super) fn next_number(conn: &mut Conn, call: &Call) -> Result<String, Fault> {
    let last = diesel::update(calls::table.filter(calls::id.eq(call.id)))
        .set(calls::last_decision.eq(calls::last_decision + 1))
        .returning(calls::last_decision)
        .get_result::<i64>(conn)?;
    Ok(format!("{}-D{last:04}", call.code))
}

/// What [`insert`] writes beside the terms.
pub(super) struct Signed<'a> {
    pub call: &'a Call,
    pub dossier: DossierId,
    pub version: DossierVersionId,
    pub opinion: OpinionId,
    pub number: &'a str,
    pub delegation: DelegationId,
    pub by: AccountId,
    pub at: Instant,
}

pub(super) fn insert(conn: &mut Conn, signed: &Signed<'_>, terms: &Terms) -> Result<DecisionId, Fault> {
    Ok(diesel::insert_into(decisions::table)
        .values((
            decisions::call_id.eq(signed.call.id),
            decisions::dossier_id.eq(signed.dossier),
            decisions::dossier_version_id.eq(signed.version),
            decisions::opinion_id.eq(signed.opinion),
            decisions::authority_id.eq(signed.call.authority),
            decisions::number.eq(signed.number),
            decisions::outcome.eq(terms.outcome),
            decisions::amount_cents.eq(terms.amount),
            decisions::envelope_id.eq(terms.envelope),
            decisions::waitlist_rank.eq(terms.rank),
            decisions::motive.eq(&terms.motive),
            decisions::departure_reason.eq(&terms.departure_reason),
            decisions::delegation_id.eq(signed.delegation),
            decisions::signed_by.eq(signed.by),
            decisions::signed_at.eq(signed.at),
        ))
        .returning(decisions::id)
        .get_result(conn)?)
}

pub(super) fn insert_letter(
    conn: &mut Conn,
    decision: DecisionId,
    dossier: DossierId,
    number: &str,
    check_code: &str,
    document: DocumentId,
    now: Instant,
) -> Result<(), Fault> {
    diesel::insert_into(letters::table)
        .values((
            letters::decision_id.eq(decision),
            letters::dossier_id.eq(dossier),
            letters::number.eq(number),
            letters::check_code.eq(check_code),
            letters::document_id.eq(document),
            letters::issued_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_notified(conn: &mut Conn, decision: &Decision, at: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        decisions::table
            .filter(decisions::id.eq(decision.id))
            .filter(decisions::version.eq(decision.row_version))
            .filter(decisions::notified_at.is_null()),
    )
    .set((decisions::notified_at.eq(Some(at)), decisions::version.eq(decision.row_version + 1)))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    diesel::update(letters::table.filter(letters::decision_id.eq(decision.id)))
        .set(letters::notified_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

/// Whether this is the first reading.
pub(super) fn set_read(conn: &mut Conn, letter: LetterId, by: AccountId, at: Instant) -> Result<bool, Fault> {
    let changed = diesel::update(letters::table.filter(letters::id.eq(letter)).filter(letters::read_at.is_null()))
        .set((letters::read_at.eq(Some(at)), letters::read_by.eq(Some(by))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notified decisions nobody in these organisations has opened: dossier, reference, title.
pub(super) fn unread(
    conn: &mut Conn,
    organisations: &[OrganisationId],
) -> Result<Vec<(DossierId, String, String)>, Fault> {
    let rows = letters::table
        .inner_join(dossiers::table)
        .filter(dossiers::organisation_id.eq_any(organisations))
        .filter(letters::notified_at.is_not_null())
        .filter(letters::read_at.is_null())
        .order(letters::id)
        .select((dossiers::id, dossiers::reference, dossiers::title))
        .load::<(DossierId, Option<String>, String)>(conn)?;
    Ok(rows.into_iter().map(|(id, reference, title)| (id, reference.unwrap_or_default(), title)).collect())
}
