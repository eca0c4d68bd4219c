//! What a dossier's decision rests on, and which authorities must sign it.

use super::model::Decision;
use super::rules::{Basis, Slot};
use crate::access::{Actor, Role};
use crate::base::ids::InstitutionId;
use crate::calls::Call;
use crate::committee::sealed_opinion;
use crate::db::Conn;
use crate::decisions::store;
use crate::dossiers::{self, Dossier, Outcome, State, Version};
use crate::fault::Fault;
use crate::instruction;
use crate::journal::{self, Audience};
use crate::ledger::{self, LineInfo};

/// What is proposed to the authority, from the committee or from the check that ended the dossier early.
pub(super) fn of_dossier(conn: &mut Conn, dossier: &Dossier) -> Result<Option<Basis>, Fault> {
    let early = match dossier.state {
        State::Ineligible => Some(Outcome::Ineligible),
        State::NotShortlisted => Some(Outcome::NotShortlisted),
        state => state.outcome().filter(|outcome| matches!(outcome, Outcome::Ineligible | Outcome::NotShortlisted)),
    };
    let opinion = sealed_opinion(conn, dossier.id)?;
    let Some(early) = early else {
        let Some(opinion) = opinion.filter(|o| Outcome::OPINIONS.contains(&o.outcome)) else { return Ok(None) };
        return Ok(Some(Basis {
            outcome: opinion.outcome,
            shares: opinion.shares,
            rank: opinion.rank,
            motive: opinion.motive,
            debate: opinion.debate,
            opinion: Some(opinion.id),
            session: Some((opinion.session_number, opinion.held_at)),
            version: opinion.version,
        }));
    };
    let version = dossier.current_version.ok_or(Fault::NotFound)?;
    let plain = |motive: String| Basis {
        outcome: early,
        shares: Vec::new(),
        rank: None,
        motive,
        debate: String::new(),
        opinion: None,
        session: None,
        version,
    };
    let basis = match (early, opinion.filter(|o| o.outcome == early)) {
        (_, Some(opinion)) => Basis {
            opinion: Some(opinion.id),
            session: Some((opinion.session_number, opinion.held_at)),
            version: opinion.version,
            debate: opinion.debate,
            ..plain(opinion.motive)
        },
        (Outcome::Ineligible, None) => {
            plain(instruction::last_eligibility(conn, dossier.id)?.map(|check| check.ground).unwrap_or_default())
        }
        // Set aside by the call's manager, without a session.
        _ => {
            let trail = journal::of_dossier(conn, dossier.id, Audience::Institutions)?;
            let entry = trail.into_iter().filter(|e| e.action == "dossier.set_aside").max_by_key(|e| e.sequence);
            plain(entry.map(|e| e.reason).unwrap_or_default())
        }
    };
    Ok(Some(basis))
}

/// The authorities whose signature a first decision needs: those of the lines the committee reserved or planned, else
/// the call's own.
pub(super) fn required(call: &Call, basis: &Basis, lines: &[LineInfo]) -> Vec<InstitutionId> {
    let mut authorities: Vec<InstitutionId> = lines
        .iter()
        .filter(|line| basis.outcome == Outcome::Selected && basis.shares.iter().any(|s| s.line == line.line))
        .map(|line| line.authority)
        .collect();
    // The call's authority first: its decision leads the letter.
    authorities.sort_by_key(|authority| (*authority != call.authority, *authority));
    authorities.dedup();
    if authorities.is_empty() { vec![call.authority] } else { authorities }
}

/// Institutions in whose name a person signs in a call: those of their role and of their delegations.
pub(super) fn authorities_of(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<Vec<InstitutionId>, Fault> {
    let signs = |role| role == Role::Signatory;
    let mut found: Vec<InstitutionId> =
        actor.grants.iter().filter(|g| g.call == call.id && signs(g.role)).map(|g| g.institution).collect();
    if !found.is_empty() {
        found.extend(store::delegations_of(conn, actor.id)?.into_iter().map(|d| d.institution));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Where an authority may grant on a dossier: its lines, in the years for which the dossier asks their funder.
pub(super) fn slots(
    conn: &mut Conn,
    call: &Call,
    basis: &Basis,
    version: &Version,
    lines: &[LineInfo],
    authority: InstitutionId,
) -> Result<Vec<Slot>, Fault> {
    let firm_year = firm_year(call);
    let mut slots = Vec::new();
    for year in call.definition.budget.years.iter().copied().map(i32::from) {
        for line in lines.iter().filter(|line| line.authority == authority) {
            let asked = version.content.requested_of(&call.definition, &line.funder_code, year);
            let proposed = basis.shares.iter().find(|s| s.line == line.line && s.year == year).map(|s| s.amount);
            if !asked.is_positive() && proposed.is_none() {
                continue;
            }
            slots.push(Slot {
                line: line.line,
                year,
                funder: line.funder_code.clone(),
                label: format!("{}, {}, {year}", line.funder_name, line.name),
                asked,
                proposed,
                envelope: ledger::envelope_at(conn, call.id, line.line, year)?,
                firm: Some(year) == firm_year,
            });
        }
    }
    Ok(slots)
}

/// The year that a signature commits; later ones wait for their vote.
pub(super) fn firm_year(call: &Call) -> Option<i32> {
    call.definition.budget.years.first().copied().map(i32::from)
}

/// What the dossier as a whole becomes, once every authority has signed.
pub(super) fn overall(decisions: &[Decision]) -> Option<Outcome> {
    let selected = decisions.iter().find(|d| d.outcome == Outcome::Selected);
    selected.or(decisions.first()).map(|d| d.outcome)
}

/// The dossier's version that a decision was made on.
pub(super) fn version_of(conn: &mut Conn, basis: &Basis) -> Result<Version, Fault> {
    dossiers::version_by_id(conn, basis.version)
}
