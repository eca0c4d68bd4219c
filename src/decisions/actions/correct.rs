//! A notified letter that holds an error is never changed: a new numbered act replaces it and names it.

use super::case::delegation;
use super::letters::{Subject, issue};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::basis::{self, overall};
use crate::decisions::model::{Decision, Delegation, Kind, Letter};
use crate::decisions::rules::{may_change, text};
use crate::decisions::store;
use crate::dossiers::{self, Dossier, State};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

/// The letter to rectify and what it carries.
#[derive(Clone, Debug)]
pub struct Rectifiable {
    pub dossier: Dossier,
    pub call: Call,
    pub letter: Letter,
    /// The decision of the reader's authority in that letter.
    pub decision: Decision,
    /// Every decision of the letter.
    pub carried: Vec<Decision>,
}

/// The last notified letter of a dossier, when the reader's authority signed it.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else, and before a notification; [`Fault::Refused`] while another letter waits.
pub fn rectifiable(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Rectifiable, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    view.require(Role::Signatory)?;
    let call = calls::of_dossier(conn, dossier)?;
    let letter = store::last_notified(conn, dossier)?.ok_or(Fault::NotFound)?;
    let carried = carried(conn, &letter)?;
    let mine = basis::authorities_of(conn, actor, &call)?;
    let decision = carried.iter().find(|d| mine.contains(&d.authority)).cloned().ok_or(Fault::NotFound)?;
    let waiting = store::waiting_of(conn, dossier)?.map(|letter| letter.number);
    may_change(waiting.as_deref())?;
    if matches!(view.dossier.state, State::Closed | State::Withdrawn) {
        return Err(Fault::refused("Ce dossier est clos\u{202F}: ses courriers ne se rectifient plus."));
    }
    Ok(Rectifiable { dossier: view.dossier, call, letter, decision, carried })
}

/// The decisions that a letter tells: a rectified letter repeats those of the letter it replaced.
fn carried(conn: &mut Conn, letter: &Letter) -> Result<Vec<Decision>, Fault> {
    let own = store::of_letter(conn, letter.id)?;
    let Some(corrected) = own.iter().find(|d| d.kind == Kind::Correction) else { return Ok(own) };
    let Some(replaced) = corrected.replaces else { return Ok(own) };
    let old = store::letter_of(conn, replaced)?;
    let mut all = carried(conn, &old)?;
    for decision in &mut all {
        if decision.authority == corrected.authority {
            *decision = corrected.clone();
        }
    }
    Ok(all)
}

/// The delegation under which a correction is signed.
///
/// # Errors
/// [`Fault::Refused`] when the person holds none.
pub fn correction_delegation(
    conn: &mut Conn,
    actor: &Actor,
    rectifiable: &Rectifiable,
    now: Instant,
) -> Result<Delegation, Fault> {
    let authority = rectifiable.decision.authority;
    delegation(conn, actor, authority, None, now, rectifiable.call.zone(), "reason")
}

/// What is rectified, read from a form.
///
/// # Errors
/// [`Fault::Invalid`] when nothing is said.
pub fn read_correction(reason: &str) -> Result<String, Fault> {
    let mut mistakes = Mistakes::default();
    let reason = text(&mut mistakes, "reason", reason);
    if reason.is_empty() {
        mistakes.add(
            "reason",
            "Dites ce qui est rectifié, par exemple «\u{202F}Le nom du projet est …, et non …\u{202F}».",
        );
    }
    mistakes.finish()?;
    Ok(reason)
}

/// Signs a correction: a new number, and a letter that replaces the old one once notified. Amounts do not change: that is
/// an amendment's.
///
/// # Errors
/// As [`rectifiable`] and [`read_correction`]; [`Fault::Stale`] when somebody else rectified the same letter.
pub fn correct(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, reason: &str) -> Result<Decision, Fault> {
    let known = rectifiable(op.conn, actor, dossier)?;
    let number = store::next_number(op.conn, &known.call)?;
    dossiers::hold(op.conn, dossier)?;
    let found = rectifiable(op.conn, actor, dossier)?;
    if found.letter.id != known.letter.id {
        return Err(Fault::Stale);
    }
    let reason = read_correction(reason)?;
    let delegation = correction_delegation(op.conn, actor, &found, op.now)?;
    let old = &found.decision;
    let id = store::insert(
        op.conn,
        &store::Signed {
            call: found.call.id,
            dossier,
            version: old.version,
            opinion: old.opinion,
            kind: Kind::Correction,
            authority: old.authority,
            number: &number,
            outcome: old.outcome,
            shares: &old.shares,
            rank: old.rank,
            motive: &reason,
            departure_reason: "",
            replaces: Some(old.id),
            procedure: None,
            delegation: delegation.id,
            by: actor.id,
            at: op.now,
        },
    )?;
    let decision = store::by_id(op.conn, id)?;
    let mut restated = found.carried.clone();
    for carried in &mut restated {
        if carried.authority == decision.authority {
            *carried = decision.clone();
        }
    }
    let version = dossiers::version_by_id(op.conn, old.version)?;
    let basis = basis::of_dossier(op.conn, &found.dossier)?;
    let subject = Subject {
        call: &found.call,
        dossier: &found.dossier,
        version: &version,
        kind: Kind::Correction,
        outcome: overall(&restated).ok_or(Fault::NotFound)?,
        rank: restated.iter().find_map(|d| d.rank),
        session_held_at: basis.and_then(|b| b.session).map(|(_, at)| at),
        changes: &[],
        year: None,
        procedure: None,
        replaces: Some(&found.letter),
    };
    issue(op, &subject, &restated, &[id])?;
    op.record(
        Entry::new(
            Kind::Correction.action(),
            format!("Décision rectificative {number} signée, remplace {}", old.number),
        )
        .call(found.call.id)
        .dossier(dossier)
        .reason(reason),
    );
    store::by_id(op.conn, id)
}
