//! Everything about one dossier’s money, from its decision on.

use diesel::prelude::*;

use super::{Act, Envelope, Payment, act_of, envelope, payments_of};
use crate::base::ids::InstitutionId;
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::db::schema::{acts, decision_shares, decisions as decision_rows, dossiers as dossier_rows, organisations};
use crate::decisions::{self, Decision};
use crate::dossiers::{self, Dossier};
use crate::fault::Fault;
use crate::ledger::{self, EntryKind};

/// The applicant organisation of today: a SIRET declared after the submission counts.
#[derive(Clone, Debug, Queryable)]
pub struct Payee {
    pub name: String,
    pub siret: Option<String>,
    pub rna: Option<String>,
}

/// Everything about one dossier's money, from its decision on.
#[derive(Clone, Debug)]
pub struct FundingFile {
    pub dossier: Dossier,
    pub call: Call,
    pub decision: Option<Decision>,
    pub envelope: Option<Envelope>,
    pub payee: Payee,
    /// INSEE legal form as of the submission.
    pub legal_form: String,
    pub act: Option<Act>,
    pub payments: Vec<Payment>,
    pub committed: Cents,
    pub paid: Cents,
    /// Acts of the same authority for the same organisation and year.
    pub other_acts: Cents,
}

/// Without any check of rights: the caller has seen the dossier through `for_staff` or `for_applicant`.
///
/// # Errors
/// When the database refuses.
pub fn file_of(conn: &mut Conn, dossier: Dossier) -> Result<FundingFile, Fault> {
    let call = calls::of_dossier(conn, dossier.id)?;
    let decision = decisions::of_dossier(conn, dossier.id)?.pop();
    let firm = decision.as_ref().and_then(|d| d.shares.iter().find(|g| g.firm)).map(|g| g.share);
    let envelope = match firm {
        Some(share) => match ledger::envelope_at(conn, call.id, share.line, share.year)? {
            Some(id) => Some(envelope(conn, id)?),
            None => None,
        },
        None => None,
    };
    let payee = organisations::table
        .filter(organisations::id.eq(dossier.organisation))
        .select((organisations::name, organisations::siret, organisations::rna))
        .first::<Payee>(conn)?;
    let legal_form = dossiers::current_version(conn, &dossier)?.content.applicant.legal_form;
    let act = act_of(conn, dossier.id)?;
    let payments = payments_of(conn, dossier.id)?;
    let (mut committed, mut paid, mut other_acts) = (Cents::ZERO, Cents::ZERO, Cents::ZERO);
    if let Some(envelope) = &envelope {
        committed = ledger::total(conn, envelope.id, dossier.id, EntryKind::Commitment)?;
        paid = ledger::total(conn, envelope.id, dossier.id, EntryKind::Payment)?;
        if let Some(decision) = &decision {
            other_acts = acts_elsewhere(conn, &dossier, decision.authority, envelope.year)?;
        }
    }
    Ok(FundingFile { dossier, call, decision, envelope, payee, legal_form, act, payments, committed, paid, other_acts })
}

fn acts_elsewhere(conn: &mut Conn, dossier: &Dossier, authority: InstitutionId, year: i32) -> Result<Cents, Fault> {
    let amounts = acts::table
        .inner_join(decision_rows::table)
        .inner_join(dossier_rows::table.on(dossier_rows::id.eq(acts::dossier_id)))
        .filter(dossier_rows::organisation_id.eq(dossier.organisation))
        .filter(acts::dossier_id.ne(dossier.id))
        .filter(decision_rows::authority_id.eq(authority))
        .filter(diesel::dsl::exists(
            decision_shares::table
                .filter(decision_shares::decision_id.eq(decision_rows::id))
                .filter(decision_shares::year.eq(year)),
        ))
        .select(acts::amount_cents)
        .load::<Cents>(conn)?;
    Ok(amounts.into_iter().sum())
}
