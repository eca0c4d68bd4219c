//! Rows of calls and of their versioned definitions.

use std::sync::Arc;

use diesel::prelude::*;

use super::definition::{CallDefinition, Phase};
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DefinitionId, DossierId, InstitutionId};
use crate::db::Conn;
use crate::db::schema::{call_definitions, calls, dossiers, institutions};
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

fn call(row: Row) -> Result<Call, Fault> {
    let (id, code, title, authority, opens_at, closes_at, definition_id, body) = row;
    let definition = Arc::new(serde_json::from_str(&body)?);
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
            call_definitions::body,
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
        .and_then(call)
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
        .and_then(call)
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
        .and_then(call)
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
        .map(call)
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
