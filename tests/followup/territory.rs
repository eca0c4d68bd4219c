//! Sums by department: no made-up share, nothing that is missing becomes zero, the published table untouched.

use essaim::base::Cents;
use essaim::calls::definition::IndicatorTotal;
use essaim::calls::definition::reference::{departments, poverty_2020};
use essaim::followup::Footprint;
use essaim::followup::territory::{per_thousand, territory};

fn footprint(departments: &[&str], euros: i64, reach: &[(Option<i64>, &[(&str, i64)])]) -> Footprint {
    Footprint {
        departments: departments.iter().map(|d| (*d).to_owned()).collect(),
        committed: Cents::from_euros(euros),
        reach: reach
            .iter()
            .map(|(value, told)| (*value, told.iter().map(|(d, n)| ((*d).to_owned(), *n)).collect()))
            .collect(),
    }
}

#[test]
fn a_shared_grant_is_never_split() {
    let all = territory(
        &[
            footprint(&["31"], 10_000, &[(Some(40), &[]), (Some(60), &[])]),
            footprint(&["31", "34"], 20_000, &[(Some(100), &[("34", 70)])]),
            footprint(&["48"], 5_000, &[(None, &[])]),
        ],
        IndicatorTotal::Last,
    );
    assert_eq!((all.projects, all.silent, all.shared_projects), (3, 1, 1));
    assert_eq!(all.committed, Cents::from_euros(35_000));
    assert_eq!(all.shared_committed, Cents::from_euros(20_000));
    let local = |code: &str| all.departments[code].clone();
    assert_eq!(
        (local("31").projects, local("31").committed, local("31").people),
        (2, Cents::from_euros(10_000), Some(60))
    );
    assert_eq!((local("34").projects, local("34").committed, local("34").people), (1, Cents::ZERO, Some(70)));
    assert_eq!(local("48").people, None, "not told is not zero");
    assert_eq!((all.people, all.undivided), (Some(160), 30));
    let summed = territory(&[footprint(&["31"], 0, &[(Some(40), &[]), (Some(60), &[])])], IndicatorTotal::Sum);
    assert_eq!(summed.people, Some(100));
    assert_eq!(territory(&[], IndicatorTotal::Last).people, None);
}

#[test]
fn people_are_related_to_the_poor_population_only_where_it_is_known() {
    assert_eq!(per_thousand(26, Some(26_000)), Some(1));
    assert_eq!(per_thousand(39, Some(26_000)), Some(2));
    assert_eq!(per_thousand(1, None), None);
    assert_eq!(per_thousand(1, Some(0)), None);
}

#[test]
fn the_poverty_table_is_the_published_one() {
    let table = poverty_2020().unwrap();
    assert_eq!(table.departments.len(), 13);
    assert!(departments().iter().all(|d| table.of(&d.code).is_some()));
    let rows: u32 = table.departments.iter().filter_map(|row| row.figures.people).sum();
    assert_eq!((rows, table.region.figures.people), (959_000, Some(961_000)), "the difference is the source's own");
    assert_eq!(table.of("12").map(|p| p.rate), Some(140));
    let said = table.discrepancies.join(" ");
    for words in ["961 000", "959 000", "960 000", "Aveyron", "Hérault"] {
        assert!(said.contains(words), "{words}");
    }
}

#[test]
fn every_department_has_a_tile_of_its_own() {
    let mut tiles: Vec<(u8, u8)> = departments().iter().map(|d| (d.tile.row, d.tile.column)).collect();
    tiles.sort_unstable();
    tiles.dedup();
    assert_eq!(tiles.len(), 13);
}
