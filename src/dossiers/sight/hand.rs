//! What an agent may look at in a call, read once for dossiers in hand.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{Reach, reach, reaches_committee};
use crate::access::{Actor, Role};
use crate::base::ids::{CallId, DossierId};
use crate::db::schema::{
    agenda_items, assignments, dossier_editors, dossiers, interest_declarations, recusals, territorial_opinions,
};
use crate::db::{Conn, among, listed};
use crate::dossiers::model::State;
use crate::dossiers::store::Dossier;
use crate::fault::Fault;

/// The dossiers of a call that a table names under some conditions; of these only, when some are given.
macro_rules! named_in {
    ($table:ident, $conn:expr, $call:expr, $only:expr $(, $condition:expr)*) => {{
        let named = $table::table.select($table::dossier_id)$(.filter($condition))*;
        match $only {
            // Not joined with their call: SQLite would look for them in the whole of it.
            Some(ids) => named.filter(listed($table::dossier_id, ids)).load::<DossierId>($conn),
            None => named.inner_join(dossiers::table).filter(dossiers::call_id.eq($call)).load::<DossierId>($conn),
        }
    }};
}

/// Dossiers closed to a person by a recusal, a declared conflict, or because they once wrote them, even by invitation.
pub(super) fn recused(
    conn: &mut Conn,
    actor: &Actor,
    call: CallId,
    only: Option<&[DossierId]>,
) -> Result<HashSet<DossierId>, Fault> {
    let person = actor.id;
    let declared = named_in!(
        interest_declarations,
        conn,
        call,
        only,
        interest_declarations::account_id.eq(person),
        interest_declarations::conflict
    )?;
    let recused = named_in!(recusals, conn, call, only, recusals::account_id.eq(person))?;
    let written = named_in!(dossier_editors, conn, call, only, dossier_editors::account_id.eq(person))?;
    Ok(declared.into_iter().chain(recused).chain(written).collect())
}

/// What one agent may look at in one call.
pub(super) struct Sight {
    call_roles: Vec<Role>,
    organisations: HashSet<i64>,
    assigned: HashSet<DossierId>,
    /// Dossiers on which a department of this correspondent is asked.
    asked: HashSet<DossierId>,
    recused: HashSet<DossierId>,
    /// On the agenda of a session, shortlisting ones included.
    placed: HashSet<DossierId>,
}

impl Sight {
    /// Reads what the actor's roles depend on, in the whole call or on some of its dossiers.
    pub(super) fn load(
        conn: &mut Conn,
        actor: &Actor,
        call: CallId,
        only: Option<&[DossierId]>,
    ) -> Result<Self, Fault> {
        let call_roles: Vec<Role> = actor.grants.iter().filter(|g| g.call == call).map(|g| g.role).collect();
        let mut sight = Self {
            organisations: actor.organisations.iter().map(|o| o.0).collect(),
            recused: recused(conn, actor, call, only)?,
            assigned: HashSet::new(),
            asked: HashSet::new(),
            placed: HashSet::new(),
            call_roles,
        };
        let has = |reached: Reach| sight.call_roles.iter().any(|role| reach(*role) == reached);
        let (assigned, asked, placed) = (has(Reach::Assigned), has(Reach::Asked), has(Reach::Committee));
        if assigned {
            let of = assignments::account_id.eq(actor.id);
            let held = named_in!(assignments, conn, call, only, of, assignments::ended_at.is_null())?;
            sight.assigned = held.into_iter().collect();
        }
        if asked {
            let spoken_for = among(territorial_opinions::department, actor.departments_in(call));
            sight.asked = named_in!(territorial_opinions, conn, call, only, spoken_for)?.into_iter().collect();
        }
        if placed {
            sight.placed = named_in!(agenda_items, conn, call, only)?.into_iter().collect();
        }
        Ok(sight)
    }

    /// Recusal and membership of the applicant organisation close every door at once.
    pub(super) fn roles_on(&self, dossier: &Dossier) -> Vec<Role> {
        let interested = self.recused.contains(&dossier.id) || self.organisations.contains(&dossier.organisation.0);
        if interested || dossier.state == State::Draft {
            return Vec::new();
        }
        self.call_roles
            .iter()
            .copied()
            .filter(|role| match reach(*role) {
                Reach::Every => true,
                Reach::Assigned => self.assigned.contains(&dossier.id),
                Reach::Asked => self.asked.contains(&dossier.id),
                Reach::Committee => self.placed.contains(&dossier.id) || reaches_committee(dossier.state),
                Reach::Opinion => dossier.state.has_opinion(),
                Reach::Authority => dossier.state.reaches_authority(),
            })
            .collect()
    }
}
