//! Rows of a draft: the answers of each section as they were typed, and the pieces.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::Applicant;
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, AttachmentId, CallId, DossierId, OrganisationId};
use crate::db::schema::{accounts, attachments, dossier_sections, dossiers, organisations};
use crate::db::{Conn, among};
use crate::dossiers::State;
use crate::fault::Fault;

/// What was typed in a section: values by field name, readable or not.
pub type Typed = BTreeMap<String, Vec<String>>;

/// A section as saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedSection {
    pub typed: Typed,
    /// Zero when the section was never saved.
    pub version: i64,
    pub saved_at: Option<Instant>,
    /// Who saved last.
    pub saved_by: String,
}

/// The first value of a field, empty when missing.
#[must_use]
pub fn typed_text<'a>(typed: &'a Typed, field: &str) -> &'a str {
    typed.get(field).and_then(|values| values.first()).map_or("", String::as_str)
}

/// A file put in a dossier and not removed since.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Attachment {
    pub id: AttachmentId,
    /// Code of the call's piece.
    pub piece: String,
    pub file_name: String,
    pub media_type: String,
    pub byte_size: i64,
    pub sha256: String,
    pub uploaded_at: Instant,
}

/// Every saved section by code.
///
/// # Errors
/// When the database refuses.
pub fn sections(conn: &mut Conn, dossier: DossierId) -> Result<BTreeMap<String, SavedSection>, Fault> {
    dossier_sections::table
        .inner_join(accounts::table)
        .filter(dossier_sections::dossier_id.eq(dossier))
        .order(dossier_sections::id)
        .select((
            dossier_sections::section,
            dossier_sections::answers,
            dossier_sections::version,
            dossier_sections::updated_at,
            accounts::given_name,
            accounts::surname,
        ))
        .load::<(String, String, i64, Instant, String, String)>(conn)?
        .into_iter()
        .map(|(section, answers, version, saved_at, given_name, surname)| {
            let typed = serde_json::from_str(&answers)?;
            let saved_by = format!("{given_name} {surname}");
            Ok((section, SavedSection { typed, version, saved_at: Some(saved_at), saved_by }))
        })
        .collect()
}

/// # Errors
/// When the database refuses.
pub fn section(conn: &mut Conn, dossier: DossierId, code: &str) -> Result<SavedSection, Fault> {
    Ok(sections(conn, dossier)?.remove(code).unwrap_or_default())
}

