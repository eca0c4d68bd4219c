//! The two databases behind one door. Everything that differs by backend lives in this folder.
//!
//! [`Db::read`] runs queries; [`Db::write`] runs one transaction, immediate on SQLite so that a reader never
//! has to be upgraded to a writer. Both are synchronous: pages call them through `web::block`.

mod columns;
mod connection;
pub mod schema;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::r2d2::Pool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::fault::Fault;

use connection::Manager;
pub use connection::{Backend, Conn, DatabaseUrl, Dialect};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Which rows of a list to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: i64,
    pub limit: i64,
}

/// How long a request waits for a connection before it is told that there is none: two hundred hands on one envelope
/// queue rather than fail.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    backend: Backend,
    /// SQLite has one writer: queueing here is fairer and shorter than its busy loop.
    writer: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("backend", &self.backend).finish_non_exhaustive()
    }
}

impl Db {
    /// Connects at once, so that a wrong URL is refused at start and not at the first request.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn connect(url: &DatabaseUrl, connections: u32) -> Result<Self, Fault> {
        let pool = Pool::builder()
            .max_size(connections)
            .connection_timeout(LONGEST_WAIT)
            .test_on_check_out(url.backend() == Backend::Postgres)
            .build(Manager::new(url.clone()))
            .map_err(|e| Fault::internal(format!("database unreachable: {e}")))?;
        Ok(Self { pool, backend: url.backend(), writer: Arc::default() })
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether the database answers a query now.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.read(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn)?)).is_ok()
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a migration fails, none being half applied; when the database holds migrations that this version does not
    /// know, because a later version or one from before the first release made it.
    pub fn migrate(&self) -> Result<Vec<String>, Fault> {
        let mut connection = self.connection()?;
        match &mut *connection {
            Conn::Sqlite(c) => migrated(c, SQLITE_MIGRATIONS),
            Conn::Postgres(c) => migrated(c, POSTGRES_MIGRATIONS),
        }
    }

    /// Runs queries outside any write transaction.
    ///
    /// # Errors
    /// Whatever `work` answers, or that no connection was free.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        work(&mut *self.connection()?)
    }

    /// Runs one transaction; an error of any kind undoes all of it.
    ///
    /// # Errors
    /// Whatever `work` answers, or that the commit failed.
    pub fn write<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.connection()?;
        let _queue = match self.backend {
            Backend::Sqlite => Some(self.writer.lock().unwrap_or_else(PoisonError::into_inner)),
            Backend::Postgres => None,
        };
        begin(&mut connection)?;
        match work(&mut connection).and_then(|value| alive(&mut connection).map(|()| value)) {
            Ok(value) => {
                <Conn as diesel::Connection>::TransactionManager::commit_transaction(&mut *connection)?;
                Ok(value)
            }
            Err(fault) => {
                <Conn as diesel::Connection>::TransactionManager::rollback_transaction(&mut *connection)?;
                Err(fault)
            }
        }
    }

    fn connection(&self) -> Result<diesel::r2d2::PooledConnection<Manager>, Fault> {
        self.pool.get().map_err(|e| Fault::internal(format!("no database connection: {e}")))
    }
}

fn migrated<B: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<B>,
    known: EmbeddedMigrations,
) -> Result<Vec<String>, Fault> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| Fault::internal(format!("migration failed: {error}"));
    let known_names = MigrationSource::<B>::migrations(&known).map_err(failed)?;
    let foreign = connection
        .applied_migrations()
        .map_err(failed)?
        .into_iter()
        .find(|applied| !known_names.iter().any(|migration| migration.name().version() == *applied));
    if let Some(foreign) = foreign {
        return Err(Fault::internal(format!(
            "the database was made by another version of Essaim (migration {foreign} is unknown here): use that version, \
             or a new database"
        )));
    }
    let applied = connection.run_pending_migrations(known).map_err(failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn begin(connection: &mut Conn) -> Result<(), Fault> {
    match connection {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c)?,
    }
    Ok(())
}

/// PostgreSQL answers a commit of an aborted transaction with success and no effect; a query tells the truth.
fn alive(connection: &mut Conn) -> Result<(), Fault> {
    if let Conn::Postgres(c) = connection {
        diesel::sql_query("SELECT 1").execute(c)?;
    }
    Ok(())
}
