//! A fresh, migrated database per test, on the backend the run asks for.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use essaim::db::{DatabaseUrl, Db};

/// Owns the database of one test; PostgreSQL's is dropped with it.
pub struct TestDatabase {
    pub url: DatabaseUrl,
    postgres: Option<(String, String)>,
}

pub fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

impl TestDatabase {
    pub fn create(folder: &Path) -> Self {
        match server() {
            None => Self::copy(&DatabaseUrl::Sqlite(sqlite_template().clone()), folder),
            Some(server) => {
                Self::copy(&DatabaseUrl::Postgres(with_database(&server, postgres_template(&server))), folder)
            }
        }
    }

    /// A copy of a database that nobody uses at the time.
    pub fn copy(template: &DatabaseUrl, folder: &Path) -> Self {
        match template {
            DatabaseUrl::Sqlite(template) => {
                let path = folder.join("essaim.sqlite3");
                std::fs::copy(template, &path).unwrap();
                Self { url: DatabaseUrl::Sqlite(path), postgres: None }
            }
            DatabaseUrl::Postgres(template) => {
                static NEXT: AtomicUsize = AtomicUsize::new(0);
                let server = server().unwrap();
                let name = format!("essaim_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
                execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", database_of(template)));
                let url = DatabaseUrl::Postgres(with_database(&server, &name));
                Self { url, postgres: Some((server, name)) }
            }
        }
    }

    /// Leaves the database in place, for the rest of the run.
    pub fn keep(mut self) -> DatabaseUrl {
        self.postgres = None;
        self.url.clone()
    }
}

/// PostgreSQL copies no database that has connections: those of a pool just dropped may still be closing.
pub fn forget_connections(url: &DatabaseUrl) {
    if let DatabaseUrl::Postgres(url) = url {
        let name = database_of(url);
        execute(
            &server().unwrap(),
            &format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            let _ = PgConnection::establish(server)
                .map(|mut c| diesel::sql_query(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&mut c));
        }
    }
}

fn sqlite_template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("essaim-template-{}.sqlite3", std::process::id()));
        let _ = std::fs::remove_file(&path);
        migrate(&DatabaseUrl::Sqlite(path.clone()));
        path
    })
}

fn postgres_template(server: &str) -> &'static String {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("essaim_template_{}", std::process::id());
        execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        execute(server, &format!("CREATE DATABASE {name}"));
        migrate(&DatabaseUrl::Postgres(with_database(server, &name)));
        name
    })
}

fn migrate(url: &DatabaseUrl) {
    let db = Db::connect(url, 1).unwrap();
    db.migrate().unwrap();
    // Without the write-ahead log, one file is the whole database.
    if db.backend() == essaim::db::Backend::Sqlite {
        db.maintain(|conn| {
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn)?;
            Ok(())
        })
        .unwrap();
    }
}

pub fn execute(server: &str, sql: &str) {
    let mut connection = PgConnection::establish(server).unwrap();
    diesel::sql_query(sql).execute(&mut connection).unwrap();
}

/// The name of a database: the last part of the path.
fn database_of(url: &str) -> &str {
    url.split('?').next().and_then(|base| base.rsplit('/').next()).unwrap()
}

/// The same server, another database: the last part of the path.
pub fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(b, q)| (b, Some(q)));
    let (prefix, _) = base.rsplit_once('/').unwrap();
    query.map_or_else(|| format!("{prefix}/{name}"), |q| format!("{prefix}/{name}?{q}"))
}
