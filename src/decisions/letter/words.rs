//! Small texts of a letter: addressee, town, placeholders.

use crate::dossiers::Applicant;

pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

pub(super) fn addressee(applicant: &Applicant) -> Vec<String> {
    let mut attention = applicant.representative_name.clone();
    if !applicant.representative_quality.is_empty() {
        attention = format!("{attention}, {}", lower_first(&applicant.representative_quality));
    }
    vec![
        applicant.name.clone(),
        attention,
        applicant.street.clone(),
        format!("{} {}", applicant.postal_code, applicant.city),
    ]
}

/// `Montpellier` from `34067 Montpellier cedex 2`.
pub(super) fn town(line: &str) -> Option<String> {
    let words: Vec<&str> = line
        .split_whitespace()
        .skip_while(|word| word.bytes().all(|b| b.is_ascii_digit()))
        .take_while(|word| !word.eq_ignore_ascii_case("cedex"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Replaces `{word}` once: what a person wrote is never read as a placeholder.
pub(super) fn expand(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        text.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        match after.find('}').and_then(|end| Some((end, value(&after[..end])?))) {
            Some((end, value)) => {
                text.push_str(&value);
                rest = &after[end + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}
