//! How SQLite means to read what pages ask, statement by statement. It says so whatever the number of rows; PostgreSQL
//! decides by that number.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use diesel::sql_types::Text;
use essaim::db::Backend;
use essaim::web::throttle::Limits;

use super::heard_of;
use crate::support::committee::opined_dossier;
use crate::support::dossiers::{complete_draft, submitted_dossier};
use crate::support::instruction::{assigned_dossier, instructed_dossier};
use crate::support::{TestApp, World};

use essaim::dossiers::Outcome;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// A statement that a page made, and the steps of its plan.
struct Planned {
    sql: String,
    steps: Vec<String>,
}

/// A service of one connection, that keeps what is asked of it; none on PostgreSQL.
fn listening() -> Option<(TestApp, World, Arc<Mutex<Vec<String>>>)> {
    let app = TestApp::start_with(
        |settings| settings.connections = 1,
        Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX },
    );
    if app.service().db.backend() != Backend::Sqlite {
        return None;
    }
    let world = World::build(&app);
    complete_draft(&app, &world, "Ruches en brouillon", 5_000);
    submitted_dossier(&app, &world, "Ruches déposées", 5_000);
    assigned_dossier(&app, &world, "Ruches à lire", 5_000);
    instructed_dossier(&app, &world, "Ruches à juger", 5_000, [3; 8], [2; 8]);
    opined_dossier(&app, &world, "Ruches à signer", 5_000, Outcome::Selected);
    let heard = heard_of(&app);
    Some((app, world, heard))
}

/// What a page reads, planned.
fn planned(app: &TestApp, heard: &Mutex<Vec<String>>, email: &str, path: &str) -> Vec<Planned> {
    let client = app.signed_in(email);
    heard.lock().unwrap().clear();
    client.get(path).expect(200);
    let asked = std::mem::take(&mut *heard.lock().unwrap());
    let statements = asked.iter().map(|query| query.split(" -- binds").next().unwrap().trim().to_owned());
    let planned: Vec<Planned> = statements
        .filter(|sql| sql.starts_with("SELECT"))
        .map(|sql| {
            let query = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<Step> = app
                .service()
                .read(|conn| Ok(diesel::sql_query(query).load(conn)?))
                .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
            Planned { sql, steps: steps.into_iter().map(|step| step.detail).collect() }
        })
        .collect();
    assert!(planned.len() > 3, "{path}: {} statements heard", planned.len());
    planned
}

/// Tables with rows for each dossier.
const LONG: &[&str] = &[
    "dossiers",
    "dossier_versions",
    "dossier_sections",
    "dossier_tags",
    "attachments",
    "assignments",
    "reviews",
    "review_scores",
    "review_submissions",
    "interest_declarations",
    "journal_entries",
    "organisations",
];

/// Whether a step reads a whole table or a whole call without stopping at the rows of a page.
fn reads_all(planned: &Planned, step: &str) -> bool {
    let finds_nothing = planned.sql.contains("WHERE 0 = 1");
    let stops = planned.sql.contains(" LIMIT ");
    let whole_table = |table: &str| step == format!("SCAN {table}") || step.starts_with(&format!("SCAN {table} USING"));
    // By their kind alone, tags are those of every dossier.
    let widely = step.ends_with("(call_id=?)") || step.ends_with("(kind=?)");
    let whole_call = |table: &str| step.contains(&format!(" {table} USING")) && widely;
    let in_order = step.contains(" USING");
    !finds_nothing
        && LONG.iter().any(|table| (whole_table(table) && !(stops && in_order)) || (whole_call(table) && !stops))
}

const MANAGER: &str = "gestion@ars.example";

#[test]
fn pages_of_a_call_read_no_more_of_it_than_they_show() {
    let Some((app, _world, heard)) = listening() else { return };
    let call = "/appels/AMI-ISS-2021";
    let pages = [
        (MANAGER, "/".to_owned()),
        (MANAGER, format!("{call}/gestion")),
        (MANAGER, format!("{call}/gestion?etat=submitted")),
        (MANAGER, format!("{call}/gestion?tri=titre")),
        (MANAGER, format!("{call}/gestion?departement=31")),
        (MANAGER, format!("{call}/gestion/avis")),
        (MANAGER, format!("{call}/gestion/avis?etat=retard")),
        (MANAGER, format!("{call}/financement")),
        (MANAGER, "/recherche".to_owned()),
        (MANAGER, "/recherche?recherche=ami-iss-2021-0001".to_owned()),
        (MANAGER, format!("{call}/gestion?recherche=AMI+ISS+2021+0001")),
        (MANAGER, format!("{call}/comite")),
        (MANAGER, format!("{call}/decisions?etape=signer")),
        (MANAGER, format!("{call}/decisions?etape=notifiees")),
        (MANAGER, "/dossiers/4".to_owned()),
        (MANAGER, "/dossiers/4/gestion".to_owned()),
        (MANAGER, "/dossiers/4/journal".to_owned()),
        (MANAGER, "/comite/1".to_owned()),
        (MANAGER, "/comite/1/classement".to_owned()),
        ("comite1@essaim.example", "/comite/1/dossiers/5".to_owned()),
        ("signature@ars.example", format!("{call}/decisions")),
        ("financement@ars.example", "/".to_owned()),
        ("financement@ars.example", format!("{call}/financement")),
        ("instruction@ars.example", "/".to_owned()),
        ("signature@ars.example", "/".to_owned()),
        ("tresorerie@lesruches.example", "/".to_owned()),
        ("tresorerie@lesruches.example", "/mes-dossiers".to_owned()),
    ];
    let mut wrong = Vec::new();
    for (email, path) in pages {
        for planned in planned(&app, &heard, email, &path) {
            if let Some(step) = planned.steps.iter().find(|step| reads_all(&planned, step)) {
                wrong.push(format!("{path} as {email}: {step}\n    {}", planned.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A page of a list is read in the order of an index, not sorted from the whole call.
#[test]
fn lists_of_a_call_are_read_in_the_order_of_an_index() {
    let Some((app, _world, heard)) = listening() else { return };
    let orders = ["tri=date", "tri=date&sens=desc", "tri=reference", "tri=reference&sens=desc", "tri=titre"];
    let dossiers = orders.map(|order| format!("/appels/AMI-ISS-2021/gestion?{order}"));
    let search = ["/recherche?tri=date", "/recherche?tri=date&sens=desc"].map(str::to_owned);
    let reviews = ["/appels/AMI-ISS-2021/gestion/avis".to_owned()];
    for path in dossiers.into_iter().chain(search).chain(reviews) {
        let mut lists = 0;
        for planned in planned(&app, &heard, MANAGER, &path) {
            let lists_long =
                planned.sql.contains("FROM (`dossiers`") || planned.sql.contains("`assignments` INNER JOIN `dossiers`");
            if planned.sql.contains(" LIMIT ") && planned.sql.contains(" OFFSET ") && lists_long {
                lists += 1;
                let sorts = planned.steps.iter().any(|step| step.contains("TEMP B-TREE"));
                assert!(!sorts, "{path}: {}\n{:#?}", planned.sql, planned.steps);
            }
        }
        assert_eq!(lists, 1, "{path}: the list is one statement");
    }
}
