//! SIRET and RNA, the identifiers of French organisations.
//!
//! Sources: INSEE (Luhn key on SIREN and SIRET), La Poste's exception (digit sum a multiple of five),
//! national schema "subventions" 2.1.1 for the RNA shape.

use std::fmt;

/// SIREN of La Poste, whose establishments mostly fail the Luhn key.
const LA_POSTE: &str = "356000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierError {
    SiretLength,
    SiretKey,
    RnaShape,
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SiretLength => "Saisissez les 14 chiffres du numéro SIRET, par exemple 732 829 320 00074.",
            Self::SiretKey => {
                "Ce numéro SIRET ne passe pas le contrôle de sa clé. Vérifiez chaque chiffre, \
                 par exemple sur l’avis de situation de l’INSEE."
            }
            Self::RnaShape => {
                "Saisissez un numéro RNA\u{A0}: la lettre W suivie de 9 chiffres, par exemple W313000001."
            }
        })
    }
}

/// Fourteen digits, key checked.
///
/// # Errors
/// Says in French what to correct.
pub fn parse_siret(input: &str) -> Result<String, IdentifierError> {
    let digits: String = input.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdentifierError::SiretLength);
    }
    let luhn = passes_luhn(&digits) && passes_luhn(&digits[..9]);
    let la_poste = digits.starts_with(LA_POSTE) && digits.bytes().map(|b| u32::from(b - b'0')).sum::<u32>() % 5 == 0;
    if luhn || la_poste { Ok(digits) } else { Err(IdentifierError::SiretKey) }
}

/// `W` and nine characters; overseas and Corsican identifiers may carry a letter in third place.
///
/// # Errors
/// Says in French what to correct.
pub fn parse_rna(input: &str) -> Result<String, IdentifierError> {
    let compact: String = input.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let bytes = compact.as_bytes();
    let shape = bytes.len() == 10
        && bytes[0] == b'W'
        && bytes[1].is_ascii_digit()
        && (bytes[2].is_ascii_digit() || bytes[2].is_ascii_uppercase())
        && bytes[3..].iter().all(u8::is_ascii_digit);
    if shape { Ok(compact) } else { Err(IdentifierError::RnaShape) }
}

/// `123 456 789 00012`.
#[must_use]
pub fn show_siret(siret: &str) -> String {
    if siret.len() != 14 || !siret.is_ascii() {
        return siret.to_owned();
    }
    format!("{}\u{202F}{}\u{202F}{}\u{202F}{}", &siret[..3], &siret[3..6], &siret[6..9], &siret[9..])
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            match (i % 2, d * 2) {
                (0, _) => d,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
