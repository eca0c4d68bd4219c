//! Rows of envelopes, with the institutions that fund, decide and pay.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::ids::{CallId, EnvelopeId, FundingLineId, InstitutionId};
use crate::base::money::Cents;
use crate::db::schema::{envelopes, funding_lines, institutions};
use crate::db::{Conn, listed};
use crate::fault::Fault;

/// An institution as pages name it.
#[derive(Clone, Debug)]
pub struct Party {
    pub id: InstitutionId,
    pub name: String,
}

/// A call × funding line × year.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub id: EnvelopeId,
    pub call: CallId,
    pub line: String,
    pub year: i32,
    pub vote_is_known: bool,
    pub source: String,
    pub funder: Party,
    pub authority: Party,
    pub payer: Party,
}

impl Envelope {
    #[must_use]
    pub fn parties(&self) -> [InstitutionId; 3] {
        [self.funder.id, self.authority.id, self.payer.id]
    }

    /// `FIR – Ségur mesure 27, 2022`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}, {}", self.line, self.year)
    }
}

type EnvelopeRow = (EnvelopeId, CallId, i32, Option<Cents>, String, FundingLineId);
type LineRow = (FundingLineId, String, InstitutionId, InstitutionId, InstitutionId);

fn assemble(conn: &mut Conn, rows: Vec<EnvelopeRow>) -> Result<Vec<Envelope>, Fault> {
    let wanted: Vec<FundingLineId> = rows.iter().map(|row| row.5).collect();
    let lines: HashMap<FundingLineId, LineRow> = funding_lines::table
        .filter(listed(funding_lines::id, wanted))
        .select((
            funding_lines::id,
            funding_lines::name,
            funding_lines::funder_id,
            funding_lines::authority_id,
            funding_lines::payer_id,
        ))
        .load::<LineRow>(conn)?
        .into_iter()
        .map(|row| (row.0, row))
        .collect();
    let names: HashMap<InstitutionId, String> = institutions::table
        .select((institutions::id, institutions::name))
        .load::<(InstitutionId, String)>(conn)?
        .into_iter()
        .collect();
    let party = |id: InstitutionId| Party { id, name: names.get(&id).cloned().unwrap_or_default() };
    rows.into_iter()
        .map(|(id, call, year, voted, source, line)| {
            let (_, name, funder, authority, payer) = lines.get(&line).ok_or(Fault::NotFound)?;
            Ok(Envelope {
                id,
                call,
                line: name.clone(),
                year,
                vote_is_known: voted.is_some(),
                source,
                funder: party(*funder),
                authority: party(*authority),
                payer: party(*payer),
            })
        })
        .collect()
}

macro_rules! envelope_columns {
    () => {
        (
            envelopes::id,
            envelopes::call_id,
            envelopes::year,
            envelopes::voted,
            envelopes::source,
            envelopes::funding_line_id,
        )
    };
}

/// A call's envelopes, in the order of its file, oldest year first.
///
/// # Errors
/// When the database refuses.
pub fn envelopes_of_call(conn: &mut Conn, call: CallId) -> Result<Vec<Envelope>, Fault> {
    let rows = envelopes::table
        .filter(envelopes::call_id.eq(call))
        .order((envelopes::year, envelopes::id))
        .select(envelope_columns!())
        .load::<EnvelopeRow>(conn)?;
    assemble(conn, rows)
}

/// # Errors
/// [`Fault::NotFound`] when there is no such envelope.
pub fn envelope(conn: &mut Conn, id: EnvelopeId) -> Result<Envelope, Fault> {
    let rows = envelopes::table.filter(envelopes::id.eq(id)).select(envelope_columns!()).load::<EnvelopeRow>(conn)?;
    assemble(conn, rows)?.pop().ok_or(Fault::NotFound)
}
