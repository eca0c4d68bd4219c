//! The same rule as the condition of a query.

use diesel::prelude::*;

use super::{Reach, reach, reaches_committee};
use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, CallId, OrganisationId};
use crate::db::schema::{
    agenda_items, assignments, call_roles, dossier_editors, dossiers, interest_declarations, recusals,
    territorial_opinions,
};
use crate::db::{Among, among, outside};
use crate::dossiers::model::State;

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
