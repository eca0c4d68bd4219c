//! From what is proposed to a signed decision, one authority at a time.

use super::case::{Case, Draft, case, draft};
use super::letters::{self, Subject, Unsigned, Written, draft_bytes, signed_part, unsigned_part};
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{DecisionId, DossierId, OpinionId};
use crate::calls;
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::basis::overall;
use crate::decisions::model::{Choice, Decision, Kind, Movement};
use crate::decisions::store;
use crate::dossiers::{self, Dossier, Event, Outcome};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger;
use crate::service::{Operation, Service};

fn subject(case: &Case, outcome: Outcome, rank: Option<i64>) -> Subject<'_> {
    Subject {
        call: &case.call,
        dossier: &case.dossier,
        version: &case.version,
        kind: Kind::Initial,
        outcome,
        rank,
        session_held_at: case.basis.session.map(|(_, at)| at),
        changes: &[],
        year: None,
        procedure: None,
        replaces: None,
    }
}

/// The letter as it would be sealed, marked as a draft, with what other authorities have signed.
///
/// # Errors
/// When the database refuses or the document cannot be made.
pub fn preview(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    now: Instant,
) -> Result<Vec<u8>, Fault> {
    let terms = &draft.terms;
    let mut parts = Vec::new();
    let mut outcome = terms.outcome;
    for signer in &case.signers {
        if signer.authority == case.authority {
            let unsigned = Unsigned {
                authority: case.authority,
                outcome: terms.outcome,
                shares: &terms.shares,
                motive: &terms.motive,
                delegation: &draft.delegation,
            };
            parts.push(unsigned_part(conn, actor, &case.call, &unsigned)?);
        } else if let Some(decision) = &signer.decision {
            if decision.outcome == Outcome::Selected {
                outcome = Outcome::Selected;
            }
            parts.push(signed_part(conn, &case.call, decision)?);
        }
    }
    draft_bytes(conn, settings, &subject(case, outcome, terms.rank), &parts, now)
}

/// Signs one authority's decision: number and money in one go; with the last signature, state and sealed letter too.
///
/// # Errors
/// As [`draft`]; [`Fault::Stale`] when somebody signed in between; [`Fault::Refused`] when an envelope falls short.
pub fn sign(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, choice: &Choice) -> Result<Decision, Fault> {
    let (decision, letter) = sign_unsealed(op, actor, dossier, |_| choice.clone())?;
    letters::seal(op, letter.as_slice())?;
    Ok(decision)
}

/// [`sign`], with the letter of the last signature still to be sealed.
fn sign_unsealed(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    choice: impl FnOnce(&Case) -> Choice,
) -> Result<(Decision, Option<Written>), Fault> {
    dossiers::for_staff(op.conn, actor, dossier)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    // Taken first: signatures of one call wait for each other, and see what was signed before them.
    let number = store::next_number(op.conn, &call)?;
    dossiers::hold(op.conn, dossier)?;
    let case = case(op.conn, actor, dossier)?;
    let draft = draft(op.conn, actor, &case, &choice(&case), op.now)?;
    let terms = &draft.terms;
    let id = store::insert(
        op.conn,
        &store::Signed {
            call: call.id,
            dossier,
            version: case.version.id,
            opinion: case.basis.opinion,
            kind: Kind::Initial,
            authority: case.authority,
            number: &number,
            outcome: terms.outcome,
            shares: &terms.shares,
            rank: terms.rank,
            motive: &terms.motive,
            departure_reason: &terms.departure_reason,
            replaces: None,
            procedure: None,
            delegation: draft.delegation.id,
            by: actor.id,
            at: op.now,
        },
    )?;
    move_money(op, &case.dossier, case.basis.opinion, &terms.movements, id, &number)?;
    let mut entry = format!("Décision {number} signée\u{A0}: {}", terms.outcome.label().to_lowercase());
    if let Some(signer) = case.signers.iter().find(|s| s.authority == case.authority && case.signers.len() > 1) {
        entry = format!("{entry} ({})", signer.name);
    }
    op.record(Entry::new("decision.sign", entry).call(call.id).dossier(dossier).reason(&terms.departure_reason));
    let mut others = case.signers.iter().filter(|s| s.authority != case.authority);
    let letter = if others.all(|s| s.decision.is_some()) { Some(complete(op, &case)?) } else { None };
    Ok((store::by_id(op.conn, id)?, letter))
}

