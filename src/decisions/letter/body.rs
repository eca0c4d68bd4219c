//! The paragraphs of a call's letter, around the one that states the amount or the motive.

use crate::calls::definition::LetterText;
use crate::decisions::model::Kind;

pub(super) struct Body {
    pub opening: Vec<String>,
    pub motives: Vec<String>,
    pub conditions: Vec<String>,
    pub closing: Vec<String>,
}

pub(super) fn arrange(
    text: &LetterText,
    granted: bool,
    kind: Kind,
    motive: &str,
    fill: impl Fn(&str) -> String,
) -> Body {
    let states_amount = granted && kind != Kind::Correction;
    let word = if states_amount { "{montant}" } else { "{motif}" };
    let (last, before) = match text.paragraphs.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, text.paragraphs.as_slice()),
    };
    let pivot = before.iter().position(|paragraph| paragraph.contains(word));
    let filled =
        |paragraphs: &[String]| -> Vec<String> { paragraphs.iter().map(|p| fill(p)).flat_map(|p| lines(&p)).collect() };
    let mut body = match pivot {
        Some(at) if states_amount => Body {
            opening: filled(&before[..=at]),
            motives: lines(motive),
            conditions: filled(&before[at + 1..]),
            closing: Vec::new(),
        },
        Some(at) => Body {
            opening: filled(&before[..at]),
            motives: filled(&before[at..=at]),
            conditions: Vec::new(),
            closing: filled(&before[at + 1..]),
        },
        // A call whose text forgets the motive still gets it printed: an unreasoned refusal is void.
        None => Body { opening: filled(before), motives: lines(motive), conditions: Vec::new(), closing: Vec::new() },
    };
    body.closing.extend(last.map(|p| fill(p)));
    body
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
