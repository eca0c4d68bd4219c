//! What a ranking reads of a frozen version: little of a content that holds the whole form.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Deserialize;

use super::answer::Answer;
use super::budget;
use super::model::YearBudget;
use crate::base::ids::DossierVersionId;
use crate::base::money::Cents;
use crate::calls::definition::CallDefinition;
use crate::db::schema::dossier_versions;
use crate::db::{AT_ONCE, Conn, among};
use crate::fault::Fault;

/// Some of a version's content.
#[derive(Clone, Debug)]
pub struct Excerpt {
    pub version: DossierVersionId,
    /// Of the whole content.
    pub sha256: String,
    kept: Kept,
}

/// Fields of [`Content`](super::Content) under the names they have there; the others are passed over, not read.
#[derive(Clone, Debug, Deserialize)]
struct Kept {
    applicant: Named,
    answers: Tags,
    budget: Vec<YearBudget>,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Tags {
    axes: Option<Answer>,
    departments: Option<Answer>,
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

    /// As [`Content::requested_in`](super::Content::requested_in).
    #[must_use]
    pub fn requested_in(&self, definition: &CallDefinition, year: i16) -> Cents {
        budget::requested_in(&self.kept.budget, definition, year)
    }

    /// As [`Content::requested_of`](super::Content::requested_of).
    #[must_use]
    pub fn requested_of(&self, definition: &CallDefinition, funder: &str, year: impl Into<i32>) -> Cents {
        budget::requested_of(&self.kept.budget, definition, funder, year.into())
    }
}

/// Excerpts of frozen versions by id, without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn excerpts_by_ids(conn: &mut Conn, ids: &[DossierVersionId]) -> Result<HashMap<DossierVersionId, Excerpt>, Fault> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows = dossier_versions::table
            .filter(among(dossier_versions::id, some))
            .select((dossier_versions::id, dossier_versions::content, dossier_versions::sha256))
            .load::<(DossierVersionId, String, String)>(conn)?;
        for (version, content, sha256) in rows {
            found.insert(version, Excerpt { version, sha256, kept: serde_json::from_str(&content)? });
        }
    }
    Ok(found)
}
