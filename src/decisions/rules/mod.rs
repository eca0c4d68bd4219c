//! What may be signed, by whom, and what it does to the money. Pure.

mod change;
mod delegation;
mod promotion;
mod settle;

pub use change::{AwardLine, Change, changed, may_change, notice_respected, yearly};
pub use delegation::delegation_for;
pub use promotion::promoted;
pub use settle::{Basis, Limits, Slot, settle};

use crate::base::text::clean;
use crate::fault::Mistakes;

/// Longest motive or reason, in characters: a letter stays a letter.
pub const MAX_TEXT: usize = 3000;

/// What a person wrote, cleaned, with a mistake noted when it is too long.
pub(in crate::decisions) fn text(mistakes: &mut Mistakes, field: &str, value: &str) -> String {
    let value = clean(value);
    if value.chars().count() > MAX_TEXT {
        mistakes.add(field, format!("Raccourcissez ce texte à {MAX_TEXT} caractères au plus."));
    }
    value
}
