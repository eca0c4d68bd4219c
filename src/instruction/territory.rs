//! What the departments concerned say of a dossier, for whoever may read it.

use super::model::ReviewOpinion;
use super::{rules, store};
use crate::base::clock::Instant;
use crate::base::ids::DossierId;
use crate::calls::definition::reference::department_label;
use crate::db::Conn;
use crate::fault::Fault;

/// The opinion asked of one department, given or not.
#[derive(Clone, Debug)]
pub struct TerritorialOpinion {
    /// Code of the department.
    pub department: String,
    /// « Lot (46) ».
    pub label: String,
    pub asked_at: Instant,
    pub due_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
    /// Empty until submitted, like the comment.
    pub author: String,
    pub opinion: Option<ReviewOpinion>,
    pub comment: String,
}

impl TerritorialOpinion {
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        rules::is_late(self.due_at, self.submitted_at, now)
    }
}

/// Opinions asked on a dossier, by department. A draft shows nothing of what it holds; what somebody since recused
/// wrote is left out.
///
/// No right is checked here: pass a dossier that the reader may see, with its reviews.
///
/// # Errors
/// When the database refuses.
pub fn territorial(conn: &mut Conn, dossier: DossierId) -> Result<Vec<TerritorialOpinion>, Fault> {
    let asked = store::territorial_of(conn, dossier)?;
    let recused = store::recused_from(conn, dossier)?;
    let authors: Vec<_> = asked.iter().filter_map(|t| t.account).collect();
    let names = store::names(conn, &authors)?;
    Ok(asked
        .into_iter()
        .filter(|t| t.is_due() || t.account.is_none_or(|account| !recused.contains(&account)))
        .map(|t| {
            let given = t.submitted_at.is_some();
            let author = t.account.filter(|_| given).and_then(|account| names.get(&account).cloned());
            TerritorialOpinion {
                label: department_label(&t.department),
                department: t.department,
                asked_at: t.asked_at,
                due_at: t.due_at,
                submitted_at: t.submitted_at,
                author: author.unwrap_or_default(),
                opinion: t.opinion.filter(|_| given),
                comment: if given { t.comment } else { String::new() },
            }
        })
        .collect())
}
