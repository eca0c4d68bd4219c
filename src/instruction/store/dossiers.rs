//! What the desks show of dossiers beside their state: applicants, axes, departments, versions.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId};
use crate::db::schema::{dossier_versions, dossiers, organisations};
use crate::db::{Conn, among, listed};
use crate::dossiers::State;
use crate::fault::Fault;

/// Names of the applicants of some dossiers.
pub fn applicants_of(conn: &mut Conn, wanted: &[DossierId]) -> Result<HashMap<DossierId, String>, Fault> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let names = dossiers::table
        .inner_join(organisations::table)
        .filter(listed(dossiers::id, wanted))
        .select((dossiers::id, organisations::name))
        .load::<(DossierId, String)>(conn)?;
    Ok(names.into_iter().collect())
}

/// Dossiers of a call in one of some states, oldest submission first.
pub fn in_states(conn: &mut Conn, call: CallId, states: &[State], most: i64) -> Result<Vec<DossierId>, Fault> {
    Ok(dossiers::table
        .filter(dossiers::call_id.eq(call))
        .filter(among(dossiers::state, states.to_vec()))
        .order((dossiers::submitted_at, dossiers::id))
        .limit(most)
        .select(dossiers::id)
        .load(conn)?)
}

/// Number, date and hash of every version of a dossier, the newest first.
pub fn versions_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<(i64, Instant, String)>, Fault> {
    Ok(dossier_versions::table
        .filter(dossier_versions::dossier_id.eq(dossier))
        .order(dossier_versions::number.desc())
        .select((dossier_versions::number, dossier_versions::submitted_at, dossier_versions::sha256))
        .load(conn)?)
}
