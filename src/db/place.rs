//! Where a whole set of tables lives, so that it can be made aside and put in place at once: a file, or a schema of
//! its own in a PostgreSQL database. A place never touches what stands beside it.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::DatabaseUrl;
use crate::fault::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// `name` is written in statements as it is: a constant of ours.
    Schema {
        server: String,
        name: &'static str,
    },
}

impl Place {
    /// How to connect to it.
    #[must_use]
    pub fn url(&self) -> DatabaseUrl {
        match self {
            Self::File(path) => DatabaseUrl::Sqlite(path.clone()),
            Self::Schema { server, name } => {
                let joint = if server.contains('?') { '&' } else { '?' };
                DatabaseUrl::Postgres(format!("{server}{joint}options=-csearch_path%3D{name}"))
            }
        }
    }

    /// # Errors
    /// When the database cannot be reached.
    pub fn exists(&self) -> Result<bool, Fault> {
        match self {
            Self::File(path) => Ok(path.exists()),
            Self::Schema { server, name } => {
                let sql = format!("SELECT 1 FROM pg_namespace WHERE nspname = '{name}'");
                Ok(diesel::sql_query(sql).execute(&mut connect(server)?)? > 0)
            }
        }
    }

    /// Makes it anew and empty, ready for a migration.
    ///
    /// # Errors
    /// When the database or the folder refuses.
    pub fn make(&self) -> Result<(), Fault> {
        self.remove()?;
        match self {
            Self::File(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
                }
                Ok(())
            }
            Self::Schema { server, name } => Ok(connect(server)?.batch_execute(&format!("CREATE SCHEMA {name}"))?),
        }
    }

    /// Removes it with all it holds; one that is not there is no error.
    ///
    /// # Errors
    /// When the database or the folder refuses.
    pub fn remove(&self) -> Result<(), Fault> {
        match self {
            Self::File(path) => {
                // The write-ahead log and its index are part of the database.
                for suffix in ["", "-wal", "-shm"] {
                    let mut file = path.clone().into_os_string();
                    file.push(suffix);
                    match std::fs::remove_file(&file) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(unwritable(path, &error));
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            Self::Schema { server, name } => {
                // A message that nothing was there to drop is no news to whoever starts.
                let sql = format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {name} CASCADE");
                Ok(connect(server)?.batch_execute(&sql)?)
            }
        }
    }

    /// Puts it where `other` is expected, whole: nobody sees a half of it. Nothing may be connected to it.
    ///
    /// # Errors
    /// When `other` exists, is of another kind, or the database or the folder refuses.
    pub fn become_place(&self, other: &Self) -> Result<(), Fault> {
        match (self, other) {
            (Self::File(from), Self::File(to)) => std::fs::rename(from, to).map_err(|e| unwritable(to, &e)),
            (Self::Schema { server, name }, Self::Schema { name: to, .. }) => {
                Ok(connect(server)?.batch_execute(&format!("ALTER SCHEMA {name} RENAME TO {to}"))?)
            }
            _ => Err(Fault::internal("a file cannot become a schema")),
        }
    }
}

fn connect(server: &str) -> Result<PgConnection, Fault> {
    PgConnection::establish(server).map_err(|e| Fault::internal(format!("database unreachable: {e}")))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::internal(format!("{}: {error}", path.display()))
}
