//! The list kit: what an address may ask of a list, and what it answers to nonsense.

use essaim::web::form::Form;
use essaim::web::list::{Column, Filter, Format, ListRequest, Window};

const COLUMNS: &[Column] = &[
    Column::sorted("Titre", "titre"),
    Column::number("Demande", "demande"),
    Column::sorted("Date", "date"),
    Column::plain("À faire"),
];

fn asked(query: &str) -> ListRequest {
    let states = [("a", "Ouvert"), ("b", "Clos")].map(|(v, l)| (v.to_owned(), l.to_owned()));
    let filters = vec![Filter::new("etat", "État", "Tous les états", states)];
    ListRequest::parse("/liste", &Form::parse(query.as_bytes()), COLUMNS, filters).sorted_by("date", true)
}

fn view(query: &str, total: i64) -> serde_json::Value {
    serde_json::to_value(asked(query).view(total, "dossier", "dossiers")).unwrap()
}

#[test]
fn nonsense_in_the_address_is_the_list_by_itself() {
    for query in
        ["", "tri=secret&sens=desc", "tri=&sens=desc", "etat=z&tri=%27;drop", "page=-3", "page=abc", "format=exe"]
    {
        let request = asked(query);
        assert_eq!(request.order(), ("date", true), "{query}");
        assert_eq!(request.chosen("etat"), None, "{query}");
        assert_eq!(request.window(120), Window { offset: 0, limit: 50 }, "{query}");
        assert_eq!(request.format(), None, "{query}");
        assert_eq!(view(query, 3)["filtered"], false, "{query}");
    }
}

#[test]
fn a_page_past_the_end_is_the_last_one() {
    assert_eq!(asked("page=3").window(120), Window { offset: 100, limit: 50 });
    assert_eq!(asked("page=99").window(120), Window { offset: 100, limit: 50 });
    assert_eq!(asked("page=99").window(100), Window { offset: 50, limit: 50 });
    assert_eq!(asked("page=9223372036854775807").window(0), Window { offset: 0, limit: 50 });
    let last = view("page=99", 120);
    assert_eq!((last["page"].as_i64(), last["following"].as_str()), (Some(3), Some("")));
    assert_eq!(last["previous"], "/liste?page=2");
}

#[test]
fn headers_sort_then_turn_round_and_say_so() {
    let headers = |query| view(query, 3)["headers"].clone();
    let first = headers("");
    assert_eq!((first[0]["href"].as_str(), first[0]["sorted"].as_str()), (Some("/liste?tri=titre"), Some("")));
    assert_eq!((first[2]["href"].as_str(), first[2]["sorted"].as_str()), (Some("/liste?tri=date"), Some("descending")));
    assert_eq!(first[3]["href"], "");
    let sorted = headers("tri=titre&page=2");
    assert_eq!(sorted[0]["sorted"], "ascending");
    assert_eq!(sorted[0]["href"], "/liste?tri=titre&sens=desc", "the other way round, from the first page");
    assert_eq!(sorted[2]["href"], "/liste?tri=date");
}

#[test]
fn links_keep_what_was_asked_and_escape_it() {
    let view = view("recherche=%C3%A9t%C3%A9+%26+%3Cb%3E&etat=b&tri=titre&sens=desc&page=2", 200);
    let kept = "/liste?recherche=%C3%A9t%C3%A9%20%26%20%3Cb%3E&etat=b&tri=titre&sens=desc";
    assert_eq!(view["following"], format!("{kept}&page=3"));
    assert_eq!(view["exports"][0]["href"], format!("{kept}&format=csv"));
    assert_eq!(view["exports"][1]["href"], format!("{kept}&format=xlsx"));
    assert_eq!(view["all_href"], "/liste?tri=titre&sens=desc", "everything, in the order asked");
    assert_eq!(view["search"], "été & <b>");
    assert_eq!(view["count"], "200\u{A0}dossiers");
    assert_eq!(
        view["hidden"],
        serde_json::json!([
            { "name": "tri", "value": "titre" }, { "name": "sens", "value": "desc" }
        ]),
        "filtering keeps the order"
    );
}

#[test]
fn an_export_takes_every_row() {
    let request = asked("page=2&format=csv");
    assert_eq!(request.format(), Some(Format::Csv));
    assert_eq!(request.window(120), Window { offset: 0, limit: i64::MAX });
}

#[test]
fn many_pages_are_shown_by_their_ends_and_their_middle() {
    let labels = |query: &str, total| -> String {
        let pages = view(query, total)["pages"].clone();
        let labels: Vec<_> =
            pages.as_array().unwrap().iter().map(|p| p["label"].as_str().unwrap().to_owned()).collect();
        labels.join(" ")
    };
    assert_eq!(labels("", 50), "1");
    assert_eq!(labels("", 200), "1 2 3 4");
    assert_eq!(labels("page=5", 5_000), "1 2 3 4 5 6 7 … 100");
    assert_eq!(labels("page=50", 5_000), "1 … 48 49 50 51 52 … 100");
}

#[test]
fn short_lists_are_searched_and_paged_in_hand() {
    let request = asked("recherche=EVEIL+sens");
    assert!(request.finds("L’Éveil des sens") && !request.finds("L’Éveil"));
    assert_eq!(asked("page=2").slice((0..60).collect::<Vec<_>>()), (60, (50..60).collect()));
    assert_eq!(asked("page=2&format=csv").slice(vec![1, 2]).1, [1, 2]);
    let longer = asked("page=2").paged_by(40);
    assert_eq!(longer.slice((0..60).collect::<Vec<_>>()), (60, (40..60).collect()));
    assert_eq!(serde_json::to_value(longer.view(60, "dossier", "dossiers")).unwrap()["last_page"], 2);
}
