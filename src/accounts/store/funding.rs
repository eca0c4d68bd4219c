//! Rows of funding lines and envelopes, as administrators set them up.

use diesel::prelude::*;

use crate::base::ids::{CallId, EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::db::Conn;
use crate::db::schema::{calls, envelopes, funding_lines, institutions};
use crate::fault::Fault;

/// Money of one funder: whose authority decides, who pays.
#[derive(Clone, Debug, Queryable)]
pub struct FundingLine {
    pub id: FundingLineId,
    pub name: String,
    pub funder_name: String,
    pub authority: InstitutionId,
    pub payer: InstitutionId,
}

macro_rules! line_columns {
    () => {
        (
            funding_lines::id,
            funding_lines::name,
            institutions::short_name,
            funding_lines::authority_id,
            funding_lines::payer_id,
        )
    };
}

/// # Errors
/// When the database refuses.
pub fn funding_lines(conn: &mut Conn) -> Result<Vec<FundingLine>, Fault> {
    Ok(funding_lines::table
        .inner_join(institutions::table.on(institutions::id.eq(funding_lines::funder_id)))
        .order((institutions::code, funding_lines::name))
        .select(line_columns!())
        .load(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such line.
pub fn funding_line(conn: &mut Conn, id: FundingLineId) -> Result<FundingLine, Fault> {
    Ok(funding_lines::table
        .inner_join(institutions::table.on(institutions::id.eq(funding_lines::funder_id)))
        .filter(funding_lines::id.eq(id))
        .select(line_columns!())
        .first(conn)?)
}

/// What a call may spend on a line in a year.
#[derive(Clone, Debug, Queryable)]
pub struct Envelope {
    pub id: EnvelopeId,
    pub call: CallId,
    pub call_code: String,
    pub line: FundingLineId,
    pub line_name: String,
    pub year: i32,
    /// Absent while no vote is known.
    pub voted: Option<Cents>,
}

macro_rules! envelope_columns {
    () => {
        (
            envelopes::id,
            calls::id,
            calls::code,
            funding_lines::id,
            funding_lines::name,
            envelopes::year,
            envelopes::voted,
        )
    };
}

/// # Errors
/// When the database refuses.
pub fn envelopes(conn: &mut Conn) -> Result<Vec<Envelope>, Fault> {
    Ok(envelopes::table
        .inner_join(calls::table)
        .inner_join(funding_lines::table)
        .order((calls::code, envelopes::year, envelopes::id))
        .select(envelope_columns!())
        .load(conn)?)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such envelope.
pub fn envelope(conn: &mut Conn, id: EnvelopeId) -> Result<Envelope, Fault> {
    Ok(envelopes::table
        .inner_join(calls::table)
        .inner_join(funding_lines::table)
        .filter(envelopes::id.eq(id))
        .select(envelope_columns!())
        .first(conn)?)
}
