//! Reminders of reports: scheduled work, done by the process that serves.

use crate::access::Author;
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls;
use crate::db::Conn;
use crate::decisions;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::periods::{HELPS_FOR_DAYS, Period, reminder_due};
use crate::followup::store::periods;
use crate::journal::Entry;
use crate::mail::Message;
use crate::notify;
use crate::service::{Operation, Service};

/// Projects reminded in one round; the next round goes on.
const MOST: usize = 50;

/// Dossiers whose periods are written in one transaction, and how often in one round.
const OPENED_AT_ONCE: i64 = 50;
const OPENINGS: usize = 20;

/// Writes the periods of newly awarded dossiers and sends the reminders that are due, each once; answers how many
/// projects were reminded.
///
/// # Errors
/// When the database refuses.
pub fn remind_due(service: &Service, now: Instant) -> Result<usize, Fault> {
    for _ in 0..OPENINGS {
        if service.db.write(|conn| periods::open(conn, None, OPENED_AT_ONCE))? == 0 {
            break;
        }
    }
    let mut reminded = 0;
    for (dossier, period, step) in service.read(|conn| due(conn, now))? {
        match service.perform(Author::scheduled(), now, |op| remind(op, dossier, &period, step)) {
            Ok(()) => reminded += 1,
            // Another process sent it, or the report came in, between the two.
            Err(Fault::Stale) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(reminded)
}

fn due(conn: &mut Conn, now: Instant) -> Result<Vec<(DossierId, Period, i16)>, Fault> {
    let mut due = Vec::new();
    for call in calls::list(conn)? {
        let steps = &call.definition.followup.reminders;
        for step in steps {
            let until = now.plus_days(-i64::from(*step));
            let window = (until.plus_days(-HELPS_FOR_DAYS), until);
            let most = i64::try_from(MOST - due.len()).unwrap_or(0);
            for (dossier, stored) in periods::to_remind(conn, call.id, i32::from(*step), window, most)? {
                if reminder_due(&stored.period, steps, now) == Some(*step) {
                    due.push((dossier, stored.period, *step));
                }
            }
            if due.len() == MOST {
                return Ok(due);
            }
        }
    }
    Ok(due)
}

/// One reminder to everyone who may report.
fn remind(op: &mut Operation<'_>, id: DossierId, period: &Period, step: i16) -> Result<(), Fault> {
    dossiers::hold(op.conn, id)?;
    let still_due = periods::of_dossier(op.conn, id)?
        .iter()
        .any(|stored| stored.period.number == period.number && stored.reported_at.is_none());
    if !still_due || !periods::take_reminder(op.conn, id, period.number, i32::from(step), op.now)? {
        return Err(Fault::Stale);
    }
    let dossier = dossiers::get(op.conn, id)?;
    if !dossier.state.is_running() {
        return Err(Fault::Stale);
    }
    let call = calls::of_dossier(op.conn, id)?;
    let content = dossiers::current_version(op.conn, &dossier)?.content;
    let (reference, due) = (dossier.reference_or_draft(), period.due_at.date(call.zone()));
    let late = op.now > period.due_at;
    let subject = if late {
        format!("Dossier {reference}\u{A0}: votre suivi est en retard")
    } else {
        format!("Dossier {reference}\u{A0}: votre suivi est attendu le {due}")
    };
    let when = if late { format!("Il était attendu le {due}.") } else { format!("Il est attendu le {due}.") };
    let body = format!(
        "Bonjour,\n\nLe suivi de votre projet «\u{202F}{}\u{202F}» pour la période {} n’est pas encore transmis. {when}\n\n\
         Renseignez-le ici\u{A0}:\n{}\n\nSi une valeur n’est pas connue, dites-le en commentaire\u{A0}: une valeur qui manque n’est \
         pas un zéro.\n\nPour toute question\u{A0}: {}, {}, {}.\n",
        dossier.title_or_untitled(),
        period.label(),
        op.url(&format!("/mes-dossiers/{id}/indicateurs/{}", period.number)),
        call.definition.contact.service,
        call.definition.contact.telephone,
        call.definition.contact.email,
    );
    for (recipient, recipient_name) in
        decisions::actions::recipients(op.conn, dossier.organisation, &content, content.electronic_notification)?
    {
        op.send(&Message {
            kind: "followup.reminder",
            recipient,
            recipient_name,
            subject: subject.clone(),
            body: body.clone(),
            document: None,
            dossier: Some(id),
        })?;
    }
    let path = format!("/mes-dossiers/{id}/indicateurs/{}", period.number);
    let told = if late {
        format!("{reference}\u{A0}: le suivi est en retard.")
    } else {
        format!("{reference}\u{A0}: le suivi est attendu le {due}.")
    };
    notify::tell_organisation(op, dossier.organisation, "followup.reminder", &told, &path)?;
    let summary = format!("Rappel envoyé\u{A0}: suivi de la période {} ({})", period.number, period.label());
    op.record(Entry::new("followup.reminder", summary).call(call.id).dossier(id).for_everyone());
    Ok(())
}
