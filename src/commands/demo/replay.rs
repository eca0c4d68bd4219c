//! Who acts, on which dossier, at the instant the clock is set to: what every stage of the replay shares.

use std::collections::{HashMap, HashSet};

use super::data::Dossier;
use super::organisations::{Holders, declare};
use super::people::People;
use super::story::{Calendar, Story};
use super::{data, entry};
use crate::access::{Actor, Role, load_actor};
use crate::base::ids::{AccountId, CallId, DossierId, PracticeNoteId, SessionId};
use crate::fault::Fault;
use crate::notify;
use crate::service::{Operation, Service};

/// A call with its story and its dossiers, as written.
pub struct Told {
    pub code: String,
    pub call: CallId,
    pub story: Story,
    pub dossiers: Vec<Dossier>,
}

impl Told {
    /// Dossiers with an outcome, in the order of the files.
    pub fn opined(&self) -> Vec<&Dossier> {
        self.dossiers.iter().filter(|dossier| dossier.outcome.is_some()).collect()
    }
}

/// What a session of a committee rules on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    Shortlisting,
    Selection,
}

pub struct Replay<'a> {
    pub service: &'a Service,
    pub people: &'a People,
    pub calendar: Calendar,
    pub holders: Holders,
    /// Rows of the dossiers by key.
    pub dossiers: HashMap<&'a str, DossierId>,
    /// Practice notes by their title.
    pub notes: HashMap<&'a str, PracticeNoteId>,
    /// Sessions of the committees, once planned.
    pub sessions: HashMap<(CallId, Turn), SessionId>,
    /// Dossiers read so far, by call and institution.
    pub readings: HashMap<(CallId, &'a str), usize>,
    /// Who reads a dossier in the name of an institution.
    pub reader_of: HashMap<(&'a str, &'a str), AccountId>,
}

impl<'a> Replay<'a> {
    pub fn new(service: &'a Service, people: &'a People, calendar: Calendar) -> Self {
        Self {
            service,
            people,
            calendar,
            holders: Holders::new(),
            dossiers: HashMap::new(),
            notes: HashMap::new(),
            sessions: HashMap::new(),
            readings: HashMap::new(),
            reader_of: HashMap::new(),
        }
    }

    /// One operation in a person's name, now.
    pub fn by<T>(
        &self,
        account: AccountId,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let actor = self.service.read(|conn| load_actor(conn, account))?;
        self.service.perform(actor.author(), self.service.clock.now(), |op| work(op, &actor))
    }

    /// One operation in the name of whoever holds the role first in that call.
    pub fn with<T>(
        &self,
        told: &Told,
        role: Role,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.by(self.people.first(told.call, role)?, work)
    }

    pub fn manager<T>(
        &self,
        told: &Told,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.with(told, Role::CallManager, work)
    }

    /// One operation in the name of whoever brings the dossier.
    pub fn holder<T>(
        &self,
        dossier: &Dossier,
        work: impl FnOnce(&mut Operation<'_>, &Actor) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let holder = self.holders.get(&dossier.organisation.name).ok_or(Fault::NotFound)?;
        self.by(holder.account, work)
    }

    /// Everybody reads what they were told so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn read_news(&mut self) -> Result<(), Fault> {
        let now = self.service.clock.now();
        let holders = self.holders.values().map(|holder| holder.account);
        let accounts: HashSet<AccountId> = self.people.accounts().chain(holders).collect();
        self.service.db.write(|conn| accounts.iter().try_for_each(|account| notify::read_all(conn, *account, now)))
    }

    /// # Errors
    /// When the dossier was not written yet.
    pub fn id(&self, dossier: &Dossier) -> Result<DossierId, Fault> {
        self.dossiers.get(dossier.key.as_str()).copied().ok_or(Fault::NotFound)
    }

    /// Declares the organisation if need be, then writes the dossier and submits it.
    ///
    /// # Errors
    /// When an operation refuses.
    pub fn enter(&mut self, told: &'a Told, dossier: &'a Dossier) -> Result<(), Fault> {
        let holder = declare(self.service, self.people, &mut self.holders, &dossier.organisation)?;
        let id = self.by(holder.account, |op, actor| entry::enter(op, actor, told.call, &holder, dossier))?;
        self.dossiers.insert(&dossier.key, id);
        Ok(())
    }
}

/// Codes of the departments of a dossier.
pub fn departments(dossier: &Dossier) -> &[String] {
    match dossier.answers.get("departments") {
        Some(data::Answer::List(departments)) => departments,
        _ => &[],
    }
}
