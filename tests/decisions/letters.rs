//! What the sealed letters say.

use essaim::dossiers::Outcome;

use super::{letter, sealed_bytes};
use crate::documents::reading::{pages, text};
use crate::support::decisions::signed_dossier;
use crate::support::{TestApp, World};

fn assert_says(text: &str, expected: &[&str]) {
    for said in expected {
        assert!(text.contains(said), "{said:?} is missing from {text}");
    }
}

const ALWAYS: [&str; 13] = [
    "Montpellier, le 31 janvier 2022",
    "Les Ruches d’Exemple",
    "Rose Exemple, présidente",
    "31000 Toulouse",
    "Vos références : AMI-ISS-2021-0001",
    "Affaire suivie par : Gisèle Exemple",
    "Directrice générale adjointe",
    "Par délégation (Décision ARS-EXEMPLE n° 2021-",
    "Simone Exemple",
    "Direction de la santé publique",
    "recours gracieux",
    "tribunal administratif de Montpellier",
    "www.telerecours.fr",
];

#[test]
fn a_grant_states_its_amount_in_figures_and_in_words() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let bytes = sealed_bytes(&app, dossier);
    let text = text("decision_selected", &bytes);
    assert_says(&text, &ALWAYS);
    assert_says(
        &text,
        &[
            "Attribution d’une subvention pour le projet « Marcher ensemble »",
            "42 500 €",
            "quarante-deux mille cinq cents euros",
            "réuni le 20 janvier 2022",
            "exercice 2022",
            "Vu le code de la santé publique",
            "Nos références : AMI-ISS-2021-D0001-C1",
            "Décision signée dans le service Essaim",
            "31 janvier 2022 à 10 h 12",
        ],
    );
    let code = letter(&app, dossier).check_code;
    assert!(text.replace("http://", "").contains(&format!("/verifier/{code}")), "{text}");
    assert!(!text.contains('{') && !text.contains('}'), "a placeholder was left: {text}");
    let pages = pages("decision_selected", &bytes);
    assert!(pages.iter().all(|page| page.contains("SPÉCIMEN")), "the call is a demonstration");
}

#[test]
fn the_waiting_list_states_the_rank_and_the_motive() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Waitlisted);
    let text = text("decision_waitlisted", &sealed_bytes(&app, dossier));
    assert_says(&text, &ALWAYS);
    assert_says(&text, &["au rang 1", "liste complémentaire", "fondée sur le motif suivant"]);
    assert!(!text.contains('€') && !text.contains('{'), "{text}");
}

#[test]
fn a_refusal_states_its_motive_and_braces_of_people_stay_as_typed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = signed_dossier(&app, &world, "Marcher {motif} ensemble", 42_500, Outcome::Rejected);
    let decision = super::decision_of(&app, dossier).unwrap();
    let text = text("decision_rejected", &sealed_bytes(&app, dossier));
    assert_says(&text, &ALWAYS);
    let motive = decision.motive.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    assert_says(&text, &["Marcher {motif} ensemble", "n’est pas retenu", &motive]);
    assert!(!text.contains('€'), "{text}");
}
