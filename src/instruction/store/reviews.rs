//! Rows of reviews and of their scores.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::Assignment;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId, DossierVersionId, InstitutionId, ReviewId};
use crate::db::schema::{assignments, dossiers, review_scores, reviews};
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::instruction::marks::Marks;
use crate::instruction::model::{CriterionInput, FunderProposal, Mark, ReviewInput, ReviewOpinion};

/// A review with its scores.
#[derive(Clone, Debug)]
pub struct Review {
    pub id: ReviewId,
    pub dossier_version: DossierVersionId,
    pub author: AccountId,
    pub institution: InstitutionId,
    pub input: ReviewInput,
    pub version: i64,
    pub submitted_at: Option<Instant>,
}

type ReviewRow =
    (ReviewId, DossierVersionId, Option<ReviewOpinion>, String, String, i64, Option<Instant>, AccountId, InstitutionId);

macro_rules! review_columns {
    () => {
        (
            reviews::id,
            reviews::dossier_version_id,
            reviews::opinion,
            reviews::proposals,
            reviews::comment,
            reviews::version,
            reviews::submitted_at,
            assignments::account_id,
            assignments::institution_id,
        )
    };
}

fn review(row: ReviewRow, scores: BTreeMap<String, CriterionInput>) -> Result<Review, Fault> {
    let (id, dossier_version, opinion, proposals, comment, version, submitted_at, author, at) = row;
    Ok(Review {
        id,
        dossier_version,
        author,
        institution: at,
        input: ReviewInput { scores, opinion, proposed: serde_json::from_str(&proposals)?, comment },
        version,
        submitted_at,
    })
}

fn criterion_input(level: Option<i32>, comment: String, started: bool) -> CriterionInput {
    let mark = match level {
        Some(level) => u32::try_from(level).ok().map(Mark::Level),
        None => started.then_some(Mark::Abstained),
    };
    CriterionInput { mark, comment }
}

pub fn review_of_assignment(conn: &mut Conn, assignment: AssignmentId) -> Result<Option<Review>, Fault> {
    let row = reviews::table
        .inner_join(assignments::table)
        .filter(reviews::assignment_id.eq(assignment))
        .select(review_columns!())
        .first::<ReviewRow>(conn)
        .optional()?;
    let rows = row.into_iter().collect();
    Ok(completed(conn, rows)?.pop())
}

/// Submitted reviews of some dossiers whose assignment still stands, in the order submitted.
pub fn submitted_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<Vec<Review>, Fault> {
    let rows = reviews::table
        .inner_join(assignments::table)
        .filter(listed(reviews::dossier_id, wanted))
        .filter(reviews::submitted_at.is_not_null())
        .filter(assignments::ended_at.is_null())
        .order((reviews::submitted_at, reviews::id))
        .select(review_columns!())
        .load::<ReviewRow>(conn)?;
    completed(conn, rows)
}

/// A submitted review as it is added up with others.
#[derive(Clone, Debug)]
pub struct GivenReview {
    pub dossier: DossierId,
    pub author: AccountId,
    pub institution: InstitutionId,
    pub opinion: Option<ReviewOpinion>,
    pub comment: String,
    pub marks: Marks,
    pub proposed: Vec<FunderProposal>,
}

type GivenRow = (DossierId, Option<ReviewOpinion>, String, String, String, AccountId, InstitutionId);

macro_rules! given_rows {
    ($conn:expr, $joined:expr) => {
        $joined
            .filter(reviews::submitted_at.is_not_null())
            .filter(assignments::ended_at.is_null())
            .order((reviews::submitted_at, reviews::id))
            .select((
                reviews::dossier_id,
                reviews::opinion,
                reviews::proposals,
                reviews::comment,
                reviews::marks,
                assignments::account_id,
                assignments::institution_id,
            ))
            .load::<GivenRow>($conn)
    };
}

/// Submitted reviews of a call whose assignment still stands, in the order submitted.
pub fn given_in_call(conn: &mut Conn, call: CallId) -> Result<Vec<GivenReview>, Fault> {
    let joined = reviews::table
        .inner_join(assignments::table)
        .inner_join(dossiers::table.on(dossiers::id.eq(reviews::dossier_id)));
    let rows = given_rows!(conn, joined.filter(dossiers::call_id.eq(call)))?;
    given(rows)
}

/// [`given_in_call`] of some dossiers.
pub fn given_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<Vec<GivenReview>, Fault> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let joined = reviews::table.inner_join(assignments::table);
    let rows = given_rows!(conn, joined.filter(listed(reviews::dossier_id, wanted)))?;
    given(rows)
}

fn given(rows: Vec<GivenRow>) -> Result<Vec<GivenReview>, Fault> {
    rows.into_iter()
        .map(|(dossier, opinion, proposals, comment, marks, author, institution)| {
            Ok(GivenReview {
                dossier,
                author,
                institution,
                opinion,
                proposed: serde_json::from_str(&proposals)?,
                comment,
                marks: Marks::stored(marks),
            })
        })
        .collect()
}

