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
            None => {
                let path = folder.join("essaim.sqlite3");
                std::fs::copy(sqlite_template(), &path).unwrap();
                Self { url: DatabaseUrl::Sqlite(path), postgres: None }
            }
            Some(server) => {
                static NEXT: AtomicUsize = AtomicUsize::new(0);
                let name = format!("essaim_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
                let template = postgres_template(&server);
                execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
                let url = DatabaseUrl::Postgres(with_database(&server, &name));
                Self { url, postgres: Some((server, name)) }
            }
        }
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
        db.read(|conn| {
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

/// The same server, another database: the last part of the path.
pub fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(b, q)| (b, Some(q)));
    let (prefix, _) = base.rsplit_once('/').unwrap();
    query.map_or_else(|| format!("{prefix}/{name}"), |q| format!("{prefix}/{name}?{q}"))
}
