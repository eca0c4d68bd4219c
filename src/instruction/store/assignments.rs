//! Rows of assignments: which instructor holds which dossier, and how far the review is.

use diesel::prelude::*;

use super::Instructor;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, DossierId, InstitutionId, ReviewId};
use crate::db::Conn;
use crate::db::schema::{assignments, reviews};
use crate::fault::Fault;

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
        self.is_due() && self.due_at.is_some_and(|due| due < now)
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
    Option<ReviewId>,
    Option<Instant>,
);

fn assignment(row: AssignmentRow) -> Assignment {
    let (id, dossier, account, institution, due_at, ended_at, end_reason, review, submitted_at) = row;
    Assignment {
        id,
        dossier,
        account,
        institution,
        due_at,
        ended_at,
        end_reason: end_reason.unwrap_or_default(),
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
            reviews::id.nullable(),
            reviews::submitted_at.nullable(),
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

/// Active assignments of these dossiers.
pub fn active_on(conn: &mut Conn, dossiers: &[DossierId]) -> Result<Vec<Assignment>, Fault> {
    let mut all = Vec::new();
    // A whole list, for an export, has more ids than a statement takes.
    for part in dossiers.chunks(500) {
        let rows = assignments::table
            .left_join(reviews::table)
            .filter(assignments::dossier_id.eq_any(part.to_vec()))
            .filter(assignments::ended_at.is_null())
            .order(assignments::id)
            .select(assignment_columns!())
            .load::<AssignmentRow>(conn)?;
        all.extend(rows.into_iter().map(assignment));
    }
    Ok(all)
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
    Ok(diesel::insert_into(assignments::table)
        .values((
            assignments::dossier_id.eq(dossier),
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
