use essaim::documents::minutes;

use super::reading::pages;
use super::samples;

#[test]
fn a_long_ranking_repeats_its_header_on_each_page() {
    let bytes = minutes(&samples::minutes(30)).expect("minutes");
    assert_eq!(bytes, minutes(&samples::minutes(30)).expect("minutes"));
    let pages = pages("minutes_long", &bytes);
    assert!(pages.len() >= 3);
}
