//! From a signed decision to its reading.

use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, OrganisationId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::decisions::model::{Decision, Letter};
use crate::decisions::store;
use crate::dossiers::{self, Content, Dossier, Event};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::mail::Message;
use crate::service::Operation;

/// How a letter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By electronic mail and in the applicant's space: only with their consent.
    Electronic,
    /// Printed and posted on that day; the mail says so without carrying the letter.
    Posted(jiff::civil::Date),
}

/// Sends what was signed: from now on the applicant knows.
///
/// # Errors
/// [`Fault::NotFound`] for whoever does not manage the call; [`Fault::Refused`] in any other state;
/// [`Fault::Invalid`] for a posting day that cannot be, or when the applicant did not consent to electronic letters.
pub fn notify(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    delivery: Delivery,
) -> Result<Decision, Fault> {
    let view = dossiers::for_staff(op.conn, actor, dossier)?;
    view.require(Role::CallManager)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    dossiers::rules::transition(view.dossier.state, Event::Notify, &call.definition.stages)
        .map_err(|refusal| Fault::refused(refusal.to_string()))?;
    let decision = store::of_dossier(op.conn, dossier)?.ok_or(Fault::NotFound)?;
    let content = dossiers::version_by_id(op.conn, decision.version)?.content;
    let (at, how) = departure(&call, &decision, &content, delivery, op.now)?;
    dossiers::advance(op, dossier, Event::Notify)?;
    store::set_notified(op.conn, &decision, at)?;
    let letter = store::letter_of(op.conn, decision.id)?;
    for message in messages(op, &call, &view.dossier, &content, &letter, delivery)? {
        op.send(&message)?;
    }
    op.record(
        Entry::new("decision.notify", format!("Décision {} notifiée", decision.number))
            .call(call.id)
            .dossier(dossier)
            .reason(how)
            .for_everyone(),
    );
    store::of_dossier(op.conn, dossier)?.ok_or(Fault::NotFound)
}

/// When the notification counts from, and how it is told.
fn departure(
    call: &Call,
    decision: &Decision,
    content: &Content,
    delivery: Delivery,
    now: Instant,
) -> Result<(Instant, String), Fault> {
    let zone = call.zone();
    let day = match delivery {
        Delivery::Electronic if content.electronic_notification => {
            return Ok((now, "Par voie électronique".to_owned()));
        }
        Delivery::Electronic => {
            let why = "Le porteur n’a pas accepté la notification électronique\u{202F}: \
                       postez la lettre et saisissez la date d’envoi.";
            return Err(Fault::invalid("posted_on", why));
        }
        Delivery::Posted(day) => day,
    };
    let (signed_on, today) = (decision.signed_at.in_zone(zone).date(), now.in_zone(zone).date());
    if day > today {
        return Err(Fault::invalid("posted_on", "La date d’envoi ne peut pas être à venir."));
    }
    if day < signed_on {
        let signed_on = decision.signed_at.date(zone);
        return Err(Fault::invalid("posted_on", format!("La lettre a été signée le {signed_on}\u{A0}: l’envoi suit.")));
    }
    let noon = Instant::from_civil(&format!("{day}T12:00:00"), zone).map_err(|e| Fault::internal(e.to_string()))?;
    let at = if day == today { now } else { noon.max(decision.signed_at) };
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

/// The notified decision of one's own dossier.
///
/// # Errors
/// [`Fault::NotFound`] for another's dossier, and before notification.
pub fn notified(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<(Dossier, Decision, Letter), Fault> {
    let dossier = dossiers::for_applicant(conn, actor, dossier)?;
    let decision = store::of_dossier(conn, dossier.id)?.filter(|d| d.notified_at.is_some()).ok_or(Fault::NotFound)?;
    let letter = store::letter_of(conn, decision.id)?;
    Ok((dossier, decision, letter))
}

/// Keeps the first reading by a member of the organisation.
///
/// # Errors
/// As [`notified`]; [`Fault::Stale`] when the reading is already recorded.
pub fn record_reading(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<(), Fault> {
    let (dossier, decision, letter) = notified(op.conn, actor, dossier)?;
    if !store::set_read(op.conn, letter.id, actor.id, op.now)? {
        return Err(Fault::Stale);
    }
    op.record(
        Entry::new("decision.read", format!("Décision {} lue par le porteur", decision.number))
            .call(dossier.call)
            .dossier(dossier.id)
            .for_everyone(),
    );
    Ok(())
}

/// Whether the applicant of a dossier accepts letters electronically.
///
/// # Errors
/// When the database refuses.
pub fn accepts_electronic(conn: &mut Conn, decision: &Decision) -> Result<bool, Fault> {
    Ok(dossiers::version_by_id(conn, decision.version)?.content.electronic_notification)
}
