//! What submitted reviews say of dossiers, together: what the committee ranks and reads.

use std::collections::{HashMap, HashSet};

use super::model::{FunderProposal, Mark, ReviewOpinion};
use super::proposals;
use super::rules::{self, Score};
use super::store::{self, GivenReview};
use crate::base::ids::{AccountId, DossierId};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::calls::definition::{CallDefinition, Criterion};
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;

/// A submitted review, as read beside the dossier.
#[derive(Clone, Debug)]
pub struct SubmittedReview {
    pub account: AccountId,
    pub name: String,
    pub institution: String,
    /// Absent when every criterion is abstained.
    pub score: Option<Score>,
    pub opinion: ReviewOpinion,
    /// By funder, in the order of the call.
    pub proposed: Vec<FunderProposal>,
    pub comment: String,
}

impl SubmittedReview {
    #[must_use]
    pub fn proposed_total(&self) -> Option<Cents> {
        proposals::total(&self.proposed)
    }

    /// As [`proposals::words`], beside its general opinion.
    #[must_use]
    pub fn proposed_words(&self, definition: &CallDefinition) -> String {
        proposals::words(definition, &self.proposed, Some(self.opinion))
    }
}

/// The reviews of one dossier and what follows from them, by the rules of [`rules`].
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    pub reviews: Vec<SubmittedReview>,
    pub score: Option<Score>,
    pub spread: Option<Score>,
    pub divergent: bool,
    /// Blocking criteria given a zero by somebody: « C1 – libellé (Inès Exemple) ».
    pub blocking: Vec<String>,
}

/// Assessments of dossiers of one call; a dossier without submitted review has an empty one. A review by somebody
/// since recused from the dossier counts for nothing and is not shown.
///
/// No right is checked here: pass the dossiers that the reader may see.
///
/// # Errors
/// When the database refuses.
pub fn assessments(
    conn: &mut Conn,
    call: &Call,
    wanted: &[DossierId],
) -> Result<HashMap<DossierId, Assessment>, Fault> {
    let known = dossiers::tags(conn, wanted)?;
    let axes = |id| known.get(id).map(|tags| tags.axes.iter().map(String::as_str).collect()).unwrap_or_default();
    assessments_of(conn, call, &wanted.iter().map(|id| (*id, axes(id))).collect())
}

/// [`assessments`] of dossiers whose axes are at hand.
///
/// # Errors
/// When the database refuses.
pub fn assessments_of(
    conn: &mut Conn,
    call: &Call,
    axes: &HashMap<DossierId, Vec<&str>>,
) -> Result<HashMap<DossierId, Assessment>, Fault> {
    let ids: Vec<DossierId> = axes.keys().copied().collect();
    let recused = store::recusals_on(conn, &ids)?;
    let found = if ids.len() > FEW { store::given_in_call(conn, call.id)? } else { store::given_on(conn, &ids)? };
    let reviews: Vec<GivenReview> = found
        .into_iter()
        .filter(|r| axes.contains_key(&r.dossier) && !recused.contains(&(r.dossier, r.author)))
        .collect();
    let authors: HashSet<AccountId> = reviews.iter().map(|r| r.author).collect();
    let names = store::names(conn, &authors.into_iter().collect::<Vec<_>>())?;
    let institutions = store::institution_names(conn)?;
    let mut all: HashMap<DossierId, Assessment> = HashMap::with_capacity(axes.len());
    let mut criteria: HashMap<DossierId, Vec<&Criterion>> = HashMap::with_capacity(axes.len());
    for (id, axes) in axes {
        all.insert(*id, Assessment::default());
        criteria.insert(*id, call.definition.criteria_for_axes(axes));
    }
    for review in reviews {
        let Some(assessment) = all.get_mut(&review.dossier) else { continue };
        let criteria = criteria.get(&review.dossier).map(Vec::as_slice).unwrap_or_default();
        let name = names.get(&review.author).cloned().unwrap_or_default();
        let marks = review.marks.each();
        let mark = |criterion: &str| marks.iter().find(|(code, _)| *code == criterion).map(|(_, mark)| *mark);
        let blocking = criteria.iter().filter(|c| c.blocking && mark(&c.code) == Some(Mark::Level(0)));
        assessment.blocking.extend(blocking.map(|c| format!("{} – {} ({name})", c.code, c.label)));
        assessment.reviews.push(SubmittedReview {
            account: review.author,
            name,
            institution: institutions.get(&review.institution).cloned().unwrap_or_default(),
            score: rules::score_of(&call.definition, criteria, mark),
            opinion: review.opinion.ok_or_else(|| Fault::internal("a submitted review without opinion"))?,
            proposed: review.proposed,
            comment: review.comment,
        });
    }
    for assessment in all.values_mut() {
        let scores: Vec<Score> = assessment.reviews.iter().filter_map(|r| r.score).collect();
        assessment.score = rules::mean(&scores);
        assessment.spread = rules::spread(&scores);
        assessment.divergent = rules::is_divergent(assessment.spread, call.definition.instruction.divergence_threshold);
    }
    Ok(all)
}

/// Past this many dossiers, the whole call is read at once.
const FEW: usize = 1_000;
