//! Rows of batches of letters and of their jobs.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DossierId, LetterBatchId, LetterId, LetterJobId};
use crate::db::Conn;
use crate::db::schema::{accounts, letter_batches, letter_jobs, letters};
use crate::decisions::model::{Batch, BatchKind, JobState};
use crate::fault::Fault;

type Row = (LetterBatchId, CallId, BatchKind, AccountId, Instant, Option<String>, Option<Instant>);

macro_rules! columns {
    () => {
        (
            letter_batches::id,
            letter_batches::call_id,
            letter_batches::kind,
            letter_batches::created_by,
            letter_batches::created_at,
            letter_batches::posted_on,
            letter_batches::finished_at,
        )
    };
}

fn batch(row: Row) -> Batch {
    let (id, call, kind, created_by, created_at, posted_on, finished_at) = row;
    Batch { id, call, kind, created_by, created_at, posted_on, finished_at }
}

pub fn insert_batch(
    conn: &mut Conn,
    call: CallId,
    kind: BatchKind,
    by: AccountId,
    at: Instant,
    letters: &[LetterId],
) -> Result<LetterBatchId, Fault> {
    let id = diesel::insert_into(letter_batches::table)
        .values((
            letter_batches::call_id.eq(call),
            letter_batches::kind.eq(kind),
            letter_batches::created_by.eq(by),
            letter_batches::created_at.eq(at),
        ))
        .returning(letter_batches::id)
        .get_result::<LetterBatchId>(conn)?;
    for letter in letters {
        diesel::insert_into(letter_jobs::table)
            .values((
                letter_jobs::batch_id.eq(id),
                letter_jobs::letter_id.eq(*letter),
                letter_jobs::state.eq(JobState::Waiting),
            ))
            .execute(conn)?;
    }
    Ok(id)
}

pub fn batch_by_id(conn: &mut Conn, id: LetterBatchId) -> Result<Batch, Fault> {
    Ok(letter_batches::table.filter(letter_batches::id.eq(id)).select(columns!()).first(conn).map(batch)?)
}

pub fn batches_of(conn: &mut Conn, call: CallId) -> Result<Vec<Batch>, Fault> {
    let rows = letter_batches::table
        .filter(letter_batches::call_id.eq(call))
        .order(letter_batches::id.desc())
        .select(columns!())
        .load::<Row>(conn)?;
    Ok(rows.into_iter().map(batch).collect())
}

/// The oldest batch that has something to send now.
pub fn next_batch(conn: &mut Conn) -> Result<Option<Batch>, Fault> {
    Ok(letter_batches::table
        .filter(letter_batches::finished_at.is_null())
        .filter(letter_batches::kind.eq(BatchKind::Electronic).or(letter_batches::posted_on.is_not_null()))
        .order(letter_batches::id)
        .select(columns!())
        .first(conn)
        .optional()?
        .map(batch))
}

/// The next letters of a batch, oldest first.
pub fn waiting_jobs(
    conn: &mut Conn,
    batch: LetterBatchId,
    limit: i64,
) -> Result<Vec<(LetterJobId, LetterId, DossierId)>, Fault> {
    Ok(letter_jobs::table
        .inner_join(letters::table)
        .filter(letter_jobs::batch_id.eq(batch))
        .filter(letter_jobs::state.eq(JobState::Waiting))
        .order(letter_jobs::id)
        .limit(limit)
        .select((letter_jobs::id, letter_jobs::letter_id, letters::dossier_id))
        .load(conn)?)
}

/// Whether this job was still waiting: of two workers, one sends.
pub fn settle_job(
    conn: &mut Conn,
    job: LetterJobId,
    state: JobState,
    problem: &str,
    at: Instant,
) -> Result<bool, Fault> {
    let changed = diesel::update(
        letter_jobs::table.filter(letter_jobs::id.eq(job)).filter(letter_jobs::state.eq(JobState::Waiting)),
    )
    .set((letter_jobs::state.eq(state), letter_jobs::problem.eq(problem), letter_jobs::done_at.eq(Some(at))))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Waiting, done, kept back.
pub fn job_counts(conn: &mut Conn, batch: LetterBatchId) -> Result<[usize; 3], Fault> {
    let mut counts = [0; 3];
    for (count, state) in counts.iter_mut().zip([JobState::Waiting, JobState::Done, JobState::Kept]) {
        let found = letter_jobs::table
            .filter(letter_jobs::batch_id.eq(batch))
            .filter(letter_jobs::state.eq(state))
            .count()
            .get_result::<i64>(conn)?;
        *count = usize::try_from(found).unwrap_or_default();
    }
    Ok(counts)
}

/// Letters kept back: number, dossier, and why.
pub fn kept_jobs(conn: &mut Conn, batch: LetterBatchId) -> Result<Vec<(String, DossierId, String)>, Fault> {
    Ok(letter_jobs::table
        .inner_join(letters::table)
        .filter(letter_jobs::batch_id.eq(batch))
        .filter(letter_jobs::state.eq(JobState::Kept))
        .order(letter_jobs::id)
        .select((letters::number, letters::dossier_id, letter_jobs::problem))
        .load(conn)?)
}

/// Letters of a batch, in the order they leave.
pub fn letters_in_batch(conn: &mut Conn, batch: LetterBatchId) -> Result<Vec<LetterId>, Fault> {
    Ok(letter_jobs::table
        .filter(letter_jobs::batch_id.eq(batch))
        .order(letter_jobs::id)
        .select(letter_jobs::letter_id)
        .load(conn)?)
}

/// Letters of a call that wait in an unfinished batch.
pub fn letters_in_waiting_jobs(conn: &mut Conn, call: CallId) -> Result<Vec<LetterId>, Fault> {
    Ok(letter_jobs::table
        .inner_join(letter_batches::table)
        .filter(letter_batches::call_id.eq(call))
        .filter(letter_jobs::state.eq(JobState::Waiting))
        .select(letter_jobs::letter_id)
        .load(conn)?)
}

pub fn finish_batch(conn: &mut Conn, id: LetterBatchId, at: Instant) -> Result<(), Fault> {
    diesel::update(
        letter_batches::table.filter(letter_batches::id.eq(id)).filter(letter_batches::finished_at.is_null()),
    )
    .set(letter_batches::finished_at.eq(Some(at)))
    .execute(conn)?;
    Ok(())
}

/// The day printed letters were posted, once.
pub fn set_posted_on(conn: &mut Conn, id: LetterBatchId, day: &str) -> Result<(), Fault> {
    let changed = diesel::update(
        letter_batches::table.filter(letter_batches::id.eq(id)).filter(letter_batches::posted_on.is_null()),
    )
    .set(letter_batches::posted_on.eq(Some(day)))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Name of the person who prepared a batch.
pub fn author_name(conn: &mut Conn, id: AccountId) -> Result<String, Fault> {
    let (given_name, surname) = accounts::table
        .filter(accounts::id.eq(id))
        .select((accounts::given_name, accounts::surname))
        .first::<(String, String)>(conn)?;
    Ok(format!("{given_name} {surname}"))
}

/// Every letter of a call, whatever its state, in order.
pub fn letters_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<LetterId>, Fault> {
    Ok(letters::table.filter(letters::call_id.eq(call)).order(letters::id).select(letters::id).load(conn)?)
}
