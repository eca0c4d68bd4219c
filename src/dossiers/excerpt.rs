//! What a ranking reads of a frozen version, kept apart from a content that holds the whole form.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::budget;
use super::model::{Content, YearBudget};
use crate::base::ids::DossierVersionId;
use crate::base::money::Cents;
use crate::calls::definition::CallDefinition;
use crate::db::schema::version_excerpts;
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// Some of a version's content.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// Of the version.
    pub id: DossierVersionId,
    /// Over all years.
    pub requested: Cents,
    kept: Kept,
}

/// Fields of [`Content`] under the names they have there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    applicant: Named,
    answers: Tags,
    budget: Vec<YearBudget>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tags {
    axes: Option<Answer>,
    departments: Option<Answer>,
}

impl Kept {
    pub(super) fn of(content: &Content) -> Self {
        let answer = |field: &str| content.answers.get(field).cloned();
        Self {
            applicant: Named { name: content.applicant.name.clone() },
            answers: Tags { axes: answer("axes"), departments: answer("departments") },
            budget: content.budget.clone(),
        }
    }
}

impl Excerpt {
    /// Name of the organisation that asks.
    #[must_use]
    pub fn applicant(&self) -> &str {
        &self.kept.applicant.name
    }

    #[must_use]
    pub fn axes(&self) -> Vec<&str> {
        self.kept.answers.axes.as_ref().map(Answer::values).unwrap_or_default()
    }

    #[must_use]
    pub fn departments(&self) -> Vec<&str> {
        self.kept.answers.departments.as_ref().map(Answer::values).unwrap_or_default()
    }

    /// As [`Content::requested_in`].
    #[must_use]
    pub fn requested_in(&self, definition: &CallDefinition, year: i16) -> Cents {
        budget::requested_in(&self.kept.budget, definition, year)
    }

    /// As [`Content::requested_of`].
    #[must_use]
    pub fn requested_of(&self, definition: &CallDefinition, funder: &str, year: impl Into<i32>) -> Cents {
        budget::requested_of(&self.kept.budget, definition, funder, year.into())
    }
}

/// Writes the excerpt of a version just frozen.
pub(super) fn keep(
    conn: &mut Conn,
    version: DossierVersionId,
    content: &Content,
    requested: Cents,
) -> Result<(), Fault> {
    diesel::insert_into(version_excerpts::table)
        .values((
            version_excerpts::dossier_version_id.eq(version),
            version_excerpts::requested_cents.eq(requested),
            version_excerpts::excerpt.eq(serde_json::to_string(&Kept::of(content))?),
        ))
        .execute(conn)?;
    Ok(())
}

/// Excerpts of frozen versions by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn excerpts_by_ids(conn: &mut Conn, ids: &[DossierVersionId]) -> Result<HashMap<DossierVersionId, Excerpt>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = HashMap::with_capacity(ids.len());
    let rows = version_excerpts::table
        .filter(listed(version_excerpts::dossier_version_id, ids))
        .select((version_excerpts::dossier_version_id, version_excerpts::requested_cents, version_excerpts::excerpt))
        .load::<(DossierVersionId, Cents, String)>(conn)?;
    for (id, requested, excerpt) in rows {
        found.insert(id, Excerpt { id, requested, kept: serde_json::from_str(&excerpt)? });
    }
    Ok(found)
}
