//! Rows of dossiers and of their frozen versions.

use diesel::prelude::*;

use super::excerpt::Kept;
use super::model::{Content, State};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, CallId, DefinitionId, DossierId, DossierVersionId, OrganisationId};
use crate::base::money::Cents;
use crate::db::schema::{attachments, dossier_versions, dossiers, version_excerpts};
use crate::db::{Conn, among};
use crate::fault::Fault;
use crate::files::{FileStore, sha256_hex};

/// A dossier's row: its state and what lists show of it.
#[derive(Clone, Debug, Queryable)]
pub struct Dossier {
    pub id: DossierId,
    pub call: CallId,
    pub definition: DefinitionId,
    pub organisation: OrganisationId,
    pub state: State,
    pub reference: Option<String>,
    pub title: String,
    pub requested: Option<Cents>,
    pub submitted_at: Option<Instant>,
    pub current_version: Option<DossierVersionId>,
    /// Grows at each change: what a stale save is recognised by.
    pub version: i64,
    pub created_by: AccountId,
    pub updated_at: Instant,
}

pub(super) type Columns = (
    dossiers::id,
    dossiers::call_id,
    dossiers::definition_id,
    dossiers::organisation_id,
    dossiers::state,
    dossiers::reference,
    dossiers::title,
    dossiers::requested_cents,
    dossiers::submitted_at,
    dossiers::current_version_id,
    dossiers::version,
    dossiers::created_by,
    dossiers::updated_at,
);

pub(super) const COLUMNS: Columns = (
    dossiers::id,
    dossiers::call_id,
    dossiers::definition_id,
    dossiers::organisation_id,
    dossiers::state,
    dossiers::reference,
    dossiers::title,
    dossiers::requested_cents,
    dossiers::submitted_at,
    dossiers::current_version_id,
    dossiers::version,
    dossiers::created_by,
    dossiers::updated_at,
);

impl Dossier {
    /// The reference, or what stands for it while there is none.
    #[must_use]
    pub fn reference_or_draft(&self) -> String {
        self.reference.clone().unwrap_or_else(|| format!("Brouillon n° {}", self.id))
    }

    /// Title shown where the project may still be untitled.
    #[must_use]
    pub fn title_or_untitled(&self) -> &str {
        if self.title.is_empty() { "Projet sans titre" } else { &self.title }
    }
}

/// A frozen submission.
#[derive(Clone, Debug)]
pub struct Version {
    pub id: DossierVersionId,
    pub dossier: DossierId,
    pub number: i64,
    pub content: Content,
    pub sha256: String,
    pub requested: Cents,
    pub submitted_at: Instant,
    pub submitted_by: AccountId,
}

