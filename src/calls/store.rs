//! Rows of calls and of their versioned definitions.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use diesel::prelude::*;

use super::definition::{CallDefinition, Phase};
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DefinitionId, DossierId, InstitutionId};
use crate::db::schema::{call_definitions, calls, dossiers, institutions};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// A call with one version of its definition.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: CallId,
    pub code: String,
    pub title: String,
    pub authority: InstitutionId,
    pub opens_at: Instant,
    pub closes_at: Instant,
    pub definition_id: DefinitionId,
    pub definition: Arc<CallDefinition>,
}

impl Call {
    /// The zone in which this call's dates are shown.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.definition.calendar.zone
    }

    /// Whether a request that arrived at `now` may submit.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.definition.phase(now) == Phase::Open
    }
}

type Row = (CallId, String, String, InstitutionId, Instant, Instant, DefinitionId, String);

/// Definitions already read, by the hash of their text: parsing one costs more than most pages.
static KNOWN: LazyLock<Mutex<HashMap<String, Arc<CallDefinition>>>> = LazyLock::new(Mutex::default);

/// More versions than a service ever shows at once.
const MOST_KNOWN: usize = 64;

fn definition(conn: &mut Conn, id: DefinitionId, sha256: String) -> Result<Arc<CallDefinition>, Fault> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(definition) = known().get(&sha256) {
        return Ok(Arc::clone(definition));
    }
    let body: String =
        call_definitions::table.filter(call_definitions::id.eq(id)).select(call_definitions::body).first(conn)?;
    let definition = Arc::new(serde_json::from_str(&body)?);
    let mut all = known();
    if all.len() >= MOST_KNOWN {
        all.clear();
    }
    all.insert(sha256, Arc::clone(&definition));
    Ok(definition)
}

fn call(conn: &mut Conn, row: Row) -> Result<Call, Fault> {
    let (id, code, title, authority, opens_at, closes_at, definition_id, sha256) = row;
    let definition = definition(conn, definition_id, sha256)?;
    Ok(Call { id, code, title, authority, opens_at, closes_at, definition_id, definition })
}

macro_rules! columns {
    () => {
        (
            calls::id,
            calls::code,
            calls::title,
            calls::authority_id,
            calls::opens_at,
            calls::closes_at,
            call_definitions::id,
            call_definitions::sha256,
        )
    };
}

/// # Errors
/// [`Fault::NotFound`] when there is no such call.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Call, Fault> {
    calls::table
        .inner_join(call_definitions::table.on(calls::definition_id.eq(call_definitions::id.nullable())))
        .filter(calls::code.eq(code))
        .select(columns!())
        .first::<Row>(conn)
        .map_err(Fault::from)
        .and_then(|row| call(conn, row))
}

/// # Errors
/// [`Fault::NotFound`] when there is no such call.
pub fn by_id(conn: &mut Conn, id: CallId) -> Result<Call, Fault> {
    calls::table
        .inner_join(call_definitions::table.on(calls::definition_id.eq(call_definitions::id.nullable())))
        .filter(calls::id.eq(id))
        .select(columns!())
        .first::<Row>(conn)
        .map_err(Fault::from)
        .and_then(|row| call(conn, row))
}

/// A dossier's call with the definition the dossier was written on.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such dossier.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Call, Fault> {
    dossiers::table
        .inner_join(calls::table)
        .inner_join(call_definitions::table)
        .filter(dossiers::id.eq(dossier))
        .select(columns!())
        .first::<Row>(conn)
        .map_err(Fault::from)
        .and_then(|row| call(conn, row))
}

/// [`of_dossier`] of many dossiers: one query, and one a definition.
///
/// # Errors
/// When the database refuses.
pub fn of_dossiers(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Call>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut read: HashMap<(CallId, DefinitionId), Call> = HashMap::new();
    let mut found = HashMap::new();
    let rows = dossiers::table
        .inner_join(calls::table)
        .inner_join(call_definitions::table)
        .filter(listed(dossiers::id, ids))
        .select((dossiers::id, columns!()))
        .load::<(DossierId, Row)>(conn)?;
    for (dossier, row) in rows {
        let key = (row.0, row.6);
        let of = match read.get(&key) {
            Some(known) => known.clone(),
            None => call(conn, row)?,
        };
        read.entry(key).or_insert_with(|| of.clone());
        found.insert(dossier, of);
    }
    Ok(found)
}

/// Every call, those closing last first.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn) -> Result<Vec<Call>, Fault> {
    calls::table
        .inner_join(call_definitions::table.on(calls::definition_id.eq(call_definitions::id.nullable())))
        .order((calls::closes_at.desc(), calls::id))
        .select(columns!())
        .load::<Row>(conn)?
        .into_iter()
        .map(|row| call(conn, row))
        .collect()
}

/// # Errors
/// [`Fault::Refused`] naming the code when there is no such institution.
pub fn institution_by_code(conn: &mut Conn, code: &str) -> Result<InstitutionId, Fault> {
    institutions::table
        .filter(institutions::code.eq(code))
        .select(institutions::id)
        .first(conn)
        .optional()?
        .ok_or_else(|| Fault::refused(format!("L’institution « {code} » n’est pas enregistrée.")))
}
