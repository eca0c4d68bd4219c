//! Whose money: the lines of a call, its envelopes by year, and a share of one of them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::ids::{CallId, EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::{envelopes, funding_lines, institutions};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// An amount on one line in one year: proposed, reserved, planned or granted, as its holder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Share {
    pub line: FundingLineId,
    pub year: i32,
    pub amount: Cents,
}

impl Share {
    /// Sum of shares; unknown when there is none, never zero.
    #[must_use]
    pub fn total(shares: &[Self]) -> Option<Cents> {
        (!shares.is_empty()).then(|| shares.iter().map(|s| s.amount).sum())
    }
}

/// Who brings a line, who signs on it, who pays from it: three roles, often one institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineInfo {
    pub line: FundingLineId,
    pub funder: InstitutionId,
    /// Code by which the call file names the funder.
    pub funder_code: String,
    /// Short name, for tables.
    pub funder_name: String,
    pub authority: InstitutionId,
    pub payer: InstitutionId,
    /// `FIR – Ségur mesure 27`.
    pub name: String,
}

/// The lines on which a call has an envelope, whatever the year, in the order they were recorded.
///
/// # Errors
/// When the database refuses.
pub fn lines_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<LineInfo>, Fault> {
    let of_call = envelopes::table
        .filter(envelopes::call_id.eq(call))
        .select(envelopes::funding_line_id)
        .distinct()
        .load::<FundingLineId>(conn)?;
    let rows = funding_lines::table
        .inner_join(institutions::table.on(institutions::id.eq(funding_lines::funder_id)))
        .filter(listed(funding_lines::id, of_call))
        .order(funding_lines::id)
        .select((
            funding_lines::id,
            funding_lines::funder_id,
            institutions::code,
            institutions::short_name,
            funding_lines::authority_id,
            funding_lines::payer_id,
            funding_lines::name,
        ))
        .load::<(FundingLineId, InstitutionId, String, String, InstitutionId, InstitutionId, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(line, funder, funder_code, funder_name, authority, payer, name)| LineInfo {
            line,
            funder,
            funder_code,
            funder_name,
            authority,
            payer,
            name,
        })
        .collect())
}

/// The envelope of a line in a year; none when the call has not opened one.
///
/// # Errors
/// When the database refuses.
pub fn envelope_at(conn: &mut Conn, call: CallId, line: FundingLineId, year: i32) -> Result<Option<EnvelopeId>, Fault> {
    Ok(envelopes::table
        .filter(envelopes::call_id.eq(call))
        .filter(envelopes::funding_line_id.eq(line))
        .filter(envelopes::year.eq(year))
        .select(envelopes::id)
        .first(conn)
        .optional()?)
}
