//! What a session shares out, by line and year, and what it would be if some dossiers moved.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::shared::Room;
use crate::base::ids::{DossierId, FundingLineId};
use crate::base::money::Cents;
use crate::committee::actions::firm_year;
use crate::committee::model::EnvelopeChoice;
use crate::committee::rules::Ranked;
use crate::committee::sealing::Judged;
use crate::committee::{record, store};
use crate::db::Conn;
use crate::fault::Fault;
use crate::ledger::{self, LineInfo, Share};
use crate::web::Visit;

/// A line in a year, and what this session may share out on it.
pub struct Envelope {
    line: FundingLineId,
    year: i32,
    label: String,
    /// Unknown without a vote.
    pub available: Option<Cents>,
    /// Reserved at the seal; other years are planned.
    pub firm: bool,
}

/// What a dossier receives as the committee proposes.
pub struct Proposal {
    pub dossier: DossierId,
    pub shares: Vec<Share>,
    /// All it asks, where that is tried.
    asked: Vec<Share>,
}

#[derive(Serialize)]
pub struct MoneyRow {
    label: String,
    planned: bool,
    available: String,
    proposed: String,
    left: String,
    over: bool,
    simulated: String,
    simulated_left: String,
    simulated_over: bool,
}

/// Dossiers tried the other way round: taken in with all they ask, or left out.
#[derive(Clone)]
pub struct Simulation {
    with: BTreeSet<DossierId>,
    without: BTreeSet<DossierId>,
    offered: bool,
}

impl Simulation {
    /// From the address; a closed session, or a dossier the visitor does not see, is not moved.
    pub fn read(visit: &Visit, room: &Room) -> Self {
        let offered = !room.seen.board.session.state.is_closed()
            && room.seen.board.session.kind == crate::committee::SessionKind::Selection;
        let read = |name: &str| -> BTreeSet<DossierId> {
            let listed = visit.query.text(name).split(',').filter_map(|id| id.trim().parse().ok());
            listed.filter(|id| offered && room.seen.board.item(*id).is_some_and(|item| !item.is_withdrawn())).collect()
        };
        Self { with: read("avec"), without: read("sans"), offered }
    }

    /// As the address carries it.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        [("avec", &self.with), ("sans", &self.without)]
            .into_iter()
            .map(|(name, ids)| (name, ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")))
            .collect()
    }

    fn is_on(&self) -> bool {
        !self.with.is_empty() || !self.without.is_empty()
    }

    /// What trying a dossier the other way round is called, and whether it is tried now.
    pub fn offer(&self, id: DossierId, selected: bool) -> (&'static str, bool) {
        let moved = if selected { self.without.contains(&id) } else { self.with.contains(&id) };
        let label = match (self.offered, moved, selected) {
            (false, ..) => "",
            (true, true, _) => "Ne plus l’essayer",
            (true, false, true) => "Et sans lui\u{202F}?",
            (true, false, false) => "Et avec lui\u{202F}?",
        };
        (label, moved)
    }

    /// The same with one more dossier tried, or one less.
    pub fn toggled(&self, id: DossierId, selected: bool) -> Self {
        let mut other = self.clone();
        let set = if selected { &mut other.without } else { &mut other.with };
        if !set.remove(&id) {
            set.insert(id);
        }
        other
    }

    /// What is tried, in words.
    pub fn words(&self, judged: &[Ranked<Judged<'_>>]) -> Vec<String> {
        judged
            .iter()
            .map(|line| &line.item.item.dossier)
            .filter_map(|dossier| {
                let name = format!("{} – {}", dossier.reference_or_draft(), dossier.title_or_untitled());
                if self.with.contains(&dossier.id) {
                    Some(format!("avec {name}, pour toute sa demande"))
                } else if self.without.contains(&dossier.id) {
                    Some(format!("sans {name}"))
                } else {
                    None
                }
            })
            .collect()
    }

    /// The dossiers that receive something, as tried.
    pub fn funded(&self, proposals: &[Proposal]) -> HashSet<DossierId> {
        proposals.iter().filter(|p| !self.shares(p).is_empty()).map(|p| p.dossier).collect()
    }

    fn shares<'a>(&self, proposal: &'a Proposal) -> &'a [Share] {
        if self.without.contains(&proposal.dossier) {
            &[]
        } else if proposal.shares.is_empty() && self.with.contains(&proposal.dossier) {
            &proposal.asked
        } else {
            &proposal.shares
        }
    }
}

