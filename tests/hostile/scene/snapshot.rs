//! The rows of a running service, put aside and put back under it.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use essaim::db::DatabaseUrl;

use crate::support::TestApp;

/// Tables are emptied and filled again in one transaction; nobody else may be writing.
pub enum Snapshot {
    Sqlite { url: String, sql: String },
    Postgres { url: String, sql: String },
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

impl Snapshot {
    pub fn take(app: &TestApp) -> Self {
        match &app.service().settings.database {
            DatabaseUrl::Sqlite(path) => {
                let url = path.display().to_string();
                let kept = app.folder.path().join("kept.sqlite3").display().to_string();
                let mut connection = SqliteConnection::establish(&url).unwrap();
                connection.batch_execute(&format!("VACUUM INTO '{kept}'")).unwrap();
                let tables: Vec<Name> = diesel::sql_query(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')",
                )
                .load(&mut connection)
                .unwrap();
                let moves = tables
                    .iter()
                    .map(|t| format!("DELETE FROM main.{0}; INSERT INTO main.{0} SELECT * FROM kept.{0};", t.name));
                let moves: String = moves.collect();
                let sql = format!(
                    "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = OFF; ATTACH '{kept}' AS kept; BEGIN IMMEDIATE; {moves} COMMIT; DETACH kept;"
                );
                Self::Sqlite { url, sql }
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url).unwrap();
                let tables: Vec<Name> =
                    diesel::sql_query("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
                        .load(&mut connection)
                        .unwrap();
                let all = |one: &dyn Fn(&str) -> String| tables.iter().map(|t| one(&t.name)).collect::<String>();
                let kept = all(&|t| format!("CREATE TABLE kept.{t} AS TABLE public.{t};"));
                connection.batch_execute(&format!("CREATE SCHEMA kept; {kept}")).unwrap();
                let moves = all(&|t| {
                    format!(
                        "DELETE FROM public.{t}; INSERT INTO public.{t} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{t};"
                    )
                });
                let sql = format!("BEGIN; SET LOCAL session_replication_role = replica; {moves} COMMIT;");
                Self::Postgres { url: url.clone(), sql }
            }
        }
    }

    pub fn restore(&self) {
        match self {
            Self::Sqlite { url, sql } => SqliteConnection::establish(url).unwrap().batch_execute(sql).unwrap(),
            Self::Postgres { url, sql } => PgConnection::establish(url).unwrap().batch_execute(sql).unwrap(),
        }
    }
}
