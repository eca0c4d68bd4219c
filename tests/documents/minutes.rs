use essaim::documents::{Minutes, minutes};

use super::reading::{assert_nothing_overflows, pages, text};
use super::samples;

#[test]
fn a_long_ranking_repeats_its_header_on_each_page() {
    let bytes = minutes(&samples::minutes(30)).expect("minutes");
    assert_eq!(bytes, minutes(&samples::minutes(30)).expect("minutes"));
    assert_nothing_overflows(&bytes);
    let pages = pages("minutes_long", &bytes);
    assert!(pages.len() >= 4);
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {}/{}", index + 1, pages.len())));
        if page.contains("Association fictive n°") {
            assert!(page.contains("Avis du comité"), "page {} has rows without a header", index + 1);
            assert!(page.contains("Rang"), "a title is cut in two");
        }
    }
}

#[test]
fn minutes_say_who_was_there_who_left_and_what_was_advised() {
    let text = text("minutes_short", &minutes(&samples::minutes(5)).expect("minutes"));
    for expected in [
        "PV-AMI-ISS-2021-01",
        "à distance",
        "absence excusée",
        "sur place",
        "pouvoir donné à Karim",
        "Quorum requis : 3 – membres comptés : 3 ; le quorum est atteint.",
        "administrateur de l’association porteuse",
        "sortie à 14 h 35",
        "91,00",
        "non retenu",
        "1 211 250 €",
        "non connu",
        "1 322 361 €",
        "La présidente du comité",
        "scellé dans le service Essaim le 20 janvier 2022 à 17 h 40",
        samples::HASH,
    ] {
        assert!(text.contains(expected), "{expected:?} is missing from {text}");
    }
}

#[test]
fn what_is_missing_is_said_and_not_made_up() {
    let mut bare =
        Minutes { recusals: Vec::new(), totals: Vec::new(), sealed_at: None, seal_hash: None, ..samples::minutes(5) };
    bare.quorum.reached = false;
    bare.dossiers[1].score = None;
    let text = text("minutes_bare", &minutes(&bare).expect("minutes"));
    assert!(text.contains("Aucun membre ne s’est déporté."));
    assert!(text.contains("le quorum n’est pas atteint."));
    assert!(text.contains("il n’est pas encore scellé"));
    assert!(!text.contains("Montants par ligne"));
    assert!(!text.contains(" 0,00"), "a missing score is not a zero: {text}");
}

#[test]
fn a_row_taller_than_a_page_is_cut() {
    let mut tall = samples::minutes(3);
    tall.dossiers[1].motive = "un motif très long ".repeat(600);
    let bytes = minutes(&tall).expect("minutes");
    assert_nothing_overflows(&bytes);
    assert!(pages("minutes_tall", &bytes).len() > 4);
}

#[test]
fn a_column_that_nothing_fills_is_not_drawn() {
    let mut shortlisting = samples::minutes(5);
    for dossier in &mut shortlisting.dossiers {
        (dossier.rank, dossier.score, dossier.amount) = (None, None, None);
    }
    shortlisting.totals.clear();
    let text = text("minutes_shortlisting", &minutes(&shortlisting).expect("minutes"));
    assert!(text.contains("Avis du comité") && text.contains("Motif"), "{text}");
    for absent in ["Rang", "Note /100", "Montant"] {
        assert!(!text.contains(absent), "{absent:?} heads an empty column: {text}");
    }
}
