//! Composing and sealing the letter that carries one or several decisions.

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{DecisionId, InstitutionId, LetterId};
use crate::calls::Call;
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::letter::{Facts, Issued, LetterShare, Part, compose};
use crate::decisions::model::{Decision, Delegation, Granted, Kind, Letter, Procedure};
use crate::decisions::rules::Change;
use crate::decisions::{check_code, store};
use crate::dossiers::{Dossier, Outcome, Version};
use crate::fault::Fault;
use crate::sealed::{self, DocumentKind};
use crate::service::Operation;

/// What a letter is about, besides each authority's part.
pub(super) struct Subject<'a> {
    pub call: &'a Call,
    pub dossier: &'a Dossier,
    pub version: &'a Version,
    pub kind: Kind,
    pub outcome: Outcome,
    pub rank: Option<i64>,
    pub session_held_at: Option<Instant>,
    pub changes: &'a [Change],
    pub year: Option<i32>,
    pub procedure: Option<&'a Procedure>,
    pub replaces: Option<&'a Letter>,
}

/// One authority's part of a draft, not yet signed.
pub(super) struct Unsigned<'a> {
    pub authority: InstitutionId,
    pub outcome: Outcome,
    pub shares: &'a [Granted],
    pub motive: &'a str,
    pub delegation: &'a Delegation,
}

fn shares(conn: &mut Conn, call: &Call, granted: &[Granted]) -> Result<Vec<LetterShare>, Fault> {
    let lines = store::call_lines(conn, call.id)?;
    Ok(granted
        .iter()
        .map(|g| {
            let line = lines.get(&g.share.line);
            LetterShare {
                funder: line.map(|l| l.funder_name.clone()).unwrap_or_default(),
                line: line.map(|l| l.name.clone()).unwrap_or_default(),
                year: g.share.year,
                amount: g.share.amount,
                firm: g.firm,
            }
        })
        .collect())
}

/// The part of a signed decision.
pub(super) fn signed_part(conn: &mut Conn, call: &Call, decision: &Decision) -> Result<Part, Fault> {
    let (authority_name, authority_address) = store::authority(conn, decision.authority)?;
    let delegation = store::delegation_by_id(conn, decision.delegation)?;
    let (given_name, surname) = store::person(conn, decision.signed_by)?;
    Ok(Part {
        authority_name,
        authority_address,
        leads_call: decision.authority == call.authority,
        number: Some(decision.number.clone()),
        outcome: decision.outcome,
        shares: shares(conn, call, &decision.shares)?,
        motive: decision.motive.clone(),
        quality: delegation.quality,
        service: delegation.service,
        delegation: delegation.reference,
        given_name,
        surname,
        signed_at: Some(decision.signed_at),
    })
}

/// The part that the reader is about to sign.
pub(super) fn unsigned_part(
    conn: &mut Conn,
    actor: &Actor,
    call: &Call,
    unsigned: &Unsigned<'_>,
) -> Result<Part, Fault> {
    let (authority_name, authority_address) = store::authority(conn, unsigned.authority)?;
    Ok(Part {
        authority_name,
        authority_address,
        leads_call: unsigned.authority == call.authority,
        number: None,
        outcome: unsigned.outcome,
        shares: shares(conn, call, unsigned.shares)?,
        motive: unsigned.motive.to_owned(),
        quality: unsigned.delegation.quality.clone(),
        service: unsigned.delegation.service.clone(),
        delegation: unsigned.delegation.reference.clone(),
        given_name: actor.given_name.clone(),
        surname: actor.surname.clone(),
        signed_at: None,
    })
}

/// The letter as it would be sealed, marked as a draft.
pub(super) fn draft_bytes(
    conn: &mut Conn,
    settings: &Settings,
    subject: &Subject<'_>,
    parts: &[Part],
    now: Instant,
) -> Result<Vec<u8>, Fault> {
    bytes(conn, settings, subject, parts, now, None)
}

/// Seals the letter of these decisions, the leading one first, and lets it wait for its notification.
pub(super) fn issue(
    op: &mut Operation<'_>,
    subject: &Subject<'_>,
    decisions: &[Decision],
    carried: &[DecisionId],
) -> Result<LetterId, Fault> {
    let lead = decisions.iter().find(|d| carried.contains(&d.id)).ok_or(Fault::NotFound)?;
    let number = format!("{}-C1", lead.number);
    let check_code = check_code::from_bits(rand::random());
    let issued =
        Issued { number: &number, check_code: &check_code, check_url: op.url(&format!("/verifier/{check_code}")) };
    let parts = decisions
        .iter()
        .map(|decision| signed_part(op.conn, subject.call, decision))
        .collect::<Result<Vec<_>, Fault>>()?;
    let bytes = bytes(op.conn, op.settings, subject, &parts, op.now, Some(issued))?;
    let file_name = format!("{number}.pdf");
    let dossier = subject.dossier.id;
    let sealed = sealed::seal(op.conn, op.files, op.now, DocumentKind::Letter, Some(dossier), &file_name, &bytes)?;
    let letter = store::insert_letter(
        op.conn,
        &store::NewLetter {
            call: subject.call.id,
            dossier,
            kind: subject.kind.letter(),
            number: &number,
            check_code: &check_code,
            document: sealed.id,
            electronic: subject.version.content.electronic_notification,
            at: op.now,
        },
    )?;
    store::attach_letter(op.conn, carried, letter)?;
    Ok(letter)
}

fn bytes(
    conn: &mut Conn,
    settings: &Settings,
    subject: &Subject<'_>,
    parts: &[Part],
    now: Instant,
    issued: Option<Issued<'_>>,
) -> Result<Vec<u8>, Fault> {
    let call = subject.call;
    let handled_by = store::manager_name(conn, call.id)?;
    let letter = compose(&Facts {
        call,
        content: &subject.version.content,
        dossier_reference: &subject.dossier.reference_or_draft(),
        kind: subject.kind,
        outcome: subject.outcome,
        rank: subject.rank,
        parts,
        session_held_at: subject.session_held_at,
        changes: subject.changes,
        year: subject.year,
        procedure: subject.procedure,
        replaces: subject.replaces.map(|letter| (letter.number.clone(), letter.issued_at)),
        handled_by: handled_by.as_deref(),
        now,
        specimen: settings.demo || call.definition.call.demonstration,
        issued,
    });
    crate::documents::letter(&letter).map_err(|error| Fault::internal(format!("letter: {error:?}")))
}
