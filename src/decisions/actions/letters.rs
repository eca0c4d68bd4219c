//! Composing and sealing the letter that carries one or several decisions.

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DecisionId, DossierId, InstitutionId};
use crate::calls::Call;
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::letter::{Facts, Issued, LetterShare, Part, compose};
use crate::decisions::model::{Decision, Delegation, Granted, Kind, Letter, LetterKind, Procedure};
use crate::decisions::rules::Change;
use crate::decisions::{check_code, store};
use crate::documents;
use crate::dossiers::{Dossier, Outcome, Version};
use crate::fault::Fault;
use crate::files::FileStore;
use crate::sealed::{self, DocumentKind, Stored};
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
    bytes(&composed(conn, settings, subject, parts, now, None)?)
}

/// A letter with its number, of which there is no document yet.
pub(super) struct Written {
    text: documents::Letter,
    call: CallId,
    dossier: DossierId,
    kind: LetterKind,
    number: String,
    check_code: String,
    electronic: bool,
    /// Decisions that it carries.
    carried: Vec<DecisionId>,
}

/// Writes the letter of these decisions, the leading one first.
pub(super) fn write(
    op: &mut Operation<'_>,
    subject: &Subject<'_>,
    decisions: &[Decision],
    carried: &[DecisionId],
) -> Result<Written, Fault> {
    let lead = decisions.iter().find(|d| carried.contains(&d.id)).ok_or(Fault::NotFound)?;
    let number = format!("{}-C1", lead.number);
    let check_code = check_code::from_bits(rand::random());
    let issued =
        Issued { number: &number, check_code: &check_code, check_url: op.url(&format!("/verifier/{check_code}")) };
    let parts = decisions
        .iter()
        .map(|decision| signed_part(op.conn, subject.call, decision))
        .collect::<Result<Vec<_>, Fault>>()?;
    let text = composed(op.conn, op.settings, subject, &parts, op.now, Some(issued))?;
    Ok(Written {
        text,
        call: subject.call.id,
        dossier: subject.dossier.id,
        kind: subject.kind.letter(),
        number,
        check_code,
        electronic: subject.version.content.electronic_notification,
        carried: carried.to_vec(),
    })
}

/// Seals letters and lets them wait for their notification. Their documents are made and brought to disk on every core:
/// that is most of the time of a signature.
pub(super) fn seal(op: &mut Operation<'_>, letters: &[Written]) -> Result<(), Fault> {
    for (letter, stored) in letters.iter().zip(store_all(op.files, letters)?) {
        let file_name = format!("{}.pdf", letter.number);
        let dossier = Some(letter.dossier);
        let sealed = sealed::seal_stored(op.conn, op.now, DocumentKind::Letter, dossier, &file_name, stored)?;
        let id = store::insert_letter(
            op.conn,
            &store::NewLetter {
                call: letter.call,
                dossier: letter.dossier,
                kind: letter.kind,
                number: &letter.number,
                check_code: &letter.check_code,
                document: sealed.id,
                electronic: letter.electronic,
                at: op.now,
            },
        )?;
        store::attach_letter(op.conn, &letter.carried, id)?;
    }
    Ok(())
}

/// The document of each letter, in their order.
fn store_all(files: &FileStore, letters: &[Written]) -> Result<Vec<Stored>, Fault> {
    let store = |letter: &Written| sealed::store(files, &bytes(&letter.text)?);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (first, others) = letters.split_at(letters.len().div_ceil(cores));
    std::thread::scope(|scope| {
        let chunks = others.chunks(first.len().max(1));
        let working: Vec<_> =
            chunks.map(|some| scope.spawn(move || some.iter().map(store).collect::<Vec<_>>())).collect();
        let mut stored: Vec<_> = first.iter().map(store).collect();
        for work in working {
            stored.extend(work.join().map_err(|_| Fault::internal("a letter could not be made"))?);
        }
        stored.into_iter().collect()
    })
}

/// Writes and seals one letter.
pub(super) fn issue(
    op: &mut Operation<'_>,
    subject: &Subject<'_>,
    decisions: &[Decision],
    carried: &[DecisionId],
) -> Result<(), Fault> {
    let letter = write(op, subject, decisions, carried)?;
    seal(op, &[letter])
}

fn composed(
    conn: &mut Conn,
    settings: &Settings,
    subject: &Subject<'_>,
    parts: &[Part],
    now: Instant,
    issued: Option<Issued<'_>>,
) -> Result<documents::Letter, Fault> {
    let call = subject.call;
    let handled_by = store::manager_name(conn, call.id)?;
    Ok(compose(&Facts {
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
    }))
}

fn bytes(letter: &documents::Letter) -> Result<Vec<u8>, Fault> {
    documents::letter(letter).map_err(|error| Fault::internal(format!("letter: {error:?}")))
}
