//! The running service: its database, files, clock and settings, and the one way to change anything.

use diesel::connection::{Connection, TransactionManager};

use crate::access::Author;
use crate::base::clock::{Clock, Instant};
use crate::config::Settings;
use crate::db::{Conn, Db};
use crate::fault::Fault;
use crate::files::FileStore;
use crate::journal::{self, Entry};
use crate::mail::{self, Message};

/// A transaction begun inside another one.
type Savepoint = <Conn as Connection>::TransactionManager;

/// Shared by every page and command.
#[derive(Debug)]
pub struct Service {
    pub db: Db,
    pub files: FileStore,
    pub clock: Clock,
    pub settings: Settings,
}

/// One operation in progress: a transaction with the journal entries and mails that go with it.
pub struct Operation<'a> {
    pub conn: &'a mut Conn,
    pub files: &'a FileStore,
    pub settings: &'a Settings,
    /// When the request arrived: what was in time stays in time, whenever it commits.
    pub now: Instant,
    pub author: Author,
    entries: Vec<Entry>,
}

impl Operation<'_> {
    /// Says what was done. An operation that changes something and says nothing is refused.
    pub fn record(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Does a part that may be refused without the rest: what it changed and said is then undone, and only that.
    ///
    /// # Errors
    /// Whatever `work` answers, or that the database lost the transaction.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let said = self.entries.len();
        Savepoint::begin_transaction(self.conn)?;
        let done = work(self);
        if done.is_ok() {
            Savepoint::commit_transaction(self.conn)?;
            return done;
        }
        let undone = Savepoint::rollback_transaction(self.conn);
        // A full disk and a lost connection have undone everything by themselves: they are what there is to say.
        if !done.as_ref().is_err_and(Fault::is_of_service) {
            undone?;
        }
        self.entries.truncate(said);
        done
    }

    /// Puts a mail in the outbox, in the same transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn send(&mut self, message: &Message) -> Result<(), Fault> {
        let parts = mail::compose::compose(self.settings, message)?;
        mail::enqueue(self.conn, self.now, message, &parts)
    }

    /// Absolute address of a path, for mails and letters.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base_url)
    }
}

impl Service {
    /// # Errors
    /// When the database or the file folder cannot be opened.
    pub fn open(settings: Settings, clock: Clock) -> Result<Self, Fault> {
        if let crate::db::DatabaseUrl::Sqlite(path) = &settings.database
            && let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        let db = Db::connect(&settings.database, settings.connections)?;
        let files = FileStore::open(&settings.files)?;
        Ok(Self { db, files, clock, settings })
    }

    /// # Errors
    /// Whatever `work` answers.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> Result<T, Fault> {
        self.db.read(work)
    }

    /// Runs one operation in one transaction: its change, its mails and its journal entries commit together or
    /// not at all.
    ///
    /// # Errors
    /// Whatever `work` answers; [`Fault::Internal`] when it recorded nothing in the journal.
    pub fn perform<T>(
        &self,
        author: Author,
        now: Instant,
        work: impl FnOnce(&mut Operation<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.db.write(|conn| {
            let mut operation =
                Operation { conn, files: &self.files, settings: &self.settings, now, author, entries: Vec::new() };
            let value = work(&mut operation)?;
            let Operation { conn, entries, author, .. } = operation;
            if entries.is_empty() {
                return Err(Fault::internal("an operation must say what it did"));
            }
            journal::append(conn, now, &author, &entries)?;
            Ok(value)
        })
    }
}