/// Reviews with what was answered on each criterion and its comment.
fn completed(conn: &mut Conn, rows: Vec<ReviewRow>) -> Result<Vec<Review>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ReviewId> = rows.iter().map(|row| row.0).collect();
    let found = review_scores::table
        .filter(listed(review_scores::review_id, &ids))
        .select((
            review_scores::review_id,
            review_scores::criterion,
            review_scores::level,
            review_scores::comment,
            review_scores::answered,
        ))
        .load::<(ReviewId, String, Option<i32>, String, bool)>(conn)?;
    let mut scores: HashMap<ReviewId, BTreeMap<String, CriterionInput>> = HashMap::new();
    for (id, criterion, level, comment, answered) in found {
        scores.entry(id).or_default().insert(criterion, criterion_input(level, comment, answered));
    }
    rows.into_iter()
        .map(|row| {
            let scores = scores.remove(&row.0).unwrap_or_default();
            review(row, scores)
        })
        .collect()
}

/// Creates the review of an assignment, on a version of the dossier.
pub fn insert_review(
    conn: &mut Conn,
    assignment: &Assignment,
    version: DossierVersionId,
    input: &ReviewInput,
    now: Instant,
) -> Result<ReviewId, Fault> {
    let id = diesel::insert_into(reviews::table)
        .values((
            reviews::assignment_id.eq(assignment.id),
            reviews::dossier_id.eq(assignment.dossier),
            reviews::dossier_version_id.eq(version),
            reviews::opinion.eq(input.opinion),
            reviews::proposals.eq(serde_json::to_string(&input.proposed)?),
            reviews::comment.eq(&input.comment),
            reviews::marks.eq(Marks::of(&input.scores).as_str()),
            reviews::started_at.eq(now),
        ))
        .returning(reviews::id)
        .get_result(conn)?;
    write_scores(conn, id, input)?;
    Ok(id)
}

/// Saves over the version that was read; a submitted review is never touched.
pub fn update_review(
    conn: &mut Conn,
    id: ReviewId,
    read: i64,
    dossier_version: DossierVersionId,
    input: &ReviewInput,
) -> Result<(), Fault> {
    let changed = diesel::update(
        reviews::table
            .filter(reviews::id.eq(id))
            .filter(reviews::version.eq(read))
            .filter(reviews::submitted_at.is_null()),
    )
    .set((
        reviews::dossier_version_id.eq(dossier_version),
        reviews::opinion.eq(input.opinion),
        reviews::proposals.eq(serde_json::to_string(&input.proposed)?),
        reviews::comment.eq(&input.comment),
        reviews::marks.eq(Marks::of(&input.scores).as_str()),
        reviews::version.eq(read.saturating_add(1)),
    ))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    write_scores(conn, id, input)
}

fn write_scores(conn: &mut Conn, review: ReviewId, input: &ReviewInput) -> Result<(), Fault> {
    diesel::delete(review_scores::table.filter(review_scores::review_id.eq(review))).execute(conn)?;
    for (criterion, answer) in &input.scores {
        if *answer == CriterionInput::default() {
            continue;
        }
        let level = answer.mark.and_then(Mark::level).map(i32::try_from).transpose();
        diesel::insert_into(review_scores::table)
            .values((
                review_scores::review_id.eq(review),
                review_scores::criterion.eq(criterion),
                review_scores::answered.eq(answer.mark.is_some()),
                review_scores::level.eq(level.map_err(|e| Fault::internal(e.to_string()))?),
                review_scores::comment.eq(&answer.comment),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn mark_submitted(conn: &mut Conn, id: ReviewId, read: i64, now: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        reviews::table
            .filter(reviews::id.eq(id))
            .filter(reviews::version.eq(read))
            .filter(reviews::submitted_at.is_null()),
    )
    .set((reviews::submitted_at.eq(Some(now)), reviews::version.eq(read.saturating_add(1))))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    note_submission(conn, id, Some(now))
}

/// The assignment says it too: the reviews asked in a call are listed and counted without reading the reviews.
fn note_submission(conn: &mut Conn, id: ReviewId, at: Option<Instant>) -> Result<(), Fault> {
    let own = reviews::table.filter(reviews::id.eq(id)).select(reviews::assignment_id);
    diesel::update(assignments::table.filter(assignments::id.eq_any(own)))
        .set(assignments::review_submitted_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Gives a submitted review back to its author.
pub fn reopen_review(conn: &mut Conn, id: ReviewId, read: i64) -> Result<(), Fault> {
    let changed = diesel::update(
        reviews::table
            .filter(reviews::id.eq(id))
            .filter(reviews::version.eq(read))
            .filter(reviews::submitted_at.is_not_null()),
    )
    .set((reviews::submitted_at.eq(None::<Instant>), reviews::version.eq(read.saturating_add(1))))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    note_submission(conn, id, None)
}
