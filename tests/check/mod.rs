//! `essaim check` on a live database: green when intact, red on one altered byte of each thing it guards.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use essaim::base::money::Cents;
use essaim::commands::check::{Finding, verify};
use essaim::db::Backend;
use essaim::db::schema::reviews;
use essaim::instruction::FunderProposal;
use essaim::sealed::{DocumentKind, seal};

use crate::support::instruction::instructed_dossier;
use crate::support::{TestApp, World};

fn problems(app: &TestApp) -> Vec<String> {
    verify(app.service()).unwrap().into_iter().flat_map(|f: Finding| f.problems).collect()
}

/// What an intruder with the database's password would do.
fn tamper(app: &TestApp, sql: &str) {
    let changed = app.service().db.write(|conn| Ok(diesel::sql_query(sql).execute(conn)?)).unwrap();
    assert!(changed > 0, "{sql} changed nothing");
}

#[track_caller]
fn turns_red(sql: &str, expected: &str) {
    let app = TestApp::start();
    World::build(&app);
    assert_eq!(problems(&app), Vec::<String>::new());
    tamper(&app, sql);
    let found = problems(&app);
    assert!(found.iter().any(|p| p.contains(expected)), "{sql} gave {found:?}");
}

#[test]
fn an_altered_journal_entry() {
    turns_red("UPDATE journal_entries SET action = 'call.other' WHERE sequence = 5", "l’entrée 5 a été modifiée");
}

#[test]
fn a_journal_entry_taken_out() {
    turns_red("DELETE FROM journal_entries WHERE sequence = 7", "il manque les entrées 7 à 7");
}

#[test]
fn the_end_of_the_journal_cut_off() {
    turns_red(
        "DELETE FROM journal_entries WHERE sequence = (SELECT sequence FROM journal_head)",
        "la fin de la chaîne",
    );
}

#[test]
fn an_altered_journal_text() {
    turns_red("UPDATE journal_texts SET summary = 'autre chose' WHERE sequence = 3", "le texte de l’entrée 3");
}

#[test]
fn an_erased_journal_text_leaves_the_chain_intact() {
    let app = TestApp::start();
    World::build(&app);
    tamper(&app, "DELETE FROM journal_texts WHERE sequence = 3");
    assert_eq!(problems(&app), Vec::<String>::new());
}

#[test]
fn a_moved_ledger_counter() {
    turns_red("UPDATE envelopes SET voted = voted + 1", "voté");
}

#[test]
fn a_moved_count_of_a_list() {
    turns_red(
        "INSERT INTO list_counts VALUES (1, 'axis', 'aucun', 'submitted', 3)",
        "appel AMI-ISS-2021, dossiers de l’axe aucun à l’état «\u{202F}Déposé\u{202F}»\u{A0}: 3 au lieu de 0",
    );
}

#[test]
fn what_lists_keep_of_a_review_and_is_not_so() {
    let app = TestApp::start();
    let world = World::build(&app);
    instructed_dossier(&app, &world, "Ruche notée", 10_000, [3; 8], [4, -1, 0, 1, 2, 3, 4, 0]);
    assert_eq!(problems(&app), Vec::<String>::new());
    tamper(&app, "UPDATE review_scores SET level = 1 WHERE criterion = 'C1' AND level = 3");
    let found = problems(&app);
    assert!(found.len() == 1 && found[0].contains("les niveaux retenus diffèrent des réponses"), "{found:?}");
    tamper(&app, "UPDATE review_scores SET level = 3 WHERE criterion = 'C1' AND level = 1");
    tamper(&app, "UPDATE reviews SET submitted_at = NULL WHERE id = (SELECT max(id) FROM reviews)");
    let found = problems(&app);
    assert!(found.len() == 1 && found[0].contains("date de dépôt"), "{found:?}");
}

