//! From a signed decision to its reading.

use super::sign::{Many, reference, said};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, OrganisationId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::model::{Decision, Kind, Letter, LetterKind};
use crate::decisions::store;
use crate::dossiers::{self, Content, Dossier, Event};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::mail::Message;
use crate::service::{Operation, Service};

/// How a letter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By electronic mail and in the applicant's space: only with their consent.
    Electronic,
    /// Printed and posted on that day; the mail says so without carrying the letter.
    Posted(jiff::civil::Date),
}

/// Sends the sealed letter that waits on a dossier: from now on the applicant knows.
///
/// # Errors
/// [`Fault::NotFound`] for whoever does not manage the call; [`Fault::Refused`] when no letter waits;
/// [`Fault::Invalid`] for a posting day that cannot be, or when the applicant did not consent to electronic letters.
pub fn notify(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, delivery: Delivery) -> Result<Letter, Fault> {
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let letter = store::waiting_of(op.conn, dossier)?.ok_or_else(nothing_waits)?;
    let decisions = store::of_letter(op.conn, letter.id)?;
    let version = decisions.first().ok_or(Fault::NotFound)?.version;
    let content = dossiers::version_by_id(op.conn, version)?.content;
    let (at, how) = departure(&call, &letter, delivery, op.now)?;
    match letter.kind {
        LetterKind::Notification => {
            dossiers::advance(op, dossier, Event::Notify)?;
        }
        LetterKind::Termination if ends_everything(op.conn, dossier)? => {
            dossiers::advance(op, dossier, Event::Terminate)?;
        }
        LetterKind::Termination | LetterKind::Amendment | LetterKind::Yearly | LetterKind::Correction => {}
    }
    let posted_on = match delivery {
        Delivery::Posted(day) => Some(day.to_string()),
        Delivery::Electronic => None,
    };
    store::notify_letter(op.conn, letter.id, at, posted_on.as_deref())?;
    store::notify_decisions(op.conn, letter.id, at)?;
    for replaced in decisions.iter().filter(|d| d.kind == Kind::Correction).filter_map(|d| d.replaces) {
        let old = store::letter_of(op.conn, replaced)?;
        store::replace_letter(op.conn, old.id, letter.id)?;
    }
    for message in messages(op, &call, &view.dossier, &content, &letter, delivery)? {
        op.send(&message)?;
    }
    let numbers: Vec<&str> = decisions.iter().map(|d| d.number.as_str()).collect();
    let summary = match numbers.as_slice() {
        [number] => format!("Décision {number} notifiée"),
        numbers => format!("Décisions {} notifiées", numbers.join(", ")),
    };
    op.record(Entry::new("decision.notify", summary).call(call.id).dossier(dossier).reason(how).for_everyone());
    store::letter_by_id(op.conn, letter.id)
}

fn nothing_waits() -> Fault {
    Fault::refused("Aucune lettre n’attend d’être notifiée pour ce dossier.")
}

/// Whether every authority that granted something has ended it.
fn ends_everything(conn: &mut Conn, dossier: DossierId) -> Result<bool, Fault> {
    let mut last = std::collections::BTreeMap::new();
    for decision in store::of_dossier(conn, dossier)? {
        last.insert(decision.authority, decision);
    }
    Ok(last.values().all(|d| d.kind == Kind::Termination || d.shares.is_empty()))
}

/// Notifies each dossier's waiting letter, each in its own transaction.
///
/// # Errors
/// Only what concerns the service as a whole; refusals of one dossier are told in the answer.
pub fn notify_many(
    service: &Service,
    actor: &Actor,
    now: Instant,
    dossiers: &[DossierId],
    delivery: Delivery,
) -> Result<Many, Fault> {
    let mut many = Many::default();
    for id in dossiers {
        match service.perform(actor.author(), now, |op| notify(op, actor, *id, delivery)) {
            Ok(letter) => many.done.push(letter.number),
            Err(fault) if fault.is_of_service() => return Err(fault),
            Err(fault) => many.kept.push((reference(service, *id)?, said(&fault))),
        }
    }
    Ok(many)
}