/// The pieces of a dossier, in the order added.
///
/// # Errors
/// When the database refuses.
pub fn attachments(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Attachment>, Fault> {
    Ok(attachments::table
        .filter(attachments::dossier_id.eq(dossier))
        .filter(attachments::removed_at.is_null())
        .order(attachments::id)
        .select((
            attachments::id,
            attachments::piece,
            attachments::file_name,
            attachments::media_type,
            attachments::byte_size,
            attachments::sha256,
            attachments::uploaded_at,
        ))
        .load(conn)?)
}

/// The same with those removed or replaced since, which earlier versions still name.
///
/// # Errors
/// When the database refuses.
pub fn all_attachments(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Attachment>, Fault> {
    Ok(attachments::table
        .filter(attachments::dossier_id.eq(dossier))
        .order(attachments::id)
        .select((
            attachments::id,
            attachments::piece,
            attachments::file_name,
            attachments::media_type,
            attachments::byte_size,
            attachments::sha256,
            attachments::uploaded_at,
        ))
        .load(conn)?)
}

/// Whether a file was put aside at once, another having come before it.
///
/// # Errors
/// When the database refuses.
pub fn is_aside(conn: &mut Conn, id: AttachmentId) -> Result<bool, Fault> {
    let aside = attachments::table
        .filter(attachments::id.eq(id))
        .filter(attachments::removed_at.eq(attachments::uploaded_at.nullable()))
        .count()
        .get_result::<i64>(conn)?;
    Ok(aside > 0)
}

/// The organisation as it would be frozen; whom to write to is an answer of the form.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such organisation.
pub fn applicant(conn: &mut Conn, organisation: OrganisationId) -> Result<Applicant, Fault> {
    type Row = (String, Option<String>, Option<String>, String, String, String, String, String, String);
    let (name, siret, rna, legal_form, street, postal_code, city, representative_name, representative_quality) =
        organisations::table
            .filter(organisations::id.eq(organisation))
            .select((
                organisations::name,
                organisations::siret,
                organisations::rna,
                organisations::legal_form,
                organisations::street,
                organisations::postal_code,
                organisations::city,
                organisations::representative_name,
                organisations::representative_quality,
            ))
            .first::<Row>(conn)?;
    Ok(Applicant {
        name,
        siret,
        rna,
        legal_form,
        street,
        postal_code,
        city,
        representative_name,
        representative_quality,
        ..Applicant::default()
    })
}

/// A draft of this organisation for this call where nothing was written yet.
pub(super) fn untouched(
    conn: &mut Conn,
    call: CallId,
    organisation: OrganisationId,
) -> Result<Option<DossierId>, Fault> {
    let drafts = dossiers::table
        .filter(dossiers::call_id.eq(call))
        .filter(dossiers::organisation_id.eq(organisation))
        .filter(dossiers::state.eq(State::Draft))
        .order(dossiers::id)
        .select(dossiers::id)
        .load::<DossierId>(conn)?;
    for draft in drafts {
        let sections =
            dossier_sections::table.filter(dossier_sections::dossier_id.eq(draft)).count().get_result::<i64>(conn)?;
        let pieces = attachments::table
            .filter(attachments::dossier_id.eq(draft))
            .filter(attachments::removed_at.is_null())
            .count()
            .get_result::<i64>(conn)?;
        if sections == 0 && pieces == 0 {
            return Ok(Some(draft));
        }
    }
    Ok(None)
}

/// Makes the next writers of this organisation wait until the transaction ends.
pub(super) fn queue_on_organisation(conn: &mut Conn, organisation: OrganisationId) -> Result<(), Fault> {
    let found = diesel::update(organisations::table.filter(organisations::id.eq(organisation)))
        .set(organisations::version.eq(organisations::version))
        .execute(conn)?;
    if found == 1 { Ok(()) } else { Err(Fault::NotFound) }
}

/// Takes the draft for writing: others wait, and a submission that came first closes the door.
///
/// # Errors
/// [`Fault::Refused`] when the dossier is in none of these states.
pub(super) fn take(conn: &mut Conn, dossier: DossierId, states: &[State], now: Instant) -> Result<(), Fault> {
    let in_states = among(dossiers::state, states.iter().copied());
    let taken = diesel::update(dossiers::table.filter(dossiers::id.eq(dossier)).filter(in_states))
        .set((dossiers::version.eq(dossiers::version + 1), dossiers::updated_at.eq(now)))
        .execute(conn)?;
    if taken == 1 { Ok(()) } else { Err(Fault::refused("Ce dossier est déposé\u{202F}: il ne se modifie plus.")) }
}

/// Writes a section over the version that was read.
///
/// # Errors
/// [`Fault::Stale`] when somebody saved in between.
pub(super) fn write_section(
    conn: &mut Conn,
    dossier: DossierId,
    code: &str,
    typed: &Typed,
    read_version: i64,
    by: AccountId,
    now: Instant,
) -> Result<(), Fault> {
    let answers = serde_json::to_string(typed)?;
    let saved = section(conn, dossier, code)?;
    if saved.version != read_version {
        return Err(Fault::Stale);
    }
    if read_version == 0 {
        diesel::insert_into(dossier_sections::table)
            .values((
                dossier_sections::dossier_id.eq(dossier),
                dossier_sections::section.eq(code),
                dossier_sections::answers.eq(&answers),
                dossier_sections::updated_at.eq(now),
                dossier_sections::updated_by.eq(by),
            ))
            .execute(conn)?;
        return Ok(());
    }
    let changed = diesel::update(
        dossier_sections::table
            .filter(dossier_sections::dossier_id.eq(dossier))
            .filter(dossier_sections::section.eq(code))
            .filter(dossier_sections::version.eq(read_version)),
    )
    .set((
        dossier_sections::answers.eq(&answers),
        dossier_sections::version.eq(dossier_sections::version + 1),
        dossier_sections::updated_at.eq(now),
        dossier_sections::updated_by.eq(by),
    ))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}
