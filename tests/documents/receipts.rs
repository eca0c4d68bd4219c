use essaim::documents::{Receipt, receipt};

use super::reading::{assert_nothing_overflows, text};
use super::samples;

#[test]
fn a_receipt_holds_what_the_code_asks() {
    let bytes = receipt(&samples::receipt()).expect("a receipt");
    assert_eq!(bytes, receipt(&samples::receipt()).expect("a receipt"));
    assert_nothing_overflows(&bytes);
    let text = text("receipt", &bytes);
    for expected in [
        "vendredi 15 octobre 2021 à 14 h 05 (heure de Paris)",
        "AMI-ISS-2021-0042",
        "Association Les Passerelles fictives",
        "120 000 €",
        "statuts-passerelles-2019.pdf",
        "9f2c 51d0 b7a8 4e66…",
        samples::HASH,
        "Pôle des inégalités de santé",
        "1 place de l’Exemple",
        "04 65 71 00 10",
        "prevention@agence.example",
        "décision implicite de rejet naîtra le 15 décembre 2021",
        "Voies et délais de recours",
        "Deux instructeurs l’évaluent",
        "articles L. 112-3 et R. 112-5",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing from {text}");
    }
}

#[test]
fn a_receipt_without_pieces_says_so_and_hostile_pieces_stay_in_their_columns() {
    let bare = Receipt { pieces: Vec::new(), verification: None, ..samples::receipt() };
    let text = text("receipt_bare", &receipt(&bare).expect("a receipt"));
    assert!(text.contains("Aucune pièce n’a été jointe au dossier."));
    assert!(!text.contains("Empreinte SHA-256 (début)"));

    let mut hostile = samples::receipt();
    for piece in &mut hostile.pieces {
        piece.file_name = "un_nom_de_fichier_sans_aucune_espace".repeat(90);
        piece.sha256 = "🐝".to_owned();
    }
    hostile.service.address = vec!["ligne ".repeat(400); 30];
    assert_nothing_overflows(&receipt(&hostile).expect("a receipt"));
}
