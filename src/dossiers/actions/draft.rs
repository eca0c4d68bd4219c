//! Writing a draft: everything typed is kept, good or not.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{AttachmentId, CallId, DossierId, OrganisationId};
use crate::base::text::{clean_line, fold_for_index};
use crate::calls::definition::Phase;
use crate::calls::{self, Call};
use crate::db::schema::{attachments, dossiers};
use crate::dossiers::completion;
use crate::dossiers::content;
use crate::dossiers::drafts::{self, SavedSection, Typed, typed_text};
use crate::dossiers::form;
use crate::dossiers::model::State;
use crate::dossiers::sight::for_applicant;
use crate::dossiers::store::Dossier;
use crate::dossiers::validate::piece_field;
use crate::fault::Fault;
use crate::files::{MAX_UPLOAD, sniff};
use crate::journal::Entry;
use crate::service::Operation;

/// Opens a draft for an organisation, or gives back the one where nothing was written yet.
///
/// # Errors
/// [`Fault::NotFound`] when the person is no member of the organisation; [`Fault::Refused`] when the call is not open.
pub fn create_draft(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: CallId,
    organisation: OrganisationId,
) -> Result<DossierId, Fault> {
    if !actor.belongs_to(organisation) {
        return Err(Fault::NotFound);
    }
    let call = calls::by_id(op.conn, call)?;
    require_open(&call, op.now)?;
    // Two clicks wait for each other here, so that the second finds the draft of the first.
    drafts::queue_on_organisation(op.conn, organisation)?;
    if let Some(draft) = drafts::untouched(op.conn, call.id, organisation)? {
        let entry = Entry::new("dossier.reopen", "Brouillon encore vide repris");
        op.record(entry.call(call.id).dossier(draft).for_everyone());
        return Ok(draft);
    }
    let id: DossierId = diesel::insert_into(dossiers::table)
        .values((
            dossiers::call_id.eq(call.id),
            dossiers::definition_id.eq(call.definition_id),
            dossiers::organisation_id.eq(organisation),
            dossiers::state.eq(State::Draft),
            dossiers::title.eq(""),
            dossiers::search_text.eq(""),
            dossiers::created_at.eq(op.now),
            dossiers::created_by.eq(actor.id),
            dossiers::updated_at.eq(op.now),
        ))
        .returning(dossiers::id)
        .get_result(op.conn)?;
    let entry = Entry::new("dossier.create", format!("Brouillon ouvert pour l’appel {}", call.code));
    op.record(entry.call(call.id).dossier(id).for_everyone());
    Ok(id)
}

/// # Errors
/// [`Fault::Refused`] before the call opens and once it is closed.
pub(super) fn require_open(call: &Call, now: Instant) -> Result<(), Fault> {
    let zone = call.zone();
    match call.definition.phase(now) {
        Phase::Open => Ok(()),
        Phase::Announced => Err(Fault::refused(format!(
            "L’appel n’est pas encore ouvert\u{202F}: il ouvre le {}.",
            call.opens_at.long(zone)
        ))),
        Phase::Closed => Err(Fault::refused(format!("L’appel est clos depuis le {}.", call.closes_at.long(zone)))),
    }
}

/// Keeps what was typed in a section. `read_version` is the version the form was made from, zero for the first save.
///
/// # Errors
/// [`Fault::Stale`] when somebody saved something else in between; [`Fault::Refused`] once submitted.
pub fn save_section(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    section: &str,
    sent: &Typed,
    read_version: i64,
) -> Result<(), Fault> {
    let (dossier, call) = writable(op, actor, dossier, What::Section(section))?;
    let section = call.definition.section(section).ok_or(Fault::NotFound)?;
    let typed = form::keep_known(&call.definition, section, sent);
    let mut all = drafts::sections(op.conn, dossier.id)?;
    let saved = all.remove(&section.code).unwrap_or_default();
    let typed = form::keep_unasked(&call.definition, section, &asked_years(&call, &all), typed, &saved.typed);
    // The same form sent twice is one save.
    if saved.version == 0 || saved.typed != typed {
        drafts::write_section(op.conn, dossier.id, &section.code, &typed, read_version, actor.id, op.now)?;
    }
    // Lists show the title of the version in force.
    if dossier.state == State::Draft && section.fields.iter().any(|field| field.code == "title") {
        let title = clean_line(typed_text(&typed, "title"));
        diesel::update(dossiers::table.filter(dossiers::id.eq(dossier.id)))
            .set((dossiers::search_text.eq(fold_for_index(&title)), dossiers::title.eq(title)))
            .execute(op.conn)?;
    }
    let entry = Entry::new("dossier.save", format!("Rubrique «\u{202F}{}\u{202F}» enregistrée", section.title));
    op.record(entry.call(call.id).dossier(dossier.id).for_everyone());
    Ok(())
}

