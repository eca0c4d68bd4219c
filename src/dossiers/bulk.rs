//! Many dossiers or versions at once: a page of a hundred rows asks the database once, not a hundred times.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store::{COLUMNS, Dossier, Version};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, DossierVersionId};
use crate::base::money::Cents;
use crate::db::schema::{dossier_versions, dossiers};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// Dossiers by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Dossier>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Dossier> = dossiers::table.filter(listed(dossiers::id, ids)).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(|dossier| (dossier.id, dossier)).collect())
}

type Row = (DossierVersionId, DossierId, i64, String, String, Cents, Instant, AccountId);

/// Frozen versions by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn versions_by_ids(conn: &mut Conn, ids: &[DossierVersionId]) -> Result<HashMap<DossierVersionId, Version>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = HashMap::with_capacity(ids.len());
    let rows = dossier_versions::table
        .filter(listed(dossier_versions::id, ids))
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
        .load::<Row>(conn)?;
    for row in rows {
        let (id, dossier, number, content, sha256, requested, submitted_at, submitted_by) = row;
        let content = serde_json::from_str(&content)?;
        found.insert(id, Version { id, dossier, number, content, sha256, requested, submitted_at, submitted_by });
    }
    Ok(found)
}

/// Hashes of the contents of frozen versions by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn hashes_by_ids(conn: &mut Conn, ids: &[DossierVersionId]) -> Result<HashMap<DossierVersionId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = dossier_versions::table
        .filter(listed(dossier_versions::id, ids))
        .select((dossier_versions::id, dossier_versions::sha256))
        .load::<(DossierVersionId, String)>(conn)?;
    Ok(rows.into_iter().collect())
}
