//! The arithmetic of scores and what a review must hold to be submitted. Pure.
//!
//! Rules of the score, in points of 100, on exact fractions:
//!
//! 1. A review's score is Σ weight × level ÷ maximum over the criteria scored, brought back to 100 by dividing by
//!    Σ weight of those same criteria. Only criteria of the dossier's axes are asked.
//! 2. An abstention is not a zero: the criterion leaves the numerator and the denominator.
//! 3. A review whose every criterion is abstained has no score, and counts in no mean.
//! 4. A dossier's score is the mean of its submitted reviews' scores, each review weighing the same; without any
//!    score there is none.
//! 5. The spread is the highest minus the lowest score; it takes two. A dossier is divergent from the call's
//!    threshold on.
//! 6. A zero on a blocking criterion is shown with the dossier and changes no figure.
//! 7. Comparisons use exact values. Two decimals, half up, are for display only: two dossiers shown alike may rank
//!    apart.

use std::fmt;

use num_rational::Ratio;

use super::model::{Mark, ReviewInput, ReviewOpinion, TerritorialInput};
use super::proposals::{self, Asked};
use crate::base::clock::Instant;
use crate::calls::definition::{CallDefinition, Criterion, ReviewsVisible};
use crate::fault::{Fault, FieldError, Mistakes};

/// An exact number of points between 0 and 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(Ratio<i128>);

impl Score {
    #[must_use]
    pub fn points(points: u32) -> Self {
        Self(Ratio::from_integer(i128::from(points)))
    }

    /// The exact fraction in lowest terms, `220/3`: what a sealed record keeps.
    #[must_use]
    pub fn exact(self) -> String {
        format!("{}/{}", self.0.numer(), self.0.denom())
    }

    /// Reads [`exact`](Self::exact) back; nothing for what it never wrote.
    #[must_use]
    pub fn from_exact(text: &str) -> Option<Self> {
        let (numerator, denominator) = text.split_once('/')?;
        let (numerator, denominator) = (numerator.parse().ok()?, denominator.parse().ok()?);
        (denominator > 0).then(|| Self(Ratio::new(numerator, denominator)))
    }

    /// Whole points, half up: the length of a bar.
    #[must_use]
    pub fn rounded(self) -> i64 {
        i64::try_from(half_up(self.0, 1)).unwrap_or(0)
    }
}

/// `times` the value, to the nearest whole, half up.
fn half_up(value: Ratio<i128>, times: i128) -> i128 {
    (2 * times * value.numer() + value.denom()).div_euclid(2 * value.denom())
}

/// `73,33`, or `80` when there are no decimals to show.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = half_up(self.0, 100);
        let (whole, decimals) = (hundredths / 100, hundredths % 100);
        if decimals == 0 { write!(f, "{whole}") } else { write!(f, "{whole},{decimals:02}") }
    }
}

impl serde::Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.exact())
    }
}

/// A criterion's weight with the answer given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighted {
    pub weight: u32,
    pub mark: Mark,
}

/// Rules 1 to 3. A level above the maximum counts as the maximum.
#[must_use]
pub fn review_score(answers: &[Weighted], maximum_level: u32) -> Option<Score> {
    let mut earned = 0_i128;
    let mut weights = 0_i128;
    for answer in answers {
        if let Mark::Level(level) = answer.mark {
            earned += i128::from(answer.weight) * i128::from(level.min(maximum_level));
            weights += i128::from(answer.weight);
        }
    }
    let whole = weights * i128::from(maximum_level);
    (whole > 0).then(|| Score(Ratio::new(earned * 100, whole)))
}

/// Rule 4.
#[must_use]
pub fn mean(scores: &[Score]) -> Option<Score> {
    let count = i128::try_from(scores.len()).ok().filter(|n| *n > 0)?;
    let sum: Ratio<i128> = scores.iter().map(|s| s.0).sum();
    Some(Score(sum / count))
}

/// Rule 5.
#[must_use]
pub fn spread(scores: &[Score]) -> Option<Score> {
    let (lowest, highest) = (scores.iter().min()?, scores.iter().max()?);
    (scores.len() > 1).then(|| Score(highest.0 - lowest.0))
}

/// Rule 5: from the threshold on, inclusive.
#[must_use]
pub fn is_divergent(spread: Option<Score>, threshold: u32) -> bool {
    spread.is_some_and(|spread| spread >= Score::points(threshold))
}

/// Whether what is asked by a day has not come and the day is over; what has no day is never late.
#[must_use]
pub fn is_late(due_at: Option<Instant>, submitted_at: Option<Instant>, now: Instant) -> bool {
    submitted_at.is_none() && due_at.is_some_and(|due| due < now)
}

/// Score of a review on the criteria asked of its dossier, from its mark on each.
#[must_use]
pub fn score_of(
    definition: &CallDefinition,
    criteria: &[&Criterion],
    mark: impl Fn(&str) -> Option<Mark>,
) -> Option<Score> {
    let given = criteria.iter().filter_map(|c| Some(Weighted { weight: c.weight, mark: mark(&c.code)? }));
    review_score(&given.collect::<Vec<_>>(), definition.maximum_level())
}

/// Longest comment accepted on a criterion, in characters.
pub const MAX_CRITERION_COMMENT: usize = 2_000;
/// Longest general comment accepted, in characters.
pub const MAX_COMMENT: usize = 5_000;

