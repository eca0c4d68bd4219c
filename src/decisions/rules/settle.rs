//! Reading a choice against what it rests on: the committee's opinion, or the ground of an early end.

use super::text;
use crate::base::clock::Instant;
use crate::base::ids::{DossierVersionId, EnvelopeId, FundingLineId, OpinionId};
use crate::base::money::Cents;
use crate::decisions::model::{Choice, Granted, Movement, Terms};
use crate::dossiers::Outcome;
use crate::fault::{Fault, Mistakes};
use crate::ledger::Share;

/// What a first decision rests on.
#[derive(Clone, Debug)]
pub struct Basis {
    /// What is proposed to the authority.
    pub outcome: Outcome,
    /// Reserved for the firm year, planned for the others, whatever the authority.
    pub shares: Vec<Share>,
    pub rank: Option<i64>,
    pub motive: String,
    pub debate: String,
    pub opinion: Option<OpinionId>,
    /// Number and date of the committee's session; none when the committee was not asked.
    pub session: Option<(i64, Instant)>,
    pub version: DossierVersionId,
}

impl Choice {
    /// What is proposed, word for word.
    #[must_use]
    pub fn following(basis: &Basis) -> Self {
        Self {
            outcome: basis.outcome,
            shares: basis.shares.clone(),
            rank: basis.rank,
            motive: basis.motive.clone(),
            departure_reason: String::new(),
        }
    }
}

/// A line and a year on which the authority may grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub line: FundingLineId,
    pub year: i32,
    /// Code of the funder, who is asked a sum for the year.
    pub funder: String,
    /// `ARS, FIR – Ségur mesure 27, 2022`.
    pub label: String,
    /// What the dossier asks of the funder that year.
    pub asked: Cents,
    /// What the committee proposes there.
    pub proposed: Option<Cents>,
    pub envelope: Option<EnvelopeId>,
    /// The year that a signature commits; later ones are planned.
    pub firm: bool,
}

impl Slot {
    /// Name of its field in forms.
    #[must_use]
    pub fn field(&self) -> String {
        format!("amount-{}-{}", self.line, self.year)
    }
}

/// What the authority may choose within.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    pub outcomes: &'a [Outcome],
    /// Where this authority decides.
    pub slots: &'a [Slot],
    /// Ranks of the waiting list already given by a signed decision.
    pub taken_ranks: &'a [i64],
}

/// Reads a choice against what it rests on and what was asked.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake of the form at once.
pub fn settle(basis: &Basis, choice: &Choice, limits: Limits<'_>) -> Result<Terms, Fault> {
    let mut mistakes = Mistakes::default();
    let outcome = choice.outcome;
    if !limits.outcomes.contains(&outcome) {
        mistakes.add("outcome", "Cette décision n’est pas possible pour ce dossier. Choisissez-en une autre.");
    }
    let shares =
        if outcome == Outcome::Selected { amounts(&mut mistakes, &choice.shares, limits.slots) } else { Vec::new() };
    let rank = if outcome == Outcome::Waitlisted { rank(&mut mistakes, choice, limits.taken_ranks) } else { None };
    let motive = text(&mut mistakes, "motive", &choice.motive);
    if outcome != Outcome::Selected && motive.is_empty() {
        mistakes.add(
            "motive",
            "Écrivez le motif de la décision\u{202F}: la lettre le cite et la loi l’exige pour un refus.",
        );
    }
    let moved = limits.slots.iter().any(|slot| slot.proposed != amount_at(&shares, slot));
    let departs = outcome != basis.outcome
        || (outcome == Outcome::Selected && moved && mistakes.is_empty())
        || (rank.is_some() && rank != basis.rank);
    let mut departure_reason = text(&mut mistakes, "departure_reason", &choice.departure_reason);
    if !departs {
        departure_reason.clear();
    } else if departure_reason.is_empty() {
        mistakes.add("departure_reason", "Dites pourquoi la décision s’écarte de ce qui est proposé.");
    }
    mistakes.finish()?;
    let movements = limits.slots.iter().filter_map(|slot| movement(basis, slot, amount_at(&shares, slot))).collect();
    Ok(Terms { outcome, shares, rank, motive, departure_reason, movements })
}

fn amount_at(shares: &[Granted], slot: &Slot) -> Option<Cents> {
    shares.iter().find(|g| g.share.line == slot.line && g.share.year == slot.year).map(|g| g.share.amount)
}

/// Amounts within what is asked of each funder each year, on envelopes that exist.
pub(super) fn amounts(mistakes: &mut Mistakes, shares: &[Share], slots: &[Slot]) -> Vec<Granted> {
    let mut granted: Vec<Granted> = Vec::new();
    for slot in slots {
        let Some(share) = shares.iter().find(|s| s.line == slot.line && s.year == slot.year) else { continue };
        let elsewhere: Cents = granted
            .iter()
            .filter(|g| g.share.year == slot.year)
            .filter(|g| slots.iter().any(|s| s.line == g.share.line && s.funder == slot.funder))
            .map(|g| g.share.amount)
            .sum();
        if !share.amount.is_positive() {
            mistakes.add(slot.field(), "Saisissez un montant supérieur à zéro, ou laissez vide.");
        } else if share.amount + elsewhere > slot.asked {
            let asked = slot.asked;
            mistakes.add(slot.field(), format!("Le montant ne peut pas dépasser la demande, {asked}."));
        } else if slot.firm && slot.envelope.is_none() {
            let year = slot.year;
            mistakes.add(slot.field(), format!("Aucune enveloppe {year} n’est ouverte sur cette ligne."));
        } else {
            granted.push(Granted { share: *share, firm: slot.firm });
        }
    }
    if granted.is_empty() && mistakes.is_empty() {
        let field = slots.first().map_or_else(|| "outcome".to_owned(), Slot::field);
        let why = if slots.is_empty() {
            "Ce dossier ne demande rien sur une ligne de cette autorité\u{202F}: elle ne peut pas le retenir."
        } else {
            "Saisissez le montant attribué, par exemple 12\u{202F}500."
        };
        mistakes.add(field, why);
    }
    granted
}

fn rank(mistakes: &mut Mistakes, choice: &Choice, taken: &[i64]) -> Option<i64> {
    match choice.rank {
        Some(rank) if taken.contains(&rank) => {
            mistakes.add("rank", format!("Le rang {rank} est déjà donné à un autre dossier."));
            None
        }
        Some(rank) if rank >= 1 => Some(rank),
        _ => {
            mistakes.add("rank", "Saisissez le rang sur la liste complémentaire, par exemple 1.");
            None
        }
    }
}

/// What was reserved when the session was sealed is given back, what is granted for the firm year is committed.
fn movement(basis: &Basis, slot: &Slot, amount: Option<Cents>) -> Option<Movement> {
    let envelope = slot.envelope.filter(|_| slot.firm)?;
    let reserved = slot.proposed.filter(|_| basis.outcome == Outcome::Selected).unwrap_or(Cents::ZERO);
    match amount {
        Some(amount) => Some(Movement::Commit { envelope, reserved, amount }),
        None if reserved.is_positive() => Some(Movement::Release { envelope, reserved }),
        None => None,
    }
}
