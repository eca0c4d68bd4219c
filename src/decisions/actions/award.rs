//! A running award as one of its authorities may change it.

use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, EnvelopeId, InstitutionId};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::model::Decision;
use crate::decisions::rules::AwardLine;
use crate::decisions::{basis, store};
use crate::dossiers::{self, Dossier, Version};
use crate::fault::Fault;
use crate::ledger::{self, EntryKind};

/// A running award and one authority's lines in it.
#[derive(Clone, Debug)]
pub struct Award {
    pub dossier: Dossier,
    pub call: Call,
    pub version: Version,
    pub authority: InstitutionId,
    pub authority_name: String,
    pub lines: Vec<AwardLine>,
    /// Every signed decision of the dossier, oldest first.
    pub decisions: Vec<Decision>,
    /// Number of the letter that waits for its notification.
    pub waiting: Option<String>,
    /// Whether the reader signs in the authority's name.
    pub may_sign: bool,
}

impl Award {
    /// The authority's last decision; none when it joins with an amendment.
    #[must_use]
    pub fn last(&self) -> Option<&Decision> {
        self.decisions.iter().rev().find(|d| d.authority == self.authority)
    }

    /// Years planned and not yet committed, earliest first.
    #[must_use]
    pub fn planned_years(&self) -> Vec<i32> {
        let mut years: Vec<i32> = self.lines.iter().filter(|l| !l.firm && l.before.is_some()).map(|l| l.year).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    #[must_use]
    pub fn total(&self) -> Cents {
        self.lines.iter().filter_map(|l| l.before).sum()
    }

    /// # Errors
    /// [`Fault::NotFound`] unless the reader signs for this authority; [`Fault::Refused`] when the award does not run or
    /// a letter waits.
    pub(super) fn require_change(&self) -> Result<(), Fault> {
        if !self.may_sign {
            return Err(Fault::NotFound);
        }
        if !self.dossier.state.is_running() {
            return Err(Fault::refused(format!(
                "Cette attribution ne se modifie plus\u{202F}: le dossier est dans l’état «\u{202F}{}\u{202F}».",
                self.dossier.state.label().to_lowercase()
            )));
        }
        crate::decisions::rules::may_change(self.waiting.as_deref())
    }
}

/// The running award as a signatory of one of its authorities, or its call manager, sees it.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else, and while nothing was awarded.
pub fn award(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Award, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    let dossier = view.dossier.clone();
    if !dossier.state.is_awarded() {
        return Err(Fault::NotFound);
    }
    let call = calls::of_dossier(conn, dossier.id)?;
    let decisions = store::of_dossier(conn, dossier.id)?;
    let last = decisions.last().ok_or(Fault::NotFound)?;
    let version = dossiers::version_by_id(conn, last.version)?;
    let lines = ledger::lines_of_call(conn, call.id)?;
    let mine = if view.through(Role::Signatory) { basis::authorities_of(conn, actor, &call)? } else { Vec::new() };
    let concerned: Vec<InstitutionId> =
        decisions.iter().map(|d| d.authority).chain(lines.iter().map(|l| l.authority)).collect();
    let granting = |id: &&InstitutionId| decisions.iter().any(|d| d.authority == **id);
    let own = mine.iter().filter(|id| concerned.contains(id));
    let own = own.clone().find(granting).or_else(|| own.clone().next()).copied();
    if own.is_none() && !view.through(Role::CallManager) {
        return Err(Fault::NotFound);
    }
    let authority = own.unwrap_or(decisions[0].authority);
    let shares = store::current_shares(conn, dossier.id)?;
    let firm_year = basis::firm_year(&call);
    let firm = |year: i32| Some(year) == firm_year || shares.iter().any(|s| s.firm && s.share.year == year);
    let mut award_lines = Vec::new();
    for year in call.definition.budget.years.iter().copied().map(i32::from) {
        for line in lines.iter().filter(|line| line.authority == authority) {
            let asked = version.content.requested_of(&call.definition, &line.funder_code, year);
            let held =
                shares.iter().find(|s| s.authority == authority && s.share.line == line.line && s.share.year == year);
            if held.is_none() && !asked.is_positive() {
                continue;
            }
            let envelope = ledger::envelope_at(conn, call.id, line.line, year)?;
            award_lines.push(AwardLine {
                line: line.line,
                year,
                label: format!("{}, {}, {year}", line.funder_name, line.name),
                before: held.map(|s| s.share.amount),
                firm: held.map_or_else(|| firm(year), |s| s.firm),
                envelope,
                asked,
                paid: match envelope {
                    Some(envelope) => paid_out(conn, envelope, dossier.id)?,
                    None => Cents::ZERO,
                },
            });
        }
    }
    let names = store::institution_names(conn, &[authority])?;
    Ok(Award {
        may_sign: own.is_some(),
        waiting: store::waiting_of(conn, dossier.id)?.map(|letter| letter.number),
        authority_name: names.get(&authority).cloned().unwrap_or_default(),
        dossier,
        call,
        version,
        authority,
        lines: award_lines,
        decisions,
    })
}

/// What was paid, whether or not part of it came back: an authority cannot decide below.
fn paid_out(conn: &mut Conn, envelope: EnvelopeId, dossier: DossierId) -> Result<Cents, Fault> {
    Ok(ledger::total(conn, envelope, dossier, EntryKind::Payment)? + store::clawed_back(conn, envelope, dossier)?)
}
