//! Sealed PDF documents: the row in the database, the bytes in the file store under their hash.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{DocumentId, DossierId};
use crate::db::schema::documents;
use crate::db::{Conn, listed};
use crate::fault::Fault;
use crate::files::FileStore;

crate::code_enum! {
    pub enum DocumentKind {
        Receipt = "receipt" => "Accusé de réception",
        Minutes = "minutes" => "Procès-verbal",
        Letter = "letter" => "Courrier de décision",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Sealed {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub dossier: Option<DossierId>,
    pub file_name: String,
    pub sha256: String,
    pub byte_size: i64,
    pub created_at: Instant,
}

const COLUMNS: (
    documents::id,
    documents::kind,
    documents::dossier_id,
    documents::file_name,
    documents::sha256,
    documents::byte_size,
    documents::created_at,
) = (
    documents::id,
    documents::kind,
    documents::dossier_id,
    documents::file_name,
    documents::sha256,
    documents::byte_size,
    documents::created_at,
);

/// Bytes on disk, which no row names yet.
#[derive(Clone, Debug)]
pub struct Stored {
    sha256: String,
    byte_size: i64,
}

/// Puts the bytes in the file store.
///
/// # Errors
/// When the disk refuses.
pub fn store(files: &FileStore, bytes: &[u8]) -> Result<Stored, Fault> {
    let byte_size = i64::try_from(bytes.len()).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(Stored { sha256: files.put(bytes)?, byte_size })
}

/// Stores the bytes, then their row.
///
/// # Errors
/// When the disk or the database refuses.
pub fn seal(
    conn: &mut Conn,
    files: &FileStore,
    now: Instant,
    kind: DocumentKind,
    dossier: Option<DossierId>,
    file_name: &str,
    bytes: &[u8],
) -> Result<Sealed, Fault> {
    seal_stored(conn, now, kind, dossier, file_name, store(files, bytes)?)
}

/// The row of bytes already stored.
///
/// # Errors
/// When the database refuses.
pub fn seal_stored(
    conn: &mut Conn,
    now: Instant,
    kind: DocumentKind,
    dossier: Option<DossierId>,
    file_name: &str,
    Stored { sha256, byte_size }: Stored,
) -> Result<Sealed, Fault> {
    let id = diesel::insert_into(documents::table)
        .values((
            documents::kind.eq(kind),
            documents::dossier_id.eq(dossier),
            documents::file_name.eq(file_name),
            documents::sha256.eq(&sha256),
            documents::byte_size.eq(byte_size),
            documents::created_at.eq(now),
        ))
        .returning(documents::id)
        .get_result(conn)?;
    Ok(Sealed { id, kind, dossier, file_name: file_name.to_owned(), sha256, byte_size, created_at: now })
}

/// # Errors
/// [`Fault::NotFound`] when there is no such document.
pub fn get(conn: &mut Conn, id: DocumentId) -> Result<Sealed, Fault> {
    Ok(documents::table.filter(documents::id.eq(id)).select(COLUMNS).first(conn)?)
}

/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Sealed>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Sealed> = documents::table.filter(listed(documents::id, ids)).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(|sealed| (sealed.id, sealed)).collect())
}

/// The last document of one kind about a dossier.
///
/// # Errors
/// [`Fault::NotFound`] when there is none.
pub fn latest_of(conn: &mut Conn, dossier: DossierId, kind: DocumentKind) -> Result<Sealed, Fault> {
    Ok(documents::table
        .filter(documents::dossier_id.eq(dossier))
        .filter(documents::kind.eq(kind))
        .order(documents::id.desc())
        .select(COLUMNS)
        .first(conn)?)
}

/// The file name and the bytes, checked against the sealed hash.
///
/// # Errors
/// [`Fault::Internal`] when the file is missing or altered.
pub fn bytes(conn: &mut Conn, files: &FileStore, id: DocumentId) -> Result<(String, Vec<u8>), Fault> {
    let sealed = get(conn, id)?;
    Ok((sealed.file_name, files.get(&sealed.sha256)?))
}

/// Reads every sealed file again and answers what is missing or altered, in French, for `check`.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn, files: &FileStore) -> Result<(usize, Vec<String>), Fault> {
    let all: Vec<Sealed> = documents::table.order(documents::id).select(COLUMNS).load(conn)?;
    let problems = all
        .iter()
        .filter(|d| files.get(&d.sha256).is_err())
        .map(|d| format!("document {} ({}) : fichier absent ou modifié", d.id, d.file_name))
        .collect();
    Ok((all.len(), problems))
}
