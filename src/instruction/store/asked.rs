//! The reviews asked in a call, as one list: narrowed, sorted and paged in the database.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AssignmentId, CallId, DossierId, InstitutionId};
use crate::base::text::pattern;
use crate::db::schema::{accounts, assignments, dossiers, institutions, organisations, reviews};
use crate::db::{Conn, Dialect};
use crate::dossiers::State;
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

/// Active assignments of the call, but on closed dossiers; a dossier withdrawn waits for no review.
macro_rules! narrowed {
    ($wanted:expr) => {{
        let mut query = assignments::table
            .inner_join(dossiers::table)
            .inner_join(organisations::table.on(organisations::id.eq(dossiers::organisation_id)))
            .inner_join(accounts::table.on(accounts::id.eq(assignments::account_id)))
            .inner_join(institutions::table)
            .left_join(reviews::table)
            .into_boxed::<Dialect>()
            .filter(dossiers::call_id.eq($wanted.call))
            .filter(assignments::ended_at.is_null())
            .filter(reviews::submitted_at.is_not_null().or(dossiers::state.eq(State::UnderInstruction)))
            .filter(dossiers::id.ne_all($wanted.closed.clone()));
        query = match $wanted.state.as_str() {
            "retard" => query.filter(reviews::submitted_at.is_null()).filter(assignments::due_at.lt($wanted.now)),
            "attendu" => query.filter(reviews::submitted_at.is_null()),
            "rendu" => query.filter(reviews::submitted_at.is_not_null()),
            _ => query,
        };
        if let Some(code) = &$wanted.institution {
            query = query.filter(institutions::code.eq(code.clone()));
        }
        for word in &$wanted.words {
            let pattern = pattern(word);
            query =
                query.filter(dossiers::search_text.like(pattern.clone()).or(organisations::search_text.like(pattern)));
        }
        query
    }};
}

pub fn count_asked(conn: &mut Conn, wanted: &Wanted) -> Result<i64, Fault> {
    Ok(narrowed!(wanted).count().get_result(conn)?)
}

pub fn asked(conn: &mut Conn, wanted: &Wanted, window: Window) -> Result<Vec<Asked>, Fault> {
    let query = narrowed!(wanted);
    macro_rules! by {
        ($column:expr) => {
            if wanted.descending { query.order($column.desc()) } else { query.order($column.asc()) }
        };
    }
    let query = match wanted.order {
        // What is submitted comes last, and what has no due date after what has one.
        Order::Due => {
            let query = query
                .order(reviews::submitted_at.is_not_null().asc())
                .then_order_by(assignments::due_at.is_null().asc());
            if wanted.descending {
                query.then_order_by(assignments::due_at.desc())
            } else {
                query.then_order_by(assignments::due_at.asc())
            }
        }
        Order::Dossier => by!(dossiers::reference),
        Order::Instructor => by!(accounts::search_text),
    };
    Ok(query
        .then_order_by(assignments::id.asc())
        .offset(window.offset)
        .limit(window.limit)
        .select((
            assignments::id,
            assignments::dossier_id,
            assignments::account_id,
            assignments::institution_id,
            assignments::due_at,
            assignments::reminded_at,
            reviews::submitted_at.nullable(),
        ))
        .load(conn)?)
}
