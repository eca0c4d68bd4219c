use essaim::documents::letter;

use super::reading::{pages, text, text_outside_the_sheet};
use super::samples::{granted, refused};

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let bytes = letter(&granted()).expect("a letter");
    assert_eq!(bytes, letter(&granted()).expect("a letter"));
    let other = essaim::documents::Letter { salutation: "Monsieur,".to_owned(), ..granted() };
    assert_ne!(bytes, letter(&other).expect("a letter"));
}

#[test]
fn a_grant_says_all_that_the_law_and_the_reader_expect() {
    let bytes = letter(&granted()).expect("a letter");
    let text = text("letter_granted", &bytes);
    for expected in [
        "Agence régionale de démonstration",
        "12 rue du Bel-Œuvre",
        "Nos références : AMI-ISS-2021-0042-D1",
        "Affaire suivie par : Camille Modèle",
        "106 250 €",
        "soit cent six mille deux cent cinquante euros",
        "61 250 €",
        "Par délégation (décision n° 2022-017 du 3 janvier 2022)",
        "Inès SPÉCIMEN-DUPONT",
        "article L. 212-1 du code des relations",
        "Voies et délais de recours",
        "K7QD 4M9T RX2B",
        "essaim.example/verifier/K7QD4M9TRX2B",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing from {text}");
    }
}

#[test]
fn every_page_of_a_specimen_says_so_and_no_page_of_a_real_letter_does() {
    let specimen = pages("letter_granted_pages", &letter(&granted()).expect("a letter"));
    assert!(specimen.len() >= 2);
    assert!(specimen.iter().all(|page| page.contains("SPÉCIMEN – document de démonstration")));
    let mut real = refused();
    real.signature.surname = "DUPONT".to_owned();
    let real = pages("letter_refused", &letter(&real).expect("a letter"));
    assert!(real.iter().all(|page| !page.contains("SPÉCIMEN")));
}
