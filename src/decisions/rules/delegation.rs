//! Who may sign how much. Pure.

use crate::base::clock::Instant;
use crate::base::ids::InstitutionId;
use crate::base::money::Cents;
use crate::decisions::model::Delegation;

/// The first delegation under which this amount may be signed.
///
/// # Errors
/// In French, why none of them will do.
pub fn delegation_for<'a>(
    delegations: &'a [Delegation],
    authority: InstitutionId,
    amount: Option<Cents>,
    now: Instant,
    zone: &str,
) -> Result<&'a Delegation, String> {
    let mut reason = "Aucune délégation de signature n’est enregistrée à votre nom pour cette autorité. \
                      Demandez à un administrateur de l’ajouter."
        .to_owned();
    for delegation in delegations.iter().filter(|d| d.institution == authority) {
        match objection(delegation, amount, now, zone) {
            None => return Ok(delegation),
            Some(objection) => reason = objection,
        }
    }
    Err(reason)
}

fn objection(delegation: &Delegation, amount: Option<Cents>, now: Instant, zone: &str) -> Option<String> {
    let name = format!("Votre délégation «\u{202F}{}\u{202F}»", delegation.reference);
    if delegation.revoked_at.is_some_and(|at| at <= now) {
        return Some(format!("{name} a été retirée. Cette décision doit être signée par quelqu’un d’autre."));
    }
    if now < delegation.valid_from {
        return Some(format!("{name} ne prend effet que le {}.", delegation.valid_from.date(zone)));
    }
    if let Some(end) = delegation.valid_until.filter(|end| *end <= now) {
        return Some(format!("{name} a pris fin le {}.", end.date(zone)));
    }
    match (delegation.ceiling, amount) {
        (Some(ceiling), Some(amount)) if amount > ceiling => {
            Some(format!("{name} est limitée à {ceiling}\u{202F}: elle ne permet pas de signer {amount}."))
        }
        _ => None,
    }
}
