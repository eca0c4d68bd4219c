//! Rows of assignments: which instructor holds which dossier, and how far the review is.

use diesel::prelude::*;

use super::Instructor;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId, InstitutionId, ReviewId};
use crate::db::schema::{assignments, dossiers, reviews};
use crate::db::{Conn, listed};
use crate::dossiers::State;
use crate::fault::Fault;
use crate::instruction::rules;

/// A dossier given to an instructor, with how far the review is.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub id: AssignmentId,
    pub dossier: DossierId,
    pub account: AccountId,
    pub institution: InstitutionId,
    pub due_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub end_reason: String,
    /// The instructor ended it, and said why.
    pub refused: bool,
    pub reminded_at: Option<Instant>,
    /// The review's row exists: something was saved.
    pub started: bool,
    pub submitted_at: Option<Instant>,
}

impl Assignment {
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Given, not ended, its review not in.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.is_active() && self.submitted_at.is_none()
    }

    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.is_active() && rules::is_late(self.due_at, self.submitted_at, now)
    }
}

/// An active assignment, as lists of many dossiers read it.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Held {
    pub dossier: DossierId,
    pub account: AccountId,
    pub due_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
}

impl Held {
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.submitted_at.is_none()
    }

    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        rules::is_late(self.due_at, self.submitted_at, now)
    }
}

type AssignmentRow = (
    AssignmentId,
    DossierId,
    AccountId,
    InstitutionId,
    Option<Instant>,
    Option<Instant>,
    Option<String>,
    Option<Instant>,
    Option<Instant>,
    Option<ReviewId>,
    Option<Instant>,
);

fn assignment(row: AssignmentRow) -> Assignment {
    let (
        id,
        dossier,
        account,
        institution,
        due_at,
        ended_at,
        end_reason,
        refused_at,
        reminded_at,
        review,
        submitted_at,
    ) = row;
    Assignment {
        id,
        dossier,
        account,
        institution,
        due_at,
        ended_at,
        end_reason: end_reason.unwrap_or_default(),
        refused: refused_at.is_some(),
        reminded_at,
        started: review.is_some(),
        submitted_at,
    }
}

macro_rules! assignment_columns {
    () => {
        (
            assignments::id,
            assignments::dossier_id,
            assignments::account_id,
            assignments::institution_id,
            assignments::due_at,
            assignments::ended_at,
            assignments::end_reason,
            assignments::refused_at,
            assignments::reminded_at,
            reviews::id.nullable(),
            assignments::review_submitted_at,
        )
    };
}

/// Every assignment of a dossier, ended ones too, in the order given.
pub fn assignments_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .filter(assignments::dossier_id.eq(dossier))
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

/// Active assignments of a whole call.
pub fn active_in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(assignments::dossier_id)))
        .filter(dossiers::call_id.eq(call))
        .filter(assignments::ended_at.is_null())
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

/// Active assignments of some dossiers.
pub fn active_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<Vec<Held>, Fault> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    Ok(assignments::table
        .filter(listed(assignments::dossier_id, wanted))
        .filter(assignments::ended_at.is_null())
        .select((
            assignments::dossier_id,
            assignments::account_id,
            assignments::due_at,
            assignments::review_submitted_at,
        ))
        .load(conn)?)
}

/// Every assignment of some dossiers, ended ones too.
pub fn ever_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<Vec<Assignment>, Fault> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows = assignments::table
        .left_join(reviews::table)
        .filter(listed(assignments::dossier_id, wanted))
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

/// Active assignments of one person, in every call.
pub fn active_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Assignment>, Fault> {
    let rows = assignments::table
        .left_join(reviews::table)
        .filter(assignments::account_id.eq(account))
        .filter(assignments::ended_at.is_null())
        .order(assignments::id)
        .select(assignment_columns!())
        .load::<AssignmentRow>(conn)?;
    Ok(rows.into_iter().map(assignment).collect())
}

