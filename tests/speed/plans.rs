//! The first page of a call's list is read in the order of an index, not sorted from the whole call.

use diesel::prelude::*;
use diesel::sql_types::Text;
use essaim::db::Backend;

use crate::support::TestApp;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// SQLite says what it would do whatever the number of rows; PostgreSQL decides by that number.
#[test]
fn lists_of_a_call_are_read_in_the_order_of_an_index() {
    let app = TestApp::start();
    if app.service().db.backend() != Backend::Sqlite {
        return;
    }
    for order in ["submitted_at", "reference", "search_text"] {
        for way in ["ASC", "DESC"] {
            let query = format!(
                "EXPLAIN QUERY PLAN SELECT dossiers.id, organisations.name FROM dossiers \
                 INNER JOIN organisations ON organisations.id = dossiers.organisation_id \
                 WHERE dossiers.call_id = 1 AND dossiers.state <> 'draft' AND dossiers.id NOT IN \
                 (SELECT recusals.dossier_id FROM recusals WHERE recusals.account_id = 1) \
                 ORDER BY dossiers.{order} {way}, dossiers.id {way} LIMIT 50"
            );
            let steps: Vec<Step> = app.service().read(|conn| Ok(diesel::sql_query(&query).load(conn)?)).unwrap();
            let plan: Vec<&str> = steps.iter().map(|step| step.detail.as_str()).collect();
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{order} {way}: {plan:#?}");
        }
    }
}

/// The reviews asked in a call, in the order of their list, and how many are late.
#[test]
fn reviews_asked_are_read_and_counted_in_an_index() {
    let app = TestApp::start();
    if app.service().db.backend() != Backend::Sqlite {
        return;
    }
    let plan = |query: &str| -> Vec<String> {
        let query = format!("EXPLAIN QUERY PLAN {query}");
        let steps: Vec<Step> = app.service().read(|conn| Ok(diesel::sql_query(&query).load(conn)?)).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    };
    for way in ["ASC", "DESC"] {
        let list = plan(&format!(
            "SELECT assignments.id FROM assignments \
             INNER JOIN dossiers ON dossiers.id = assignments.dossier_id \
             INNER JOIN accounts ON accounts.id = assignments.account_id \
             WHERE assignments.call_id = 1 AND assignments.ended_at IS NULL \
             AND (assignments.review_submitted_at IS NOT NULL OR dossiers.state = 'under_instruction') \
             ORDER BY assignments.review_submitted_at IS NOT NULL {way}, assignments.due_at IS NULL {way}, \
             assignments.due_at {way}, assignments.id {way} LIMIT 50"
        ));
        assert!(!list.iter().any(|step| step.contains("TEMP B-TREE")), "{way}: {list:#?}");
    }
    let late = plan(
        "SELECT COUNT(*) FROM assignments INNER JOIN dossiers ON dossiers.id = assignments.dossier_id \
         WHERE assignments.call_id = 1 AND assignments.ended_at IS NULL AND assignments.review_submitted_at IS NULL \
         AND assignments.due_at < 1 AND dossiers.state = 'under_instruction'",
    );
    assert!(late.iter().any(|step| step.contains("INDEX assignments_awaited")), "{late:#?}");
}
