//! Who reads whose reviews: the call's rule applied to many dossiers at once, for pages, lists, exports and averages.

use std::collections::HashMap;

use super::rules::{self, Reading};
use super::store;
use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, DossierId};
use crate::calls::Call;
use crate::calls::definition::ReviewsVisible;
use crate::db::Conn;
use crate::dossiers::StaffView;
use crate::fault::Fault;

/// What one person may read of the reviews of some dossiers of a call.
pub struct ReviewSight {
    rule: ReviewsVisible,
    reader: AccountId,
    /// Active assignments by dossier: who holds it, and whether the review is in.
    held: HashMap<DossierId, Vec<(AccountId, bool)>>,
}

impl ReviewSight {
    /// # Errors
    /// When the database refuses.
    pub fn load(conn: &mut Conn, actor: &Actor, call: &Call, dossiers: &[DossierId]) -> Result<Self, Fault> {
        let mut held: HashMap<DossierId, Vec<(AccountId, bool)>> = HashMap::new();
        for assignment in store::active_on(conn, dossiers)? {
            held.entry(assignment.dossier).or_default().push((assignment.account, assignment.submitted_at.is_some()));
        }
        Ok(Self { rule: call.definition.instruction.reviews_visible, reader: actor.id, held })
    }

    /// Whether the reviews of a dossier show, to somebody who sees the dossier.
    #[must_use]
    pub fn shows(&self, view: &StaffView) -> bool {
        let held = self.held.get(&view.dossier.id).map_or(&[][..], Vec::as_slice);
        let own = held.iter().find(|(account, _)| *account == self.reader).map(|(_, submitted)| *submitted);
        let reads_all =
            [Role::CallManager, Role::CommitteeMember, Role::Signatory].into_iter().any(|role| view.through(role));
        rules::may_read_reviews(
            self.rule,
            Reading {
                own_due: own == Some(false),
                own_submitted: own == Some(true),
                all_submitted: held.iter().all(|(_, submitted)| *submitted),
                reads_all,
            },
        )
    }
}
