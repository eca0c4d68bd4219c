//! Frozen copies of submitted reviews.

use diesel::prelude::*;

use super::Review;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, ReviewId};
use crate::db::Conn;
use crate::db::schema::{assignments, review_submissions, reviews};
use crate::fault::Fault;
use crate::instruction::model::ReviewInput;

/// A review as it was submitted once.
#[derive(Clone, Debug)]
pub struct Submission {
    pub review: ReviewId,
    pub author: AccountId,
    pub input: ReviewInput,
    pub submitted_at: Instant,
    /// When and why it was reopened afterwards.
    pub reopened: Option<(Instant, String)>,
}

type Row = (ReviewId, AccountId, String, Instant, Option<Instant>, Option<String>);

/// Every submission on a dossier, review by review, oldest first.
pub fn submissions_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Submission>, Fault> {
    let rows: Vec<Row> = review_submissions::table
        .inner_join(reviews::table)
        .inner_join(assignments::table.on(assignments::id.eq(reviews::assignment_id)))
        .filter(reviews::dossier_id.eq(dossier))
        .order((review_submissions::review_id, review_submissions::number))
        .select((
            review_submissions::review_id,
            assignments::account_id,
            review_submissions::body,
            review_submissions::submitted_at,
            review_submissions::reopened_at,
            review_submissions::reason,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(review, author, body, submitted_at, reopened_at, reason)| {
            Ok(Submission {
                review,
                author,
                input: serde_json::from_str(&body)?,
                submitted_at,
                reopened: reopened_at.map(|at| (at, reason.unwrap_or_default())),
            })
        })
        .collect()
}

/// Freezes a review at the instant it is submitted; answers how many times it has been.
pub fn insert_submission(conn: &mut Conn, review: &Review, now: Instant) -> Result<i64, Fault> {
    let before = review_submissions::table
        .filter(review_submissions::review_id.eq(review.id))
        .count()
        .get_result::<i64>(conn)?;
    diesel::insert_into(review_submissions::table)
        .values((
            review_submissions::review_id.eq(review.id),
            review_submissions::dossier_version_id.eq(review.dossier_version),
            review_submissions::number.eq(before + 1),
            review_submissions::body.eq(serde_json::to_string(&review.input)?),
            review_submissions::submitted_at.eq(now),
        ))
        .execute(conn)?;
    Ok(before + 1)
}

/// Says on the last frozen copy who reopened the review and why.
pub fn mark_reopened(
    conn: &mut Conn,
    review: ReviewId,
    by: AccountId,
    reason: &str,
    now: Instant,
) -> Result<(), Fault> {
    let changed = diesel::update(
        review_submissions::table
            .filter(review_submissions::review_id.eq(review))
            .filter(review_submissions::reopened_at.is_null()),
    )
    .set((
        review_submissions::reopened_at.eq(Some(now)),
        review_submissions::reopened_by.eq(Some(by)),
        review_submissions::reason.eq(Some(reason)),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}