pub fn active_assignment(conn: &mut Conn, dossier: DossierId, account: AccountId) -> Result<Assignment, Fault> {
    let found = assignments_of(conn, dossier)?.into_iter().find(|a| a.account == account && a.is_active());
    found.ok_or(Fault::NotFound)
}

pub fn insert_assignment(
    conn: &mut Conn,
    dossier: DossierId,
    instructor: &Instructor,
    due_at: Option<Instant>,
    by: AccountId,
    now: Instant,
) -> Result<AssignmentId, Fault> {
    let call = dossiers::table.filter(dossiers::id.eq(dossier)).select(dossiers::call_id).single_value();
    Ok(diesel::insert_into(assignments::table)
        .values((
            assignments::dossier_id.eq(dossier),
            assignments::call_id.eq(call),
            assignments::account_id.eq(instructor.account),
            assignments::institution_id.eq(instructor.institution),
            assignments::due_at.eq(due_at),
            assignments::assigned_by.eq(by),
            assignments::assigned_at.eq(now),
        ))
        .returning(assignments::id)
        .get_result(conn)?)
}

pub fn end_assignment(conn: &mut Conn, id: AssignmentId, reason: &str, now: Instant) -> Result<(), Fault> {
    let ended =
        diesel::update(assignments::table.filter(assignments::id.eq(id)).filter(assignments::ended_at.is_null()))
            .set((assignments::ended_at.eq(Some(now)), assignments::end_reason.eq(Some(reason))))
            .execute(conn)?;
    if ended == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Ends an assignment at its holder's own word.
pub fn refuse_assignment(conn: &mut Conn, id: AssignmentId, reason: &str, now: Instant) -> Result<(), Fault> {
    end_assignment(conn, id, reason, now)?;
    diesel::update(assignments::table.filter(assignments::id.eq(id)))
        .set(assignments::refused_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// A review that is late, of whom and where.
#[derive(Clone, Debug, Queryable)]
pub struct LateReview {
    pub assignment: AssignmentId,
    pub account: AccountId,
    pub call: CallId,
    pub due_at: Instant,
    pub reminded_at: Option<Instant>,
}

/// Reviews late between two instants whose holders were not reminded since a third, by holder; `most` at once.
pub fn late(
    conn: &mut Conn,
    (from, until): (Instant, Instant),
    reminded_before: Instant,
    most: i64,
) -> Result<Vec<LateReview>, Fault> {
    Ok(assignments::table
        .left_join(reviews::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(assignments::dossier_id)))
        .filter(assignments::ended_at.is_null())
        .filter(reviews::submitted_at.is_null())
        .filter(dossiers::state.eq(State::UnderInstruction))
        .filter(assignments::due_at.ge(from))
        .filter(assignments::due_at.lt(until))
        .filter(assignments::reminded_at.is_null().or(assignments::reminded_at.lt(reminded_before)))
        .order((assignments::account_id, assignments::due_at, assignments::id))
        .limit(most)
        .select((
            assignments::id,
            assignments::account_id,
            dossiers::call_id,
            assignments::due_at.assume_not_null(),
            assignments::reminded_at,
        ))
        .load(conn)?)
}

/// Notes that the holder was reminded; [`Fault::Stale`] when somebody did in between.
pub fn mark_reminded(conn: &mut Conn, id: AssignmentId, before: Option<Instant>, now: Instant) -> Result<(), Fault> {
    let found = assignments::table.filter(assignments::id.eq(id)).filter(assignments::ended_at.is_null());
    let changed = match before {
        Some(before) => diesel::update(found.filter(assignments::reminded_at.eq(before)))
            .set(assignments::reminded_at.eq(Some(now)))
            .execute(conn)?,
        None => diesel::update(found.filter(assignments::reminded_at.is_null()))
            .set(assignments::reminded_at.eq(Some(now)))
            .execute(conn)?,
    };
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}
