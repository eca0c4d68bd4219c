//! Telling writers that a call closes soon: scheduled work, done by the process that serves.

use diesel::prelude::*;

use crate::access::Author;
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls;
use crate::db::Conn;
use crate::db::schema::{accounts, calls as calls_table, dossiers};
use crate::dossiers::mails::{self, Recipient, Words};
use crate::dossiers::model::State;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::{Operation, Service};

/// Days before the closing.
const DAYS_BEFORE: i64 = 5;
/// A draft younger than this was just opened by somebody who has read the date.
const NEW_FOR_DAYS: i64 = 1;
/// Drafts reminded in one round; the next round goes on.
const MOST: i64 = 50;

/// Reminds whoever opened a draft, once, five days before its call closes; answers how many were reminded.
///
/// # Errors
/// When the database refuses.
pub fn remind_drafts(service: &Service, now: Instant) -> Result<usize, Fault> {
    let mut reminded = 0;
    for dossier in service.read(|conn| due(conn, now))? {
        match service.perform(Author::scheduled(), now, |op| remind(op, dossier)) {
            Ok(()) => reminded += 1,
            // Submitted, or reminded by another process, between the two.
            Err(Fault::Stale) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(reminded)
}

fn due(conn: &mut Conn, now: Instant) -> Result<Vec<DossierId>, Fault> {
    Ok(dossiers::table
        .inner_join(calls_table::table)
        .filter(dossiers::state.eq(State::Draft))
        .filter(dossiers::reminded_at.is_null())
        .filter(dossiers::created_at.le(now.plus_days(-NEW_FOR_DAYS)))
        .filter(calls_table::closes_at.gt(now))
        .filter(calls_table::closes_at.le(now.plus_days(DAYS_BEFORE)))
        .order(dossiers::id)
        .limit(MOST)
        .select(dossiers::id)
        .load(conn)?)
}

fn remind(op: &mut Operation<'_>, id: DossierId) -> Result<(), Fault> {
    let taken = diesel::update(
        dossiers::table
            .filter(dossiers::id.eq(id))
            .filter(dossiers::state.eq(State::Draft))
            .filter(dossiers::reminded_at.is_null()),
    )
    .set(dossiers::reminded_at.eq(Some(op.now)))
    .execute(op.conn)?;
    if taken != 1 {
        return Err(Fault::Stale);
    }
    let dossier = store::get(op.conn, id)?;
    let call = calls::of_dossier(op.conn, id)?;
    let (email, given_name, surname) = accounts::table
        .filter(accounts::id.eq(dossier.created_by))
        .select((accounts::email, accounts::given_name, accounts::surname))
        .first::<(String, String, String)>(op.conn)?;
    let closing = call.closes_at.long(call.zone());
    let words = Words {
        kind: "dossier.reminder",
        subject: format!("Votre dossier est à déposer avant le {}", call.closes_at.date(call.zone())),
        text: format!(
            "Votre dossier «\u{202F}{}\u{202F}» pour l’appel «\u{202F}{}\u{202F}» est encore un brouillon. L’appel se clôt le {closing}\u{202F}; \
             un brouillon qui n’est pas déposé ne sera pas examiné.\n\nPour le terminer et le déposer\u{A0}:\n{}",
            dossier.title_or_untitled(),
            call.title,
            op.url(&format!("/mes-dossiers/{id}")),
        ),
    };
    let to = Recipient { account: Some(dossier.created_by), email, name: format!("{given_name} {surname}") };
    mails::send(op, &call, &dossier, &[to], &words, &format!("/mes-dossiers/{id}"))?;
    let entry = Entry::new("dossier.remind", format!("Rappel envoyé\u{A0}: l’appel se clôt le {closing}"));
    op.record(entry.call(call.id).dossier(id).for_everyone());
    Ok(())
}