/// What this session may share out: the votes, less what other dossiers hold; for a closed session, as it was sealed.
/// Dossiers hidden from the visitor are left out of both sides, so that no difference tells of them.
pub fn envelopes(conn: &mut Conn, room: &Room) -> Result<Vec<Envelope>, Fault> {
    let firm = firm_year(&room.call);
    if room.seen.board.session.state.is_closed()
        && room.seen.hidden.is_empty()
        && let Some(record) = record::of_session(conn, room.seen.board.session.id)?
    {
        return Ok(record
            .envelopes
            .into_iter()
            .map(|e| Envelope {
                line: e.line,
                year: e.year,
                label: format!("{}, {}", e.name, e.year),
                available: e.left,
                firm: Some(e.year) == firm,
            })
            .collect());
    }
    let known: Vec<EnvelopeChoice> = store::envelopes_of_call(conn, room.call.id)?;
    let agenda: HashSet<DossierId> = room.seen.board.items.iter().map(|item| item.dossier.id).collect();
    let held = store::held_by_others(conn, &room.viewer, room.call.id, &known, &agenda)?;
    Ok(known
        .into_iter()
        .map(|envelope| Envelope {
            line: envelope.line,
            year: envelope.year,
            label: envelope.label(),
            available: envelope.voted.map(|voted| voted - held.get(&envelope.id).copied().unwrap_or(Cents::ZERO)),
            firm: Some(envelope.year) == firm,
        })
        .collect())
}

/// What each dossier of the agenda would receive, in the order of the ranking, with what is tried of it.
pub fn proposals(
    conn: &mut Conn,
    room: &Room,
    judged: &[Ranked<Judged<'_>>],
    simulation: &Simulation,
) -> Result<Vec<Proposal>, Fault> {
    let lines = if simulation.with.is_empty() { Vec::new() } else { ledger::lines_of_call(conn, room.call.id)? };
    let tried = |judged: &Judged<'_>| simulation.with.contains(&judged.item.dossier.id);
    Ok(judged
        .iter()
        .map(|line| Proposal {
            dossier: line.item.item.dossier.id,
            shares: line.item.item.opinion.as_ref().map(|o| o.shares.clone()).unwrap_or_default(),
            asked: if tried(&line.item) { all_asked(room, &lines, &line.item) } else { Vec::new() },
        })
        .collect())
}

fn all_asked(room: &Room, lines: &[LineInfo], judged: &Judged<'_>) -> Vec<Share> {
    let definition = &room.call.definition;
    let mut asked = Vec::new();
    for year in &definition.budget.years {
        let mut funders = HashSet::new();
        for info in lines {
            let amount = judged.item.version.requested_of(definition, &info.funder_code, *year);
            // Lines of one funder share one request: it is tried on the first.
            if amount.is_positive() && funders.insert(info.funder_code.as_str()) {
                asked.push(Share { line: info.line, year: i32::from(*year), amount });
            }
        }
    }
    asked
}

/// Running totals by line and year, as proposed and as tried.
pub fn rows(envelopes: &[Envelope], proposals: &[Proposal], simulation: &Simulation) -> Vec<MoneyRow> {
    let mut proposed: BTreeMap<(i32, FundingLineId), Cents> = BTreeMap::new();
    let mut tried: BTreeMap<(i32, FundingLineId), Cents> = BTreeMap::new();
    for proposal in proposals {
        for share in &proposal.shares {
            *proposed.entry((share.year, share.line)).or_default() += share.amount;
        }
        for share in simulation.shares(proposal) {
            *tried.entry((share.year, share.line)).or_default() += share.amount;
        }
    }
    let mut keys: BTreeSet<(i32, FundingLineId)> = proposed.keys().chain(tried.keys()).copied().collect();
    keys.extend(envelopes.iter().map(|e| (e.year, e.line)));
    let name = |line: FundingLineId| {
        let known = envelopes.iter().find(|e| e.line == line);
        known.map_or_else(String::new, |e| e.label.rsplit_once(", ").map_or(e.label.as_str(), |(n, _)| n).to_owned())
    };
    keys.into_iter()
        .map(|key| {
            let (year, line) = key;
            let envelope = envelopes.iter().find(|e| e.year == year && e.line == line);
            let available = envelope.and_then(|e| e.available);
            let planned = !envelope.is_some_and(|e| e.firm);
            let sum = proposed.get(&key).copied().unwrap_or(Cents::ZERO);
            let trial = tried.get(&key).copied().unwrap_or(Cents::ZERO);
            let left = |sum: Cents| match available {
                Some(available) => (available - sum).to_string(),
                None if planned => "Sous réserve de crédits".to_owned(),
                None => "Vote non connu".to_owned(),
            };
            let over = |sum: Cents| available.is_some_and(|available| sum > available);
            MoneyRow {
                label: format!("{}, {year}", name(line)),
                planned,
                available: available.map_or_else(|| left(Cents::ZERO), |amount| amount.to_string()),
                proposed: sum.to_string(),
                left: left(sum),
                over: over(sum),
                simulated: if simulation.is_on() { trial.to_string() } else { String::new() },
                simulated_left: if simulation.is_on() { left(trial) } else { String::new() },
                simulated_over: simulation.is_on() && over(trial),
            }
        })
        .collect()
}
