//! What funded projects bring to each department: pure sums over their footprints.
//!
//! A grant to a project of several departments is never split between them, and people whom a project did not divide
//! are counted apart: a made-up share would look like a fact.

use std::collections::BTreeMap;

use crate::base::money::Cents;
use crate::calls::definition::IndicatorTotal;
use crate::followup::rules::Reach;
use crate::followup::store::Footprint;

/// One department.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Local {
    /// Projects that act there, alone or with other departments.
    pub projects: usize,
    /// Committed to projects that act there alone.
    pub committed: Cents,
    /// Absent when no project told of people there.
    pub people: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Territory {
    pub departments: BTreeMap<String, Local>,
    /// Projects of several departments, and what is committed to them.
    pub shared_projects: usize,
    pub shared_committed: Cents,
    /// People whom projects of several departments did not divide.
    pub undivided: i64,
    /// Projects that told of no people.
    pub silent: usize,
    pub projects: usize,
    pub committed: Cents,
    /// Absent when no project told of any.
    pub people: Option<i64>,
}

#[must_use]
pub fn territory(footprints: &[Footprint], total: IndicatorTotal) -> Territory {
    let mut all = Territory { projects: footprints.len(), ..Territory::default() };
    for footprint in footprints {
        all.committed += footprint.committed;
        for department in &footprint.departments {
            all.departments.entry(department.clone()).or_default().projects += 1;
        }
        match footprint.departments.as_slice() {
            [only] => {
                let local = all.departments.entry(only.clone()).or_default();
                local.committed += footprint.committed;
            }
            _ => {
                all.shared_projects += 1;
                all.shared_committed += footprint.committed;
            }
        }
        let Some((people, reach)) = reach(footprint, total) else {
            all.silent += 1;
            continue;
        };
        all.people = Some(all.people.unwrap_or(0) + people);
        all.undivided += reach.undivided;
        for (department, people) in reach.by_department {
            let local = all.departments.entry(department).or_default();
            local.people = Some(local.people.unwrap_or(0) + people);
        }
    }
    all
}

/// People a project reached in all, and where.
fn reach(footprint: &Footprint, total: IndicatorTotal) -> Option<(i64, Reach)> {
    let mut known = footprint.reach.iter().filter_map(|(value, told)| value.map(|value| (value, told)));
    let of = |(value, told): (i64, &Vec<(String, i64)>)| (value, Reach::of(value, &footprint.departments, told));
    match total {
        IndicatorTotal::Last => known.next_back().map(of),
        IndicatorTotal::Sum => known.map(of).reduce(|(people, mut reach), (more, other)| {
            reach.add(other);
            (people + more, reach)
        }),
    }
}

/// `42 pour 1 000`, rounded to the nearest; nothing without a population.
#[must_use]
pub fn per_thousand(people: i64, population: Option<u32>) -> Option<i64> {
    let population = i64::from(population.filter(|population| *population > 0)?);
    Some((people.saturating_mul(1000) + population / 2) / population)
}
