//! Who sees which dossier. Pages, lists, counts and searches all go through here.
//!
//! The rule is written once, as [`reach`] and the recusals that close every door, and read twice: for dossiers in hand
//! (`hand`), and as a SQL predicate ([`visible`]) for lists that are too long to be held.

mod hand;
mod predicate;

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::State;
use super::store::{self, COLUMNS, Dossier};
use super::{bulk, editors};
use crate::access::{Actor, Role};
use crate::base::ids::{CallId, DossierId};
use crate::db::schema::{dossiers, interest_declarations};
use crate::db::{Conn, among};
use crate::fault::Fault;
use hand::{Sight, recused};
pub use predicate::{own, reaches_every, visible};

/// A dossier as an agent may see it.
#[derive(Clone, Debug)]
pub struct StaffView {
    pub dossier: Dossier,
    /// Roles through which this agent sees it, in this call.
    pub roles: Vec<Role>,
}

impl StaffView {
    #[must_use]
    pub fn through(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// # Errors
    /// [`Fault::NotFound`] when the agent does not see the dossier through this role.
    pub fn require(&self, role: Role) -> Result<(), Fault> {
        if self.through(role) { Ok(()) } else { Err(Fault::NotFound) }
    }
}

/// An applicant's own dossier, whatever its state; for who is invited to write it, until the decision is notified: the
/// letter is the organisation's to read.
///
/// # Errors
/// [`Fault::NotFound`] when it is neither of the person's organisations nor theirs to write.
pub fn for_applicant(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<Dossier, Fault> {
    let dossier = store::get(conn, id)?;
    let sees = actor.belongs_to(dossier.organisation)
        || (!dossier.state.is_notified() && editors::edits(conn, dossier.id, actor.id)?);
    if sees { Ok(dossier) } else { Err(Fault::NotFound) }
}

/// A dossier of one's own organisation: to submit it, to take it back, to say who writes it.
///
/// # Errors
/// [`Fault::NotFound`] when it belongs to an organisation the person is not a member of, and [`Fault::Denied`] for who is
/// only invited to write it.
pub fn for_member(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<Dossier, Fault> {
    let dossier = for_applicant(conn, actor, id)?;
    if actor.belongs_to(dossier.organisation) {
        return Ok(dossier);
    }
    Err(Fault::Denied(
        "Seul un membre de l’organisme peut le faire\u{202F}: vous écrivez ce dossier sur invitation.".to_owned(),
    ))
}

/// Whether an instructor may read the content: their interests on this dossier are declared.
///
/// # Errors
/// When the database refuses.
pub fn has_declared(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<bool, Fault> {
    let found = interest_declarations::table
        .filter(interest_declarations::dossier_id.eq(dossier))
        .filter(interest_declarations::account_id.eq(actor.id))
        .count()
        .get_result::<i64>(conn)?;
    Ok(found > 0)
}

/// A submitted dossier as an agent of its call.
///
/// # Errors
/// [`Fault::NotFound`] for a draft, for another's dossier and for one the agent is recused from.
pub fn for_staff(conn: &mut Conn, actor: &Actor, id: DossierId) -> Result<StaffView, Fault> {
    let dossier = store::get(conn, id)?;
    let sight = Sight::load(conn, actor, dossier.call, Some(&[id]))?;
    let roles = sight.roles_on(&dossier);
    if roles.is_empty() { Err(Fault::NotFound) } else { Ok(StaffView { dossier, roles }) }
}

/// Every dossier of a call that an agent sees through one of `roles`, oldest submission first.
///
/// # Errors
/// When the database refuses.
pub fn visible_in_call(conn: &mut Conn, actor: &Actor, call: CallId, roles: &[Role]) -> Result<Vec<StaffView>, Fault> {
    let sight = Sight::load(conn, actor, call, None)?;
    let rows: Vec<Dossier> = dossiers::table
        .filter(dossiers::call_id.eq(call))
        .filter(dossiers::state.ne(State::Draft))
        .order((dossiers::submitted_at, dossiers::id))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|dossier| {
            let held = sight.roles_on(&dossier);
            held.iter().any(|role| roles.contains(role)).then_some(StaffView { dossier, roles: held })
        })
        .collect())
}

/// Those of the given dossiers of a call that an agent sees through one of `roles`, oldest submission first.
///
/// # Errors
/// When the database refuses.
pub fn visible_among(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    ids: &[DossierId],
    roles: &[Role],
) -> Result<Vec<StaffView>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let read = bulk::by_ids(conn, ids)?;
    let mut held = held_on(conn, actor, call, &read.values().collect::<Vec<_>>(), roles)?;
    let mut views: Vec<StaffView> = read
        .into_values()
        .filter_map(|dossier| held.remove(&dossier.id).map(|roles| StaffView { dossier, roles }))
        .collect();
    views.sort_by_key(|view| (view.dossier.submitted_at, view.dossier.id));
    Ok(views)
}

/// Those of some dossiers, already read, of a call that an agent sees through one of `roles`.
///
/// # Errors
/// When the database refuses.
pub fn seen_of(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    read: &[&Dossier],
    roles: &[Role],
) -> Result<HashSet<DossierId>, Fault> {
    Ok(held_on(conn, actor, call, read, roles)?.into_keys().collect())
}

/// The roles through which an agent sees each of some dossiers of a call, one of `roles` among them.
fn held_on(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    read: &[&Dossier],
    roles: &[Role],
) -> Result<HashMap<DossierId, Vec<Role>>, Fault> {
    if read.is_empty() {
        return Ok(HashMap::new());
    }
    let mut held = HashMap::new();
    let ids: Vec<DossierId> = read.iter().map(|dossier| dossier.id).collect();
    let sight = Sight::load(conn, actor, call, Some(&ids))?;
    for dossier in read.iter().filter(|dossier| dossier.call == call) {
        let through = sight.roles_on(dossier);
        if through.iter().any(|role| roles.contains(role)) {
            held.insert(dossier.id, through);
        }
    }
    Ok(held)
}

/// Dossiers of a call closed to this agent by a recusal, a declared conflict or membership of the applicant: sums and
/// counts leave them out as well.
///
/// # Errors
/// When the database refuses.
pub fn closed_by_interest(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<HashSet<DossierId>, Fault> {
    let recused = recused(conn, actor, call, None)?;
    if actor.organisations.is_empty() {
        return Ok(recused);
    }
    let own = dossiers::table
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::organisation_id, &actor.organisations))
        .select(dossiers::id)
        .load::<DossierId>(conn)?;
    Ok(recused.into_iter().chain(own).collect())
}

/// What a role sees of the dossiers of its call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Every,
    Assigned,
    /// Where a department spoken for is asked.
    Asked,
    /// From the agenda on.
    Committee,
    /// Once the committee has given its opinion.
    Opinion,
    /// Once the authority has something to sign.
    Authority,
}

fn reach(role: Role) -> Reach {
    match role {
        Role::CallManager => Reach::Every,
        Role::Instructor => Reach::Assigned,
        Role::Correspondent => Reach::Asked,
        Role::CommitteeMember => Reach::Committee,
        Role::Signatory => Reach::Authority,
        Role::Funder => Reach::Opinion,
    }
}

/// Members read the dossiers put before them: those on an agenda, and the whole of what the committee judged.
fn reaches_committee(state: State) -> bool {
    state == State::InCommittee || state.has_opinion()
}

/// Whether sums over this call would tell the agent of a dossier that is closed to them.
///
/// # Errors
/// When the database refuses.
pub fn sees_partially(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<bool, Fault> {
    Ok(!closed_by_interest(conn, actor, call)?.is_empty())
}