/// Puts a file under a piece of the call, in the place of the one that was there.
///
/// # Errors
/// [`Fault::Invalid`] for an empty, too large or unaccepted file, and when there is no room to write it; [`Fault::NotFound`] for a piece the call does not have.
pub fn attach_piece(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    piece: &str,
    file_name: &str,
    bytes: &[u8],
) -> Result<AttachmentId, Fault> {
    let upload = NewFile { piece, file_name, bytes, over: None };
    let (Attached::InPlace(id) | Attached::Beside(id)) = attach_file(op, actor, dossier, &upload)?;
    Ok(id)
}

/// A file sent for a piece.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    pub piece: &'a str,
    pub file_name: &'a str,
    pub bytes: &'a [u8],
    /// What the writer saw under the piece, if they saw the page: the file it held, or none.
    pub over: Option<Option<AttachmentId>>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    InPlace(AttachmentId),
    /// Somebody else put another file there since: both are kept, and a person chooses.
    Beside(AttachmentId),
}

/// Puts a file under a piece, unless somebody put another there since the page was shown: then it is kept aside.
///
/// # Errors
/// As [`attach_piece`].
pub fn attach_file(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    upload: &NewFile<'_>,
) -> Result<Attached, Fault> {
    let NewFile { piece, file_name, bytes, over } = *upload;
    let (dossier, call) = writable(op, actor, dossier, What::Piece(piece))?;
    let piece = call.definition.piece(piece).ok_or(Fault::NotFound)?;
    let refuse =
        |message: String| Fault::invalid(piece_field(&piece.code), format!("{}\u{A0}: {message}", piece.label));
    let file_name = plain_name(file_name);
    if bytes.is_empty() {
        return Err(refuse(format!("le fichier «\u{202F}{file_name}\u{202F}» est vide. Choisissez-en un autre.")));
    }
    if bytes.len() > MAX_UPLOAD {
        return Err(refuse(format!(
            "le fichier «\u{202F}{file_name}\u{202F}» dépasse 10\u{A0}Mo. Réduisez-le, par exemple en l’enregistrant en PDF."
        )));
    }
    let Some(accepted) = sniff(bytes, &file_name) else {
        return Err(refuse(format!(
            "le fichier «\u{202F}{file_name}\u{202F}» n’est ni un PDF, ni une image PNG ou JPEG. \
             Enregistrez-le dans l’un de ces formats."
        )));
    };
    let sha256 = op.files.put(bytes).map_err(|fault| {
        tracing::error!(%fault, "an attachment could not be written");
        refuse(format!(
            "le fichier «\u{202F}{file_name}\u{202F}» n’a pas pu être enregistré, sans doute faute de place sur le service. \
             Le reste est gardé\u{202F}: envoyez de nouveau ce fichier dans quelques minutes, ou prévenez le contact du service."
        ))
    })?;
    let byte_size = i64::try_from(bytes.len()).map_err(|e| Fault::internal(e.to_string()))?;
    let there = drafts::attachments(op.conn, dossier.id)?.into_iter().find(|a| a.piece == piece.code);
    let label = &piece.label;
    let entry =
        |summary: String| Entry::new("dossier.attach", summary).call(call.id).dossier(dossier.id).for_everyone();
    if let Some(same) = there.as_ref().filter(|a| a.sha256 == sha256 && a.file_name == file_name) {
        op.record(entry(format!("Pièce «\u{202F}{label}\u{202F}» envoyée de nouveau")));
        return Ok(Attached::InPlace(same.id));
    }
    let beside = there.is_some() && over.is_some_and(|seen| seen != there.as_ref().map(|a| a.id));
    if !beside {
        remove_all(op, dossier.id, &piece.code)?;
    }
    let id = diesel::insert_into(attachments::table)
        .values((
            attachments::dossier_id.eq(dossier.id),
            attachments::piece.eq(&piece.code),
            attachments::file_name.eq(&file_name),
            attachments::media_type.eq(accepted.media_type),
            attachments::byte_size.eq(byte_size),
            attachments::sha256.eq(&sha256),
            attachments::uploaded_at.eq(op.now),
            attachments::uploaded_by.eq(actor.id),
            attachments::removed_at.eq(beside.then_some(op.now)),
        ))
        .returning(attachments::id)
        .get_result(op.conn)?;
    let done = if beside { "gardée de côté\u{A0}: un autre fichier est arrivé avant" } else { "ajoutée" };
    op.record(entry(format!("Pièce «\u{202F}{label}\u{202F}» {done}")));
    Ok(if beside { Attached::Beside(id) } else { Attached::InPlace(id) })
}

