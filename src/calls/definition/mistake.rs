//! What is wrong in a call file, where, and what to do.

use std::fmt;

/// One thing to correct in a call file.
///
/// Shown as `ligne 42, grid.criteria[3].weight : …`; the alternate form `{:#}` puts the file's name first.
/// Items of a list are counted from one, as lines are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Counted from one; zero when the definition was not read from a text.
    pub line: usize,
    /// Where in the document: `grid.criteria[3].weight`; empty at the top level.
    pub path: String,
    /// In French, saying what to do.
    pub message: String,
    pub file: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() && !self.file.is_empty() {
            write!(f, "{}, ", self.file)?;
        }
        if self.line > 0 {
            write!(f, "ligne {}", self.line)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}{}", if self.line > 0 { ", " } else { "" }, self.path)?;
        }
        write!(f, " : {}", self.message)
    }
}

/// The candidate a writer most likely meant, when one is close enough.
pub(super) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements between two words.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
