//! Who decides and who pays on a funding line, and how much an envelope holds.

use diesel::prelude::*;

use crate::accounts::store;
use crate::base::ids::{CallId, EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::{envelopes, funding_lines};
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

/// The envelope of another year on a line that a call already has.
#[derive(Clone, Debug)]
pub struct NewEnvelope {
    pub call: CallId,
    pub line: FundingLineId,
    pub year: i32,
    /// Absent while the vote is not known: nothing can be reserved or committed on it.
    pub voted: Option<Cents>,
    /// Reference or reason of the opening, and of the vote.
    pub source: String,
}

/// # Errors
/// [`Fault::Invalid`] for a line the call does not have, a year it has already, or no reason.
pub fn open_envelope(op: &mut Operation<'_>, new: &NewEnvelope) -> Result<EnvelopeId, Fault> {
    let mut mistakes = crate::fault::Mistakes::default();
    let lines = ledger::lines_of_call(op.conn, new.call)?;
    let line = lines.iter().find(|line| line.line == new.line);
    if line.is_none() {
        mistakes.add("line", "Choisissez une ligne de cet appel.");
    }
    let first = op.now.in_zone(crate::base::clock::PARIS).date().year() - 1;
    if !(i32::from(first)..=i32::from(first) + 6).contains(&new.year) {
        mistakes.add("year", format!("Saisissez une année entre {first} et {}.", first + 6));
    } else if line.is_some() && ledger::envelope_at(op.conn, new.call, new.line, new.year)?.is_some() {
        mistakes.add("year", "Cette ligne a déjà une enveloppe pour cette année. Enregistrez-y un vote.");
    }
    if new.voted.is_some_and(|voted| !voted.is_positive()) {
        mistakes.add("amount", "Saisissez un montant supérieur à zéro, ou laissez la case vide.");
    }
    let source = mistakes.line("source", &new.source, 300, "Saisissez la référence ou le motif de l’ouverture.");
    mistakes.finish()?;
    let id: EnvelopeId = diesel::insert_into(envelopes::table)
        .values((
            envelopes::call_id.eq(new.call),
            envelopes::funding_line_id.eq(new.line),
            envelopes::year.eq(new.year),
            envelopes::source.eq(&source),
        ))
        .returning(envelopes::id)
        .get_result(op.conn)?;
    if let Some(voted) = new.voted {
        ledger::vote(op, id, voted, &source)?;
    }
    let name = line.map(|line| line.name.as_str()).unwrap_or_default();
    let summary = format!("Enveloppe {} ouverte sur {name}", new.year);
    op.record(Entry::new("envelope.open", summary).call(new.call).reason(source));
    Ok(id)
}
