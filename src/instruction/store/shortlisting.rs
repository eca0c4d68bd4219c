//! Whether the committee has taken up the shortlisting of a dossier.

use diesel::prelude::*;

use crate::base::ids::DossierId;
use crate::db::Conn;
use crate::db::schema::{agenda_items, committee_sessions};
use crate::fault::Fault;

/// Number of the session that shortlists a dossier; none when it is on no such agenda.
pub(in crate::instruction) fn shortlisting_session(conn: &mut Conn, dossier: DossierId) -> Result<Option<i64>, Fault> {
    Ok(agenda_items::table
        .inner_join(committee_sessions::table)
        .filter(agenda_items::dossier_id.eq(dossier))
        .filter(committee_sessions::kind.eq("shortlisting"))
        .order(committee_sessions::id.desc())
        .select(committee_sessions::number)
        .first(conn)
        .optional()?)
}
