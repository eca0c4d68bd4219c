//! The short code printed on a letter: sixty random bits in characters that are not mistaken for one another.

/// Digits and capitals without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// Twelve characters from the low sixty bits of `random`.
#[must_use]
pub fn from_bits(random: u64) -> String {
    (0..LENGTH)
        .rev()
        .map(|i| {
            let index = usize::try_from((random >> (5 * i)) & 31).unwrap_or_default();
            char::from(ALPHABET[index])
        })
        .collect()
}

/// What a person typed, whatever the case and the separators, with look-alikes read as what was printed.
#[must_use]
pub fn read(input: &str) -> Option<String> {
    let code: String = input
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‑' | '–' | '.' | '_'))
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let known = code.bytes().all(|b| ALPHABET.contains(&b));
    (known && code.len() == LENGTH).then_some(code)
}

/// `K7QD 4M9T RX2B`.
#[must_use]
pub fn grouped(code: &str) -> String {
    let plain: Vec<char> = code.chars().collect();
    plain.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("\u{A0}")
}
