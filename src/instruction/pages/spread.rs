//! The scores of a dossier's reviews drawn on one scale, with the table that says the same.

use serde::Serialize;

use crate::base::text::count;
use crate::calls::definition::CallDefinition;
use crate::instruction::{Assessment, Score};

/// The scale runs from `LEFT` for 0 point to `LEFT + WIDTH` for 100, in units of the drawing.
const LEFT: i64 = 28;
const WIDTH: i64 = 270;
const TOP: i64 = 22;
const ROW: i64 = 20;

#[derive(Serialize)]
struct Point {
    /// Names the point in the drawing and in the table; empty for a review without score.
    letter: String,
    x: i64,
    y: i64,
    name: String,
    institution: String,
    score: String,
    opinion: &'static str,
    tone: &'static str,
    proposed: String,
}

#[derive(Serialize)]
struct Tick {
    x: i64,
    label: String,
}

#[derive(Serialize)]
pub(super) struct Spread {
    height: i64,
    axis_y: i64,
    label_y: i64,
    left: i64,
    right: i64,
    ticks: Vec<Tick>,
    points: Vec<Point>,
    band_x: i64,
    band_width: i64,
    mean_x: i64,
    mean: String,
    /// Empty under two scores.
    spread: String,
    threshold: String,
    divergent: bool,
    /// What the drawing says, in a sentence.
    alternative: String,
}

fn place(score: Score) -> i64 {
    LEFT + score.rounded() * WIDTH / 100
}

/// Nothing to draw without a score.
pub(super) fn of(assessment: &Assessment, definition: &CallDefinition) -> Option<Spread> {
    let mean = assessment.score?;
    let scores: Vec<Score> = assessment.reviews.iter().filter_map(|r| r.score).collect();
    let (low, high) = (scores.iter().min().copied()?, scores.iter().max().copied()?);
    let mut drawn = 0;
    let points: Vec<Point> = assessment
        .reviews
        .iter()
        .map(|review| {
            let letter = match review.score {
                Some(_) => {
                    drawn += 1;
                    letter(drawn)
                }
                None => String::new(),
            };
            Point {
                letter,
                x: review.score.map_or(0, place),
                y: TOP + (drawn - 1).max(0) * ROW,
                name: review.name.clone(),
                institution: review.institution.clone(),
                score: review.score.map_or_else(|| "Sans note".to_owned(), |s| s.to_string()),
                opinion: review.opinion.label(),
                tone: review.opinion.tone(),
                proposed: review.proposed_words(definition),
            }
        })
        .collect();
    let axis_y = TOP + drawn * ROW;
    let spread = assessment.spread.map_or(String::new(), |s| s.to_string());
    let named: Vec<String> =
        points.iter().filter(|p| !p.letter.is_empty()).map(|p| format!("{} {}", p.letter, p.score)).collect();
    let mut alternative =
        format!("{} sur 100\u{A0}: {}. Moyenne {mean}.", count(scores.len(), "note", "notes"), named.join(", "));
    if !spread.is_empty() {
        alternative = format!("{alternative} Écart {spread}.");
    }
    Some(Spread {
        height: axis_y + 26,
        axis_y,
        label_y: axis_y + 18,
        left: LEFT,
        right: LEFT + WIDTH,
        ticks: [0, 25, 50, 75, 100].map(|n| Tick { x: LEFT + n * WIDTH / 100, label: n.to_string() }).into(),
        points,
        band_x: place(low),
        band_width: place(high) - place(low),
        mean_x: place(mean),
        mean: mean.to_string(),
        spread,
        threshold: definition.instruction.divergence_threshold.to_string(),
        divergent: assessment.divergent,
        alternative,
    })
}

/// A to Z, then by number.
fn letter(place: i64) -> String {
    match u8::try_from(place) {
        Ok(n @ 1..=26) => char::from(b'A' + n - 1).to_string(),
        _ => place.to_string(),
    }
}
