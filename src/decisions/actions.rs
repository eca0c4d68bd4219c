//! Operations on decisions: sign, notify, and the record of a first reading.

use super::letter::{Facts, Issued, compose};
use super::model::{Choice, Decision, Delegation, Letter, Movement, Terms};
use super::rules::{Limits, delegation_for, settle};
use super::{check_code, store};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DecisionId, DossierId, EnvelopeId, OrganisationId};
use crate::calls::{self, Call};
use crate::committee::{SealedOpinion, sealed_opinion};
use crate::config::Settings;
use crate::db::Conn;
use crate::documents_store::{self, DocumentKind};
use crate::dossiers::{self, Content, Dossier, Event, Outcome, Version};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger;
use crate::mail::Message;
use crate::service::Operation;

/// A dossier ready to be decided, with all that the decision rests on.
#[derive(Clone, Debug)]
pub struct Case {
    pub dossier: Dossier,
    pub call: Call,
    pub opinion: SealedOpinion,
    /// The frozen submission that the committee judged.
    pub version: Version,
}

/// What will be signed, by whom and under which delegation.
#[derive(Clone, Debug)]
pub struct Draft {
    pub terms: Terms,
    pub delegation: Delegation,
}

/// The dossier as its authority's signatory or its call manager sees it.
///
/// # Errors
/// [`Fault::NotFound`] for anyone else, or before the committee's opinion is sealed.
pub fn case(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Case, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    if !view.through(Role::Signatory) && !view.through(Role::CallManager) {
        return Err(Fault::NotFound);
    }
    load_case(conn, view.dossier)
}

fn load_case(conn: &mut Conn, dossier: Dossier) -> Result<Case, Fault> {
    let call = calls::of_dossier(conn, dossier.id)?;
    let opinion = sealed_opinion(conn, dossier.id)?.ok_or(Fault::NotFound)?;
    let version = dossiers::version_by_id(conn, opinion.version)?;
    Ok(Case { dossier, call, opinion, version })
}

/// Checks a choice as the signature will, without signing.
///
/// # Errors
/// [`Fault::Invalid`] for the form, [`Fault::Refused`] for the state or the delegation, [`Fault::NotFound`] for
/// whoever is not a signatory of the call.
pub fn draft(conn: &mut Conn, actor: &Actor, case: &Case, choice: &Choice, now: Instant) -> Result<Draft, Fault> {
    dossiers::for_staff(conn, actor, case.dossier.id)?.require(Role::Signatory)?;
    dossiers::rules::transition(case.dossier.state, Event::Sign(choice.outcome), &case.call.definition.stages)
        .map_err(|refusal| Fault::refused(refusal.to_string()))?;
    let envelopes: Vec<EnvelopeId> = store::envelopes_of(conn, &case.call)?.into_iter().map(|e| e.id).collect();
    let taken_ranks: Vec<i64> = store::in_call(conn, case.call.id)?.iter().filter_map(|d| d.rank).collect();
    let limits = Limits { requested: case.version.requested, envelopes: &envelopes, taken_ranks: &taken_ranks };
    let terms = settle(&case.opinion, choice, limits)?;
    let delegations = store::delegations_of(conn, actor.id)?;
    let find = |amount| delegation_for(&delegations, case.call.authority, amount, now, case.call.zone());
    match find(terms.amount) {
        Ok(delegation) => Ok(Draft { terms, delegation: delegation.clone() }),
        // Only the ceiling stands in the way: another amount would do.
        Err(reason) if find(None).is_ok() => Err(Fault::invalid("amount", reason)),
        Err(reason) => Err(Fault::refused(reason)),
    }
}

/// Whether the envelope holds enough today; the ledger has the last word at the signature.
///
/// # Errors
/// [`Fault::Invalid`] on the amount or the envelope.
pub fn check_funds(conn: &mut Conn, terms: &Terms) -> Result<(), Fault> {
    let Movement::Commit { envelope, reserved, amount } = terms.movement else { return Ok(()) };
    match ledger::counters(conn, envelope)?.left() {
        None => Err(Fault::invalid(
            "envelope",
            "Le vote de cette enveloppe n’est pas connu\u{202F}: choisissez-en une autre.",
        )),
        Some(left) if left + reserved < amount => {
            let available = left + reserved;
            Err(Fault::invalid(
                "amount",
                format!("L’enveloppe ne suffit pas\u{202F}: il reste {available} pour ce dossier."),
            ))
        }
        Some(_) => Ok(()),
    }
}

/// The letter as it would be sealed, marked as a draft.
///
/// # Errors
/// When the database refuses or the document cannot be made.
pub fn preview(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    now: Instant,
) -> Result<Vec<u8>, Fault> {
    write_letter(conn, settings, actor, case, draft, now, None)
}