/// When the notification counts from, and how it is told.
fn departure(call: &Call, letter: &Letter, delivery: Delivery, now: Instant) -> Result<(Instant, String), Fault> {
    let zone = call.zone();
    let day = match delivery {
        Delivery::Electronic if letter.electronic => {
            return Ok((now, "Par voie électronique".to_owned()));
        }
        Delivery::Electronic => {
            let why = "Le porteur n’a pas accepté la notification électronique\u{202F}: \
                       postez la lettre et saisissez la date d’envoi.";
            return Err(Fault::invalid("posted_on", why));
        }
        Delivery::Posted(day) => day,
    };
    let (signed_on, today) = (letter.issued_at.in_zone(zone).date(), now.in_zone(zone).date());
    if day > today {
        return Err(Fault::invalid("posted_on", "La date d’envoi ne peut pas être à venir."));
    }
    if day < signed_on {
        let signed_on = letter.issued_at.date(zone);
        return Err(Fault::invalid("posted_on", format!("La lettre a été signée le {signed_on}\u{A0}: l’envoi suit.")));
    }
    let noon = Instant::from_civil(&format!("{day}T12:00:00"), zone).map_err(|e| Fault::internal(e.to_string()))?;
    let at = if day == today { now } else { noon.max(letter.issued_at) };
    Ok((at, format!("Posté le {}", crate::base::clock::french_date(day))))
}

/// Who is told, address and name: the organisation's members, and the project's contact when letters may be sent
/// electronically.
///
/// # Errors
/// When the database refuses.
pub fn recipients(
    conn: &mut Conn,
    organisation: OrganisationId,
    content: &Content,
    electronic: bool,
) -> Result<Vec<(String, String)>, Fault> {
    let mut recipients = store::members(conn, organisation)?;
    let contact = &content.applicant;
    let known = recipients.iter().any(|(email, _)| email.eq_ignore_ascii_case(&contact.contact_email));
    if electronic && !contact.contact_email.is_empty() && !known {
        recipients.push((contact.contact_email.clone(), contact.contact_name.clone()));
    }
    Ok(recipients)
}

/// Neither subject nor body says what was decided.
fn messages(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: &Dossier,
    content: &Content,
    letter: &Letter,
    delivery: Delivery,
) -> Result<Vec<Message>, Fault> {
    let electronic = delivery == Delivery::Electronic;
    let recipients = recipients(op.conn, dossier.organisation, content, electronic)?;
    let contact = &content.applicant;
    let reference = dossier.reference_or_draft();
    let url = op.url(&format!("/mes-dossiers/{}/decision", dossier.id));
    let how = if electronic {
        "La lettre de notification est jointe à ce message."
    } else {
        "La lettre de notification vous est envoyée par voie postale."
    };
    let body = format!(
        "Bonjour,\n\nUne décision a été prise sur le dossier {reference}, «\u{202F}{}\u{202F}», déposé par {} dans le \
         cadre de l’appel «\u{202F}{}\u{202F}».\n\nVous pouvez la lire dans votre espace\u{A0}:\n{url}\n\n{how} Elle \
         indique comment contester la décision et dans quels délais.\n\nPour toute question\u{A0}: {}, {}, {}.\n",
        dossier.title_or_untitled(),
        contact.name,
        call.title,
        call.definition.contact.service,
        call.definition.contact.telephone,
        call.definition.contact.email,
    );
    Ok(recipients
        .into_iter()
        .map(|(recipient, recipient_name)| Message {
            kind: "decision.notify",
            recipient,
            recipient_name,
            subject: format!("Dossier {reference}\u{A0}: une décision vous attend"),
            body: body.clone(),
            document: electronic.then_some(letter.document),
            dossier: Some(dossier.id),
        })
        .collect())
}

/// The notified letters of one's own dossier, oldest first, and the decisions they carry.
///
/// # Errors
/// [`Fault::NotFound`] for another's dossier, and before a first notification.
pub fn notified(
    conn: &mut Conn,
    actor: &Actor,
    dossier: DossierId,
) -> Result<(Dossier, Vec<Decision>, Vec<Letter>), Fault> {
    let dossier = dossiers::for_applicant(conn, actor, dossier)?;
    let mut letters = store::letters_of(conn, dossier.id)?;
    letters.retain(|letter| letter.notified_at.is_some());
    let mut decisions = store::of_dossier(conn, dossier.id)?;
    decisions.retain(|decision| decision.notified_at.is_some());
    if letters.is_empty() { Err(Fault::NotFound) } else { Ok((dossier, decisions, letters)) }
}

/// Keeps the first reading of each letter by a member of the organisation.
///
/// # Errors
/// As [`notified`]; [`Fault::Stale`] when every reading is already recorded.
pub fn record_reading(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<(), Fault> {
    let (dossier, _, letters) = notified(op.conn, actor, dossier)?;
    let mut first = false;
    for letter in letters.iter().filter(|letter| letter.read_at.is_none()) {
        if store::set_read(op.conn, letter.id, actor.id, op.now)? {
            first = true;
            op.record(
                Entry::new("decision.read", format!("Lettre {} lue par le porteur", letter.number))
                    .call(dossier.call)
                    .dossier(dossier.id)
                    .for_everyone(),
            );
        }
    }
    if first { Ok(()) } else { Err(Fault::Stale) }
}
