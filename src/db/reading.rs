//! Queries that see the database at one instant.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::PooledConnection;

use super::connection::Manager;
use super::{Conn, explained};
use crate::fault::Fault;

/// A connection that reads the database as it stood at its first query, until it is dropped.
///
/// PostgreSQL refuses a write in it; SQLite, whose end of a reading would undo the write in silence, where errors are
/// looked for.
pub struct Reading {
    connection: PooledConnection<Manager>,
    ended: bool,
}

impl Reading {
    pub(super) fn begin(mut connection: PooledConnection<Manager>) -> Result<Self, Fault> {
        let begun = match &mut *connection {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
            Conn::Postgres(c) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        };
        begun.map_err(|error| explained(&mut connection, error.into()))?;
        forbid_writing(&mut connection, true)?;
        Ok(Self { connection, ended: false })
    }

    /// Runs queries, and gives the reading back for the next ones. One that failed has ended: a query that PostgreSQL
    /// refused leaves nothing to go on with.
    ///
    /// # Errors
    /// Whatever `work` answers.
    pub fn run<T>(mut self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<(Self, T), Fault> {
        match work(&mut self.connection) {
            Ok(value) => Ok((self, value)),
            Err(fault) => {
                self.end();
                Err(explained(&mut self.connection, fault))
            }
        }
    }

    fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // There is nothing to undo: an end that fails is a connection lost, which the pool throws away.
        let ended = <Conn as diesel::Connection>::TransactionManager::rollback_transaction(&mut *self.connection)
            .and_then(|()| forbid_writing(&mut self.connection, false));
        if let Err(error) = ended {
            tracing::warn!(%error, "the end of a reading");
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.end();
    }
}

fn forbid_writing(connection: &mut Conn, forbidden: bool) -> diesel::QueryResult<()> {
    match connection {
        Conn::Sqlite(c) if cfg!(debug_assertions) => {
            c.batch_execute(if forbidden { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" })
        }
        _ => Ok(()),
    }
}
