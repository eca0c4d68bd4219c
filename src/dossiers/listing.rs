//! Lists of dossiers, paged in the database: what they are narrowed by, sorted by, and how many there are.
//!
//! Every list starts from a scope, which is the rule of sight; what a person does not see is in no count.

use std::collections::HashMap;

use diesel::prelude::*;

use super::counts::{self, Counted};
use super::model::State;
use super::sight;
use super::store::{COLUMNS, Dossier};
use super::tags::{AXIS, DEPARTMENT, tagged};
use crate::access::{Actor, Role};
use crate::base::ids::{CallId, DossierId};
use crate::base::text::pattern;
use crate::db::schema::{dossier_tags, dossiers, organisations};
use crate::db::{Conn, Dialect, Window, among, listed};
use crate::fault::Fault;

/// In whose eyes a list is made.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// Submitted dossiers an agent sees through one of these roles.
    Staff(&'a Actor, &'a [Role]),
    /// One's own dossiers, drafts too.
    Applicant(&'a Actor),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Drafts come last upwards: they have no date yet.
    #[default]
    Submitted,
    Updated,
    Reference,
    Title,
    Organisation,
    Requested,
}

/// What narrows and sorts a list.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    pub call: Option<CallId>,
    /// In one of these states; empty for any.
    pub states: Vec<State>,
    pub axis: Option<String>,
    pub department: Option<String>,
    /// Folded words, all of which the reference, the title or the applicant's name must have.
    pub words: Vec<String>,
    /// The dossier that the words name by its whole reference: see [`Criteria::read`].
    pub reference: Option<String>,
    pub order: Order,
    pub descending: bool,
}

impl Criteria {
    /// Reads words that are the whole reference of a dossier in this scope as its name: it is found in an index, alone.
    /// Other words are looked for in every dossier.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn read(self, conn: &mut Conn, scope: Scope<'_>) -> Result<Self, Fault> {
        let is_numbered = self.words.last().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_numbered {
            return Ok(self);
        }
        let reference = Some(self.words.join("-").to_uppercase());
        let named = Self { words: Vec::new(), reference, ..self.clone() };
        let found: i64 = narrowed(scope, &named, Tagged::InTurn).count().get_result(conn)?;
        Ok(if found > 0 { named } else { self })
    }
}

/// A dossier with the name of who applies.
#[derive(Clone, Debug, Queryable)]
pub struct Listed {
    pub dossier: Dossier,
    pub applicant: String,
}

type Narrowed<'q> = diesel::dsl::IntoBoxed<'q, diesel::dsl::InnerJoin<dossiers::table, organisations::table>, Dialect>;

/// How the dossiers of an axis or a department are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tagged {
    /// All of them first: the few that a whole list is searched for.
    First,
    /// Dossier by dossier, in the order of the list: of many, a page is soon full.
    InTurn,
}

/// From how many dossiers on a page reads tags in turn.
const MANY: i64 = 1_000;

fn narrowed<'q>(scope: Scope<'_>, criteria: &Criteria, tags: Tagged) -> Narrowed<'q> {
    let all = dossiers::table.inner_join(organisations::table).into_boxed::<Dialect>();
    let mut kept = match scope {
        Scope::Staff(actor, roles) => all.filter(sight::visible(actor, roles)),
        Scope::Applicant(actor) => all.filter(sight::own(actor)),
    };
    if let Some(reference) = &criteria.reference {
        kept = kept.filter(dossiers::reference.eq(reference.clone()));
    }
    if let Some(call) = criteria.call {
        kept = kept.filter(dossiers::call_id.eq(call));
    }
    if !criteria.states.is_empty() {
        kept = kept.filter(among(dossiers::state, criteria.states.clone()));
    }
    for (kind, code) in [(AXIS, &criteria.axis), (DEPARTMENT, &criteria.department)] {
        if let Some(code) = code {
            let tagged = tagged(kind, code.clone());
            kept = match tags {
                Tagged::First => kept.filter(dossiers::id.eq_any(tagged)),
                Tagged::InTurn => {
                    kept.filter(diesel::dsl::exists(tagged.filter(dossier_tags::dossier_id.eq(dossiers::id))))
                }
            };
        }
    }
    for word in &criteria.words {
        let pattern = pattern(word);
        kept = kept.filter(dossiers::search_text.like(pattern.clone()).or(organisations::search_text.like(pattern)));
    }
    kept
}

/// How many dossiers the criteria keep. Whole calls, their states, one axis or one department are counts that are kept.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, scope: Scope<'_>, criteria: &Criteria) -> Result<i64, Fault> {
    let counted = match criteria {
        Criteria { words, reference, .. } if !words.is_empty() || reference.is_some() => None,
        Criteria { axis: Some(_), department: Some(_), .. } => None,
        Criteria { axis: Some(code), .. } => Some(Counted::Axis(code)),
        Criteria { department: Some(code), .. } => Some(Counted::Department(code)),
        Criteria { .. } => Some(Counted::Dossiers),
    };
    match (scope, counted) {
        (Scope::Staff(actor, roles), Some(counted)) => {
            let mut calls = actor.calls_with(roles);
            calls.retain(|id| criteria.call.is_none_or(|call| call == *id));
            let mut total = 0;
            for call in calls {
                let counts = counts(conn, actor, roles, call, counted)?;
                let states = &criteria.states;
                let kept = counts.iter().filter(|(state, _)| states.is_empty() || states.contains(state));
                total += kept.map(|(_, number)| number).sum::<i64>();
            }
            Ok(total)
        }
        _ => Ok(narrowed(scope, criteria, Tagged::First).count().get_result(conn)?),
    }
}

