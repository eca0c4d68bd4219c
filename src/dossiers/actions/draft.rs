//! Writing a draft: everything typed is kept, good or not.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::access::Actor;
use crate::base::ids::{AttachmentId, CallId, DossierId, OrganisationId};
use crate::base::text::{clean_line, fold};
use crate::calls::definition::Phase;
use crate::calls::{self, Call};
use crate::db::schema::{attachments, dossiers};
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
    match call.definition.phase(op.now) {
        Phase::Open => {}
        Phase::Announced => {
            return Err(Fault::refused(format!(
                "L’appel n’est pas encore ouvert\u{202F}: il ouvre le {}.",
                call.opens_at.long(call.zone())
            )));
        }
        Phase::Closed => {
            return Err(Fault::refused(format!("L’appel est clos depuis le {}.", call.closes_at.long(call.zone()))));
        }
    }
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
    let (dossier, call) = writable(op, actor, dossier)?;
    let section = call.definition.section(section).ok_or(Fault::NotFound)?;
    let typed = form::keep_known(&call.definition, section, sent);
    let mut all = drafts::sections(op.conn, dossier.id)?;
    let saved = all.remove(&section.code).unwrap_or_default();
    let typed = form::keep_unasked(&call.definition, section, &asked_years(&call, &all), typed, &saved.typed);
    // The same form sent twice is one save.
    if saved.version == 0 || saved.typed != typed {
        drafts::write_section(op.conn, dossier.id, &section.code, &typed, read_version, actor.id, op.now)?;
    }
    if section.fields.iter().any(|field| field.code == "title") {
        let title = clean_line(typed_text(&typed, "title"));
        diesel::update(dossiers::table.filter(dossiers::id.eq(dossier.id)))
            .set((dossiers::search_text.eq(fold(&title)), dossiers::title.eq(title)))
            .execute(op.conn)?;
    }
    let entry = Entry::new("dossier.save", format!("Rubrique «\u{202F}{}\u{202F}» enregistrée", section.title));
    op.record(entry.call(call.id).dossier(dossier.id).for_everyone());
    Ok(())
}

/// Puts a file under a piece of the call, in the place of the one that was there.
///
/// # Errors
/// [`Fault::Invalid`] for an empty, too large or unaccepted file; [`Fault::NotFound`] for a piece the call does not have.
pub fn attach_piece(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    piece: &str,
    file_name: &str,
    bytes: &[u8],
) -> Result<AttachmentId, Fault> {
    let (dossier, call) = writable(op, actor, dossier)?;
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
    let sha256 = op.files.put(bytes)?;
    let byte_size = i64::try_from(bytes.len()).map_err(|e| Fault::internal(e.to_string()))?;
    diesel::update(
        attachments::table
            .filter(attachments::dossier_id.eq(dossier.id))
            .filter(attachments::piece.eq(&piece.code))
            .filter(attachments::removed_at.is_null()),
    )
    .set(attachments::removed_at.eq(Some(op.now)))
    .execute(op.conn)?;
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
        ))
        .returning(attachments::id)
        .get_result(op.conn)?;
    let entry = Entry::new("dossier.attach", format!("Pièce «\u{202F}{}\u{202F}» ajoutée", piece.label));
    op.record(entry.call(call.id).dossier(dossier.id).for_everyone());
    Ok(id)
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
    let (dossier, call) = writable(op, actor, dossier)?;
    let piece = attachments::table
        .filter(attachments::id.eq(attachment))
        .filter(attachments::dossier_id.eq(dossier.id))
        .filter(attachments::removed_at.is_null())
        .select(attachments::piece)
        .first::<String>(op.conn)?;
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

/// The person's own draft, taken for writing until the transaction ends.
fn writable(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId) -> Result<(Dossier, Call), Fault> {
    let dossier = for_applicant(op.conn, actor, dossier)?;
    drafts::take(op.conn, dossier.id, op.now)?;
    let call = calls::of_dossier(op.conn, dossier.id)?;
    Ok((dossier, call))
}

/// A file name without folders, control characters or excess.
fn plain_name(sent: &str) -> String {
    const LONGEST: usize = 120;
    let name = clean_line(sent.rsplit(['/', '\\']).next().unwrap_or_default());
    let length = name.chars().count();
    if length <= LONGEST { name } else { name.chars().skip(length - LONGEST).collect() }
}
