//! Granting money to a dossier of the waiting list. Pure.

use super::settle::{Slot, amounts};
use super::text;
use crate::base::money::Cents;
use crate::decisions::model::{Movement, Terms};
use crate::dossiers::Outcome;
use crate::fault::{Fault, Mistakes};
use crate::ledger::Share;

/// Reads a promotion: amounts within the request, and a reason when a better rank in `before` still waits.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake at once.
pub fn promoted(
    slots: &[Slot],
    shares: &[Share],
    before: &[i64],
    motive: &str,
    out_of_order: &str,
) -> Result<Terms, Fault> {
    let mut mistakes = Mistakes::default();
    let granted = amounts(&mut mistakes, shares, slots);
    let motive = text(&mut mistakes, "motive", motive);
    let mut departure_reason = text(&mut mistakes, "out_of_order", out_of_order);
    if before.is_empty() {
        departure_reason.clear();
    } else if departure_reason.is_empty() {
        let ranks: Vec<String> = before.iter().map(i64::to_string).collect();
        let waits = if ranks.len() > 1 { "les rangs" } else { "le rang" };
        mistakes.add(
            "out_of_order",
            format!("Dites pourquoi ce dossier passe avant {waits} {}, qui attendent encore.", ranks.join(", ")),
        );
    }
    mistakes.finish()?;
    let movements = slots
        .iter()
        .filter(|slot| slot.firm)
        .filter_map(|slot| {
            let share = granted.iter().find(|g| g.share.line == slot.line && g.share.year == slot.year)?;
            Some(Movement::Commit { envelope: slot.envelope?, reserved: Cents::ZERO, amount: share.share.amount })
        })
        .collect();
    Ok(Terms { outcome: Outcome::Selected, shares: granted, rank: None, motive, departure_reason, movements })
}
