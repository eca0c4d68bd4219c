//! Text folding for search and comparison, and French typography of our own sentences.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Case and accents folded, runs of white space and apostrophes made one space: what `search_text` columns hold.
#[must_use]
pub fn fold(text: &str) -> String {
    let decomposed = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in decomposed {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            c if c.is_whitespace() || matches!(c, '\'' | '’' | '-') => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.push(c),
        }
    }
    folded.trim().to_owned()
}

/// Bytes of a folded text that an index holds: PostgreSQL's takes 2,704 an entry, other columns included.
const INDEXED_BYTES: usize = 2_000;

/// [`fold`], cut to what an index holds: a draft may say anything before it is checked.
#[must_use]
pub fn fold_for_index(text: &str) -> String {
    let mut folded = fold(text);
    folded.truncate(folded.floor_char_boundary(INDEXED_BYTES));
    folded
}

/// A pattern that finds a folded word anywhere in a `search_text` column; what LIKE reads as a wildcard is dropped.
#[must_use]
pub fn pattern(word: &str) -> String {
    let plain: String = word.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    format!("%{plain}%")
}

/// What a person typed: NFC, line ends unified, ends trimmed, without control characters (except line feed and tab) nor
/// marks that would turn round the words shown after it. A text where nothing can be seen is empty.
#[must_use]
pub fn clean(input: &str) -> String {
    let unified = input.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !turns_text_round(*c);
    // Composed last: what is taken out may have stood between a letter and its accent.
    let cleaned: String = unified.chars().filter(kept).nfc().collect();
    let cleaned = cleaned.trim();
    if cleaned.chars().all(is_invisible) { String::new() } else { cleaned.to_owned() }
}

/// Overrides, embeddings and isolates: scripts written from right to left do without them.
fn turns_text_round(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing and take no place of their own; they may join others, as in family pictures.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || is_combining_mark(c)
        || matches!(
            c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}'
                | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// [`clean`] on one line: line breaks become spaces.
#[must_use]
pub fn clean_line(input: &str) -> String {
    clean(input).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Address used as an account's key: trimmed and lower-cased.
#[must_use]
pub fn fold_email(input: &str) -> String {
    input.trim().to_lowercase()
}

/// A deliberately loose shape check; the confirmation mail is the real proof.
#[must_use]
pub fn looks_like_email(input: &str) -> bool {
    let input = input.trim();
    let Some((local, domain)) = input.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && input.len() <= 254
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && input.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"'))
}

/// `1 dossier`, `2 dossiers`: the French plural starts at two.
#[must_use]
pub fn count(n: usize, singular: &str, plural: &str) -> String {
    format!("{n}\u{A0}{}", if n < 2 { singular } else { plural })
}
