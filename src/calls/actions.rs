//! Importing a call file: the call, its definition, its funding lines and envelopes.

use diesel::prelude::*;

use super::definition::CallDefinition;
use super::store::institution_by_code;
use crate::base::clock::Instant;
use crate::base::ids::{CallId, DefinitionId, EnvelopeId, FundingLineId};
use crate::db::schema::{call_definitions, calls, envelopes, funding_lines};
use crate::fault::Fault;
use crate::files::sha256_hex;
use crate::journal::Entry;
use crate::ledger;
use crate::service::Operation;

/// Creates the call, or adds a new version of its definition.
///
/// A call that has opened keeps its calendar, grid, budget plan and form: what people answered to is not changed
/// under them.
///
/// # Errors
/// [`Fault::Refused`] when an institution is unknown, or when an open call would be changed.
pub fn import(op: &mut Operation<'_>, definition: &CallDefinition) -> Result<CallId, Fault> {
    let body = serde_json::to_string(definition)?;
    let sha256 = sha256_hex(body.as_bytes());
    let code = &definition.call.code;
    let existing = calls::table
        .filter(calls::code.eq(code))
        .select((calls::id, calls::opens_at))
        .first::<(CallId, Instant)>(op.conn)
        .optional()?;
    let (call, number) = match existing {
        None => (create(op, definition)?, 1),
        Some((call, opens_at)) => {
            let last = call_definitions::table
                .filter(call_definitions::call_id.eq(call))
                .order(call_definitions::number.desc())
                .select((call_definitions::number, call_definitions::sha256))
                .first::<(i64, String)>(op.conn)?;
            if last.1 == sha256 {
                return Err(Fault::refused(format!("L’appel {code} est déjà enregistré à l’identique.")));
            }
            if opens_at <= op.now {
                return Err(Fault::refused(format!(
                    "L’appel {code} est ouvert depuis le {} : sa définition ne change plus.",
                    opens_at.date(&definition.calendar.zone)
                )));
            }
            (call, last.0 + 1)
        }
    };
    let definition_id: DefinitionId = diesel::insert_into(call_definitions::table)
        .values((
            call_definitions::call_id.eq(call),
            call_definitions::number.eq(number),
            call_definitions::body.eq(&body),
            call_definitions::sha256.eq(&sha256),
            call_definitions::imported_at.eq(op.now),
        ))
        .returning(call_definitions::id)
        .get_result(op.conn)?;
    diesel::update(calls::table.filter(calls::id.eq(call)))
        .set((
            calls::definition_id.eq(Some(definition_id.0)),
            calls::title.eq(&definition.call.title),
            calls::opens_at.eq(definition.calendar.opening),
            calls::closes_at.eq(definition.calendar.closing),
        ))
        .execute(op.conn)?;
    record_envelopes(op, call, definition)?;
    op.record(Entry::new("call.import", format!("Appel {code} enregistré, version {number}")).call(call));
    Ok(call)
}

fn create(op: &mut Operation<'_>, definition: &CallDefinition) -> Result<CallId, Fault> {
    let authority = institution_by_code(op.conn, &definition.call.authority)?;
    Ok(diesel::insert_into(calls::table)
        .values((
            calls::code.eq(&definition.call.code),
            calls::title.eq(&definition.call.title),
            calls::authority_id.eq(authority),
            calls::opens_at.eq(definition.calendar.opening),
            calls::closes_at.eq(definition.calendar.closing),
            calls::created_at.eq(op.now),
        ))
        .returning(calls::id)
        .get_result(op.conn)?)
}

/// Adds the envelopes that are not there yet; a vote once recorded changes through the ledger only.
fn record_envelopes(op: &mut Operation<'_>, call: CallId, definition: &CallDefinition) -> Result<(), Fault> {
    for envelope in &definition.envelopes {
        let funder = institution_by_code(op.conn, &envelope.funder)?;
        let deciding = envelope.authority.as_ref().unwrap_or(&definition.call.authority);
        let authority = institution_by_code(op.conn, deciding)?;
        let payer = institution_by_code(op.conn, envelope.payer.as_ref().unwrap_or(deciding))?;
        let line = funding_lines::table
            .filter(funding_lines::funder_id.eq(funder))
            .filter(funding_lines::name.eq(&envelope.line))
            .select(funding_lines::id)
            .first::<FundingLineId>(op.conn)
            .optional()?;
        let line = match line {
            Some(line) => line,
            None => diesel::insert_into(funding_lines::table)
                .values((
                    funding_lines::funder_id.eq(funder),
                    funding_lines::authority_id.eq(authority),
                    funding_lines::payer_id.eq(payer),
                    funding_lines::name.eq(&envelope.line),
                ))
                .returning(funding_lines::id)
                .get_result(op.conn)?,
        };
        let year = i32::from(envelope.year);
        let known = envelopes::table
            .filter(envelopes::call_id.eq(call))
            .filter(envelopes::funding_line_id.eq(line))
            .filter(envelopes::year.eq(year))
            .count()
            .get_result::<i64>(op.conn)?;
        if known > 0 {
            continue;
        }
        let id: EnvelopeId = diesel::insert_into(envelopes::table)
            .values((
                envelopes::call_id.eq(call),
                envelopes::funding_line_id.eq(line),
                envelopes::year.eq(year),
                envelopes::source.eq(&envelope.source.reference),
            ))
            .returning(envelopes::id)
            .get_result(op.conn)?;
        if let Some(amount) = envelope.amount {
            ledger::vote(op, id, amount, &envelope.source.reference)?;
        }
    }
    Ok(())
}
