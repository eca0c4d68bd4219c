//! Who is acting, and which doors their roles open.
//!
//! Roles are held per call, in the name of an institution; an applicant's rights come from membership of an
//! organisation. Both are read afresh at each request, so that a change takes effect at once.

pub mod passwords;
mod store;

use crate::base::ids::{AccountId, CallId, InstitutionId, OrganisationId};
use crate::fault::Fault;

pub use store::load_actor;

crate::code_enum! {
    /// What an agent does in a call.
    pub enum Role {
        CallManager = "call_manager" => "Gestionnaire de l’appel",
        Instructor = "instructor" => "Instructeur",
        Correspondent = "correspondent" => "Correspondant départemental",
        CommitteeMember = "committee_member" => "Membre du comité de sélection",
        Signatory = "signatory" => "Signataire",
        Funder = "funder" => "Financeur",
    }
}

/// One role held in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub call: CallId,
    pub institution: InstitutionId,
    pub role: Role,
    /// The seat held, for committee members.
    pub seat: Option<String>,
    /// The department spoken for, for correspondents.
    pub department: Option<String>,
}

/// An agent of several institutions in one call: in whose name they act there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hat {
    pub call: CallId,
    /// Those whose name they may act in, by age of their roles.
    pub institutions: Vec<InstitutionId>,
    /// Absent: they act in the name of each, role by role.
    pub chosen: Option<InstitutionId>,
}

/// A signed-in person with all they may do.
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: AccountId,
    pub email: String,
    pub given_name: String,
    pub surname: String,
    pub administrator: bool,
    pub organisations: Vec<OrganisationId>,
    /// Roles in force: in a call where a hat is worn, only those held in the name of that institution.
    pub grants: Vec<Grant>,
    /// Calls in which they hold roles for several institutions.
    pub hats: Vec<Hat>,
}

impl Actor {
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.surname)
    }

    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.role == role)
    }

    #[must_use]
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role))
    }

    #[must_use]
    pub fn holds_in(&self, call: CallId, roles: &[Role]) -> bool {
        self.grants.iter().any(|g| g.call == call && roles.contains(&g.role))
    }

    /// # Errors
    /// "Not found" rather than "forbidden": a call's inner pages are nobody else's to know of.
    pub fn require_in(&self, call: CallId, roles: &[Role]) -> Result<(), Fault> {
        if self.holds_in(call, roles) { Ok(()) } else { Err(Fault::NotFound) }
    }

    /// The institution in whose name a role is held in a call.
    #[must_use]
    pub fn institution_in(&self, call: CallId, role: Role) -> Option<InstitutionId> {
        self.grants.iter().find(|g| g.call == call && g.role == role).map(|g| g.institution)
    }

    /// Departments for which the person is correspondent in a call.
    #[must_use]
    pub fn departments_in(&self, call: CallId) -> Vec<String> {
        let held = self.grants.iter().filter(|g| g.call == call && g.role == Role::Correspondent);
        held.filter_map(|g| g.department.clone()).collect()
    }

    #[must_use]
    pub fn calls_with(&self, roles: &[Role]) -> Vec<CallId> {
        let mut calls: Vec<_> = self.grants.iter().filter(|g| roles.contains(&g.role)).map(|g| g.call).collect();
        calls.sort_unstable();
        calls.dedup();
        calls
    }

    #[must_use]
    pub fn belongs_to(&self, organisation: OrganisationId) -> bool {
        self.organisations.contains(&organisation)
    }

    #[must_use]
    pub fn is_agent(&self) -> bool {
        !self.grants.is_empty()
    }

    #[must_use]
    pub fn author(&self) -> Author {
        Author { id: Some(self.id), name: self.name() }
    }
}

/// In whose name an operation is journaled.
#[derive(Clone, Debug)]
pub struct Author {
    /// Absent for the console and for scheduled work.
    pub id: Option<AccountId>,
    pub name: String,
}

impl Author {
    #[must_use]
    pub fn console() -> Self {
        Self { id: None, name: "Console d’administration".to_owned() }
    }

    /// Work that the service does by itself when its hour comes.
    #[must_use]
    pub fn scheduled() -> Self {
        Self { id: None, name: "Service Essaim".to_owned() }
    }

    #[must_use]
    pub fn visitor() -> Self {
        Self { id: None, name: "Visiteur".to_owned() }
    }
}

/// What a route asks before its page runs. The page then narrows to the very call or dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Public,
    SignedIn,
    Administrator,
    /// One of these roles in at least one call.
    AnyCall(&'static [Role]),
    /// One of these roles in the call named by the `{call}` part of the address.
    ThisCall(&'static [Role]),
}
