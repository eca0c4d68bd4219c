//! What is answered to a field of the form.

use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// An answer to one field of the form: a text or a list of codes, as JSON has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    One(String),
    Many(Vec<String>),
}

impl Answer {
    /// The values given: an empty text is none, any other counts as one.
    #[must_use]
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Many(values) => values.iter().map(String::as_str).collect(),
            Self::One(value) if !value.is_empty() => vec![value],
            Self::One(_) => Vec::new(),
        }
    }
}

/// As derived for an untagged enumeration, which reads each answer into a copy first: rankings read thousands.
impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrList;
        impl<'de> Visitor<'de> for TextOrList {
            type Value = Answer;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Answer, E> {
                Ok(Answer::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Answer, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Answer::Many)
            }
        }
        deserializer.deserialize_any(TextOrList)
    }
}
