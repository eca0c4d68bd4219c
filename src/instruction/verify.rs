//! What rows of reviews and assignments keep of others, so that lists and rankings read less, compared with those others.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::marks::Marks;
use super::model::{CriterionInput, Mark};
use crate::base::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{assignments, review_scores, reviews};
use crate::fault::Fault;

/// Compares the marks of every review with its answers, and its submission with what its assignment says of it; answers
/// how many reviews there are and a French sentence for each difference.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let kept = reviews::table
        .inner_join(assignments::table)
        .order(reviews::id)
        .select((reviews::id, reviews::marks, reviews::submitted_at, assignments::review_submitted_at))
        .load::<(i64, String, Option<Instant>, Option<Instant>)>(conn)?;
    let answers = answers(conn)?;
    let mut problems = Vec::new();
    for (review, marks, submitted, said) in &kept {
        if answers.get(review).map(Marks::of).unwrap_or_default().as_str() != marks {
            problems.push(format!("avis {review}\u{A0}: les niveaux retenus diffèrent des réponses"));
        }
        if submitted != said {
            problems.push(format!("avis {review}\u{A0}: sa date de dépôt n’est pas celle que retient l’affectation"));
        }
    }
    Ok((kept.len(), problems))
}

/// What every review answers, by criterion, without the comments.
fn answers(conn: &mut Conn) -> Result<BTreeMap<i64, BTreeMap<String, CriterionInput>>, Fault> {
    let rows = review_scores::table
        .filter(review_scores::answered)
        .select((review_scores::review_id, review_scores::criterion, review_scores::level))
        .load::<(i64, String, Option<i32>)>(conn)?;
    let mut answers: BTreeMap<i64, BTreeMap<String, CriterionInput>> = BTreeMap::new();
    for (review, criterion, level) in rows {
        let mark = level.map_or(Some(Mark::Abstained), |level| u32::try_from(level).ok().map(Mark::Level));
        let answer = CriterionInput { mark, comment: String::new() };
        answers.entry(review).or_default().insert(criterion, answer);
    }
    Ok(answers)
}
