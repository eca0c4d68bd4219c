//! Pure rules: which value counts, how far it is from the target, what a value may be.

use jiff::civil::Date;

use crate::dossiers::model::LARGEST_COUNT;

/// The value that counts: observed last and, of one day, reported last.
///
/// `values` are in the order reported.
pub fn latest<T>(values: &[T], observed_on: impl Fn(&T) -> Date) -> Option<&T> {
    // `max_by_key` answers the last of equals.
    values.iter().max_by_key(|value| observed_on(value))
}

/// Whole percent of the target, rounded down: 100 is reached when the target is.
#[must_use]
pub fn percent(value: i64, target: i64) -> Option<i64> {
    if target <= 0 {
        return None;
    }
    i64::try_from(i128::from(value) * 100 / i128::from(target)).ok()
}

/// Reads a whole number of at least zero; spaces between thousands are accepted.
///
/// # Errors
/// What to correct, in French.
pub fn read_value(text: &str, unit: &str) -> Result<i64, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.is_empty() {
        return Err(
            "Saisissez la valeur observée, par exemple 120. Si vous ne la connaissez pas, n’envoyez rien.".into()
        );
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err("Saisissez un nombre entier, positif ou nul, par exemple 120.".into());
    }
    match digits.parse::<i64>() {
        Ok(value) if unit == "%" && value > 100 => Err("Un pourcentage va de 0 à 100.".into()),
        Ok(value) if value <= LARGEST_COUNT => Ok(value),
        _ => Err("Ce nombre est trop grand. Vérifiez-le.".into()),
    }
}

/// `1 200`, with narrow no-break spaces.
#[must_use]
pub fn show(value: i64) -> String {
    crate::base::Cents::from_euros(value).plain()
}

/// `1 200 personnes`, `62 %`.
#[must_use]
pub fn show_with_unit(value: i64, unit: &str) -> String {
    format!("{}\u{A0}{unit}", show(value))
}
