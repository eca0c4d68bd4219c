//! Spaces that must not end a line, put right in texts typed by people.

use super::clock::MONTHS;

const THIN: char = '\u{202F}';
const FIXED: char = '\u{A0}';
/// Abbreviations that belong to the word after them.
const LEADING: [&str; 10] = ["n°", "N°", "nº", "L.", "R.", "D.", "M.", "Mme", "art.", "p."];

/// Plain spaces become no-break where French asks: before « ; : ! ? », inside guillemets, in numbers, dates and
/// references. Nothing but the kind of a space changes.
#[must_use]
pub fn bind_spaces(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut bound = String::with_capacity(text.len() + 16);
    let mut word_start = 0;
    for (index, &c) in chars.iter().enumerate() {
        if c != ' ' {
            if c.is_whitespace() || matches!(c, '(' | '’') {
                word_start = index + 1;
            }
            bound.push(c);
            continue;
        }
        let word: String = chars[word_start..index].iter().collect();
        bound.push(kind_of_space(&word, &chars[index + 1..]));
        word_start = index + 1;
    }
    bound
}

fn kind_of_space(word: &str, after: &[char]) -> char {
    let before = word.chars().last();
    let next = after.first().copied();
    let number = before.is_some_and(|c| c.is_ascii_digit());
    match (before, next) {
        (Some('«'), _) | (_, Some(';' | '!' | '?' | '»')) => THIN,
        (_, Some(':' | '€' | '%')) => FIXED,
        _ if number && next.is_some_and(|c| c.is_ascii_digit()) && is_group(after) => THIN,
        _ if (number || word == "1er") && MONTHS.iter().any(|month| starts_with_word(after, month)) => FIXED,
        _ if MONTHS.contains(&word) && next.is_some_and(|c| c.is_ascii_digit()) => FIXED,
        _ if number && (starts_with_word(after, "h") || starts_with_word(after, "min")) => FIXED,
        _ if word == "h" && next.is_some_and(|c| c.is_ascii_digit()) => FIXED,
        _ if LEADING.contains(&word) => FIXED,
        _ => ' ',
    }
}

/// Exactly three figures: the next group of a long number.
fn is_group(after: &[char]) -> bool {
    after.iter().take_while(|c| c.is_ascii_digit()).count() == 3
}

fn starts_with_word(after: &[char], word: &str) -> bool {
    let length = word.chars().count();
    after.len() >= length
        && word.chars().zip(after).all(|(a, b)| a == *b)
        && after.get(length).is_none_or(|c| !c.is_alphanumeric())
}
