//! Reminders of reports: scheduled work, done by the process that serves.

use crate::access::Author;
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls;
use crate::decisions;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::periods::{Period, reminder_due};
use crate::followup::store::periods;
use crate::journal::Entry;
use crate::mail::Message;
use crate::service::{Operation, Service};

/// Dossiers looked at in one round; the next round goes on.
const MOST: usize = 50;

/// Further than any reminder of any call file from its due date.
const HORIZON_DAYS: i64 = 400;

/// Writes the periods of newly awarded dossiers and sends the reminders that are due, each once; answers how many
/// projects were reminded.
///
/// # Errors
/// When the database refuses.
pub fn remind_due(service: &Service, now: Instant) -> Result<usize, Fault> {
    while service.db.write(|conn| periods::open(conn, None, 50))? == 50 {}
    let candidates = service.read(|conn| {
        let mut due = Vec::new();
        let mut rules = std::collections::HashMap::new();
        let unreported =
            periods::unreported_between(conn, now.plus_days(-HORIZON_DAYS), now.plus_days(HORIZON_DAYS))?;
        for (dossier, stored) in unreported {
            let call = dossiers::get(conn, dossier)?.call;
            if !rules.contains_key(&call) {
                rules.insert(call, calls::by_id(conn, call)?.definition.followup.reminders.clone());
            }
            let steps = rules.get(&call).map_or(&[][..], Vec::as_slice);
            if let Some(step) = reminder_due(&stored.period, steps, now)
                && !periods::reminders_sent(conn, dossier)?.contains(&(stored.period.number, i32::from(step)))
            {
                due.push((dossier, stored.period, step));
            }
            if due.len() == MOST {
                break;
            }
        }
        Ok(due)
    })?;
    let mut reminded = 0;
    for (dossier, period, step) in candidates {
        match service.perform(Author::scheduled(), now, |op| remind(op, dossier, &period, step)) {
            Ok(()) => reminded += 1,
            // Another process sent it, or the report came in, between the two.
            Err(Fault::Stale) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(reminded)
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
    let summary = format!("Rappel envoyé\u{A0}: suivi de la période {} ({})", period.number, period.label());
    op.record(Entry::new("followup.reminder", summary).call(call.id).dossier(id).for_everyone());
    Ok(())
}
