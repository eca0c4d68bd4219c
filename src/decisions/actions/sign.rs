//! From a sealed opinion to a signed decision.

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DecisionId, DossierId, EnvelopeId};
use crate::calls::{self, Call};
use crate::committee::{SealedOpinion, sealed_opinion};
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::letter::{Facts, Issued, compose};
use crate::decisions::model::{Choice, Decision, Delegation, Movement, Terms};
use crate::decisions::rules::{Limits, delegation_for, settle};
use crate::decisions::{check_code, store};
use crate::dossiers::{self, Dossier, Event, Outcome, Version};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger;
use crate::sealed::{self, DocumentKind};
use crate::service::Operation;

/// A dossier ready to be decided, with all that the decision rests on.
#[derive(Clone, Debug)]
pub struct Case {
    pub dossier: Dossier,
    pub call: Call,
    pub opinion: SealedOpinion,
    /// The frozen submission that the committee judged.
    pub version: Version,
}

/// What will be signed, by whom and under which delegation.
#[derive(Clone, Debug)]
pub struct Draft {
    pub terms: Terms,
    pub delegation: Delegation,
}

/// The dossier as its authority's signatory or its call manager sees it.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else, or before the committee's opinion is sealed.
pub fn case(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Case, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    if !view.through(Role::Signatory) && !view.through(Role::CallManager) {
        return Err(Fault::NotFound);
    }
    load_case(conn, view.dossier)
}

fn load_case(conn: &mut Conn, dossier: Dossier) -> Result<Case, Fault> {
    let call = calls::of_dossier(conn, dossier.id)?;
    let opinion = sealed_opinion(conn, dossier.id)?.ok_or(Fault::NotFound)?;
    let version = dossiers::version_by_id(conn, opinion.version)?;
    Ok(Case { dossier, call, opinion, version })
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
    let envelopes: Vec<EnvelopeId> = store::envelopes_of(conn, &case.call)?.into_iter().map(|e| e.id).collect();
    let taken_ranks: Vec<i64> = store::in_call(conn, case.call.id)?.iter().filter_map(|d| d.rank).collect();
    let limits = Limits { requested: case.version.requested, envelopes: &envelopes, taken_ranks: &taken_ranks };
    let terms = settle(&case.opinion, choice, limits)?;
    let delegations = store::delegations_of(conn, actor.id)?;
    let find = |amount| delegation_for(&delegations, case.call.authority, amount, now, case.call.zone());
    match find(terms.amount) {
        Ok(delegation) => Ok(Draft { terms, delegation: delegation.clone() }),
        // Only the ceiling stands in the way: another amount would do.
        Err(reason) if find(None).is_ok() => Err(Fault::invalid("amount", reason)),
        Err(reason) => Err(Fault::refused(reason)),
    }
}

/// Whether the envelope holds enough today; the ledger has the last word at the signature.
///
/// # Errors
/// [`Fault::Invalid`] on the amount or the envelope.
pub fn check_funds(conn: &mut Conn, actor: &Actor, case: &Case, terms: &Terms) -> Result<(), Fault> {
    let Movement::Commit { envelope, reserved, amount } = terms.movement else { return Ok(()) };
    match ledger::counters(conn, envelope)?.left() {
        None => Err(Fault::invalid(
            "envelope",
            "Le vote de cette enveloppe n’est pas connu\u{202F}: choisissez-en une autre.",
        )),
        Some(left) if left + reserved < amount => {
            if dossiers::sees_partially(conn, actor, case.call.id)? {
                return Err(Fault::invalid("amount", "L’enveloppe ne suffit pas pour ce montant."));
            }
            let available = left + reserved;
            Err(Fault::invalid(
                "amount",
                format!("L’enveloppe ne suffit pas\u{202F}: il reste {available} pour ce dossier."),
            ))
        }
        Some(_) => Ok(()),
    }
}

/// The letter as it would be sealed, marked as a draft.
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
    write_letter(conn, settings, actor, case, draft, now, None)
}

