//! Letters sent together: a manager prepares the batch, the serving process works through it in small steps.

use jiff::civil::Date;

use super::notify::{Delivery, notify};
use super::sign::said;
use crate::access::{Actor, Author, Role, load_actor};
use crate::base::clock::{Instant, french_date, parse_date};
use crate::base::ids::{AccountId, LetterBatchId, LetterId};
use crate::base::text::count;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::model::{Batch, BatchKind, JobState, Letter};
use crate::decisions::store;
use crate::dossiers;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::{Operation, Service};

/// Letters of a call that this manager may put in a new batch, by how they leave.
///
/// # Errors
/// When the database refuses.
pub fn batchable(conn: &mut Conn, actor: &Actor, call: &Call) -> Result<(Vec<Letter>, Vec<Letter>), Fault> {
    let closed = dossiers::closed_by_interest(conn, actor, call.id)?;
    let taken = store::letters_in_waiting_jobs(conn, call.id)?;
    let mut letters = store::waiting_of_call(conn, call.id)?;
    letters.retain(|letter| !closed.contains(&letter.dossier) && !taken.contains(&letter.id));
    Ok(letters.into_iter().partition(|letter| letter.electronic))
}

/// Prepares a batch of every letter that may leave this way. Electronic letters start leaving at once; printed ones
/// when their posting day is recorded.
///
/// # Errors
/// [`Fault::NotFound`] for anyone but a manager of the call; [`Fault::Refused`] when nothing may leave.
pub fn prepare_batch(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    kind: BatchKind,
) -> Result<LetterBatchId, Fault> {
    actor.require_in(call.id, &[Role::CallManager])?;
    let (electronic, postal) = batchable(op.conn, actor, call)?;
    let letters: Vec<LetterId> = match kind {
        BatchKind::Electronic => electronic,
        BatchKind::Postal => postal,
    }
    .into_iter()
    .map(|letter| letter.id)
    .collect();
    if letters.is_empty() {
        return Err(Fault::refused("Aucune lettre n’attend de partir ainsi."));
    }
    let id = store::insert_batch(op.conn, call.id, kind, actor.id, op.now, &letters)?;
    let what = match kind {
        BatchKind::Electronic => "Envoi groupé par voie électronique",
        BatchKind::Postal => "Envoi groupé par la poste préparé",
    };
    let text = format!("{what}\u{A0}: {}", count(letters.len(), "lettre", "lettres"));
    op.record(Entry::new("decision.batch", text).call(call.id));
    Ok(id)
}

/// Records when the printed letters of a batch were handed to the post; they are then notified one after the other.
///
/// # Errors
/// [`Fault::Invalid`] for a day that cannot be; [`Fault::Stale`] when somebody recorded it already.
pub fn post_batch(op: &mut Operation<'_>, actor: &Actor, batch: LetterBatchId, day: Date) -> Result<(), Fault> {
    let batch = batch_for(op.conn, actor, batch)?;
    let call = calls::by_id(op.conn, batch.call)?;
    if batch.kind != BatchKind::Postal {
        return Err(Fault::refused("Ces lettres partent par voie électronique."));
    }
    let zone = call.zone();
    if day > op.now.in_zone(zone).date() {
        return Err(Fault::invalid("posted_on", "La date d’envoi ne peut pas être à venir."));
    }
    let ids = store::letters_in_batch(op.conn, batch.id)?;
    let last = store::letters_by_ids(op.conn, &ids)?.into_iter().map(|letter| letter.issued_at).max();
    if let Some(last) = last.filter(|last| day < last.in_zone(zone).date()) {
        let why = format!("La dernière lettre a été signée le {}\u{A0}: l’envoi suit.", last.date(zone));
        return Err(Fault::invalid("posted_on", why));
    }
    store::set_posted_on(op.conn, batch.id, &day.to_string())?;
    let text = format!("Lettres postées le {}\u{A0}: {}", french_date(day), count(ids.len(), "lettre", "lettres"));
    op.record(Entry::new("decision.batch_posted", text).call(call.id));
    Ok(())
}

/// A batch, for a manager of its call.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else.
pub fn batch_for(conn: &mut Conn, actor: &Actor, id: LetterBatchId) -> Result<Batch, Fault> {
    let batch = store::batch_by_id(conn, id)?;
    actor.require_in(batch.call, &[Role::CallManager])?;
    Ok(batch)
}

/// Sends at most `most` letters of the oldest batch in progress; answers how many were settled. What is sent is marked in
/// the same transaction, so that a process killed in between sends nothing twice and leaves nothing out.
///
/// # Errors
/// When the database refuses; what keeps one letter back is noted on it.
pub fn step(service: &Service, now: Instant, most: i64) -> Result<usize, Fault> {
    let Some(batch) = service.read(store::next_batch)? else { return Ok(0) };
    let jobs = service.read(|conn| store::waiting_jobs(conn, batch.id, most))?;
    if jobs.is_empty() {
        service.db.write(|conn| store::finish_batch(conn, batch.id, now))?;
        return Ok(0);
    }
    let delivery = match batch.posted_on.as_deref().and_then(parse_date) {
        Some(day) => Delivery::Posted(day),
        None => Delivery::Electronic,
    };
    let mut settled = 0;
    for (job, letter, dossier) in jobs {
        let send = || {
            service.perform(Author::scheduled(), now, |op| {
                let actor = sender(op, batch.created_by)?;
                if !store::settle_job(op.conn, job, JobState::Done, "", now)? {
                    return Err(Fault::Stale);
                }
                let waiting = store::waiting_of(op.conn, dossier)?;
                if waiting.is_none_or(|waiting| waiting.id != letter) {
                    return Err(Fault::refused("Cette lettre était déjà notifiée."));
                }
                notify(op, &actor, dossier, delivery)
            })
        };
        // Somebody was at the same dossier at the same moment: the letter has its second chance at once.
        let sent = match send() {
            Err(Fault::Stale) => send(),
            other => other,
        };
        match sent {
            Ok(_) => settled += 1,
            Err(fault) if fault.is_of_service() => return Err(fault),
            Err(fault) => {
                let problem = said(&fault);
                let kept = service.db.write(|conn| store::settle_job(conn, job, JobState::Kept, &problem, now))?;
                settled += usize::from(kept);
            }
        }
    }
    Ok(settled)
}

/// Rights of this moment, in the transaction that uses them: whoever lost them since sends no more.
fn sender(op: &mut Operation<'_>, account: AccountId) -> Result<Actor, Fault> {
    let actor = load_actor(op.conn, account).map_err(|fault| match fault {
        Fault::NotFound => Fault::refused("La personne qui a préparé cet envoi n’a plus de compte ouvert."),
        other => other,
    })?;
    op.author = actor.author();
    Ok(actor)
}

/// Steps until nothing is left to send: for the console and for tests; the serving process pauses between steps.
///
/// # Errors
/// As [`step`].
pub fn run_batches(service: &Service, now: Instant) -> Result<usize, Fault> {
    const STEP: i64 = 20;
    let mut total = 0;
    while service.read(store::next_batch)?.is_some() {
        total += step(service, now, STEP)?;
    }
    Ok(total)
}