/// Signs the authority's decision: number, state, money and sealed letter in one go.
///
/// # Errors
/// As [`draft`]; [`Fault::Stale`] when somebody signed in between; [`Fault::Refused`] when the envelope falls short.
pub fn sign(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, choice: &Choice) -> Result<Decision, Fault> {
    let case = case(op.conn, actor, dossier)?;
    let draft = draft(op.conn, actor, &case, choice, op.now)?;
    let terms = &draft.terms;
    // First, so that of two signatures at once the second stops here.
    dossiers::advance(op, dossier, Event::Sign(terms.outcome))?;
    let number = store::next_number(op.conn, &case.call)?;
    let signed = store::Signed {
        call: &case.call,
        dossier,
        version: case.version.id,
        opinion: case.opinion.id,
        number: &number,
        delegation: draft.delegation.id,
        by: actor.id,
        at: op.now,
    };
    let decision = store::insert(op.conn, &signed, terms)?;
    move_money(op, &case, terms.movement, decision, &number)?;
    issue_letter(op, actor, &case, &draft, decision, &number)?;
    op.record(
        Entry::new(
            "decision.sign",
            format!("Décision {number} signée\u{A0}: {}", terms.outcome.label().to_lowercase()),
        )
        .call(case.call.id)
        .dossier(dossier)
        .reason(&terms.departure_reason),
    );
    store::of_dossier(op.conn, dossier)?.ok_or(Fault::NotFound)
}

fn move_money(
    op: &mut Operation<'_>,
    case: &Case,
    movement: Movement,
    decision: DecisionId,
    number: &str,
) -> Result<(), Fault> {
    let reference = case.dossier.reference_or_draft();
    let cause = |reason: String| ledger::Cause {
        dossier: Some(case.dossier.id),
        opinion: Some(case.opinion.id),
        decision: Some(decision),
        payment: None,
        reason,
    };
    match movement {
        Movement::None => Ok(()),
        Movement::Commit { envelope, reserved, amount } => {
            let cause = cause(format!("Décision {number}, dossier {reference}"));
            ledger::commit(op, envelope, reserved, amount, &cause)
        }
        Movement::Release { envelope, reserved } => {
            let cause = cause(format!("Décision {number}\u{A0}: dossier {reference} non attribué"));
            ledger::release(op, envelope, reserved, &cause)
        }
    }
}

fn issue_letter(
    op: &mut Operation<'_>,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    decision: DecisionId,
    number: &str,
) -> Result<(), Fault> {
    let number = format!("{number}-C1");
    let check_code = check_code::from_bits(rand::random());
    let issued =
        Issued { number: &number, check_code: &check_code, check_url: op.url(&format!("/verifier/{check_code}")) };
    let bytes = write_letter(op.conn, op.settings, actor, case, draft, op.now, Some(issued))?;
    let file_name = format!("{number}.pdf");
    let sealed = documents_store::seal(
        op.conn,
        op.files,
        op.now,
        DocumentKind::Letter,
        Some(case.dossier.id),
        &file_name,
        &bytes,
    )?;
    store::insert_letter(op.conn, decision, case.dossier.id, &number, &check_code, sealed.id, op.now)
}

fn write_letter(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    case: &Case,
    draft: &Draft,
    now: Instant,
    issued: Option<Issued<'_>>,
) -> Result<Vec<u8>, Fault> {
    let (authority_name, authority_address) = store::authority(conn, case.call.authority)?;
    let envelope = draft.terms.envelope.map(|id| store::envelope_name(conn, id)).transpose()?;
    let handled_by = store::manager_name(conn, case.call.id)?;
    let letter = compose(&Facts {
        call: &case.call,
        content: &case.version.content,
        dossier_reference: &case.dossier.reference_or_draft(),
        terms: &draft.terms,
        session_held_at: case.opinion.held_at,
        authority_name: &authority_name,
        authority_address: &authority_address,
        envelope: envelope.as_ref().map(|e| (e.line.as_str(), e.year)),
        delegation: &draft.delegation,
        handled_by: handled_by.as_deref(),
        given_name: &actor.given_name,
        surname: &actor.surname,
        now,
        specimen: settings.demo || case.call.definition.call.demonstration,
        issued,
    });
    crate::documents::letter(&letter).map_err(|error| Fault::internal(format!("letter: {error:?}")))
}

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

/// Outcomes in the order the form offers them.
pub const OUTCOMES: [Outcome; 3] = [Outcome::Selected, Outcome::Waitlisted, Outcome::Rejected];
