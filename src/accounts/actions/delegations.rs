//! Delegations of signature.

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{AccountId, DelegationId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::delegations;
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::service::Operation;

#[derive(Clone, Debug)]
pub struct NewDelegation {
    /// The authority in whose name the person signs.
    pub institution: InstitutionId,
    pub account: AccountId,
    pub quality: String,
    pub service: String,
    /// Reference of the delegation act, printed above the signature.
    pub reference: String,
    pub valid_from: Instant,
    pub valid_until: Option<Instant>,
    /// Largest amount the person may sign; absent: none set.
    pub ceiling: Option<Cents>,
}

/// Records a delegation of signature.
///
/// # Errors
/// [`Fault::Invalid`] for an empty field or an end before the start.
pub fn add_delegation(op: &mut Operation<'_>, new: &NewDelegation) -> Result<DelegationId, Fault> {
    let mut mistakes = Mistakes::default();
    let quality = mistakes.line("quality", &new.quality, 120, "Saisissez la qualité du signataire.");
    let service = mistakes.line("service", &new.service, 120, "Saisissez le service.");
    let reference = mistakes.line("reference", &new.reference, 200, "Saisissez la référence de la délégation.");
    if new.valid_until.is_some_and(|end| end <= new.valid_from) {
        mistakes.add("valid_until", "La fin de la délégation doit suivre son début.");
    }
    mistakes.finish()?;
    let id = diesel::insert_into(delegations::table)
        .values((
            delegations::institution_id.eq(new.institution),
            delegations::account_id.eq(new.account),
            delegations::quality.eq(&quality),
            delegations::service.eq(&service),
            delegations::reference.eq(&reference),
            delegations::valid_from.eq(new.valid_from),
            delegations::valid_until.eq(new.valid_until),
            delegations::ceiling_cents.eq(new.ceiling),
        ))
        .returning(delegations::id)
        .get_result(op.conn)?;
    op.record(Entry::new("delegation.add", format!("Délégation {reference} enregistrée")));
    Ok(id)
}

/// Ends a delegation at once; acts signed under it stay.
///
/// # Errors
/// [`Fault::NotFound`] when there is none in force with this number.
pub fn revoke_delegation(op: &mut Operation<'_>, id: DelegationId) -> Result<(), Fault> {
    let revoked =
        diesel::update(delegations::table.filter(delegations::id.eq(id)).filter(delegations::revoked_at.is_null()))
            .set(delegations::revoked_at.eq(Some(op.now)))
            .execute(op.conn)?;
    if revoked == 0 {
        return Err(Fault::NotFound);
    }
    op.record(Entry::new("delegation.revoke", format!("Délégation n° {id} retirée")));
    Ok(())
}
