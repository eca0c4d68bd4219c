//! The rules a call file obeys beyond its shape.
//!
//! Reading order: `check`, then one module per part of the file.

mod budget;
mod followup;
mod form;
mod judgement;
mod letters;
mod opening;

use super::mistake::Mistake;
use super::model::CallDefinition;
use super::reader::Reading;
use crate::base::clock::Instant;

pub use letters::PLACEHOLDERS;

/// Reports every broken rule of a definition read from a file.
pub(super) fn check(call: &CallDefinition, found: &mut Reading) {
    opening::check(call, found);
    form::check(call, found);
    budget::check(call, found);
    judgement::check(call, found);
    letters::check(call, found);
    followup::check(call, found);
}

/// What a historical file may leave unknown and a call that still takes dossiers may not.
///
/// Lines are zero, since the definition may come from the database; [`super::locate`] finds them in a file. A call already closed at `now` has none.
#[must_use]
pub fn check_for_publication(call: &CallDefinition, now: Instant) -> Vec<Mistake> {
    if call.calendar.closing < now {
        return Vec::new();
    }
    let mut mistakes = Vec::new();
    let mut refuse = |path: String, message: &str| {
        mistakes.push(Mistake { line: 0, path, message: message.to_owned(), file: String::new() });
    };
    if call.calendar.committee.is_none() {
        refuse(
            "calendar.committee".to_owned(),
            "la date du comité est inconnue. Donnez-la avant de publier un appel encore ouvert.",
        );
    }
    for (i, envelope) in call.envelopes.iter().enumerate() {
        if envelope.amount.is_none() {
            refuse(
                format!("envelopes[{}].amount_euros", i + 1),
                "le montant de cette enveloppe est inconnu. Donnez-le avant de publier un appel encore ouvert.",
            );
        }
    }
    mistakes
}

/// Reports each item whose key was already taken, at the second one.
fn refuse_duplicates<'a>(found: &mut Reading, keys: impl IntoIterator<Item = (String, &'a str)>, what: &str) {
    let mut seen = std::collections::BTreeSet::new();
    for (path, key) in keys {
        if !key.is_empty() && !seen.insert(key) {
            found.report(&path, format!("« {key} » désigne déjà {what}. Choisissez un autre code."));
        }
    }
}

/// `list[3].code` for each item of a list.
fn codes<'a, T>(
    list: &'a str,
    key: &'a str,
    items: &'a [T],
    code: impl Fn(&'a T) -> &'a str + 'a,
) -> impl Iterator<Item = (String, &'a str)> {
    items.iter().enumerate().map(move |(i, item)| (format!("{list}[{}].{key}", i + 1), code(item)))
}
