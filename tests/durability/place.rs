//! A copy of the prepared service for one test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use essaim::base::clock::Clock;
use essaim::config::Settings;
use essaim::db::DatabaseUrl;
use essaim::service::Service;

use super::prepared::{copy_folder, prepared, settle};
use crate::support::database::{execute, server, with_database};

pub struct Place {
    pub database: DatabaseUrl,
    pub files: PathBuf,
    postgres: Option<(String, String)>,
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        Self::copied_to(&path, folder)
    }

    /// The database file, if it is one, and the files in a folder of somebody else's choosing.
    pub fn inside(path: &Path) -> Self {
        Self::copied_to(path, tempfile::tempdir().unwrap())
    }

    fn copied_to(path: &Path, folder: tempfile::TempDir) -> Self {
        let source = prepared();
        let files = path.join("files");
        copy_folder(&source.files, &files);
        match &source.database {
            DatabaseUrl::Sqlite(original) => {
                let copy = path.join("essaim.sqlite3");
                std::fs::copy(original, &copy).unwrap();
                Self { database: DatabaseUrl::Sqlite(copy), files, postgres: None, folder }
            }
            DatabaseUrl::Postgres(url) => {
                let template = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
                let (server, name) = (server().unwrap(), Self::name());
                execute(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
                let database = DatabaseUrl::Postgres(with_database(&server, &name));
                Self { database, files, postgres: Some((server, name)), folder }
            }
        }
    }

    /// Where nothing is yet, on the same kind of database.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        match server() {
            None => {
                let database = DatabaseUrl::Sqlite(folder.path().join("essaim.sqlite3"));
                Self { database, files, postgres: None, folder }
            }
            Some(server) => {
                let name = Self::name();
                execute(&server, &format!("CREATE DATABASE {name}"));
                let database = DatabaseUrl::Postgres(with_database(&server, &name));
                Self { database, files, postgres: Some((server, name)), folder }
            }
        }
    }

    /// The same files on a database elsewhere.
    pub fn on(database: DatabaseUrl) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        copy_folder(&prepared().files, &files);
        Self { database, files, postgres: None, folder }
    }

    fn name() -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        format!("essaim_place_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn database_url(&self) -> String {
        match &self.database {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// A look from outside, once what killed processes had asked for is done or undone.
    pub fn service(&self, clock: Clock) -> Service {
        let mut settings = Settings::read(|_| None).unwrap();
        settings.database = self.database.clone();
        settings.files = self.files.clone();
        settings.connections = 1;
        let service = Service::open(settings, clock).unwrap();
        // In no transaction: within one, PostgreSQL would count the same connections again and again.
        service
            .db
            .maintain(|conn| {
                settle(conn);
                Ok(())
            })
            .unwrap();
        service
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            execute(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
