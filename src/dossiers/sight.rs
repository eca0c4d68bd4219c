//! Who sees which dossier. Pages, lists, counts and searches all go through here.
//!
//! The rule is written once, as [`reach`] and the recusals that close every door, and read twice: for one dossier in
//! hand, and as a SQL predicate ([`visible`]) for lists that are too long to be held.

use std::collections::HashSet;

use diesel::prelude::*;

use super::editors;
use super::model::State;
use super::store::{self, COLUMNS, Dossier};
use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, CallId, DossierId, OrganisationId};
use crate::db::schema::{
    agenda_items, assignments, call_roles, dossier_editors, dossiers, interest_declarations, recusals,
    territorial_opinions,
};
use crate::db::{Among, Conn, among, outside};
use crate::fault::Fault;

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
    let mut views = Vec::new();
    for some in ids.chunks(500) {
        let sight = Sight::load(conn, actor, call, Some(some))?;
        let rows: Vec<Dossier> = dossiers::table
            .filter(among(dossiers::id, some))
            .filter(dossiers::state.ne(State::Draft))
            .select(COLUMNS)
            .load(conn)?;
        // Asked for the call as well, SQLite would look for them in the whole of it.
        views.extend(rows.into_iter().filter(|dossier| dossier.call == call).filter_map(|dossier| {
            let held = sight.roles_on(&dossier);
            held.iter().any(|role| roles.contains(role)).then_some(StaffView { dossier, roles: held })
        }));
    }
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
    let mut seen = HashSet::new();
    for some in read.chunks(500) {
        let ids: Vec<DossierId> = some.iter().map(|dossier| dossier.id).collect();
        let sight = Sight::load(conn, actor, call, Some(&ids))?;
        let opens = |dossier: &Dossier| sight.roles_on(dossier).iter().any(|role| roles.contains(role));
        seen.extend(some.iter().filter(|d| d.call == call && opens(d)).map(|dossier| dossier.id));
    }
    Ok(seen)
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

/// The dossiers of a call that a table names under some conditions; of these only, when some are given.
macro_rules! named_in {
    ($table:ident, $conn:expr, $call:expr, $only:expr $(, $condition:expr)*) => {{
        let named = $table::table.select($table::dossier_id)$(.filter($condition))*;
        match $only {
            // Not joined with their call: SQLite would look for them in the whole of it.
            Some(ids) => named.filter(among($table::dossier_id, ids)).load::<DossierId>($conn),
            None => named.inner_join(dossiers::table).filter(dossiers::call_id.eq($call)).load::<DossierId>($conn),
        }
    }};
}

/// Dossiers closed to a person by a recusal, a declared conflict, or because they once wrote them, even by invitation.
fn recused(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    only: Option<&[DossierId]>,
) -> Result<HashSet<DossierId>, Fault> {
    let person = actor.id;
    let declared = named_in!(
        interest_declarations,
        conn,
        call,
        only,
        interest_declarations::account_id.eq(person),
        interest_declarations::conflict
    )?;
    let recused = named_in!(recusals, conn, call, only, recusals::account_id.eq(person))?;
    let written = named_in!(dossier_editors, conn, call, only, dossier_editors::account_id.eq(person))?;
    Ok(declared.into_iter().chain(recused).chain(written).collect())
}

/// What one agent may look at in one call.
struct Sight {
    call_roles: Vec<Role>,
    organisations: HashSet<i64>,
    assigned: HashSet<DossierId>,
    /// Dossiers on which a department of this correspondent is asked.
    asked: HashSet<DossierId>,
    recused: HashSet<DossierId>,
    /// On the agenda of a session, shortlisting ones included.
    placed: HashSet<DossierId>,
}

impl Sight {
    /// Reads what the actor's roles depend on, in the whole call or on some of its dossiers.
    fn load(conn: &mut Conn, actor: &Actor, call: CallId, only: Option<&[DossierId]>) -> Result<Self, Fault> {
        let call_roles: Vec<Role> = actor.grants.iter().filter(|g| g.call == call).map(|g| g.role).collect();
        let mut sight = Self {
            organisations: actor.organisations.iter().map(|o| o.0).collect(),
            recused: recused(conn, actor, call, only)?,
            assigned: HashSet::new(),
            asked: HashSet::new(),
            placed: HashSet::new(),
            call_roles,
        };
        let has = |reached: Reach| sight.call_roles.iter().any(|role| reach(*role) == reached);
        let (assigned, asked, placed) = (has(Reach::Assigned), has(Reach::Asked), has(Reach::Committee));
        if assigned {
            let of = assignments::account_id.eq(actor.id);
            let held = named_in!(assignments, conn, call, only, of, assignments::ended_at.is_null())?;
            sight.assigned = held.into_iter().collect();
        }
        if asked {
            let spoken_for = among(territorial_opinions::department, actor.departments_in(call));
            sight.asked = named_in!(territorial_opinions, conn, call, only, spoken_for)?.into_iter().collect();
        }
        if placed {
            sight.placed = named_in!(agenda_items, conn, call, only)?.into_iter().collect();
        }
        Ok(sight)
    }

