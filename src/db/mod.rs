//! The two databases behind one door. Everything that differs by backend lives in this folder.
//!
//! [`Db::read`] runs queries, as does a [`Reading`] that lasts for several steps; [`Db::write`] runs one transaction,
//! immediate on SQLite so that a reader never has to be upgraded to a writer. Both are synchronous: pages call them
//! through `web::block`.

mod among;
mod columns;
mod connection;
mod copy;
mod listed;
mod place;
mod reading;
pub mod schema;
mod url;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::r2d2::{Pool, R2D2Connection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::fault::Fault;

pub use among::{Among, among, outside};
use connection::Manager;
pub use connection::{Conn, Dialect};
pub use copy::{copy_in, copy_out, must_be_empty};
pub use listed::listed;
pub use place::Place;
pub use reading::Reading;
pub use url::{Backend, DatabaseUrl, TLS};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Which rows of a list to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: i64,
    pub limit: i64,
}

impl Window {
    /// The same rows counted from the end of a list that has `total`, when they are nearer to it: read in the reverse
    /// order, the last page of a long list costs no more than the first.
    #[must_use]
    pub fn mirrored(self, total: i64) -> Option<Self> {
        let from_end = total - self.offset;
        let limit = self.limit.min(from_end);
        (self.offset > from_end && from_end > 0).then_some(Self { offset: from_end - limit, limit })
    }
}

/// How long a request waits for its turn at a database that answers.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a request waits for a database that has gone: long enough for a connection to be opened anew.
const GONE: Duration = Duration::from_secs(1);
/// How long the first connections may take; the pause between two attempts at a database that has gone grows to half
/// of it.
const RECONNECTION: Duration = Duration::from_secs(4);

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    backend: Backend,
    /// SQLite has one writer: queueing here is fairer and shorter than its busy loop.
    writer: Arc<Mutex<()>>,
    statements: Arc<AtomicU64>,
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
        let statements = Arc::<AtomicU64>::default();
        let pool = Pool::builder()
            .max_size(connections)
            .connection_timeout(RECONNECTION)
            .test_on_check_out(url.backend() == Backend::Postgres)
            .build(Manager::new(url.clone(), Arc::clone(&statements)))
            .map_err(|e| Fault::internal(format!("database unreachable: {e}")))?;
        Ok(Self { pool, backend: url.backend(), writer: Arc::default(), statements })
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// How many statements this pool has run so far.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
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

    /// The last migration that the database has had.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn schema(&self) -> Result<String, Fault> {
        let mut connection = self.connection()?;
        let applied = match &mut *connection {
            Conn::Sqlite(c) => c.applied_migrations(),
            Conn::Postgres(c) => c.applied_migrations(),
        };
        let applied = applied.map_err(|e| Fault::internal(e.to_string()))?;
        Ok(applied.iter().map(ToString::to_string).max().unwrap_or_default())
    }

    /// The last migration that this version knows; the two databases have the same.
    ///
    /// # Errors
    /// Never: migrations are compiled in.
    pub fn latest_schema() -> Result<String, Fault> {
        let known = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE_MIGRATIONS)
            .map_err(|e| Fault::internal(e.to_string()))?;
        Ok(known.iter().map(|m| m.name().version().to_string()).max().unwrap_or_default())
    }

    /// A connection for queries that all see the database as it stands at the first of them.
    ///
    /// # Errors
    /// When no connection was free.
    pub fn reading(&self) -> Result<Reading, Fault> {
        Reading::begin(self.connection()?)
    }

    /// Runs queries, which all see the database as it stands at the first of them: a total is that of its rows. They
    /// write nothing.
    ///
    /// # Errors
    /// Whatever `work` answers, or that no connection was free.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        self.reading()?.run(work).map(|(_, value)| value)
    }

    /// Runs statements in no transaction, for what a database does not do inside of one.
    ///
    /// # Errors
    /// Whatever `work` answers, or that no connection was free.
    pub fn maintain<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.connection()?;
        work(&mut connection).map_err(|fault| explained(&mut connection, fault))
    }

    /// Runs one transaction; an error of any kind undoes all of it.
    ///
    /// # Errors
    /// Whatever `work` answers, or that the commit failed. [`Fault::Unavailable`] may hide a commit whose answer was
    /// lost: operations are made to be sent again.
    pub fn write<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        // Before a connection is taken: those who wait for their turn leave it to those who read.
        let _queue = match self.backend {
            Backend::Sqlite => Some(self.writer.lock().unwrap_or_else(PoisonError::into_inner)),
            Backend::Postgres => None,
        };
        let mut connection = self.connection()?;
        begin(&mut connection).map_err(|fault| explained(&mut connection, fault))?;
        match work(&mut connection).and_then(|value| alive(&mut connection).map(|()| value)) {
            Ok(value) => {
                let kept = <Conn as diesel::Connection>::TransactionManager::commit_transaction(&mut *connection);
                kept.map(|()| value).map_err(|error| explained(&mut connection, error.into()))
            }
            Err(fault) => {
                let undone = <Conn as diesel::Connection>::TransactionManager::rollback_transaction(&mut *connection);
                // A lost connection and a full SQLite undo by themselves, and have nothing left to roll back; the pool
                // throws the connection away.
                if let Err(error) = undone {
                    tracing::warn!(%error, "nothing left to roll back");
                }
                Err(explained(&mut connection, fault))
            }
        }
    }

    /// One connection of the pool: an answer within a second that the database has gone, or within [`PATIENCE`] that
    /// everybody else is at it.
    fn connection(&self) -> Result<diesel::r2d2::PooledConnection<Manager>, Fault> {
        let asked = Stopwatch::now();
        loop {
            match self.pool.get_timeout(GONE) {
                Ok(connection) => return Ok(connection),
                Err(error) if self.pool.state().connections == 0 || asked.elapsed() >= PATIENCE => {
                    return Err(Fault::Unavailable(format!("no database connection: {error}")));
                }
                Err(_) => {}
            }
        }
    }
}

/// Asks the database for nothing but an answer.
///
/// # Errors
/// When it gives none.
pub fn answer(conn: &mut Conn) -> Result<(), Fault> {
    diesel::sql_query("SELECT 1").execute(conn)?;
    Ok(())
}

/// Tells a server that has gone from a mistake of ours: the words of its errors depend on its language, an unanswered
/// query does not.
fn explained(connection: &mut Conn, fault: Fault) -> Fault {
    let Fault::Internal(detail) = fault else { return fault };
    let gone = match connection {
        Conn::Postgres(server) => R2D2Connection::ping(server).is_err(),
        Conn::Sqlite(_) => false,
    };
    if gone { Fault::Unavailable(detail) } else { Fault::Internal(detail) }
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
    if matches!(connection, Conn::Postgres(_)) { answer(connection) } else { Ok(()) }
}
