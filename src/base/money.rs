//! Amounts in integer euro cents, and how people write and read them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

/// Narrow no-break space, between thousands.
pub const THIN_SPACE: char = '\u{202F}';
/// No-break space, before the euro sign.
pub const NO_BREAK_SPACE: char = '\u{00A0}';

/// An amount in euro cents. May be negative (a release, a clawback).
///
/// Arithmetic stays within [`Cents::LIMIT`] for every amount read from people,
/// so sums of a few million lines cannot overflow `i64`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// Why a written amount was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountError {
    Empty,
    NotANumber,
    TooManyDecimals,
    Negative,
    TooLarge,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Saisissez un montant, par exemple 12\u{202F}500.",
            Self::NotANumber => "Saisissez un montant en chiffres, par exemple 12\u{202F}500 ou 12\u{202F}500,50.",
            Self::TooManyDecimals => "Saisissez deux décimales au plus, par exemple 12\u{202F}500,50.",
            Self::Negative => "Saisissez un montant positif ou nul, par exemple 12\u{202F}500.",
            Self::TooLarge => "Saisissez un montant inférieur à un milliard d’euros.",
        })
    }
}

impl Cents {
    pub const ZERO: Self = Self(0);
    /// Largest amount accepted from a person: one billion euros, exclusive.
    pub const LIMIT: i64 = 100_000_000_000;

    #[must_use]
    pub const fn from_euros(euros: i64) -> Self {
        Self(euros * 100)
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    #[must_use]
    pub fn is_whole_euros(self) -> bool {
        self.0 % 100 == 0
    }

    /// Reads what a person typed: spaces of any kind, comma or dot, an optional euro sign.
    ///
    /// # Errors
    /// [`AmountError`] says what to correct, in French.
    pub fn parse(input: &str) -> Result<Self, AmountError> {
        let compact: String = input
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '€')
            .map(|c| match c {
                ',' => '.',
                '\u{2212}' => '-',
                c => c,
            })
            .collect();
        if compact.is_empty() {
            return Err(AmountError::Empty);
        }
        if let Some(rest) = compact.strip_prefix('-') {
            let looks_numeric = rest.chars().all(|c| c.is_ascii_digit() || c == '.');
            return Err(if looks_numeric { AmountError::Negative } else { AmountError::NotANumber });
        }
        let (whole, decimals) = compact.split_once('.').unwrap_or((&compact, ""));
        let digits_only = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(decimals) {
            return Err(AmountError::NotANumber);
        }
        if decimals.len() > 2 {
            return Err(AmountError::TooManyDecimals);
        }
        let euros: i64 = whole.parse().map_err(|_| AmountError::TooLarge)?;
        let cents: i64 = format!("{decimals:0<2}").parse().map_err(|_| AmountError::NotANumber)?;
        let total = euros.checked_mul(100).and_then(|e| e.checked_add(cents)).ok_or(AmountError::TooLarge)?;
        if total >= Self::LIMIT { Err(AmountError::TooLarge) } else { Ok(Self(total)) }
    }

    /// Without unit, for an input field or a column whose header carries the unit: `12 345` or `12 345,67`.
    #[must_use]
    pub fn plain(self) -> String {
        let euros = (self.0 / 100).unsigned_abs();
        let cents = (self.0 % 100).unsigned_abs();
        let mut grouped = String::new();
        let digits = euros.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(THIN_SPACE);
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        if cents == 0 { format!("{sign}{grouped}") } else { format!("{sign}{grouped},{cents:02}") }
    }
}

/// `12 345 €` or `12 345,67 €`, with no-break spaces.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{NO_BREAK_SPACE}€", self.plain())
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}