    /// Recusal and membership of the applicant organisation close every door at once.
    fn roles_on(&self, dossier: &Dossier) -> Vec<Role> {
        let interested = self.recused.contains(&dossier.id) || self.organisations.contains(&dossier.organisation.0);
        if interested || dossier.state == State::Draft {
            return Vec::new();
        }
        self.call_roles
            .iter()
            .copied()
            .filter(|role| match reach(*role) {
                Reach::Every => true,
                Reach::Assigned => self.assigned.contains(&dossier.id),
                Reach::Asked => self.asked.contains(&dossier.id),
                Reach::Committee => self.placed.contains(&dossier.id) || reaches_committee(dossier.state),
                Reach::Opinion => dossier.state.has_opinion(),
                Reach::Authority => dossier.state.reaches_authority(),
            })
            .collect()
    }
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

/// Whether one of `roles` opens every dossier of a call to this agent, but those closed by an interest.
pub fn reaches_every(actor: &Actor, roles: &[Role], call: CallId) -> bool {
    Doors::of(actor, roles).every.contains(&call)
}

/// The dossiers an agent sees through one of `roles`, in all their calls, as the condition of a query on `dossiers`,
/// joined with whatever else.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn visible(actor: &Actor, roles: &[Role]) -> _ {
    let doors: Doors = Doors::of(actor, roles);
    let every: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.every);
    let given: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.assigned);
    let spoken: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.asked);
    let sits: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.committee);
    let before: Among<dossiers::state, State> = among(dossiers::state, doors.before_committee);
    let opinion: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.opinion);
    let after: Among<dossiers::state, State> = among(dossiers::state, doors.with_opinion);
    let authority: Among<dossiers::call_id, CallId> = among(dossiers::call_id, doors.authority);
    let to_sign: Among<dossiers::state, State> = among(dossiers::state, doors.to_sign);
    let not_own: Among<dossiers::organisation_id, OrganisationId> =
        outside(dossiers::organisation_id, actor.organisations.clone());
    let person: AccountId = actor.id;
    let draft: State = State::Draft;
    let assigned = assignments::table
        .filter(assignments::account_id.eq(person))
        .filter(assignments::ended_at.is_null())
        .select(assignments::dossier_id);
    let speaks: Role = Role::Correspondent;
    let asked = territorial_opinions::table
        .inner_join(
            call_roles::table.on(call_roles::call_id
                .eq(territorial_opinions::call_id)
                .and(call_roles::department.eq(territorial_opinions::department.nullable()))),
        )
        .filter(call_roles::account_id.eq(person))
        .filter(call_roles::role.eq(speaks))
        .filter(call_roles::revoked_at.is_null())
        .select(territorial_opinions::dossier_id);
    let declared = interest_declarations::table
        .filter(interest_declarations::account_id.eq(person))
        .filter(interest_declarations::conflict)
        .select(interest_declarations::dossier_id);
    let recused = recusals::table.filter(recusals::account_id.eq(person)).select(recusals::dossier_id);
    let written =
        dossier_editors::table.filter(dossier_editors::account_id.eq(person)).select(dossier_editors::dossier_id);
    let placed = agenda_items::table.select(agenda_items::dossier_id);
    dossiers::state
        .ne(draft)
        .and(dossiers::id.ne_all(written))
        .and(not_own)
        .and(dossiers::id.ne_all(declared))
        .and(dossiers::id.ne_all(recused))
        .and(
            every
                .or(given.and(dossiers::id.eq_any(assigned)))
                .or(spoken.and(dossiers::id.eq_any(asked)))
                .or(sits.and(before.or(dossiers::id.eq_any(placed))))
                .or(opinion.and(after))
                .or(authority.and(to_sign)),
        )
}

/// The calls in which a person's roles open each door.
struct Doors {
    every: Vec<CallId>,
    assigned: Vec<CallId>,
    asked: Vec<CallId>,
    committee: Vec<CallId>,
    before_committee: Vec<State>,
    opinion: Vec<CallId>,
    with_opinion: Vec<State>,
    authority: Vec<CallId>,
    to_sign: Vec<State>,
}

impl Doors {
    fn of(actor: &Actor, roles: &[Role]) -> Self {
        let calls = |reached: fn(Reach) -> bool| {
            let through: Vec<Role> = roles.iter().copied().filter(|role| reached(reach(*role))).collect();
            actor.calls_with(&through)
        };
        let states = |reaches: fn(State) -> bool| State::ALL.iter().copied().filter(|state| reaches(*state)).collect();
        Self {
            every: calls(|r| r == Reach::Every),
            assigned: calls(|r| r == Reach::Assigned),
            asked: calls(|r| r == Reach::Asked),
            committee: calls(|r| r == Reach::Committee),
            before_committee: states(reaches_committee),
            opinion: calls(|r| r == Reach::Opinion),
            with_opinion: states(State::has_opinion),
            authority: calls(|r| r == Reach::Authority),
            to_sign: states(State::reaches_authority),
        }
    }
}

/// The dossiers a person sees as an applicant, drafts too, as the condition of a query on `dossiers`.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn own(actor: &Actor) -> _ {
    let member: Among<dossiers::organisation_id, OrganisationId> =
        among(dossiers::organisation_id, organisations_or_none(actor));
    let person: AccountId = actor.id;
    let unread: Among<dossiers::state, State> = outside(dossiers::state, notified_states());
    let invited = dossier_editors::table
        .filter(dossier_editors::account_id.eq(person))
        .filter(dossier_editors::removed_at.is_null())
        .select(dossier_editors::dossier_id);
    member.or(dossiers::id.eq_any(invited).and(unread))
}

/// An id that no organisation has stands for none: without a condition on the column, SQLite would read every dossier to
/// find those that a person is invited to write.
fn organisations_or_none(actor: &Actor) -> Vec<OrganisationId> {
    if actor.organisations.is_empty() { vec![OrganisationId(0)] } else { actor.organisations.clone() }
}

/// States in which the letter is the organisation's alone to read.
fn notified_states() -> Vec<State> {
    State::ALL.iter().copied().filter(|state| state.is_notified()).collect()
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