/// What even a draft must respect: known criteria, levels of the grid, lengths that fit.
#[must_use]
pub fn draft_mistakes(definition: &CallDefinition, criteria: &[&Criterion], input: &ReviewInput) -> Vec<FieldError> {
    let mut mistakes = Mistakes::default();
    for (code, answer) in &input.scores {
        let Some(criterion) = criteria.iter().find(|c| c.code == *code) else {
            mistakes.add("", format!("Le critère {code} n’est pas demandé pour ce dossier."));
            continue;
        };
        if matches!(answer.mark, Some(Mark::Level(level)) if level > definition.maximum_level()) {
            mistakes.add(field_of(criterion), format!("Choisissez un niveau de 0 à {}.", definition.maximum_level()));
        }
        if answer.comment.chars().count() > MAX_CRITERION_COMMENT {
            mistakes.add(
                field_of(criterion),
                format!("Raccourcissez le commentaire à {MAX_CRITERION_COMMENT} caractères au plus."),
            );
        }
    }
    if input.comment.chars().count() > MAX_COMMENT {
        mistakes.add("comment", format!("Raccourcissez le commentaire à {MAX_COMMENT} caractères au plus."));
    }
    mistakes.into_vec()
}

/// What is still missing or wrong before a review may be submitted.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake.
pub fn check_submission(
    definition: &CallDefinition,
    criteria: &[&Criterion],
    input: &ReviewInput,
    asked: &[Asked<'_>],
) -> Result<(), Fault> {
    let mut all = draft_mistakes(definition, criteria, input);
    let mut mistakes = Mistakes::default();
    for criterion in criteria {
        let answer = input.scores.get(&criterion.code).cloned().unwrap_or_default();
        let name = &criterion.code;
        match answer.mark {
            None => mistakes.add(
                field_of(criterion),
                format!("Critère {name}\u{A0}: choisissez un niveau, ou «\u{202F}Je ne me prononce pas\u{202F}»."),
            ),
            Some(Mark::Level(0)) if answer.comment.is_empty() => mistakes.add(
                field_of(criterion),
                format!("Critère {name}\u{A0}: expliquez ce niveau 0 en une phrase de commentaire."),
            ),
            Some(Mark::Abstained) if answer.comment.is_empty() => mistakes.add(
                field_of(criterion),
                format!("Critère {name}\u{A0}: dites en une phrase pourquoi vous ne vous prononcez pas."),
            ),
            Some(_) => {}
        }
    }
    match input.opinion {
        None => mistakes.add("opinion", "Choisissez votre avis général\u{A0}: favorable, réservé ou défavorable."),
        Some(ReviewOpinion::Favourable) => {}
        Some(opinion) if input.comment.is_empty() => mistakes.add(
            "comment",
            format!(
                "Expliquez votre avis {} en quelques phrases, par exemple les points à corriger.",
                opinion.label().to_lowercase()
            ),
        ),
        Some(_) => {}
    }
    all.extend(mistakes.into_vec());
    all.extend(proposals::mistakes(asked, input));
    if all.is_empty() { Ok(()) } else { Err(Fault::Invalid(all)) }
}

/// Name of a criterion's field in the review form.
#[must_use]
pub fn field_of(criterion: &Criterion) -> String {
    format!("score-{}", criterion.code)
}

/// Whether every review that the dossier waits for is in: the number the call asks, and none still due.
#[must_use]
pub fn is_instructed(submitted: usize, active: usize, reviewers_per_dossier: u32) -> bool {
    submitted == active && submitted >= usize::try_from(reviewers_per_dossier).unwrap_or(usize::MAX).max(1)
}

/// How far the reviews of a dossier are, for one reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The reader holds the dossier and their review is not in.
    pub own_due: bool,
    pub own_submitted: bool,
    /// Every review of the dossier is in.
    pub all_submitted: bool,
    /// Manages, sits or signs, and so reads every review once none of theirs is due.
    pub reads_all: bool,
}

/// Whether a reader may see submitted reviews, by the call's rule. Whoever still owes a review is not swayed by the
/// others, manager or not, unless the call says so.
#[must_use]
pub fn may_read_reviews(visible: ReviewsVisible, reading: Reading) -> bool {
    if reading.own_due {
        return visible == ReviewsVisible::Always;
    }
    let own = reading.own_submitted && (visible != ReviewsVisible::AfterAll || reading.all_submitted);
    reading.reads_all || own
}

/// What a correspondent's opinion still lacks before it is submitted.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake.
pub fn check_territorial(input: &TerritorialInput) -> Result<(), Fault> {
    let mut mistakes = Mistakes::default();
    match input.opinion {
        None => mistakes.add("opinion", "Choisissez l’avis du département\u{A0}: favorable, réservé ou défavorable."),
        Some(ReviewOpinion::Favourable) => {}
        Some(opinion) if input.comment.is_empty() => mistakes
            .add("comment", format!("Expliquez cet avis {} en quelques phrases.", opinion.label().to_lowercase())),
        Some(_) => {}
    }
    if input.comment.chars().count() > MAX_COMMENT {
        mistakes.add("comment", format!("Raccourcissez le commentaire à {MAX_COMMENT} caractères au plus."));
    }
    mistakes.finish()
}
