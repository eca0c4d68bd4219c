//! Many dossiers out of some: rows made by the real operations, copied with their reviews under new ids and references.
//!
//! A copy has every row of its original that lists, rankings and statistics read; it has no journal entry, mail or
//! notification of its own. The organisations are those of the originals.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use essaim::db::Conn;

use crate::support::{TestApp, World};

/// Added to the ids of the originals for each round of copies.
const STRIDE: i64 = 1_000_000;

/// A table to copy, how its rows lead to their dossier, and the columns that name copied rows.
struct Copied {
    table: &'static str,
    /// The column that holds the dossier, or the review or version that leads to it.
    through: &'static str,
    moved: &'static [&'static str],
}

const TABLES: &[Copied] = &[
    Copied { table: "dossiers", through: "id", moved: &["id", "current_version_id"] },
    Copied { table: "dossier_sections", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "attachments", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "dossier_versions", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "version_excerpts", through: "dossier_version_id", moved: &["dossier_version_id"] },
    Copied { table: "dossier_tags", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "indicators", through: "dossier_id", moved: &["id", "dossier_id", "dossier_version_id"] },
    Copied { table: "documents", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "eligibility_checks", through: "dossier_id", moved: &["id", "dossier_id", "dossier_version_id"] },
    Copied { table: "assignments", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied { table: "interest_declarations", through: "dossier_id", moved: &["id", "dossier_id"] },
    Copied {
        table: "reviews",
        through: "dossier_id",
        moved: &["id", "assignment_id", "dossier_id", "dossier_version_id"],
    },
    Copied { table: "review_scores", through: "review_id", moved: &["id", "review_id"] },
    Copied { table: "review_submissions", through: "review_id", moved: &["id", "review_id", "dossier_version_id"] },
];

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Copies dossiers until there are `total` of them, on the open database; the caller's transaction settings hold.
pub fn fill(app: &TestApp, world: &World, total: usize) {
    app.service()
        .db
        .maintain(|conn| {
            if let Conn::Sqlite(c) = conn {
                // What a killed run leaves is thrown away; only the service under measure must be durable.
                c.batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")?;
            }
            batch(conn, "BEGIN");
            fill_on(conn, world, total);
            batch(conn, "COMMIT");
            match conn {
                Conn::Sqlite(c) => c.batch_execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -2000")?,
                // What autovacuum does by itself some minutes later.
                Conn::Postgres(c) => c.batch_execute("ANALYZE")?,
            }
            Ok(())
        })
        .unwrap();
}

fn fill_on(conn: &mut Conn, world: &World, total: usize) {
    use essaim::db::schema::{calls, dossiers};
    let originals: Vec<i64> = dossiers::table
        .filter(dossiers::call_id.eq(world.call))
        .order(dossiers::id)
        .select(dossiers::id)
        .load::<essaim::base::ids::DossierId>(conn)
        .unwrap()
        .into_iter()
        .map(|id| id.0)
        .collect();
    let code: String = calls::table.filter(calls::id.eq(world.call)).select(calls::code).first(conn).unwrap();
    batch(conn, "CREATE TEMP TABLE copies (dossier BIGINT NOT NULL, round BIGINT NOT NULL, reference TEXT NOT NULL)");
    let copies: Vec<String> = (originals.len()..total)
        .map(|number| {
            let (round, place) = (number / originals.len(), number % originals.len());
            format!("({}, {round}, '{code}-{:04}')", originals[place], number + 1)
        })
        .collect();
    for some in copies.chunks(1_000) {
        batch(conn, &format!("INSERT INTO copies VALUES {}", some.join(",")));
    }
    for copied in TABLES {
        copy(conn, copied);
    }
    diesel::update(calls::table.filter(calls::id.eq(world.call)))
        .set(calls::last_reference.eq(i64::try_from(total).unwrap()))
        .execute(conn)
        .unwrap();
    batch(conn, "DROP TABLE copies");
}

fn copy(conn: &mut Conn, copied: &Copied) {
    let Copied { table, through, moved } = copied;
    let columns = columns(conn, table);
    let values: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            name if moved.contains(&name) => format!("t.{name} + c.round * {STRIDE}"),
            "reference" => "c.reference".to_owned(),
            "search_text" => "t.search_text || ' ' || lower(c.reference)".to_owned(),
            "title" => "t.title || ' (' || c.round || ')'".to_owned(),
            // Each round came in a minute after the one before.
            "submitted_at" if *table == "dossiers" => "t.submitted_at + c.round * 60000000".to_owned(),
            name => format!("t.{name}"),
        })
        .collect();
    // The copies lead, so that rows are written in the order of their ids.
    let from = match *through {
        "dossier_id" | "id" => format!("copies c CROSS JOIN {table} t WHERE t.{through} = c.dossier"),
        through => {
            let between = if through == "review_id" { "reviews" } else { "dossier_versions" };
            format!(
                "copies c CROSS JOIN {between} b CROSS JOIN {table} t \
                 WHERE b.dossier_id = c.dossier AND t.{through} = b.id"
            )
        }
    };
    batch(conn, &format!("INSERT INTO {table} ({}) SELECT {} FROM {from}", columns.join(", "), values.join(", ")));
    if let Conn::Postgres(_) = conn
        && columns.iter().any(|name| name == "id")
    {
        batch(conn, &format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"));
    }
}

fn columns(conn: &mut Conn, table: &str) -> Vec<String> {
    let query = match conn {
        Conn::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
        Conn::Postgres(_) => format!(
            "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    diesel::sql_query(query).load::<Named>(conn).unwrap().into_iter().map(|named| named.name).collect()
}

fn batch(conn: &mut Conn, sql: &str) {
    conn.batch_execute(sql).unwrap();
}

/// Every dossier of the call, oldest first.
pub fn dossiers(app: &TestApp, world: &World) -> Vec<essaim::base::ids::DossierId> {
    use essaim::db::schema::dossiers;
    let query = dossiers::table.filter(dossiers::call_id.eq(world.call)).order(dossiers::id).select(dossiers::id);
    app.service().read(|conn| Ok(query.load(conn)?)).unwrap()
}
