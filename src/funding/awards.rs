//! What each authority grants on a dossier, as its notified decisions stand.

use std::collections::{BTreeMap, HashMap};

use super::rules::SlotKey;
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DecisionId, DossierId, InstitutionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::decisions::{self, Decision};
use crate::dossiers::Outcome;
use crate::fault::Fault;

/// One authority's grant on one dossier, by its latest notified decision.
#[derive(Clone, Debug)]
pub struct Award {
    pub authority: InstitutionId,
    pub decision: DecisionId,
    pub number: String,
    pub signed_at: Instant,
    pub notified_at: Instant,
    /// Firm years and years planned subject to credits.
    pub granted: BTreeMap<SlotKey, Cents>,
    /// What is committed, with when the beneficiary learnt it.
    pub firm: BTreeMap<SlotKey, Instant>,
}

impl Award {
    #[must_use]
    pub fn total(&self) -> Cents {
        self.granted.values().copied().sum()
    }

    /// Granted in a year, all lines together.
    #[must_use]
    pub fn years(&self) -> BTreeMap<i32, Cents> {
        let mut years = BTreeMap::new();
        for ((_, year), amount) in &self.granted {
            *years.entry(*year).or_insert(Cents::ZERO) += *amount;
        }
        years
    }
}

/// Grants notified to the applicants of dossiers, the authority that decided first coming first.
///
/// # Errors
/// When the database refuses.
pub fn awards_of(conn: &mut Conn, dossiers: &[DossierId]) -> Result<HashMap<DossierId, Vec<Award>>, Fault> {
    let mut all: HashMap<DossierId, Vec<Award>> = HashMap::new();
    for decision in decisions::of_dossiers(conn, dossiers)? {
        let Some(notified_at) = decision.notified_at else { continue };
        if decision.outcome != Outcome::Selected {
            continue;
        }
        let awards = all.entry(decision.dossier).or_default();
        let before = awards.iter().position(|award| award.authority == decision.authority);
        let known = before.map(|i| awards[i].firm.clone()).unwrap_or_default();
        let award = Award {
            authority: decision.authority,
            decision: decision.id,
            number: decision.number,
            signed_at: decision.signed_at,
            notified_at,
            granted: decision.shares.iter().map(|g| ((g.share.line, g.share.year), g.share.amount)).collect(),
            firm: decision
                .shares
                .iter()
                .filter(|granted| granted.firm)
                .map(|granted| (granted.share.line, granted.share.year))
                .map(|slot| (slot, known.get(&slot).copied().unwrap_or(notified_at)))
                .collect(),
        };
        match before {
            Some(i) => awards[i] = award,
            None => awards.push(award),
        }
    }
    Ok(all)
}

/// What each decision that grants something grants in all, for `check`.
pub(super) fn amounts_decided(
    conn: &mut Conn,
) -> Result<HashMap<DecisionId, (DossierId, InstitutionId, Cents)>, Fault> {
    Ok(decisions::all(conn)?
        .into_iter()
        .filter_map(|decision| Some((decision.id, (decision.dossier, decision.authority, decision.total()?))))
        .collect())
}

/// What is granted in a call for years that are not committed yet, by dossier, as notified.
pub(super) fn planned_in(conn: &mut Conn, call: CallId) -> Result<Vec<(DossierId, SlotKey, Cents)>, Fault> {
    let mut standing: BTreeMap<(DossierId, InstitutionId), Decision> = BTreeMap::new();
    for decision in decisions::in_call(conn, call)? {
        if decision.notified_at.is_some() {
            standing.insert((decision.dossier, decision.authority), decision);
        }
    }
    let mut planned = Vec::new();
    for ((dossier, _), decision) in standing {
        let waiting = decision.shares.iter().filter(|granted| !granted.firm).map(|granted| granted.share);
        planned.extend(waiting.map(|share| (dossier, (share.line, share.year), share.amount)));
    }
    Ok(planned)
}