/// How many dossiers of a call an agent sees in each state, states without any left out.
///
/// # Errors
/// When the database refuses.
pub fn count_by_state(
    conn: &mut Conn,
    actor: &Actor,
    roles: &[Role],
    call: CallId,
) -> Result<Vec<(State, i64)>, Fault> {
    counts(conn, actor, roles, call, Counted::Dossiers)
}

/// [`count_by_state`], of all the dossiers or of those of one axis or department.
fn counts(
    conn: &mut Conn,
    actor: &Actor,
    roles: &[Role],
    call: CallId,
    counted: Counted<'_>,
) -> Result<Vec<(State, i64)>, Fault> {
    let mut numbers: HashMap<State, i64> = HashMap::new();
    if sight::reaches_every(actor, roles, call) {
        // All but drafts, which are nobody's to see, less the few that are closed to this person.
        numbers.extend(counts::by_state(conn, call, counted)?);
        let closed: Vec<DossierId> = sight::closed_by_interest(conn, actor, call)?.into_iter().collect();
        if !closed.is_empty() {
            let mut theirs =
                dossiers::table.filter(listed(dossiers::id, closed)).select(dossiers::state).into_boxed::<Dialect>();
            if let Some((kind, code)) = counted.tag() {
                theirs = theirs.filter(dossiers::id.eq_any(tagged(kind, code.to_owned())));
            }
            for state in theirs.load::<State>(conn)? {
                numbers.entry(state).and_modify(|all| *all -= 1);
            }
        }
        numbers.remove(&State::Draft);
    } else {
        let mut seen = dossiers::table
            .group_by(dossiers::state)
            .select((dossiers::state, diesel::dsl::count_star()))
            .filter(dossiers::call_id.eq(call))
            .filter(sight::visible(actor, roles))
            .into_boxed::<Dialect>();
        if let Some((kind, code)) = counted.tag() {
            seen = seen.filter(dossiers::id.eq_any(tagged(kind, code.to_owned())));
        }
        numbers.extend(seen.load::<(State, i64)>(conn)?);
    }
    let some = |state: &State| numbers.get(state).copied().filter(|number| *number > 0).map(|number| (*state, number));
    Ok(State::ALL.iter().filter_map(some).collect())
}

/// The rows of one window, in the order asked, equal ones by age.
///
/// # Errors
/// When the database refuses.
pub fn rows(conn: &mut Conn, scope: Scope<'_>, criteria: &Criteria, window: Window) -> Result<Vec<Listed>, Fault> {
    ordered(conn, scope, criteria, Tagged::First, criteria.descending, window)
}

/// [`rows`], of a list that has `total`: what is nearer to its end is read from its end, so that the last page of a long
/// list costs no more than the first.
///
/// # Errors
/// When the database refuses.
pub fn page(
    conn: &mut Conn,
    scope: Scope<'_>,
    criteria: &Criteria,
    window: Window,
    total: i64,
) -> Result<Vec<Listed>, Fault> {
    // What is missing comes last in both orders of the amounts.
    let mirrored = window.mirrored(total).filter(|_| criteria.order != Order::Requested);
    let tags = if total < MANY { Tagged::First } else { Tagged::InTurn };
    let Some(mirrored) = mirrored else {
        return ordered(conn, scope, criteria, tags, criteria.descending, window);
    };
    let mut rows = ordered(conn, scope, criteria, tags, !criteria.descending, mirrored)?;
    rows.reverse();
    Ok(rows)
}

fn ordered(
    conn: &mut Conn,
    scope: Scope<'_>,
    criteria: &Criteria,
    tags: Tagged,
    descending: bool,
    window: Window,
) -> Result<Vec<Listed>, Fault> {
    let query = narrowed(scope, criteria, tags);
    macro_rules! by {
        ($column:expr) => {
            if descending { query.order($column.desc()) } else { query.order($column.asc()) }
        };
    }
    let query = match criteria.order {
        // Agents see nothing that was not submitted: the index that holds the dates holds their order.
        Order::Submitted if matches!(scope, Scope::Staff(..)) => by!(dossiers::submitted_at),
        Order::Submitted => {
            let query = if descending {
                query.order(dossiers::submitted_at.is_null().desc())
            } else {
                query.order(dossiers::submitted_at.is_null().asc())
            };
            if descending {
                query.then_order_by(dossiers::submitted_at.desc())
            } else {
                query.then_order_by(dossiers::submitted_at.asc())
            }
        }
        Order::Updated => by!(dossiers::updated_at),
        Order::Reference => by!(dossiers::reference),
        Order::Title => by!(dossiers::search_text),
        Order::Organisation => by!(organisations::search_text),
        // The two databases place what is missing differently.
        Order::Requested if descending => {
            query.order(dossiers::requested_cents.is_null().asc()).then_order_by(dossiers::requested_cents.desc())
        }
        Order::Requested => {
            query.order(dossiers::requested_cents.is_null().asc()).then_order_by(dossiers::requested_cents.asc())
        }
    };
    let query =
        if descending { query.then_order_by(dossiers::id.desc()) } else { query.then_order_by(dossiers::id.asc()) };
    Ok(query.offset(window.offset).limit(window.limit).select((COLUMNS, organisations::name)).load(conn)?)
}
