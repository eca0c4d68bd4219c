//! The ranking as projected.

use crate::support::committee::{planned_session, running_session};
use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

/// 59,21875 and 26175/442 = 59,21945…: both read « 59,22 ».
const LOWER: ([i32; 8], [i32; 8]) = ([1, 1, 2, 3, 3, 1, 3, 2], [4, 4, 2, 1, -1, -1, 4, 2]);
const HIGHER: ([i32; 8], [i32; 8]) = ([3, 1, -1, 2, 2, 4, 1, 3], [-1, 3, 2, 3, 1, -1, 1, 4]);

fn order(page: &str, titles: &[&str]) -> Vec<usize> {
    titles.iter().map(|title| page.find(title).unwrap_or_else(|| panic!("{title} is missing"))).collect()
}

#[test]
fn two_scores_that_read_alike_rank_by_their_exact_value() {
    let app = TestApp::start();
    let world = World::build(&app);
    let lower = instructed_dossier(&app, &world, "Clairière du bas", 10_000, LOWER.0, LOWER.1);
    let higher = instructed_dossier(&app, &world, "Clairière du haut", 10_000, HIGHER.0, HIGHER.1);
    let session = planned_session(&app, &world, &[lower, higher]);
    let scores = app
        .service()
        .read(|conn| {
            let call = essaim::calls::by_id(conn, world.call)?;
            essaim::instruction::assessments(conn, &call, &[lower, higher])
        })
        .unwrap();
    let (low, high) = (scores[&lower].score.unwrap(), scores[&higher].score.unwrap());
    assert_eq!(low.to_string(), high.to_string(), "read alike");
    assert!(low < high, "{} < {}", low.exact(), high.exact());
    let page = app.signed_in("comite1@essaim.example").get(&format!("/comite/{session}/classement")).expect(200).text();
    let places = order(&page, &["Clairière du haut", "Clairière du bas"]);
    assert!(places[0] < places[1]);
    assert!(page.contains("<span class=\"rank\">1</span>") && page.contains("<span class=\"rank\">2</span>"));
}

#[test]
fn ties_share_their_rank_and_the_unscored_come_last() {
    let app = TestApp::start();
    let world = World::build(&app);
    let tied = instructed_dossier(&app, &world, "Premier à égalité", 10_000, [3; 8], [2; 8]);
    let unscored = instructed_dossier(&app, &world, "Sans note", 10_000, [-1; 8], [-1; 8]);
    let also = instructed_dossier(&app, &world, "Second à égalité", 10_000, [2; 8], [3; 8]);
    let session = planned_session(&app, &world, &[tied, unscored, also]);
    let page = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}/classement")).expect(200);
    let text = page.text();
    assert_eq!(text.matches("<span class=\"rank\">1</span>").count(), 2);
    assert!(!text.contains("<span class=\"rank\">2</span>"));
    let places = order(&text, &["Premier à égalité", "Second à égalité", "Sans note"]);
    assert!(places.is_sorted());
    assert!(page.words().contains("Non noté"), "{}", page.words());
    assert!(page.words().contains("Avis divergents"), "25 points apart");
}

#[test]
fn the_line_falls_where_requests_exceed_what_is_left() {
    let app = TestApp::start();
    let world = World::build(&app);
    let best = instructed_dossier(&app, &world, "Large", 1_000_000, [4; 8], [4; 8]);
    let next = instructed_dossier(&app, &world, "Moyen", 700_000, [3; 8], [3; 8]);
    let last = instructed_dossier(&app, &world, "Petit", 1, [2; 8], [2; 8]);
    let session = running_session(&app, &world, &[last, next, best]);
    let text = app.signed_in("gestion@ars.example").get(&format!("/comite/{session}/classement")).expect(200).text();
    let places = order(&text, &["Large", "Moyen", "class=\"cut-line\"", "Petit"]);
    assert!(places.is_sorted(), "1 700 000 € exactly is still within: {places:?}");
    assert!(text.contains("1\u{202F}700\u{202F}001"), "running total of requests");
}

#[test]
fn filters_keep_ranks_and_say_so() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [3; 8], [3; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    let content = app
        .service()
        .read(|conn| {
            let dossier = essaim::dossiers::get(conn, dossier)?;
            Ok(essaim::dossiers::current_version(conn, &dossier)?.content)
        })
        .unwrap();
    let own = content.many("axes").into_iter().map(str::to_owned).collect::<Vec<_>>();
    let foreign = ["A1", "A2", "A3", "A4"].into_iter().find(|axis| !own.iter().any(|o| o == axis)).unwrap();
    let client = app.signed_in("comite1@essaim.example");
    let shown = |axis: &str| client.get(&format!("/comite/{session}/classement?axe={axis}")).expect(200).words();
    assert!(shown(&own[0]).contains("Jardin des sens"));
    let empty = shown(foreign);
    assert!(!empty.contains("Jardin des sens") && empty.contains("Aucun dossier ne correspond"), "{empty}");
}

#[test]
fn a_zero_on_a_blocking_criterion_is_shown() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = instructed_dossier(&app, &world, "Jardin des sens", 40_000, [0, 4, 4, 4, 4, 4, 4, 4], [4; 8]);
    let session = planned_session(&app, &world, &[dossier]);
    let page =
        app.signed_in("comite1@essaim.example").get(&format!("/comite/{session}/classement")).expect(200).words();
    assert!(page.contains("Bloquant : C1"), "{page}");
}