/// Makes one of the files sent for a piece the one that counts.
///
/// # Errors
/// [`Fault::NotFound`] when it was never sent for this dossier.
pub fn keep_piece(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    attachment: AttachmentId,
) -> Result<(), Fault> {
    for_applicant(op.conn, actor, dossier)?;
    let chosen = drafts::all_attachments(op.conn, dossier)?.into_iter().find(|a| a.id == attachment);
    let chosen = chosen.ok_or(Fault::NotFound)?;
    let (dossier, call) = writable(op, actor, dossier, What::Piece(&chosen.piece))?;
    remove_all(op, dossier.id, &chosen.piece)?;
    diesel::update(attachments::table.filter(attachments::id.eq(attachment)))
        .set(attachments::removed_at.eq(None::<Instant>))
        .execute(op.conn)?;
    let label = call.definition.piece(&chosen.piece).map_or(chosen.piece.as_str(), |p| p.label.as_str());
    let summary =
        format!("Pièce «\u{202F}{label}\u{202F}»\u{A0}: fichier «\u{202F}{}\u{202F}» choisi", chosen.file_name);
    op.record(Entry::new("dossier.attach", summary).call(call.id).dossier(dossier.id).for_everyone());
    Ok(())
}

fn remove_all(op: &mut Operation<'_>, dossier: DossierId, piece: &str) -> Result<(), Fault> {
    diesel::update(
        attachments::table
            .filter(attachments::dossier_id.eq(dossier))
            .filter(attachments::piece.eq(piece))
            .filter(attachments::removed_at.is_null()),
    )
    .set(attachments::removed_at.eq(Some(op.now)))
    .execute(op.conn)?;
    Ok(())
}

/// Takes a piece out of the draft.
///
/// # Errors
/// [`Fault::NotFound`] when it is not there, or no longer.
pub fn remove_piece(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    attachment: AttachmentId,
) -> Result<(), Fault> {
    for_applicant(op.conn, actor, dossier)?;
    let piece = attachments::table
        .filter(attachments::id.eq(attachment))
        .filter(attachments::dossier_id.eq(dossier))
        .filter(attachments::removed_at.is_null())
        .select(attachments::piece)
        .first::<String>(op.conn)?;
    let (dossier, call) = writable(op, actor, dossier, What::Piece(&piece))?;
    diesel::update(attachments::table.filter(attachments::id.eq(attachment)))
        .set(attachments::removed_at.eq(Some(op.now)))
        .execute(op.conn)?;
    let label = call.definition.piece(&piece).map_or(piece.as_str(), |p| p.label.as_str());
    let entry = Entry::new("dossier.detach", format!("Pièce «\u{202F}{label}\u{202F}» retirée"));
    op.record(entry.call(call.id).dossier(dossier.id).for_everyone());
    Ok(())
}

/// Years of the budget that the rest of the draft asks for.
fn asked_years(call: &Call, sections: &BTreeMap<String, SavedSection>) -> Vec<i16> {
    let field = call.definition.budget.years_field.as_deref().unwrap_or_default();
    let count = sections.values().map(|section| typed_text(&section.typed, field)).find(|count| !count.is_empty());
    call.definition.years_asked(count.unwrap_or_default()).to_vec()
}

/// The person's own dossier, taken for writing until the transaction ends: a draft, or what is asked again of it.
fn writable(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    what: What<'_>,
) -> Result<(Dossier, Call), Fault> {
    let dossier = for_applicant(op.conn, actor, dossier)?;
    drafts::take(op.conn, dossier.id, &[State::Draft, State::Incomplete], op.now)?;
    let call = calls::of_dossier(op.conn, dossier.id)?;
    let Some(request) = completion::pending(op.conn, dossier.id)? else { return Ok((dossier, call)) };
    let definition = &call.definition;
    let draft = content::assemble(op.conn, definition, &dossier)?;
    let problems = draft.problems(definition, content::filing_day(&dossier, &call, op.now));
    let open = match what {
        What::Section(code) => request.opens(definition, &draft, &problems, code),
        What::Piece(code) => request.opens_piece(definition, &draft, &problems, code),
    };
    if open {
        return Ok((dossier, call));
    }
    Err(Fault::refused("Cette partie du dossier n’est pas à compléter\u{202F}: elle reste telle qu’elle est déposée."))
}

/// The part of a dossier that somebody writes.
#[derive(Clone, Copy)]
enum What<'a> {
    Section(&'a str),
    Piece(&'a str),
}

/// A file name without folders, control characters or excess.
fn plain_name(sent: &str) -> String {
    const LONGEST: usize = 120;
    let name = clean_line(sent.rsplit(['/', '\\']).next().unwrap_or_default());
    let length = name.chars().count();
    if length <= LONGEST { name } else { name.chars().skip(length - LONGEST).collect() }
}
