//! A dossier ready for its first decision, with all that the decision rests on.

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::model::{Choice, Decision, Delegation, Kind, Movement, Terms};
use crate::decisions::rules::{Basis, Limits, Slot, delegation_for, settle};
use crate::decisions::{basis, store};
use crate::dossiers::{self, Dossier, Event, Outcome, State, Version};
use crate::fault::Fault;
use crate::ledger;

/// A dossier ready to be decided, as one reader may sign it.
#[derive(Clone, Debug)]
pub struct Case {
    pub dossier: Dossier,
    pub call: Call,
    pub basis: Basis,
    /// The frozen submission that is decided on.
    pub version: Version,
    /// In whose name the reader would sign.
    pub authority: InstitutionId,
    /// Whether the reader belongs to an authority that has still to sign.
    pub may_sign: bool,
    pub slots: Vec<Slot>,
    /// Everyone whose signature the decision needs, the leading authority first.
    pub signers: Vec<Signer>,
}

/// An authority, and what it signed.
#[derive(Clone, Debug)]
pub struct Signer {
    pub authority: InstitutionId,
    pub name: String,
    pub decision: Option<Decision>,
}

impl Case {
    /// What the authority may choose: with co-funders, to grant its part or not.
    #[must_use]
    pub fn outcomes(&self) -> Vec<Outcome> {
        match (self.basis.outcome, self.signers.len()) {
            (early @ (Outcome::Ineligible | Outcome::NotShortlisted), _) => vec![early],
            (_, 1) => Outcome::OPINIONS.to_vec(),
            _ => vec![Outcome::Selected, Outcome::Rejected],
        }
    }

    /// What is proposed to the reader's authority.
    #[must_use]
    pub fn proposed(&self) -> Vec<ledger::Share> {
        let mine = |share: &&ledger::Share| self.slots.iter().any(|s| s.line == share.line && s.year == share.year);
        self.basis.shares.iter().filter(mine).copied().collect()
    }

    /// Whether every authority has signed.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signers.iter().all(|signer| signer.decision.is_some())
    }
}

/// What will be signed, by whom and under which delegation.
#[derive(Clone, Debug)]
pub struct Draft {
    pub terms: Terms,
    pub delegation: Delegation,
}

/// The dossier as a signatory of one of its authorities or its call manager sees it.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else, or before there is anything to decide.
pub fn case(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Case, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    let call = calls::of_dossier(conn, dossier)?;
    let basis = basis::of_dossier(conn, &view.dossier)?.ok_or(Fault::NotFound)?;
    let version = basis::version_of(conn, &basis)?;
    let lines = ledger::lines_of_call(conn, call.id)?;
    let mut decisions = store::of_dossier(conn, dossier)?;
    decisions.retain(|d| d.kind == Kind::Initial);
    let mut required = basis::required(&call, &basis, &lines);
    // A line may have changed hands since: who signed stays named.
    if !is_to_sign(view.dossier.state) {
        required = decisions.iter().map(|d| d.authority).collect();
    }
    let names = store::institution_names(conn, &required)?;
    let signers: Vec<Signer> = required
        .iter()
        .map(|authority| Signer {
            authority: *authority,
            name: names.get(authority).cloned().unwrap_or_default(),
            decision: decisions.iter().find(|d| d.authority == *authority).cloned(),
        })
        .collect();
    let mine = if view.through(Role::Signatory) { basis::authorities_of(conn, actor, &call)? } else { Vec::new() };
    if !view.through(Role::CallManager) && !signers.iter().any(|s| mine.contains(&s.authority)) {
        return Err(Fault::NotFound);
    }
    let open = is_to_sign(view.dossier.state);
    let pending = signers.iter().find(|s| open && s.decision.is_none() && mine.contains(&s.authority));
    let may_sign = pending.is_some();
    let authority = pending.or_else(|| signers.first()).map_or(call.authority, |s| s.authority);
    let slots = basis::slots(conn, &call, &basis, &version, &lines, authority)?;
    Ok(Case { dossier: view.dossier, call, basis, version, authority, may_sign, slots, signers })
}

/// States in which a first decision is awaited.
pub(in crate::decisions) fn is_to_sign(state: State) -> bool {
    matches!(state, State::Opined | State::Ineligible | State::NotShortlisted)
}

