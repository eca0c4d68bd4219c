//! Many dossiers or versions at once: a page of a hundred rows asks the database once, not a hundred times.

use std::collections::HashMap;

use diesel::prelude::*;

use super::store::{COLUMNS, Dossier, Version};
use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, DossierVersionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{dossier_versions, dossiers};
use crate::fault::Fault;

/// Dossiers by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Dossier>, Fault> {
    let rows: Vec<Dossier> = dossiers::table.filter(dossiers::id.eq_any(ids)).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(|dossier| (dossier.id, dossier)).collect())
}

type Row = (DossierVersionId, DossierId, i64, String, String, Cents, Instant, AccountId);

/// Frozen versions by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn versions_by_ids(conn: &mut Conn, ids: &[DossierVersionId]) -> Result<HashMap<DossierVersionId, Version>, Fault> {
    let rows = dossier_versions::table
        .filter(dossier_versions::id.eq_any(ids))
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
    rows.into_iter()
        .map(|(id, dossier, number, content, sha256, requested, submitted_at, submitted_by)| {
            let content = serde_json::from_str(&content)?;
            Ok((id, Version { id, dossier, number, content, sha256, requested, submitted_at, submitted_by }))
        })
        .collect()
}
