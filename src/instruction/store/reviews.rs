//! Rows of reviews and of their scores.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::Assignment;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId, DossierVersionId, InstitutionId, ReviewId};
use crate::base::money::Cents;
use crate::db::schema::{assignments, dossiers, review_proposals, review_scores, reviews};
use crate::db::{Conn, among};
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
    (ReviewId, DossierVersionId, Option<ReviewOpinion>, String, i64, Option<Instant>, AccountId, InstitutionId);

macro_rules! review_columns {
    () => {
        (
            reviews::id,
            reviews::dossier_version_id,
            reviews::opinion,
            reviews::comment,
            reviews::version,
            reviews::submitted_at,
            assignments::account_id,
            assignments::institution_id,
        )
    };
}

fn review(row: ReviewRow, scores: BTreeMap<String, CriterionInput>, proposed: Vec<FunderProposal>) -> Review {
    let (id, dossier_version, opinion, comment, version, submitted_at, author, at) = row;
    Review {
        id,
        dossier_version,
        author,
        institution: at,
        input: ReviewInput { scores, opinion, proposed, comment },
        version,
        submitted_at,
    }
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
        .filter(among(reviews::dossier_id, wanted))
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

type GivenRow = (ReviewId, DossierId, Option<ReviewOpinion>, String, String, AccountId, InstitutionId);

macro_rules! given_rows {
    ($conn:expr, $joined:expr) => {
        $joined
            .filter(reviews::submitted_at.is_not_null())
            .filter(assignments::ended_at.is_null())
            .order((reviews::submitted_at, reviews::id))
            .select((
                reviews::id,
                reviews::dossier_id,
                reviews::opinion,
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
    given(conn, rows)
}

/// [`given_in_call`] of some dossiers.
pub fn given_on(conn: &mut Conn, wanted: &[DossierId]) -> Result<Vec<GivenReview>, Fault> {
    let mut rows = Vec::new();
    for some in wanted.chunks(AT_ONCE) {
        let joined = reviews::table.inner_join(assignments::table);
        rows.extend(given_rows!(conn, joined.filter(among(reviews::dossier_id, some)))?);
    }
    given(conn, rows)
}

fn given(conn: &mut Conn, rows: Vec<GivenRow>) -> Result<Vec<GivenReview>, Fault> {
    let ids: Vec<ReviewId> = rows.iter().map(|row| row.0).collect();
    let mut proposals = proposals_of(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|(id, dossier, opinion, comment, marks, author, institution)| GivenReview {
            dossier,
            author,
            institution,
            opinion,
            comment,
            marks: Marks::stored(marks),
            proposed: proposals.remove(&id).unwrap_or_default(),
        })
        .collect())
}

/// Rows asked for in one query.
const AT_ONCE: usize = 500;

fn proposals_of(conn: &mut Conn, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Vec<FunderProposal>>, Fault> {
    let mut proposals: HashMap<ReviewId, Vec<FunderProposal>> = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let found = review_proposals::table
            .filter(among(review_proposals::review_id, some))
            .order(review_proposals::id)
            .select((
                review_proposals::review_id,
                review_proposals::funder,
                review_proposals::opinion,
                review_proposals::proposed_cents,
            ))
            .load::<(ReviewId, String, Option<ReviewOpinion>, Option<Cents>)>(conn)?;
        for (id, funder, opinion, proposed) in found {
            proposals.entry(id).or_default().push(FunderProposal { funder, opinion, proposed });
        }
    }
    Ok(proposals)
}

/// Reviews with what was answered on each criterion, its comment and their proposals.
fn completed(conn: &mut Conn, rows: Vec<ReviewRow>) -> Result<Vec<Review>, Fault> {
    let ids: Vec<ReviewId> = rows.iter().map(|row| row.0).collect();
    let found = review_scores::table
        .filter(among(review_scores::review_id, &ids))
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
    let mut proposals = proposals_of(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (scores, proposed) = (scores.remove(&row.0), proposals.remove(&row.0));
            review(row, scores.unwrap_or_default(), proposed.unwrap_or_default())
        })
        .collect())
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
            reviews::comment.eq(&input.comment),
            reviews::started_at.eq(now),
        ))
        .returning(reviews::id)
        .get_result(conn)?;
    write_answers(conn, id, input)?;
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
        reviews::comment.eq(&input.comment),
        reviews::version.eq(read.saturating_add(1)),
    ))
    .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Stale);
    }
    write_answers(conn, id, input)
}

fn write_answers(conn: &mut Conn, review: ReviewId, input: &ReviewInput) -> Result<(), Fault> {
    write_scores(conn, review, input)?;
    diesel::delete(review_proposals::table.filter(review_proposals::review_id.eq(review))).execute(conn)?;
    for part in &input.proposed {
        diesel::insert_into(review_proposals::table)
            .values((
                review_proposals::review_id.eq(review),
                review_proposals::funder.eq(&part.funder),
                review_proposals::opinion.eq(part.opinion),
                review_proposals::proposed_cents.eq(part.proposed),
            ))
            .execute(conn)?;
    }
    Ok(())
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
    let marks = Marks::of(&input.scores);
    diesel::update(reviews::table.filter(reviews::id.eq(review)))
        .set(reviews::marks.eq(marks.as_str()))
        .execute(conn)?;
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
