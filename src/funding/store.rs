//! Rows of envelopes, their lines, acts and payments.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use jiff::civil::Date;

use super::rules::{ActKind, Figures, Line, PaymentKind};
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{
    AccountId, ActId, CallId, DecisionId, DossierId, EnvelopeId, FundingLineId, InstitutionId, PaymentId,
};
use crate::base::money::Cents;
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::db::schema::{
    accounts, acts, decisions as decision_rows, dossiers as dossier_rows, envelopes, funding_lines, institutions,
    ledger_entries, organisations, payments,
};
use crate::decisions::{self, Decision};
use crate::dossiers::{self, Dossier};
use crate::fault::Fault;
use crate::ledger::{self, EntryKind};

/// Roles that read envelopes.
pub const READERS: &[Role] = &[Role::Funder, Role::CallManager, Role::Signatory];

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
        .filter(funding_lines::id.eq_any(wanted))
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

/// A ledger line with what its reader may know of the dossier behind it.
#[derive(Clone, Debug)]
pub struct SeenLine {
    pub kind: EntryKind,
    pub amount: Cents,
    pub reason: String,
    pub recorded_at: Instant,
    pub author: Option<String>,
    pub decision_number: Option<String>,
    pub dossier: SeenDossier,
}

#[derive(Clone, Debug)]
pub enum SeenDossier {
    /// The line concerns no dossier: a vote.
    None,
    Open(Box<Dossier>),
    /// The reader may know the amount, not the dossier.
    Withheld,
}

impl SeenLine {
    #[must_use]
    pub fn line(&self) -> Line {
        Line { kind: self.kind, amount: self.amount }
    }
}

/// What one agent may know of a call's money.
#[derive(Debug)]
pub struct Viewing {
    /// Never counted nor shown.
    closed: HashSet<DossierId>,
    open: HashMap<DossierId, Dossier>,
}

impl Viewing {
    /// Whether a recusal leaves something out, whatever the dossier became.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.closed.is_empty()
    }

    /// Dossiers this agent may open, oldest submission first.
    #[must_use]
    pub fn dossiers(&self) -> Vec<&Dossier> {
        let mut all: Vec<&Dossier> = self.open.values().collect();
        all.sort_by_key(|dossier| (dossier.submitted_at, dossier.id));
        all
    }
}

/// # Errors
/// When the database refuses.
pub fn view_of(conn: &mut Conn, actor: &Actor, call: CallId) -> Result<Viewing, Fault> {
    let closed = dossiers::closed_by_interest(conn, actor, call)?;
    let open = dossiers::visible_in_call(conn, actor, call, READERS)?
        .into_iter()
        .map(|view| (view.dossier.id, view.dossier))
        .collect();
    Ok(Viewing { closed, open })
}

type EntryRow = (EntryKind, Cents, String, Instant, Option<AccountId>, Option<DecisionId>, Option<DossierId>);

/// An envelope's lines in the order recorded, without those of the dossiers closed to the reader.
///
/// # Errors
/// When the database refuses.
pub fn lines_seen(conn: &mut Conn, viewing: &Viewing, envelope: EnvelopeId) -> Result<Vec<SeenLine>, Fault> {
    let rows = ledger_entries::table
        .filter(ledger_entries::envelope_id.eq(envelope))
        .order(ledger_entries::id)
        .select((
            ledger_entries::kind,
            ledger_entries::amount_cents,
            ledger_entries::reason,
            ledger_entries::recorded_at,
            ledger_entries::recorded_by,
            ledger_entries::decision_id,
            ledger_entries::dossier_id,
        ))
        .load::<EntryRow>(conn)?;
    let rows: Vec<EntryRow> =
        rows.into_iter().filter(|row| row.6.is_none_or(|dossier| !viewing.closed.contains(&dossier))).collect();
    let authors = names(conn, rows.iter().filter_map(|row| row.4).collect())?;
    let numbers = decision_numbers(conn, rows.iter().filter_map(|row| row.5).collect())?;
    Ok(rows
        .into_iter()
        .map(|(kind, amount, reason, recorded_at, author, decision, dossier)| SeenLine {
            kind,
            amount,
            reason,
            recorded_at,
            author: author.and_then(|id| authors.get(&id).cloned()),
            decision_number: decision.and_then(|id| numbers.get(&id).cloned()),
            dossier: match dossier {
                None => SeenDossier::None,
                Some(id) => viewing
                    .open
                    .get(&id)
                    .map_or(SeenDossier::Withheld, |dossier| SeenDossier::Open(Box::new(dossier.clone()))),
            },
        })
        .collect())
}

/// The figures that those lines make.
#[must_use]
pub fn figures(envelope: &Envelope, lines: &[SeenLine]) -> Figures {
    Figures::of(envelope.vote_is_known, lines.iter().map(SeenLine::line))
}

fn names(conn: &mut Conn, ids: Vec<AccountId>) -> Result<HashMap<AccountId, String>, Fault> {
    Ok(accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::given_name, accounts::surname))
        .load::<(AccountId, String, String)>(conn)?
        .into_iter()
        .map(|(id, given_name, surname)| (id, format!("{given_name} {surname}")))
        .collect())
}

