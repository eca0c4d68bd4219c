//! The axes and departments of a dossier's current version, in rows of their own: lists are narrowed by them.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::model::Content;
use crate::base::ids::DossierId;
use crate::db::schema::dossier_tags;
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// Kind of the tags that name an axis of the call.
pub const AXIS: &str = "axis";
/// Kind of the tags that name a department, by its INSEE code.
pub const DEPARTMENT: &str = "department";

/// Codes, each list in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    pub axes: Vec<String>,
    pub departments: Vec<String>,
}

/// Tags of some dossiers; a draft has none.
///
/// # Errors
/// When the database refuses.
pub fn tags(conn: &mut Conn, ids: &[DossierId]) -> Result<HashMap<DossierId, Tags>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // No code has a space.
    let found = dossier_tags::table
        .filter(listed(dossier_tags::dossier_id, ids))
        .group_by((dossier_tags::dossier_id, dossier_tags::kind))
        .select((dossier_tags::dossier_id, dossier_tags::kind, sql::<Text>("string_agg(code, ' ')")))
        .load::<(DossierId, String, String)>(conn)?;
    let mut all: HashMap<DossierId, Tags> = HashMap::with_capacity(ids.len());
    for (dossier, kind, codes) in found {
        let mut codes: Vec<String> = codes.split(' ').map(str::to_owned).collect();
        codes.sort_unstable();
        let tags = all.entry(dossier).or_default();
        if kind == AXIS {
            tags.axes = codes;
        } else {
            tags.departments = codes;
        }
    }
    Ok(all)
}

/// Gives a dossier the tags of what it has just submitted, in place of those it had.
pub(super) fn tag(conn: &mut Conn, dossier: DossierId, content: &Content) -> Result<(), Fault> {
    diesel::delete(dossier_tags::table.filter(dossier_tags::dossier_id.eq(dossier))).execute(conn)?;
    for (kind, field) in [(AXIS, "axes"), (DEPARTMENT, "departments")] {
        let mut codes = content.many(field);
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            diesel::insert_into(dossier_tags::table)
                .values((
                    dossier_tags::dossier_id.eq(dossier),
                    dossier_tags::kind.eq(kind),
                    dossier_tags::code.eq(code),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The dossiers whose current version has a code of one kind.
#[must_use]
#[diesel::dsl::auto_type(no_type_alias)]
pub fn tagged(kind: &'static str, code: String) -> _ {
    dossier_tags::table
        .filter(dossier_tags::kind.eq(kind))
        .filter(dossier_tags::code.eq(code))
        .select(dossier_tags::dossier_id)
}
