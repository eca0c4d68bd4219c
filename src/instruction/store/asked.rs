//! The reviews asked in a call, as one list: narrowed, sorted and paged in the database.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId, InstitutionId};
use crate::base::text::pattern;
use crate::db::schema::{accounts, assignments, dossiers, institutions, organisations};
use crate::db::{Conn, Dialect, listed, outside};
use crate::dossiers::State;
use crate::dossiers::counts::{self, Counted};
use crate::fault::Fault;
use crate::web::list::Window;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Due,
    Dossier,
    Instructor,
}

/// What narrows and sorts the list.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub call: CallId,
    /// Dossiers closed to the reader by an interest.
    pub closed: Vec<DossierId>,
    /// `retard`, `attendu`, `rendu`, or anything else for all.
    pub state: String,
    /// Code of an institution.
    pub institution: Option<String>,
    /// Folded words, all of which the dossier or the applicant must have.
    pub words: Vec<String>,
    pub order: Order,
    pub descending: bool,
    pub now: Instant,
}

/// A review asked of somebody, submitted or not.
#[derive(Clone, Debug, Queryable)]
pub struct Asked {
    pub assignment: AssignmentId,
    pub dossier: DossierId,
    pub account: AccountId,
    pub institution: InstitutionId,
    pub due_at: Option<Instant>,
    pub reminded_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
}

/// Active assignments of the call; a dossier withdrawn waits for no review.
macro_rules! narrowed {
    ($wanted:expr) => {{
        let mut query = assignments::table
            .inner_join(dossiers::table)
            .inner_join(accounts::table.on(accounts::id.eq(assignments::account_id)))
            .into_boxed::<Dialect>()
            .filter(assignments::call_id.eq($wanted.call))
            .filter(assignments::ended_at.is_null())
            .filter(assignments::review_submitted_at.is_not_null().or(dossiers::state.eq(State::UnderInstruction)));
        query = match $wanted.state.as_str() {
            "retard" => {
                query.filter(assignments::review_submitted_at.is_null()).filter(assignments::due_at.lt($wanted.now))
            }
            "attendu" => query.filter(assignments::review_submitted_at.is_null()),
            "rendu" => query.filter(assignments::review_submitted_at.is_not_null()),
            _ => query,
        };
        if let Some(code) = &$wanted.institution {
            let own = institutions::table.filter(institutions::code.eq(code.clone())).select(institutions::id);
            query = query.filter(assignments::institution_id.eq_any(own));
        }
        for word in &$wanted.words {
            let pattern = pattern(word);
            let applicants =
                organisations::table.filter(organisations::search_text.like(pattern.clone())).select(organisations::id);
            query = query.filter(dossiers::search_text.like(pattern).or(dossiers::organisation_id.eq_any(applicants)));
        }
        query
    }};
}

/// How many there are. Those of a whole call are counts that are kept; the late ones are counted in an index.
pub fn count_asked(conn: &mut Conn, wanted: &Wanted) -> Result<i64, Fault> {
    if wanted.institution.is_some() || !wanted.words.is_empty() {
        let open = narrowed!(wanted).filter(outside(assignments::dossier_id, wanted.closed.clone()));
        return Ok(open.count().get_result(conn)?);
    }
    let count = count_of_call(conn, wanted)?;
    if wanted.closed.is_empty() {
        return Ok(count);
    }
    let closed = narrowed!(wanted).filter(listed(assignments::dossier_id, &wanted.closed));
    Ok(count - closed.count().get_result::<i64>(conn)?)
}

fn count_of_call(conn: &mut Conn, wanted: &Wanted) -> Result<i64, Fault> {
    if wanted.state == "retard" {
        let late = assignments::table
            .filter(assignments::call_id.eq(wanted.call))
            .filter(assignments::ended_at.is_null())
            .filter(assignments::review_submitted_at.is_null())
            .filter(assignments::due_at.lt(wanted.now))
            .inner_join(dossiers::table)
            .filter(dossiers::state.eq(State::UnderInstruction));
        return Ok(late.count().get_result(conn)?);
    }
    let mut number = 0;
    if wanted.state != "rendu" {
        let awaited = counts::by_state(conn, wanted.call, Counted::ReviewsAwaited)?;
        number += awaited.iter().filter(|(state, _)| *state == State::UnderInstruction).map(|(_, n)| n).sum::<i64>();
    }
    if wanted.state != "attendu" {
        number += counts::by_state(conn, wanted.call, Counted::ReviewsGiven)?.iter().map(|(_, n)| n).sum::<i64>();
    }
    Ok(number)
}

/// One window of a list that has `total`; what is nearer to its end is read from its end.
pub fn asked(conn: &mut Conn, wanted: &Wanted, window: Window, total: i64) -> Result<Vec<Asked>, Fault> {
    match window.mirrored(total).filter(|_| !wanted.descending && wanted.order == Order::Due) {
        Some(mirrored) => {
            let mut rows = ordered(conn, wanted, true, mirrored)?;
            rows.reverse();
            Ok(rows)
        }
        None => ordered(conn, wanted, false, window),
    }
}

fn ordered(conn: &mut Conn, wanted: &Wanted, from_end: bool, window: Window) -> Result<Vec<Asked>, Fault> {
    let query = narrowed!(wanted).filter(outside(assignments::dossier_id, wanted.closed.clone()));
    macro_rules! by {
        ($column:expr) => {
            if wanted.descending { query.order($column.desc()) } else { query.order($column.asc()) }
        };
    }
    let submitted = assignments::review_submitted_at.is_not_null();
    let undated = assignments::due_at.is_null();
    let query = match wanted.order {
        // What is submitted comes last, and what has no due date after what has one.
        Order::Due if from_end => query
            .order(submitted.desc())
            .then_order_by(undated.desc())
            .then_order_by(assignments::due_at.desc())
            .then_order_by(assignments::id.desc()),
        Order::Due => {
            let query = query.order(submitted.asc()).then_order_by(undated.asc());
            let query = if wanted.descending {
                query.then_order_by(assignments::due_at.desc())
            } else {
                query.then_order_by(assignments::due_at.asc())
            };
            query.then_order_by(assignments::id.asc())
        }
        Order::Dossier => by!(dossiers::reference).then_order_by(assignments::id.asc()),
        Order::Instructor => by!(accounts::search_text).then_order_by(assignments::id.asc()),
    };
    Ok(query
        .offset(window.offset)
        .limit(window.limit)
        .select((
            assignments::id,
            assignments::dossier_id,
            assignments::account_id,
            assignments::institution_id,
            assignments::due_at,
            assignments::reminded_at,
            assignments::review_submitted_at,
        ))
        .load(conn)?)
}