/// Checks a choice as the signature will, without signing.
///
/// # Errors
/// [`Fault::Invalid`] for the form, [`Fault::Refused`] for the state or the delegation, [`Fault::NotFound`] for
/// whoever is not a signatory of the call.
pub fn draft(conn: &mut Conn, actor: &Actor, case: &Case, choice: &Choice, now: Instant) -> Result<Draft, Fault> {
    dossiers::for_staff(conn, actor, case.dossier.id)?.require(Role::Signatory)?;
    dossiers::rules::transition(case.dossier.state, Event::Sign(choice.outcome), &case.call.definition.stages)
        .map_err(|refusal| Fault::refused(refusal.to_string()))?;
    if !case.may_sign {
        return Err(Fault::refused(
            "Votre autorité a déjà signé, ou n’a rien à signer sur ce dossier. La page dit qui doit encore signer.",
        ));
    }
    let taken_ranks = store::taken_ranks(conn, case.call.id)?;
    let outcomes = case.outcomes();
    let limits = Limits { outcomes: &outcomes, slots: &case.slots, taken_ranks: &taken_ranks };
    let terms = settle(&case.basis, choice, limits)?;
    let field = case.slots.first().map_or_else(|| "outcome".to_owned(), Slot::field);
    let delegation = delegation(conn, actor, case.authority, terms.total(), now, case.call.zone(), &field)?;
    Ok(Draft { terms, delegation })
}

/// The delegation under which a person signs this amount in an authority's name.
///
/// # Errors
/// [`Fault::Refused`] when there is none; [`Fault::Invalid`] on `field` when only its ceiling stands in the way.
pub(super) fn delegation(
    conn: &mut Conn,
    actor: &Actor,
    authority: InstitutionId,
    amount: Option<Cents>,
    now: Instant,
    zone: &str,
    field: &str,
) -> Result<Delegation, Fault> {
    let delegations = store::delegations_of(conn, actor.id)?;
    let find = |amount| delegation_for(&delegations, authority, amount, now, zone);
    match find(amount) {
        Ok(delegation) => Ok(delegation.clone()),
        Err(reason) if find(None).is_ok() => Err(Fault::invalid(field, reason)),
        Err(reason) => Err(Fault::refused(reason)),
    }
}

/// Whether the envelopes hold enough today; the ledger has the last word at the signature.
///
/// # Errors
/// [`Fault::Invalid`] on the amount of each line that falls short.
pub fn check_funds(conn: &mut Conn, actor: &Actor, case: &Case, terms: &Terms) -> Result<(), Fault> {
    let fields: Vec<_> = case.slots.iter().filter_map(|s| Some((s.envelope?, s.field()))).collect();
    funds(conn, actor, &case.call, &terms.movements, |envelope| {
        fields.iter().find(|(id, _)| *id == envelope).map_or_else(|| "outcome".to_owned(), |(_, field)| field.clone())
    })
}

/// Says of each commitment that does not fit what is left, unless the reader may not know sums.
pub(super) fn funds(
    conn: &mut Conn,
    actor: &Actor,
    call: &Call,
    movements: &[Movement],
    field: impl Fn(crate::base::ids::EnvelopeId) -> String,
) -> Result<(), Fault> {
    let mut mistakes = crate::fault::Mistakes::default();
    for movement in movements {
        let Movement::Commit { envelope, reserved, amount } = *movement else { continue };
        match ledger::counters(conn, envelope)?.left() {
            None => mistakes.add(
                field(envelope),
                "Le vote de cette enveloppe n’est pas connu\u{202F}: rien ne peut y être engagé.",
            ),
            Some(left) if left + reserved < amount => {
                if dossiers::sees_partially(conn, actor, call.id)? {
                    mistakes.add(field(envelope), "L’enveloppe ne suffit pas pour ce montant.");
                } else {
                    let available = left + reserved;
                    mistakes.add(
                        field(envelope),
                        format!("L’enveloppe ne suffit pas\u{202F}: il reste {available} pour ce dossier."),
                    );
                }
            }
            Some(_) => {}
        }
    }
    mistakes.finish()
}