/// Every authority has signed: the dossier moves and one letter gathers their decisions.
fn complete(op: &mut Operation<'_>, case: &Case) -> Result<Written, Fault> {
    let mut decisions = store::of_dossier(op.conn, case.dossier.id)?;
    decisions.retain(|d| d.kind == Kind::Initial && d.letter.is_none());
    decisions.sort_by_key(|d| case.signers.iter().position(|s| s.authority == d.authority));
    let outcome = overall(&decisions).ok_or(Fault::NotFound)?;
    dossiers::advance(op, case.dossier.id, Event::Sign(outcome))?;
    let rank = decisions.iter().find_map(|d| d.rank);
    let carried: Vec<DecisionId> = decisions.iter().map(|d| d.id).collect();
    letters::write(op, &subject(case, outcome, rank), &decisions, &carried)
}

/// Reservations, commitments and what is given back, each said with its decision.
pub(super) fn move_money(
    op: &mut Operation<'_>,
    dossier: &Dossier,
    opinion: Option<OpinionId>,
    movements: &[Movement],
    decision: DecisionId,
    number: &str,
) -> Result<(), Fault> {
    let reference = dossier.reference_or_draft();
    let cause = |reason: String| ledger::Cause {
        dossier: Some(dossier.id),
        opinion,
        decision: Some(decision),
        reason,
        ..ledger::Cause::default()
    };
    // What is given back first may be what the next line needs.
    let mut ordered: Vec<Movement> = movements.to_vec();
    ordered.sort_by_key(|movement| matches!(movement, Movement::Commit { .. }));
    for movement in ordered {
        match movement {
            Movement::Commit { envelope, reserved, amount } => {
                let cause = cause(format!("Décision {number}, dossier {reference}"));
                ledger::commit(op, envelope, reserved, amount, &cause)?;
            }
            Movement::Release { envelope, reserved } => {
                let cause = cause(format!("Décision {number}\u{A0}: dossier {reference} non attribué"));
                ledger::release(op, envelope, reserved, &cause)?;
            }
            Movement::Reduce { envelope, amount } => {
                let cause = cause(format!("Décision {number}\u{A0}: attribution réduite, dossier {reference}"));
                ledger::reduce(op, envelope, dossier.id, amount, &cause)?;
            }
        }
    }
    Ok(())
}

/// What became of many operations.
#[derive(Clone, Debug, Default)]
pub struct Many {
    /// Numbers of what was done.
    pub done: Vec<String>,
    /// Reference of what was kept back, and why.
    pub kept: Vec<(String, String)>,
}

/// Decisions signed in one transaction: their letters are made side by side, and the disk is waited for once.
const TOGETHER: usize = 20;

/// Signs what is proposed on each dossier; one that cannot be signed does not hold the others back.
///
/// # Errors
/// Only what concerns the service as a whole; refusals of one dossier are told in the answer.
pub fn sign_many(service: &Service, actor: &Actor, now: Instant, dossiers: &[DossierId]) -> Result<Many, Fault> {
    let mut many = Many::default();
    for some in dossiers.chunks(TOGETHER) {
        let mut refused = Vec::new();
        let signed = service.perform(actor.author(), now, |op| {
            let (mut numbers, mut written) = (Vec::new(), Vec::new());
            for id in some {
                let following = |case: &Case| Choice::following(&case.basis);
                match op.attempt(|op| sign_unsealed(op, actor, *id, following)) {
                    Ok((decision, letter)) => {
                        numbers.push(decision.number);
                        written.extend(letter);
                    }
                    Err(fault) if fault.is_of_service() => return Err(fault),
                    Err(fault) => refused.push((*id, said(&fault))),
                }
            }
            if numbers.is_empty() {
                return Err(Fault::refused("Aucune de ces décisions n’a pu être signée."));
            }
            letters::seal(op, &written)?;
            Ok(numbers)
        });
        match signed {
            Ok(numbers) => many.done.extend(numbers),
            Err(_) if refused.len() == some.len() => {}
            Err(fault) => return Err(fault),
        }
        for (id, why) in refused {
            many.kept.push((reference(service, id)?, why));
        }
    }
    Ok(many)
}

pub(super) fn reference(service: &Service, dossier: DossierId) -> Result<String, Fault> {
    Ok(match service.read(|conn| dossiers::get(conn, dossier)) {
        Ok(dossier) => dossier.reference_or_draft(),
        Err(Fault::NotFound) => format!("n°\u{A0}{dossier}"),
        Err(fault) => return Err(fault),
    })
}

/// A fault in one sentence, for the line of a list.
pub(in crate::decisions) fn said(fault: &Fault) -> String {
    match fault {
        Fault::Invalid(errors) => errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" "),
        Fault::Stale => "Quelqu’un l’a modifié au même moment.".to_owned(),
        Fault::NotFound => "Ce dossier ne vous est pas ouvert.".to_owned(),
        other => other.to_string(),
    }
}
