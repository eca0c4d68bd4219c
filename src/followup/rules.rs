//! Pure rules: what a value may be, what values add up to, how far that is from the target.

use std::collections::BTreeMap;

use crate::calls::definition::IndicatorTotal;
use crate::dossiers::model::LARGEST_COUNT;

/// The figure compared with the target, from the current value of each period in order; a period without a value
/// brings nothing, and nothing at all is not zero.
#[must_use]
pub fn total(rule: IndicatorTotal, values: impl IntoIterator<Item = Option<i64>>) -> Option<i64> {
    let known = values.into_iter().flatten();
    match rule {
        IndicatorTotal::Last => known.last(),
        IndicatorTotal::Sum => known.fold(None, |sum: Option<i64>, value| Some(sum.unwrap_or(0).saturating_add(value))),
    }
}

/// People by department out of a figure: what the project told, and what it left undivided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub by_department: BTreeMap<String, i64>,
    pub undivided: i64,
}

impl Reach {
    /// A project of one department reaches everyone there; one of several says how many in each.
    #[must_use]
    pub fn of(value: i64, departments: &[String], told: &[(String, i64)]) -> Self {
        let mut by_department: BTreeMap<String, i64> = told.iter().cloned().collect();
        if let [only] = departments {
            by_department = BTreeMap::from([(only.clone(), value)]);
        }
        let undivided = value - by_department.values().sum::<i64>();
        Self { by_department, undivided }
    }

    pub fn add(&mut self, other: Self) {
        for (department, people) in other.by_department {
            *self.by_department.entry(department).or_default() += people;
        }
        self.undivided += other.undivided;
    }
}

/// Whole percent of the target, rounded down: 100 is reached when the target is.
#[must_use]
pub fn percent(value: i64, target: i64) -> Option<i64> {
    if target <= 0 {
        return None;
    }
    i64::try_from(i128::from(value) * 100 / i128::from(target)).ok()
}

/// Reads a whole number of at least zero, spaces between thousands accepted; an empty text is a value that is missing.
///
/// # Errors
/// What to correct, in French.
pub fn read_value(text: &str, unit: &str) -> Result<Option<i64>, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err("Saisissez un nombre entier, positif ou nul, par exemple 120.".into());
    }
    match digits.parse::<i64>() {
        Ok(value) if unit == "%" && value > 100 => Err("Un pourcentage va de 0 à 100.".into()),
        Ok(value) if value <= LARGEST_COUNT => Ok(Some(value)),
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