/// Signs the authority's decision: number, state, money and sealed letter in one go.
///
/// # Errors
/// As [`draft`]; [`Fault::Stale`] when somebody signed in between; [`Fault::Refused`] when the envelope falls short.
pub fn sign(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, choice: &Choice) -> Result<Decision, Fault> {
    let case = case(op.conn, actor, dossier)?;
    // Taken first: signatures of one call wait for each other, and see the ranks given before them.
    let number = store::next_number(op.conn, &case.call)?;
    let draft = draft(op.conn, actor, &case, choice, op.now)?;
    let terms = &draft.terms;
    // Of two signatures of one dossier at once, the second stops here.
    dossiers::advance(op, dossier, Event::Sign(terms.outcome))?;
    let signed = store::Signed {
        call: &case.call,
        dossier,
        version: case.version.id,
        opinion: case.opinion.id,
        number: &number,
        delegation: draft.delegation.id,
        by: actor.id,
        at: op.now,
    };
    let decision = store::insert(op.conn, &signed, terms)?;
    move_money(op, &case, terms.movement, decision, &number)?;
    issue_letter(op, actor, &case, &draft, decision, &number)?;
    op.record(
        Entry::new(
            "decision.sign",
            format!("Décision {number} signée\u{A0}: {}", terms.outcome.label().to_lowercase()),
        )
        .call(case.call.id)
        .dossier(dossier)
        .reason(&terms.departure_reason),
    );
    store::of_dossier(op.conn, dossier)?.ok_or(Fault::NotFound)
}

fn move_money(
    op: &mut Operation<'_>,
    case: &Case,
    movement: Movement,
    decision: DecisionId,
    number: &str,
) -> Result<(), Fault> {
    let reference = case.dossier.reference_or_draft();
    let cause = |reason: String| ledger::Cause {
        dossier: Some(case.dossier.id),
        opinion: Some(case.opinion.id),
        decision: Some(decision),
        reason,
        ..ledger::Cause::default()
    };
    match movement {
        Movement::None => Ok(()),
        Movement::Commit { envelope, reserved, amount } => {
            let cause = cause(format!("Décision {number}, dossier {reference}"));
            ledger::commit(op, envelope, reserved, amount, &cause)
        }
        Movement::Release { envelope, reserved } => {
            let cause = cause(format!("Décision {number}\u{A0}: dossier {reference} non attribué"));
            ledger::release(op, envelope, reserved, &cause)
        }
    }
}

fn issue_letter(
    op: &mut Operation<'_>,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    decision: DecisionId,
    number: &str,
) -> Result<(), Fault> {
    let number = format!("{number}-C1");
    let check_code = check_code::from_bits(rand::random());
    let issued =
        Issued { number: &number, check_code: &check_code, check_url: op.url(&format!("/verifier/{check_code}")) };
    let bytes = write_letter(op.conn, op.settings, actor, case, draft, op.now, Some(issued))?;
    let file_name = format!("{number}.pdf");
    let sealed =
        sealed::seal(op.conn, op.files, op.now, DocumentKind::Letter, Some(case.dossier.id), &file_name, &bytes)?;
    store::insert_letter(op.conn, decision, case.dossier.id, &number, &check_code, sealed.id, op.now)
}

fn write_letter(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    now: Instant,
    issued: Option<Issued<'_>>,
) -> Result<Vec<u8>, Fault> {
    let (authority_name, authority_address) = store::authority(conn, case.call.authority)?;
    let envelope = draft.terms.envelope.map(|id| store::envelope_name(conn, id)).transpose()?;
    let handled_by = store::manager_name(conn, case.call.id)?;
    let letter = compose(&Facts {
        call: &case.call,
        content: &case.version.content,
        dossier_reference: &case.dossier.reference_or_draft(),
        terms: &draft.terms,
        session_held_at: case.opinion.held_at,
        authority_name: &authority_name,
        authority_address: &authority_address,
        envelope: envelope.as_ref().map(|e| (e.line.as_str(), e.year)),
        delegation: &draft.delegation,
        handled_by: handled_by.as_deref(),
        given_name: &actor.given_name,
        surname: &actor.surname,
        now,
        specimen: settings.demo || case.call.definition.call.demonstration,
        issued,
    });
    crate::documents::letter(&letter).map_err(|error| Fault::internal(format!("letter: {error:?}")))
}

/// Outcomes in the order the form offers them.
pub const OUTCOMES: [Outcome; 3] = Outcome::OPINIONS;
