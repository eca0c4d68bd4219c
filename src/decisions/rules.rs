//! What may be signed, by whom, and what it does to the money. Pure.

use super::model::{Choice, Delegation, Movement, Terms};
use crate::base::clock::Instant;
use crate::base::ids::{EnvelopeId, InstitutionId};
use crate::base::money::Cents;
use crate::base::text::clean;
use crate::committee::SealedOpinion;
use crate::dossiers::Outcome;
use crate::fault::{Fault, Mistakes};

/// Longest motive or reason, in characters: a letter stays a letter.
pub const MAX_TEXT: usize = 3000;

impl Choice {
    /// The committee's opinion, word for word.
    #[must_use]
    pub fn following(opinion: &SealedOpinion) -> Self {
        Self {
            outcome: opinion.outcome,
            amount: opinion.total(),
            envelope: opinion.reserved.first().map(|(envelope, _)| *envelope),
            rank: opinion.rank,
            motive: opinion.motive.clone(),
            departure_reason: String::new(),
        }
    }
}

/// What the authority may choose within.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    pub requested: Cents,
    /// Envelopes of the call on which this authority signs.
    pub envelopes: &'a [EnvelopeId],
    /// Ranks of the waiting list already given by a signed decision.
    pub taken_ranks: &'a [i64],
}

/// Reads a choice against the committee's opinion and the request.
///
/// # Errors
/// [`Fault::Invalid`] with every mistake of the form at once.
pub fn settle(opinion: &SealedOpinion, choice: &Choice, limits: Limits<'_>) -> Result<Terms, Fault> {
    let mut mistakes = Mistakes::default();
    let outcome = choice.outcome;
    let amount = if outcome == Outcome::Selected { amount(&mut mistakes, choice, limits.requested) } else { None };
    let envelope =
        if outcome == Outcome::Selected { envelope(&mut mistakes, opinion, choice, limits.envelopes) } else { None };
    let rank = if outcome == Outcome::Waitlisted { rank(&mut mistakes, choice, limits.taken_ranks) } else { None };
    let motive = text(&mut mistakes, "motive", &choice.motive);
    if outcome != Outcome::Selected && motive.is_empty() {
        mistakes.add(
            "motive",
            "Écrivez le motif de la décision\u{202F}: la lettre le cite et la loi l’exige pour un refus.",
        );
    }
    let departs = outcome != opinion.outcome
        || amount.is_some() && amount != opinion.total()
        || rank.is_some() && rank != opinion.rank;
    let mut departure_reason = text(&mut mistakes, "departure_reason", &choice.departure_reason);
    if !departs {
        departure_reason.clear();
    } else if departure_reason.is_empty() {
        mistakes.add("departure_reason", "Dites pourquoi la décision s’écarte de l’avis du comité.");
    }
    mistakes.finish()?;
    let movement = movement(opinion, outcome, amount, envelope);
    Ok(Terms { outcome, amount, envelope, rank, motive, departure_reason, movement })
}

fn amount(mistakes: &mut Mistakes, choice: &Choice, requested: Cents) -> Option<Cents> {
    match choice.amount {
        None => mistakes.add("amount", "Saisissez le montant attribué, par exemple 12\u{202F}500."),
        Some(amount) if !amount.is_positive() => mistakes.add("amount", "Saisissez un montant supérieur à zéro."),
        Some(amount) if amount > requested => {
            mistakes.add("amount", format!("Le montant ne peut pas dépasser la demande, {requested}."));
        }
        Some(amount) => return Some(amount),
    }
    None
}

/// The reservation says which envelope; without one, the authority chooses.
fn envelope(
    mistakes: &mut Mistakes,
    opinion: &SealedOpinion,
    choice: &Choice,
    known: &[EnvelopeId],
) -> Option<EnvelopeId> {
    if let Some(reserved) = opinion.reserved.first().map(|(envelope, _)| *envelope) {
        if !known.contains(&reserved) {
            mistakes.add(
                "outcome",
                "La ligne réservée par le comité relève d’une autre autorité\u{202F}: c’est à elle de signer.",
            );
        }
        return Some(reserved);
    }
    let chosen = choice.envelope.filter(|e| known.contains(e));
    if chosen.is_none() {
        mistakes.add("envelope", "Choisissez l’enveloppe qui paiera\u{202F}: le comité n’en a réservé aucune.");
    }
    chosen
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

fn text(mistakes: &mut Mistakes, field: &str, value: &str) -> String {
    let value = clean(value);
    if value.chars().count() > MAX_TEXT {
        mistakes.add(field, format!("Raccourcissez ce texte à {MAX_TEXT} caractères au plus."));
    }
    value
}

fn movement(
    opinion: &SealedOpinion,
    outcome: Outcome,
    amount: Option<Cents>,
    envelope: Option<EnvelopeId>,
) -> Movement {
    let held = opinion.reserved.first().copied();
    let reserved = held.map_or(Cents::ZERO, |(_, amount)| amount);
    match (outcome, amount, envelope, held.map(|(envelope, _)| envelope)) {
        (Outcome::Selected, Some(amount), Some(envelope), _) => Movement::Commit { envelope, reserved, amount },
        (Outcome::Waitlisted | Outcome::Rejected, _, _, Some(envelope)) => Movement::Release { envelope, reserved },
        _ => Movement::None,
    }
}

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
