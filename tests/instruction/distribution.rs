//! Sharing out dossiers: constraints, balance, and the same plan in whatever order things come.

use std::collections::{BTreeMap, BTreeSet};

use essaim::base::ids::{AccountId, DossierId, InstitutionId};
use essaim::instruction::distribution::{Plan, Reader, Rules, Wanted, Why, distribute};
use proptest::prelude::*;

fn reader(account: i64, institution: i64, load: usize) -> Reader {
    Reader { account: AccountId(account), institution: InstitutionId(institution), load }
}

fn wanted(dossier: i64, missing: usize) -> Wanted {
    Wanted {
        dossier: DossierId(dossier),
        axes: vec!["A1".to_owned()],
        missing,
        holders: Vec::new(),
        barred: BTreeSet::new(),
    }
}

fn loads(readers: &[Reader], plans: &[Plan]) -> BTreeMap<AccountId, usize> {
    let mut loads: BTreeMap<AccountId, usize> = readers.iter().map(|r| (r.account, r.load)).collect();
    for pick in plans.iter().flat_map(|plan| &plan.picks) {
        *loads.entry(pick.account).or_default() += 1;
    }
    loads
}

#[test]
fn whoever_has_least_to_read_is_given_more() {
    let readers = [reader(1, 1, 4), reader(2, 2, 0), reader(3, 3, 0)];
    let all: Vec<Wanted> = (1..=4).map(|n| wanted(n, 1)).collect();
    let plans = distribute(&all, &readers, &Rules::default());
    let loads = loads(&readers, &plans);
    assert_eq!((loads[&AccountId(1)], loads[&AccountId(2)], loads[&AccountId(3)]), (4, 2, 2));
    assert!(matches!(plans[0].picks[0].why, Why::Lightest { load: 0 }));
}

#[test]
fn an_institution_preferred_for_an_axis_reads_it_first_however_loaded() {
    let readers = [reader(1, 1, 9), reader(2, 2, 0)];
    let rules = Rules { distinct_institutions: true, preferred: BTreeMap::from([("A1".to_owned(), InstitutionId(1))]) };
    let plans = distribute(&[wanted(1, 1)], &readers, &rules);
    assert_eq!(plans[0].picks[0].account, AccountId(1));
    assert_eq!(plans[0].picks[0].why, Why::Preferred { axis: "A1".to_owned() });
}

#[test]
fn what_nobody_can_read_is_left_short_and_said() {
    let mut dossier = wanted(1, 2);
    dossier.barred.insert(AccountId(2));
    let readers = [reader(1, 1, 0), reader(2, 2, 0), reader(3, 1, 0)];
    let rules = Rules { distinct_institutions: true, ..Rules::default() };
    let plans = distribute(&[dossier], &readers, &rules);
    assert_eq!((plans[0].picks.len(), plans[0].short), (1, 1));
}

fn cases() -> impl Strategy<Value = (Vec<Wanted>, Vec<Reader>, Rules)> {
    let readers = prop::collection::vec((1..=4_i64, 0..6_usize), 1..9).prop_map(|people| {
        people
            .into_iter()
            .enumerate()
            .map(|(i, (institution, load))| reader(i64::try_from(i).unwrap() + 1, institution, load))
            .collect::<Vec<_>>()
    });
    let dossiers = prop::collection::vec(
        (1..=3_usize, prop::collection::btree_set(1..=8_i64, 0..3), prop::option::of((1..=8_i64, 1..=4_i64)), 1..=3_u8),
        1..14,
    )
    .prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(i, (missing, barred, holder, axis))| Wanted {
                dossier: DossierId(i64::try_from(i).unwrap() + 1),
                axes: vec![format!("A{axis}")],
                missing,
                holders: holder.into_iter().map(|(a, n)| (AccountId(a), InstitutionId(n))).collect(),
                barred: barred.into_iter().map(AccountId).collect(),
            })
            .collect::<Vec<_>>()
    });
    let rules = (any::<bool>(), prop::option::of(1..=4_i64)).prop_map(|(distinct_institutions, preferred)| Rules {
        distinct_institutions,
        preferred: preferred.map(|n| ("A1".to_owned(), InstitutionId(n))).into_iter().collect(),
    });
    (dossiers, readers, rules)
}

/// Whether a person could read a dossier beside these others, said independently of the solver.
fn possible(wanted: &Wanted, rules: &Rules, reader: &Reader, beside: &[(AccountId, InstitutionId)]) -> bool {
    !wanted.barred.contains(&reader.account)
        && wanted.holders.iter().chain(beside).all(|(account, institution)| {
            *account != reader.account && (!rules.distinct_institutions || *institution != reader.institution)
        })
}

proptest! {
    #[test]
    fn constraints_hold_and_nothing_possible_is_left_out((all, readers, rules) in cases()) {
        let plans = distribute(&all, &readers, &rules);
        prop_assert_eq!(plans.len(), all.len());
        for (wanted, plan) in all.iter().zip(&plans) {
            prop_assert_eq!(wanted.dossier, plan.dossier);
            prop_assert_eq!(plan.picks.len() + plan.short, wanted.missing);
            let given: Vec<_> = plan.picks.iter().map(|p| (p.account, p.institution)).collect();
            for (i, pick) in plan.picks.iter().enumerate() {
                let mut beside = given.clone();
                beside.remove(i);
                let reader = readers.iter().find(|r| r.account == pick.account).unwrap();
                prop_assert!(possible(wanted, &rules, reader, &beside));
            }
            if plan.short > 0 {
                prop_assert!(readers.iter().all(|reader| !possible(wanted, &rules, reader, &given)));
            }
        }
    }

    #[test]
    fn no_reading_could_move_to_somebody_two_reviews_lighter((all, readers, rules) in cases()) {
        let plans = distribute(&all, &readers, &rules);
        let loads = loads(&readers, &plans);
        let first = |wanted: &Wanted, institution: InstitutionId| {
            wanted.axes.iter().any(|axis| rules.preferred.get(axis) == Some(&institution))
        };
        for (wanted, plan) in all.iter().zip(&plans) {
            let given: Vec<_> = plan.picks.iter().map(|p| (p.account, p.institution)).collect();
            for (i, pick) in plan.picks.iter().enumerate() {
                let mut beside = given.clone();
                beside.remove(i);
                for reader in readers.iter().filter(|reader| possible(wanted, &rules, reader, &beside)) {
                    let as_good = first(wanted, reader.institution) || !first(wanted, pick.institution);
                    prop_assert!(!as_good || loads[&reader.account] + 2 > loads[&pick.account]);
                }
            }
        }
    }

    #[test]
    fn the_order_of_things_changes_nothing((all, readers, rules) in cases(), turn in 0..8_usize) {
        let mut turned = all.clone();
        turned.rotate_left(turn % all.len());
        turned.reverse();
        let mut people = readers.clone();
        people.reverse();
        prop_assert_eq!(distribute(&all, &readers, &rules), distribute(&turned, &people, &rules));
    }
}
