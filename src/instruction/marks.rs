//! The marks of a review in one text, as its row keeps them beside the answers: a ranking adds up thousands of them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{CriterionInput, Mark};
use crate::db::Conn;
use crate::db::schema::{review_scores, reviews};
use crate::fault::Fault;

/// `C1=3 C2= C4=0`: a level by criterion, none where the author abstains; a criterion not answered is left out. Codes of
/// criteria have neither space nor equals sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(String);

impl Marks {
    #[must_use]
    pub fn of(scores: &BTreeMap<String, CriterionInput>) -> Self {
        let given = scores.iter().filter_map(|(criterion, answer)| Some((criterion, answer.mark?)));
        let words = given.map(|(criterion, mark)| match mark.level() {
            Some(level) => format!("{criterion}={level}"),
            None => format!("{criterion}="),
        });
        Self(words.collect::<Vec<_>>().join(" "))
    }

    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The mark on a criterion; absent when it is not answered.
    #[must_use]
    pub fn on(&self, criterion: &str) -> Option<Mark> {
        let level = self.0.split(' ').find_map(|word| word.strip_prefix(criterion)?.strip_prefix('='))?;
        if level.is_empty() { Some(Mark::Abstained) } else { level.parse().ok().map(Mark::Level) }
    }
}

/// Compares the marks of every review with its answers; answers how many reviews there are and a French sentence for each
/// that differs.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let kept = reviews::table.order(reviews::id).select((reviews::id, reviews::marks)).load::<(i64, String)>(conn)?;
    let mut answers: BTreeMap<i64, BTreeMap<String, CriterionInput>> = BTreeMap::new();
    let rows = review_scores::table
        .filter(review_scores::answered)
        .select((review_scores::review_id, review_scores::criterion, review_scores::level))
        .load::<(i64, String, Option<i32>)>(conn)?;
    for (review, criterion, level) in rows {
        let mark = level.map_or(Some(Mark::Abstained), |level| u32::try_from(level).ok().map(Mark::Level));
        let answer = CriterionInput { mark, comment: String::new() };
        answers.entry(review).or_default().insert(criterion, answer);
    }
    let problems = kept
        .iter()
        .filter(|(review, marks)| answers.get(review).map(Marks::of).unwrap_or_default().as_str() != marks)
        .map(|(review, _)| format!("avis {review}\u{A0}: les niveaux retenus diffèrent des réponses"))
        .collect();
    Ok((kept.len(), problems))
}
