//! A content as people read it: words for codes, and missing said to be missing.

use essaim::calls::definition::{self, CallDefinition};
use essaim::dossiers::Content;
use essaim::dossiers::model::PieceRef;
use essaim::dossiers::present::{PresentedSection, sections, sections_with_links};

use crate::support::dossiers::{call_of, submitted_dossier};
use crate::support::{TestApp, World};

fn call() -> CallDefinition {
    definition::parse(include_str!("../../seeds/calls/ami-iss-2021.toml"), "ami-iss-2021.toml").unwrap()
}

fn section<'a>(all: &'a [PresentedSection], code: &str) -> &'a PresentedSection {
    all.iter().find(|s| s.code == code).unwrap()
}

fn value<'a>(section: &'a PresentedSection, key: &str) -> &'a str {
    &section.rows.iter().find(|row| row.key == key).unwrap_or_else(|| panic!("{key} in {section:#?}")).value
}

#[test]
fn nothing_missing_is_shown_as_zero() {
    let all = sections(&call(), &Content::default());
    assert_eq!(value(section(&all, "budget"), "Subvention demandée"), "");
    assert_eq!(value(section(&all, "budget"), "Part des financements publics"), "");
    assert!(section(&all, "budget").tables.is_empty());
    assert_eq!(value(section(&all, "project"), "Début du projet"), "");
    assert!(section(&all, "pieces").pieces.is_empty());
}

#[test]
fn codes_are_shown_in_words() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let content = app
        .service()
        .read(|conn| {
            let dossier = essaim::dossiers::get(conn, id)?;
            Ok(essaim::dossiers::current_version(conn, &dossier)?.content)
        })
        .unwrap();
    let call = call_of(&app, &world);
    let link = |piece: &PieceRef| format!("/pieces/{}", piece.piece);
    let all = sections_with_links(&call.definition, &content, &link, None);
    assert_eq!(value(section(&all, "identity"), "Numéro SIRET"), "732\u{202F}829\u{202F}320\u{202F}00074");
    let project = section(&all, "project");
    assert_eq!(value(project, "Début du projet"), "1er\u{A0}mars\u{A0}2022");
    assert_eq!(value(project, "À quelle échelle le projet agit-il\u{202F}?"), "Territoriale");
    assert_eq!(
        value(project, "Dans quels départements le projet se déroule-t-il\u{202F}?"),
        "Haute-Garonne\u{A0}(31)\nHérault\u{A0}(34)"
    );
    assert!(project.rows.iter().all(|row| row.href.is_empty()), "a submission is not changed");
    assert!(project.rows.iter().all(|row| !row.key.contains("territoires")), "a question not asked is not shown");
    let budget = section(&all, "budget");
    assert_eq!(value(budget, "Subvention demandée"), "42\u{202F}000\u{A0}€");
    assert_eq!(value(budget, "Part des financements publics"), "95,7\u{A0}%");
    let charges = &budget.tables[0];
    assert_eq!(charges.caption, "Charges 2022");
    assert_eq!(charges.groups.iter().map(|g| g.title.as_str()).collect::<Vec<_>>()[0], "60 – Achats");
    let totals: Vec<_> = charges.totals.iter().map(|line| line.amount.as_str()).collect();
    assert_eq!(totals, ["47\u{202F}000", "48\u{202F}500"]);
    assert_eq!(
        value(section(&all, "indicators"), "Personnes touchées par l’action"),
        "Cible\u{A0}: 120\u{A0}personnes\nHabitants venus à deux ateliers au moins"
    );
    assert_eq!(section(&all, "pieces").pieces[0].href, "/pieces/rib");
    assert_eq!(value(section(&all, "attestations"), "Notification de la décision"), "Par voie électronique");
}
