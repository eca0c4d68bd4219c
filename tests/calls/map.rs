//! What the legend of the map of departments says.

use std::collections::BTreeMap;

use essaim::calls::DepartmentMap;

fn legend(figures: &[(&str, i64)]) -> Vec<String> {
    let figures: BTreeMap<String, i64> = figures.iter().map(|(code, figure)| ((*code).to_owned(), *figure)).collect();
    let map = serde_json::to_value(DepartmentMap::new("carte", "Projets", &figures, |n| n.to_string())).unwrap();
    map["legend"].as_array().unwrap().iter().map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn few_projects_are_said_by_their_number_and_many_by_their_range() {
    assert_eq!(legend(&[("31", 4), ("34", 2), ("48", 0), ("46", 1)]), ["Aucune donnée", "0", "1", "2", "4"]);
    assert_eq!(legend(&[("31", 40), ("34", 12)]), ["Aucune donnée", "plus de 10 à 20", "plus de 30 à 40"]);
}
