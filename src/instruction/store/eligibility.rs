//! Rows of eligibility checks.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DossierId, DossierVersionId};
use crate::db::Conn;
use crate::db::schema::eligibility_checks;
use crate::fault::Fault;

/// A completeness and eligibility check.
#[derive(Clone, Debug)]
pub struct EligibilityCheck {
    pub complete: bool,
    pub eligible: bool,
    pub ground: String,
    pub decided_by: AccountId,
    pub decided_at: Instant,
}

pub fn last_eligibility(conn: &mut Conn, dossier: DossierId) -> Result<Option<EligibilityCheck>, Fault> {
    let row = eligibility_checks::table
        .filter(eligibility_checks::dossier_id.eq(dossier))
        .order(eligibility_checks::id.desc())
        .select((
            eligibility_checks::complete,
            eligibility_checks::eligible,
            eligibility_checks::ground,
            eligibility_checks::decided_by,
            eligibility_checks::decided_at,
        ))
        .first::<(bool, bool, String, AccountId, Instant)>(conn)
        .optional()?;
    Ok(row.map(|(complete, eligible, ground, decided_by, decided_at)| EligibilityCheck {
        complete,
        eligible,
        ground,
        decided_by,
        decided_at,
    }))
}

pub fn insert_eligibility(
    conn: &mut Conn,
    dossier: DossierId,
    version: DossierVersionId,
    check: &EligibilityCheck,
) -> Result<(), Fault> {
    diesel::insert_into(eligibility_checks::table)
        .values((
            eligibility_checks::dossier_id.eq(dossier),
            eligibility_checks::dossier_version_id.eq(version),
            eligibility_checks::complete.eq(check.complete),
            eligibility_checks::eligible.eq(check.eligible),
            eligibility_checks::ground.eq(&check.ground),
            eligibility_checks::decided_by.eq(check.decided_by),
            eligibility_checks::decided_at.eq(check.decided_at),
        ))
        .execute(conn)?;
    Ok(())
}