#[test]
fn an_excerpt_that_is_not_its_versions() {
    let app = TestApp::start();
    let world = World::build(&app);
    instructed_dossier(&app, &world, "Ruche notée", 10_000, [3; 8], [2; 8]);
    let found_after = |sql: &str| {
        tamper(&app, sql);
        problems(&app)
    };
    let foreign = |found: &[String]| found.len() == 1 && found[0].contains("son extrait pour les classements");
    let found = found_after("UPDATE version_excerpts SET requested_cents = requested_cents + 1");
    assert!(foreign(&found), "{found:?}");
    let found = found_after("UPDATE version_excerpts SET requested_cents = requested_cents - 1");
    assert_eq!(found, Vec::<String>::new());
    let found = found_after(r#"UPDATE version_excerpts SET excerpt = replace(excerpt, '"year":20', '"year":19')"#);
    assert!(foreign(&found), "{found:?}");
    let found = found_after("DELETE FROM version_excerpts");
    assert!(foreign(&found), "{found:?}");
    let migration = match app.service().db.backend() {
        Backend::Sqlite => include_str!("../../migrations/sqlite/2026-11-27-000005_version_excerpts/up.sql"),
        Backend::Postgres => include_str!("../../migrations/postgres/2026-11-27-000005_version_excerpts/up.sql"),
    };
    let fill = &migration[migration.find("INSERT").unwrap()..];
    assert_eq!(found_after(fill), Vec::<String>::new(), "excerpts of versions frozen before there were any");
}

/// A database that comes from before the marks were kept beside the answers.
#[test]
fn marks_are_filled_from_the_answers() {
    let app = TestApp::start();
    let world = World::build(&app);
    instructed_dossier(&app, &world, "Ruche notée", 10_000, [3; 8], [4, -1, 0, 1, 2, 3, 4, 0]);
    tamper(&app, "UPDATE reviews SET marks = ''");
    assert_eq!(problems(&app).len(), 2);
    let migration = match app.service().db.backend() {
        Backend::Sqlite => include_str!("../../migrations/sqlite/2026-11-27-000003_review_marks/up.sql"),
        Backend::Postgres => include_str!("../../migrations/postgres/2026-11-27-000003_review_marks/up.sql"),
    };
    let (_, fill) = migration.split_once("DEFAULT '';").unwrap();
    tamper(&app, fill);
    assert_eq!(problems(&app), Vec::<String>::new());
}

#[test]
fn proposals_are_the_same_after_a_migration_back_and_forth() {
    let app = TestApp::start();
    let world = World::build(&app);
    instructed_dossier(&app, &world, "Ruche notée", 10_000, [3; 8], [2; 8]);
    let several =
        r#"[{"funder":"Z","opinion":"reserved","proposed":null},{"funder":"A","opinion":null,"proposed":12}]"#;
    tamper(&app, &format!("UPDATE reviews SET proposals = '{several}' WHERE id = (SELECT min(id) FROM reviews)"));
    let proposals = || -> Vec<Vec<FunderProposal>> {
        let texts = app
            .service()
            .read(|conn| Ok(reviews::table.order(reviews::id).select(reviews::proposals).load::<String>(conn)?));
        texts.unwrap().iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    };
    let before = proposals();
    assert!(before.len() == 2 && before[0].len() == 2 && before[1].len() == 1, "{before:?}");
    let (back, forth) = match app.service().db.backend() {
        Backend::Sqlite => (
            include_str!("../../migrations/sqlite/2026-11-27-000004_review_proposals/down.sql"),
            include_str!("../../migrations/sqlite/2026-11-27-000004_review_proposals/up.sql"),
        ),
        Backend::Postgres => (
            include_str!("../../migrations/postgres/2026-11-27-000004_review_proposals/down.sql"),
            include_str!("../../migrations/postgres/2026-11-27-000004_review_proposals/up.sql"),
        ),
    };
    let migrated = |sql: &str| app.service().db.write(|conn| Ok(conn.batch_execute(sql)?)).unwrap();
    migrated(back);
    tamper(&app, "UPDATE review_proposals SET proposed_cents = 13 WHERE funder = 'A'");
    migrated(forth);
    let mut after = before;
    after[0][1].proposed = Some(Cents(13));
    assert_eq!(proposals(), after);
}

#[test]
fn an_altered_sealed_file() {
    let app = TestApp::start();
    let service = app.service();
    let sealed = service
        .db
        .write(|conn| seal(conn, &service.files, app.now(), DocumentKind::Letter, None, "courrier.pdf", b"%PDF-1.7"))
        .unwrap();
    assert_eq!(problems(&app), Vec::<String>::new());
    let path = service.files.root().join(&sealed.sha256[..2]).join(&sealed.sha256);
    std::fs::write(&path, b"%PDF-1.8").unwrap();
    assert!(problems(&app).iter().any(|p| p.contains("courrier.pdf")));
}

#[test]
fn a_lost_attachment() {
    let app = TestApp::start();
    let world = World::build(&app);
    crate::support::dossiers::complete_draft(&app, &world, "Projet", 10_000);
    assert_eq!(problems(&app), Vec::<String>::new());
    let sha256 = essaim::files::sha256_hex(crate::support::dossiers::PDF);
    std::fs::remove_file(app.service().files.root().join(&sha256[..2]).join(&sha256)).unwrap();
    let found = problems(&app);
    assert!(!found.is_empty() && found.iter().all(|p| p.contains("fichier absent ou modifié")), "{found:?}");
}
