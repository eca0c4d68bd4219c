//! One connection type over both backends, opened by the URL's scheme and by nothing else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::url::DatabaseUrl;

#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What queries built in parts are typed with.
pub type Dialect = <Conn as diesel::Connection>::Backend;

/// Hands out connections to the pool.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    /// Statements run so far on the connections handed out.
    statements: Arc<AtomicU64>,
}

impl Manager {
    pub fn new(url: DatabaseUrl, statements: Arc<AtomicU64>) -> Self {
        Self { url, statements }
    }

    fn open(&self) -> Result<Conn, diesel::r2d2::Error> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path),
            DatabaseUrl::Postgres(url) => {
                PgConnection::establish(url).map(Conn::Postgres).map_err(diesel::r2d2::Error::ConnectionError)
            }
        }
    }
}

/// Counts statements, so that a test can tell a page that asks more as its rows grow.
struct Counter(Arc<AtomicU64>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        let mut connection = self.open()?;
        connection.set_instrumentation(Counter(Arc::clone(&self.statements)));
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut Conn) -> Result<(), Self::Error> {
        match connection {
            Conn::Sqlite(c) => c.ping(),
            Conn::Postgres(c) => c.ping(),
        }
        .map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Conn) -> bool {
        match connection {
            Conn::Sqlite(c) => c.is_broken(),
            Conn::Postgres(c) => c.is_broken(),
        }
    }
}

/// Every acknowledged write is on disk: `synchronous = FULL` costs about a millisecond and cannot be forgotten.
fn open_sqlite(path: &Path) -> Result<Conn, diesel::r2d2::Error> {
    let mut connection =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(diesel::r2d2::Error::ConnectionError)?;
    connection
        .batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON;",
        )
        .map_err(diesel::r2d2::Error::QueryError)?;
    Ok(Conn::Sqlite(connection))
}
