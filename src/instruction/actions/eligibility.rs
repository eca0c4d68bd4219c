//! Completeness, eligibility and shortlisting, by the call manager.

use crate::access::{Actor, Role};
use crate::base::ids::DossierId;
use crate::base::text::clean;
use crate::dossiers::{self, Dossier, Event};
use crate::fault::{Fault, Mistakes};
use crate::instruction::model::EligibilityAnswer;
use crate::instruction::store::{self, EligibilityCheck};
use crate::journal::Entry;
use crate::service::Operation;

/// Longest ground accepted, in characters.
const MAX_GROUND: usize = 2_000;

/// # Errors
/// [`Fault::Refused`] by the engine; [`Fault::NotFound`] for anyone but a manager of the call.
pub fn declare_eligible(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<Dossier, Fault> {
    decide_eligibility(op, actor, dossier, &EligibilityAnswer { complete: true, eligible: true, ground: String::new() })
}

/// # Errors
/// [`Fault::Invalid`] without a ground; otherwise as [`declare_eligible`].
pub fn declare_ineligible(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    ground: &str,
) -> Result<Dossier, Fault> {
    let answer = EligibilityAnswer { complete: true, eligible: false, ground: ground.to_owned() };
    decide_eligibility(op, actor, dossier, &answer)
}

/// Records the check on the version in force and moves the dossier: eligible when both answers are yes.
///
/// # Errors
/// As [`declare_ineligible`].
pub fn decide_eligibility(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    answer: &EligibilityAnswer,
) -> Result<Dossier, Fault> {
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let retained = answer.complete && answer.eligible;
    let ground = if retained { String::new() } else { read_ground(&answer.ground)? };
    let version = dossiers::current_version(op.conn, &view.dossier)?;
    let event = if retained { Event::DeclareEligible } else { Event::DeclareIneligible };
    let moved = dossiers::advance(op, dossier, event)?;
    store::insert_eligibility(
        op.conn,
        dossier,
        version.id,
        &EligibilityCheck {
            complete: answer.complete,
            eligible: answer.eligible,
            ground: ground.clone(),
            decided_by: actor.id,
            decided_at: op.now,
        },
    )?;
    let (action, summary) = if retained {
        ("dossier.eligible", "Dossier déclaré complet et recevable")
    } else {
        ("dossier.ineligible", "Dossier déclaré irrecevable")
    };
    op.record(
        Entry::new(action, format!("{summary} (version {})", version.number))
            .call(moved.call)
            .dossier(dossier)
            .reason(ground),
    );
    Ok(moved)
}

/// # Errors
/// [`Fault::Refused`] by the engine, as in a call without shortlisting.
pub fn shortlist(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<Dossier, Fault> {
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::CallManager)?;
    left_to_committee(op, dossier)?;
    let moved = dossiers::advance(op, dossier, Event::Shortlist)?;
    op.record(Entry::new("dossier.shortlist", "Dossier présélectionné").call(moved.call).dossier(dossier));
    Ok(moved)
}

/// # Errors
/// [`Fault::Invalid`] without a ground; otherwise as [`shortlist`].
pub fn set_aside(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, ground: &str) -> Result<Dossier, Fault> {
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::CallManager)?;
    left_to_committee(op, dossier)?;
    let ground = read_ground(ground)?;
    let moved = dossiers::advance(op, dossier, Event::SetAside)?;
    op.record(
        Entry::new("dossier.set_aside", "Dossier non présélectionné").call(moved.call).dossier(dossier).reason(ground),
    );
    Ok(moved)
}

/// On the agenda of a shortlisting session, a dossier is the committee's to shortlist or to set aside; on none, it is
/// the manager's.
fn left_to_committee(op: &mut Operation<'_>, dossier: DossierId) -> Result<(), Fault> {
    dossiers::hold(op.conn, dossier)?;
    match store::shortlisting_session(op.conn, dossier)? {
        None => Ok(()),
        Some(number) => Err(Fault::refused(format!(
            "Ce dossier est à l’ordre du jour de la séance n°\u{A0}{number} du comité\u{202F}: c’est elle qui le \
             présélectionne ou l’écarte."
        ))),
    }
}

fn read_ground(ground: &str) -> Result<String, Fault> {
    let ground = clean(ground);
    let mut mistakes = Mistakes::default();
    if ground.is_empty() {
        mistakes
            .add("ground", "Saisissez le motif, par exemple «\u{202F}Le projet se déroule hors de la région.\u{202F}»");
    } else if ground.chars().count() > MAX_GROUND {
        mistakes.add("ground", format!("Raccourcissez le motif à {MAX_GROUND} caractères au plus."));
    }
    mistakes.finish()?;
    Ok(ground)
}