fn decision_numbers(conn: &mut Conn, ids: Vec<DecisionId>) -> Result<HashMap<DecisionId, String>, Fault> {
    Ok(decision_rows::table
        .filter(decision_rows::id.eq_any(ids))
        .select((decision_rows::id, decision_rows::number))
        .load::<(DecisionId, String)>(conn)?
        .into_iter()
        .collect())
}

/// The act of one decision.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: ActId,
    pub kind: ActKind,
    pub reference: String,
    pub amount: Cents,
    pub dated_on: Date,
}

#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub kind: PaymentKind,
    pub reference: String,
    pub amount: Cents,
    pub paid_on: Date,
}

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
    let decision = decisions::of_dossier(conn, dossier.id)?;
    let envelope = match decision.as_ref().and_then(|d| d.envelope) {
        Some(id) => Some(envelope(conn, id)?),
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
        .inner_join(envelopes::table.on(decision_rows::envelope_id.eq(envelopes::id.nullable())))
        .filter(dossier_rows::organisation_id.eq(dossier.organisation))
        .filter(acts::dossier_id.ne(dossier.id))
        .filter(decision_rows::authority_id.eq(authority))
        .filter(envelopes::year.eq(year))
        .select(acts::amount_cents)
        .load::<Cents>(conn)?;
    Ok(amounts.into_iter().sum())
}

fn read_date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|e| Fault::internal(format!("stored date {text:?}: {e}")))
}

/// # Errors
/// When the database refuses.
pub fn act_of(conn: &mut Conn, dossier: DossierId) -> Result<Option<Act>, Fault> {
    acts::table
        .filter(acts::dossier_id.eq(dossier))
        .select((acts::id, acts::kind, acts::reference, acts::amount_cents, acts::dated_on))
        .first::<(ActId, ActKind, String, Cents, String)>(conn)
        .optional()?
        .map(|(id, kind, reference, amount, dated_on)| {
            Ok(Act { id, kind, reference, amount, dated_on: read_date(&dated_on)? })
        })
        .transpose()
}

/// In the order recorded.
///
/// # Errors
/// When the database refuses.
pub fn payments_of(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Payment>, Fault> {
    payments::table
        .filter(payments::dossier_id.eq(dossier))
        .order(payments::id)
        .select((payments::id, payments::kind, payments::reference, payments::amount_cents, payments::paid_on))
        .load::<(PaymentId, PaymentKind, String, Cents, String)>(conn)?
        .into_iter()
        .map(|(id, kind, reference, amount, paid_on)| {
            Ok(Payment { id, kind, reference, amount, paid_on: read_date(&paid_on)? })
        })
        .collect()
}

pub(super) fn act_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(acts::table.filter(acts::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

pub(super) fn payment_reference_is_taken(conn: &mut Conn, reference: &str) -> Result<bool, Fault> {
    Ok(payments::table.filter(payments::reference.eq(reference)).count().get_result::<i64>(conn)? > 0)
}

/// What is inserted beside the act's own words.
pub(super) struct Recording {
    pub dossier: DossierId,
    pub by: AccountId,
    pub at: Instant,
}

pub(super) fn insert_act(
    conn: &mut Conn,
    recording: &Recording,
    decision: DecisionId,
    kind: ActKind,
    reference: &str,
    amount: Cents,
    dated_on: Date,
) -> Result<ActId, Fault> {
    diesel::insert_into(acts::table)
        .values((
            acts::decision_id.eq(decision),
            acts::dossier_id.eq(recording.dossier),
            acts::kind.eq(kind),
            acts::reference.eq(reference),
            acts::amount_cents.eq(amount),
            acts::dated_on.eq(dated_on.to_string()),
            acts::recorded_by.eq(recording.by),
            acts::recorded_at.eq(recording.at),
        ))
        .returning(acts::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

pub(super) fn insert_payment(
    conn: &mut Conn,
    recording: &Recording,
    act: ActId,
    envelope: EnvelopeId,
    payment: &super::actions::NewPayment,
) -> Result<PaymentId, Fault> {
    diesel::insert_into(payments::table)
        .values((
            payments::act_id.eq(act),
            payments::dossier_id.eq(recording.dossier),
            payments::envelope_id.eq(envelope),
            payments::kind.eq(payment.kind),
            payments::reference.eq(&payment.reference),
            payments::amount_cents.eq(payment.amount),
            payments::paid_on.eq(payment.paid_on.to_string()),
            payments::recorded_by.eq(recording.by),
            payments::recorded_at.eq(recording.at),
        ))
        .returning(payments::id)
        .get_result(conn)
        .map_err(taken_meanwhile)
}

/// A reference recorded by somebody else between the check and the insertion.
fn taken_meanwhile(error: diesel::result::Error) -> Fault {
    if crate::fault::is_unique_violation(&error) { Fault::Stale } else { error.into() }
}
