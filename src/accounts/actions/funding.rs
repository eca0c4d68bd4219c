//! Who decides and who pays on a funding line, and how much an envelope holds.

use diesel::prelude::*;

use crate::accounts::store;
use crate::base::ids::{EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::funding_lines;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger;
use crate::service::Operation;

/// # Errors
/// [`Fault::NotFound`] when the line or an institution is absent.
pub fn change_funding_line(
    op: &mut Operation<'_>,
    id: FundingLineId,
    authority: InstitutionId,
    payer: InstitutionId,
) -> Result<(), Fault> {
    let line = store::funding_line(op.conn, id)?;
    let (authority_name, payer_name) =
        (store::institution(op.conn, authority)?.short_name, store::institution(op.conn, payer)?.short_name);
    diesel::update(funding_lines::table.filter(funding_lines::id.eq(id)))
        .set((funding_lines::authority_id.eq(authority), funding_lines::payer_id.eq(payer)))
        .execute(op.conn)?;
    let summary = format!("Ligne {}\u{A0}: {authority_name} décide, {payer_name} paie", line.name);
    op.record(Entry::new("funding_line.change", summary));
    Ok(())
}

/// Adds `amount` to what was voted, or takes it back when negative.
///
/// # Errors
/// [`Fault::Invalid`] for a zero amount or no reason; [`Fault::Refused`] when the ledger refuses.
pub fn record_vote(op: &mut Operation<'_>, id: EnvelopeId, amount: Cents, reason: &str) -> Result<(), Fault> {
    let mut mistakes = crate::fault::Mistakes::default();
    if amount.is_zero() {
        mistakes.add("amount", "Saisissez un montant supérieur à zéro, par exemple 50 000.");
    }
    let reason = mistakes.line("reason", reason, 300, "Saisissez la référence ou le motif du vote.");
    mistakes.finish()?;
    let envelope = store::envelope(op.conn, id)?;
    ledger::vote(op, id, amount, &reason)?;
    let summary = format!("Vote de {amount} sur {} {}", envelope.line_name, envelope.year);
    op.record(Entry::new("envelope.vote", summary).call(envelope.call).reason(reason));
    Ok(())
}
