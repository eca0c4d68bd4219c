//! Every frozen version of a dossier, and what changed from one to the next.

use diesel::prelude::*;
use serde::Serialize;

use super::model::{Content, PieceRef};
use super::present::{self, PresentedRow};
use super::receipt::show_size;
use super::store::{self, Version};
use crate::base::ids::{DossierId, DossierVersionId};
use crate::base::money::Cents;
use crate::calls::definition::{CallDefinition, SectionKind};
use crate::db::Conn;
use crate::db::schema::dossier_versions;
use crate::fault::Fault;

/// One answer that changed. An empty text is an answer that was not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Title of the section.
    pub section: String,
    pub label: String,
    pub before: String,
    pub after: String,
}

/// Every version, oldest first. Without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn versions(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Version>, Fault> {
    let ids: Vec<DossierVersionId> = dossier_versions::table
        .filter(dossier_versions::dossier_id.eq(dossier))
        .order(dossier_versions::number)
        .select(dossier_versions::id)
        .load(conn)?;
    ids.into_iter().map(|id| store::version_by_id(conn, id)).collect()
}

/// What changed between two versions, field by field, budget line by line, piece by piece, in the order of the form.
#[must_use]
pub fn differences(definition: &CallDefinition, old: &Content, new: &Content) -> Vec<Difference> {
    let mut found = Vec::new();
    let (before, after) = (present::sections(definition, old), present::sections(definition, new));
    for ((section, before), after) in definition.sections.iter().zip(&before).zip(&after) {
        let mut add = |label: String, before: String, after: String| {
            if before != after {
                found.push(Difference { section: section.title.clone(), label, before, after });
            }
        };
        for (key, nth) in keys(&before.rows, &after.rows) {
            add(key.to_owned(), value(&before.rows, key, nth), value(&after.rows, key, nth));
        }
        if section.kind == SectionKind::Budget {
            for year in &definition.budget.years {
                for (group, line) in definition.budget_lines() {
                    let amount = |content: &Content| {
                        let budget = content.budget.iter().find(|b| b.year == *year);
                        budget.and_then(|b| b.amounts.get(&line.code)).map_or(String::new(), Cents::to_string)
                    };
                    let label = format!("{year}, {}, {}", present::group_title(group), line.label);
                    add(label, amount(old), amount(new));
                }
            }
        }
        if section.kind == SectionKind::Pieces {
            for piece in &definition.pieces {
                let (mut was, is) = (shown(old, &piece.code), shown(new, &piece.code));
                if was == is && hashes(old, &piece.code) != hashes(new, &piece.code) {
                    was.push_str(" (autre contenu)");
                }
                add(piece.label.clone(), was, is);
            }
        }
    }
    found
}

/// The keys of both lists, each with its occurrence, in the order of the newer one.
fn keys<'a>(before: &'a [PresentedRow], after: &'a [PresentedRow]) -> Vec<(&'a str, usize)> {
    let mut keys: Vec<(&str, usize)> = Vec::new();
    for rows in [after, before] {
        let mut counted: Vec<&str> = Vec::new();
        for row in rows {
            let nth = counted.iter().filter(|key| **key == row.key).count();
            counted.push(&row.key);
            if !keys.contains(&(row.key.as_str(), nth)) {
                keys.push((&row.key, nth));
            }
        }
    }
    keys
}

fn value(rows: &[PresentedRow], key: &str, nth: usize) -> String {
    rows.iter().filter(|row| row.key == key).nth(nth).map_or(String::new(), |row| row.value.clone())
}

fn of_code<'a>(content: &'a Content, code: &'a str) -> impl Iterator<Item = &'a PieceRef> {
    content.pieces.iter().filter(move |piece| piece.piece == code)
}

fn shown(content: &Content, code: &str) -> String {
    let files = of_code(content, code).map(|piece| format!("{} ({})", piece.file_name, show_size(piece.byte_size)));
    files.collect::<Vec<_>>().join("\n")
}

fn hashes<'a>(content: &'a Content, code: &'a str) -> Vec<&'a str> {
    of_code(content, code).map(|piece| piece.sha256.as_str()).collect()
}
