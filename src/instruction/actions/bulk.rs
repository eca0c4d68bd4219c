//! Giving many dossiers at once, as prepared and corrected by the manager.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assignment::{NOT_AN_INSTRUCTOR, PAST, give, instructors, obstacle};
use super::messages;
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, Event, Tags};
use crate::fault::{Fault, Mistakes};
use crate::instruction::distribution::{Reader, Wanted};
use crate::instruction::store::{self, Assignment, Instructor};
use crate::service::Operation;

/// A dossier that lacks readers, with what the preview shows of it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub dossier: Dossier,
    pub applicant: String,
    pub tags: Tags,
    pub wanted: Wanted,
    /// Why each person barred is, in words.
    pub reasons: BTreeMap<AccountId, &'static str>,
}

/// The dossiers of a call that lack readers and take some now, oldest submission first, with everybody who may read.
/// Dossiers the manager does not see are left out.
///
/// # Errors
/// When the database refuses.
pub fn waiting(
    conn: &mut Conn,
    actor: &Actor,
    call: &Call,
) -> Result<(Vec<Waiting>, Vec<(Instructor, Reader)>), Fault> {
    let needed = usize::try_from(call.definition.instruction.reviewers_per_dossier).unwrap_or(1);
    let people = instructors(conn, call)?;
    let accounts: Vec<AccountId> = people.iter().map(|i| i.account).collect();
    let members = store::memberships(conn, &accounts)?;
    let mut loads: HashMap<AccountId, usize> = HashMap::new();
    for assignment in store::active_in_call(conn, call.id)?.iter().filter(|a| a.is_due()) {
        *loads.entry(assignment.account).or_default() += 1;
    }
    let states: Vec<_> = dossiers::State::ALL
        .iter()
        .copied()
        .filter(|state| dossiers::rules::allows(*state, Event::Assign, &call.definition.stages))
        .collect();
    let found = store::in_states(conn, call.id, &states, MOST_READ)?;
    let views = dossiers::visible_among(conn, actor, call.id, &found, &[Role::CallManager])?;
    let ids: Vec<DossierId> = views.iter().map(|view| view.dossier.id).collect();
    let recused = store::recusals_on(conn, &ids)?;
    let mut assignments: HashMap<DossierId, Vec<Assignment>> = HashMap::new();
    for assignment in store::ever_on(conn, &ids)? {
        assignments.entry(assignment.dossier).or_default().push(assignment);
    }
    let mut applicants = store::applicants_of(conn, &ids)?;
    let mut tags = dossiers::tags(conn, &ids)?;
    let mut all = Vec::new();
    for view in views {
        let dossier = view.dossier;
        let of_dossier = assignments.remove(&dossier.id).unwrap_or_default();
        let active: Vec<&Assignment> = of_dossier.iter().filter(|a| a.is_active()).collect();
        let missing = needed.saturating_sub(active.len());
        if missing == 0 {
            continue;
        }
        let mut reasons: BTreeMap<AccountId, &'static str> = BTreeMap::new();
        for person in &accounts {
            if members.contains(&(dossier.organisation, *person)) {
                reasons.insert(*person, "membre de l’organisme porteur");
            } else if recused.contains(&(dossier.id, *person)) {
                reasons.insert(*person, "déport déclaré");
            } else if of_dossier.iter().any(|a| a.account == *person && a.refused) {
                reasons.insert(*person, "a refusé ce dossier");
            }
        }
        let tags = tags.remove(&dossier.id).unwrap_or_default();
        all.push(Waiting {
            applicant: applicants.remove(&dossier.id).unwrap_or_default(),
            wanted: Wanted {
                dossier: dossier.id,
                axes: tags.axes.clone(),
                missing,
                holders: active.iter().map(|a| (a.account, a.institution)).collect(),
                barred: reasons.keys().copied().collect(),
            },
            tags,
            reasons,
            dossier,
        });
    }
    let people = people
        .into_iter()
        .map(|person| {
            let load = loads.get(&person.account).copied().unwrap_or_default();
            let reader = Reader { account: person.account, institution: person.institution, load };
            (person, reader)
        })
        .collect();
    Ok((all, people))
}

/// Dossiers looked at for one preview.
const MOST_READ: i64 = 2_000;

/// Who reads one dossier, place by place, as confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    pub dossier: DossierId,
    pub people: Vec<AccountId>,
}

/// What giving did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub dossiers: usize,
    pub readings: usize,
    pub people: usize,
}

/// Gives every reading or none, with one mail to each instructor. A reading that its instructor already holds, as
/// after a second click, is left as it is.
///
/// # Errors
/// [`Fault::Invalid`] with one message a reading that cannot be given, under `reading-<dossier>-<place from 1>`.
pub fn assign_many(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    plan: &[Readers],
    due_at: Option<Instant>,
) -> Result<Given, Fault> {
    let call = calls::by_id(op.conn, call)?;
    let mut mistakes = Mistakes::default();
    if due_at.is_some_and(|due| due <= op.now) {
        mistakes.add("due", PAST);
    }
    let people: HashMap<AccountId, Instructor> =
        instructors(op.conn, &call)?.into_iter().map(|i| (i.account, i)).collect();
    let mut plan: Vec<&Readers> = plan.iter().collect();
    // One order of rows, so that two managers confirming at once never wait for each other.
    plan.sort_by_key(|readers| readers.dossier);
    let mut given = Given::default();
    let mut told: BTreeMap<AccountId, usize> = BTreeMap::new();
    for Readers { dossier, people: chosen } in plan {
        dossiers::hold(op.conn, *dossier)?;
        let view = dossiers::for_staff(op.conn, actor, *dossier)?;
        view.require(Role::CallManager)?;
        if view.dossier.call != call.id {
            return Err(Fault::NotFound);
        }
        let held: BTreeSet<AccountId> =
            store::active_on(op.conn, &[*dossier])?.into_iter().map(|a| a.account).collect();
        let mut gave = false;
        for (place, account) in chosen.iter().enumerate().filter(|(_, account)| !held.contains(account)) {
            let field = format!("reading-{dossier}-{}", place + 1);
            let reference = view.dossier.reference_or_draft();
            let Some(person) = people.get(account) else {
                mistakes.add(field, format!("{reference}\u{A0}: {NOT_AN_INSTRUCTOR}"));
                continue;
            };
            let state = dossiers::get(op.conn, *dossier)?.state;
            if !dossiers::rules::allows(state, Event::Assign, &call.definition.stages) {
                let state = state.label().to_lowercase();
                mistakes.add(field, format!("{reference}\u{A0}: ce dossier ne se distribue plus, il est dans l’état «\u{202F}{state}\u{202F}»."));
                continue;
            }
            if let Some(why) = obstacle(op.conn, &call, &view.dossier, person)? {
                mistakes.add(field, format!("{reference}\u{A0}: {why}"));
                continue;
            }
            give(op, actor, &call, &view.dossier, person, due_at)?;
            *told.entry(*account).or_default() += 1;
            given.readings += 1;
            gave = true;
        }
        given.dossiers += usize::from(gave);
    }
    mistakes.finish()?;
    given.people = told.len();
    for (account, number) in told {
        if let Some(person) = people.get(&account) {
            messages::tell_instructor_of_many(op, &call, person, number, due_at)?;
        }
    }
    if given.readings == 0 {
        return Err(Fault::refused("Tout est déjà affecté\u{A0}: il ne restait rien à confirmer."));
    }
    Ok(given)
}
