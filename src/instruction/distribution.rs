//! Sharing out many dossiers among instructors. Pure: the same dossiers and people give the same plan, in whatever
//! order they come.
//!
//! Rules, the strongest first:
//!
//! 1. Nobody is given a dossier they are barred from or already read.
//! 2. Where the call asks for it, the readers of a dossier come from different institutions.
//! 3. An institution preferred for one of the dossier's axes comes first.
//! 4. Then whoever has the fewest reviews to submit, so that no reading could move to somebody two reviews lighter.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{AccountId, DossierId, InstitutionId};

/// Somebody who may be given dossiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    pub account: AccountId,
    pub institution: InstitutionId,
    /// Reviews they already owe.
    pub load: usize,
}

/// A dossier that lacks readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub dossier: DossierId,
    pub axes: Vec<String>,
    /// Readings still to give.
    pub missing: usize,
    /// Who reads it already.
    pub holders: Vec<(AccountId, InstitutionId)>,
    /// Members of the applicant, recused, or who refused it.
    pub barred: BTreeSet<AccountId>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub distinct_institutions: bool,
    /// Institution that reads an axis first.
    pub preferred: BTreeMap<String, InstitutionId>,
}

/// Why somebody was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Their institution comes first for this axis.
    Preferred { axis: String },
    /// They had this many reviews to submit before this one, the fewest of those possible.
    Lightest { load: usize },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    pub account: AccountId,
    pub institution: InstitutionId,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub dossier: DossierId,
    pub picks: Vec<Pick>,
    /// Readings that nobody can take.
    pub short: usize,
}

/// The plan, by dossier.
#[must_use]
pub fn distribute(wanted: &[Wanted], readers: &[Reader], rules: &Rules) -> Vec<Plan> {
    let mut readers: Vec<Reader> = readers.to_vec();
    readers.sort_by_key(|reader| reader.account);
    readers.dedup_by_key(|reader| reader.account);
    let mut wanted: Vec<&Wanted> = wanted.iter().collect();
    wanted.sort_by_key(|w| w.dossier);
    wanted.dedup_by_key(|w| w.dossier);
    let mut sharing = Sharing { rules, loads: readers.iter().map(|r| (r.account, r.load)).collect(), readers };
    // Those with the least choice first.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|i| (sharing.choice(wanted[*i]), wanted[*i].dossier));
    let mut chosen: Vec<Vec<Reader>> = vec![Vec::new(); wanted.len()];
    for i in order {
        for _ in 0..wanted[i].missing {
            match sharing.best(wanted[i], &chosen[i]) {
                Some(reader) => {
                    sharing.add(reader);
                    chosen[i].push(reader);
                }
                None => break,
            }
        }
    }
    sharing.even_out(&wanted, &mut chosen);
    sharing.explain(&wanted, chosen)
}

struct Sharing<'a> {
    rules: &'a Rules,
    readers: Vec<Reader>,
    loads: BTreeMap<AccountId, usize>,
}

impl Sharing<'_> {
    fn load(&self, reader: Reader) -> usize {
        self.loads.get(&reader.account).copied().unwrap_or_default()
    }

    fn add(&mut self, reader: Reader) {
        *self.loads.entry(reader.account).or_default() += 1;
    }

    fn remove(&mut self, reader: Reader) {
        if let Some(load) = self.loads.get_mut(&reader.account) {
            *load = load.saturating_sub(1);
        }
    }

    /// How many people could read a dossier.
    fn choice(&self, wanted: &Wanted) -> usize {
        self.readers.iter().filter(|reader| self.may_read(wanted, &[], **reader)).count()
    }

    fn may_read(&self, wanted: &Wanted, beside: &[Reader], reader: Reader) -> bool {
        let mut others =
            wanted.holders.iter().copied().chain(beside.iter().map(|other| (other.account, other.institution)));
        !wanted.barred.contains(&reader.account)
            && others.all(|(account, institution)| {
                account != reader.account && !(self.rules.distinct_institutions && institution == reader.institution)
            })
    }

    /// The axis for which the reader's institution comes first.
    fn preferred_for(&self, wanted: &Wanted, reader: Reader) -> Option<String> {
        let mut axes: Vec<&String> = wanted.axes.iter().collect();
        axes.sort();
        axes.into_iter().find(|axis| self.rules.preferred.get(*axis) == Some(&reader.institution)).cloned()
    }

    fn best(&self, wanted: &Wanted, beside: &[Reader]) -> Option<Reader> {
        let possible = self.readers.iter().copied().filter(|reader| self.may_read(wanted, beside, *reader));
        possible
            .min_by_key(|reader| (self.preferred_for(wanted, *reader).is_none(), self.load(*reader), reader.account))
    }

    /// Moves readings to people two reviews lighter while there are some. Each move lowers the sum of the squares of
    /// the loads, so that it ends.
    fn even_out(&mut self, wanted: &[&Wanted], chosen: &mut [Vec<Reader>]) {
        let mut moved = true;
        while moved {
            moved = false;
            for (wanted, picks) in wanted.iter().zip(chosen.iter_mut()) {
                for place in 0..picks.len() {
                    let from = picks[place];
                    let beside: Vec<Reader> = picks.iter().copied().filter(|p| p.account != from.account).collect();
                    let ranked = self.preferred_for(wanted, from).is_none();
                    let lighter = self
                        .readers
                        .iter()
                        .copied()
                        .filter(|to| self.may_read(wanted, &beside, *to))
                        .filter(|to| self.preferred_for(wanted, *to).is_none() <= ranked)
                        .filter(|to| self.load(*to) + 1 < self.load(from))
                        .min_by_key(|to| (self.load(*to), to.account));
                    if let Some(to) = lighter {
                        self.remove(from);
                        self.add(to);
                        picks[place] = to;
                        moved = true;
                    }
                }
            }
        }
    }

    /// Reasons as somebody would tell them, going down the list.
    fn explain(&self, wanted: &[&Wanted], chosen: Vec<Vec<Reader>>) -> Vec<Plan> {
        let mut so_far: BTreeMap<AccountId, usize> = self.readers.iter().map(|r| (r.account, r.load)).collect();
        let plan = |(wanted, readers): (&&Wanted, Vec<Reader>)| {
            let picks: Vec<Pick> = readers
                .into_iter()
                .map(|reader| {
                    let load = so_far.entry(reader.account).or_default();
                    let why = match self.preferred_for(wanted, reader) {
                        Some(axis) => Why::Preferred { axis },
                        None => Why::Lightest { load: *load },
                    };
                    *load += 1;
                    Pick { account: reader.account, institution: reader.institution, why }
                })
                .collect();
            Plan { dossier: wanted.dossier, short: wanted.missing - picks.len(), picks }
        };
        wanted.iter().zip(chosen).map(plan).collect()
    }
}