/// Without any check of rights: pages go through `sight`.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such dossier.
pub fn get(conn: &mut Conn, id: DossierId) -> Result<Dossier, Fault> {
    Ok(dossiers::table.filter(dossiers::id.eq(id)).select(COLUMNS).first(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such version.
pub fn version_by_id(conn: &mut Conn, id: DossierVersionId) -> Result<Version, Fault> {
    let (id, dossier, number, content, sha256, requested, submitted_at, submitted_by) = dossier_versions::table
        .filter(dossier_versions::id.eq(id))
        .select((
            dossier_versions::id,
            dossier_versions::dossier_id,
            dossier_versions::number,
            dossier_versions::content,
            dossier_versions::sha256,
            dossier_versions::requested_cents,
            dossier_versions::submitted_at,
            dossier_versions::submitted_by,
        ))
        .first::<(DossierVersionId, DossierId, i64, String, String, Cents, Instant, AccountId)>(conn)?;
    let content = serde_json::from_str(&content)?;
    Ok(Version { id, dossier, number, content, sha256, requested, submitted_at, submitted_by })
}

/// The version in force of a submitted dossier.
///
/// # Errors
/// [`Fault::NotFound`] for a draft.
pub fn current_version(conn: &mut Conn, dossier: &Dossier) -> Result<Version, Fault> {
    version_by_id(conn, dossier.current_version.ok_or(Fault::NotFound)?)
}

/// Every dossier of these organisations, last changed first.
///
/// # Errors
/// When the database refuses.
pub fn of_organisations(conn: &mut Conn, organisations: &[OrganisationId]) -> Result<Vec<Dossier>, Fault> {
    Ok(dossiers::table
        .filter(among(dossiers::organisation_id, organisations.iter().copied()))
        .order((dossiers::updated_at.desc(), dossiers::id.desc()))
        .select(COLUMNS)
        .load(conn)?)
}

/// Makes every other writer of this dossier wait for the end of this transaction: what is read next is what holds.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such dossier.
pub fn hold(conn: &mut Conn, id: DossierId) -> Result<(), Fault> {
    let held = diesel::update(dossiers::table.filter(dossiers::id.eq(id)))
        .set(dossiers::version.eq(dossiers::version))
        .execute(conn)?;
    if held == 1 { Ok(()) } else { Err(Fault::NotFound) }
}

/// Changes the state when nobody else has changed the dossier since it was read.
pub(super) fn set_state(conn: &mut Conn, dossier: &Dossier, state: State, now: Instant) -> Result<(), Fault> {
    let changed = diesel::update(
        dossiers::table.filter(dossiers::id.eq(dossier.id)).filter(dossiers::version.eq(dossier.version)),
    )
    .set((dossiers::state.eq(state), dossiers::version.eq(dossier.version + 1), dossiers::updated_at.eq(now)))
    .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(Fault::Stale) }
}

/// Hashes every frozen version again, compares it with its excerpt and answers what differs, in French, for `check`.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn) -> Result<(usize, Vec<String>), Fault> {
    let rows = dossier_versions::table
        .left_join(version_excerpts::table)
        .order(dossier_versions::id)
        .select((
            dossier_versions::id,
            dossier_versions::content,
            dossier_versions::sha256,
            dossier_versions::requested_cents,
            (version_excerpts::requested_cents, version_excerpts::excerpt).nullable(),
        ))
        .load::<(DossierVersionId, String, String, Cents, Option<(Cents, String)>)>(conn)?;
    let mut problems = Vec::new();
    for (id, content, sha256, requested, kept) in &rows {
        if sha256_hex(content.as_bytes()) != *sha256 {
            problems.push(format!("version déposée {id}\u{A0}: contenu modifié"));
        }
        let kept = kept.as_ref().and_then(|(cents, text)| Some((*cents, serde_json::from_str::<Kept>(text).ok()?)));
        if kept != serde_json::from_str(content).ok().map(|of_content| (*requested, of_content)) {
            problems.push(format!("version déposée {id}\u{A0}: son extrait pour les classements n’est pas le sien"));
        }
    }
    Ok((rows.len(), problems))
}

/// Reads every attachment again, those that a later one replaced included, and answers what is missing or altered, in
/// French, for `check`.
///
/// # Errors
/// When the database refuses.
pub fn verify_attachments(conn: &mut Conn, files: &FileStore) -> Result<(usize, Vec<String>), Fault> {
    let rows = attachments::table
        .order((attachments::sha256, attachments::id))
        .select((attachments::sha256, attachments::dossier_id, attachments::file_name))
        .load::<(String, DossierId, String)>(conn)?;
    let mut problems = Vec::new();
    // One file may be joined to many dossiers: it is read once.
    for same in rows.chunk_by(|(a, ..), (b, ..)| a == b) {
        if same.first().is_some_and(|(sha256, ..)| files.get(sha256).is_err()) {
            let lost = same
                .iter()
                .map(|(_, dossier, name)| format!("dossier {dossier}, pièce {name} : fichier absent ou modifié"));
            problems.extend(lost);
        }
    }
    Ok((rows.len(), problems))
}
