//! The marks of a review in one text, as its row keeps them beside the answers: a ranking adds up thousands of them.

use std::collections::BTreeMap;

use super::model::{CriterionInput, Mark};

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

    /// Each criterion answered, with its mark.
    #[must_use]
    pub fn each(&self) -> Vec<(&str, Mark)> {
        let words = self.0.split(' ').filter_map(|word| word.split_once('='));
        words
            .filter_map(|(criterion, level)| match level {
                "" => Some((criterion, Mark::Abstained)),
                level => Some((criterion, Mark::Level(level.parse().ok()?))),
            })
            .collect()
    }
}
