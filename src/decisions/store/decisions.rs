//! Rows of decisions and of what they grant.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::base::clock::{Instant, parse_date};
use crate::base::ids::{
    AccountId, CallId, DecisionId, DelegationId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, InstitutionId,
    LetterId, OpinionId,
};
use crate::base::money::Cents;
use crate::calls::Call;
use crate::db::schema::{calls, decision_shares, decisions, dossiers, ledger_entries};
use crate::db::{Conn, among, listed};
use crate::decisions::model::{AuthorityShare, Decision, Granted, Kind, Procedure};
use crate::dossiers::{Outcome, State};
use crate::fault::Fault;
use crate::ledger::{EntryKind, Share};

type DecisionRow = (
    (DecisionId, CallId, DossierId, DossierVersionId, Option<OpinionId>, Kind, InstitutionId, String, Outcome),
    (Option<i64>, String, String, Option<DecisionId>, Option<String>, String),
    (DelegationId, AccountId, Instant, Option<LetterId>, Option<Instant>, i64),
);

macro_rules! columns {
    () => {
        (
            (
                decisions::id,
                decisions::call_id,
                decisions::dossier_id,
                decisions::dossier_version_id,
                decisions::opinion_id,
                decisions::kind,
                decisions::authority_id,
                decisions::number,
                decisions::outcome,
            ),
            (
                decisions::waitlist_rank,
                decisions::motive,
                decisions::departure_reason,
                decisions::replaces_id,
                decisions::formal_notice_on,
                decisions::observations,
            ),
            (
                decisions::delegation_id,
                decisions::signed_by,
                decisions::signed_at,
                decisions::letter_id,
                decisions::notified_at,
                decisions::version,
            ),
        )
    };
}

fn decision(row: DecisionRow, shares: Vec<Granted>) -> Decision {
    let (
        (id, call, dossier, version, opinion, kind, authority, number, outcome),
        (rank, motive, departure_reason, replaces, formal_notice_on, observations),
        (delegation, signed_by, signed_at, letter, notified_at, row_version),
    ) = row;
    let procedure = formal_notice_on
        .and_then(|day| parse_date(&day))
        .map(|formal_notice_on| Procedure { formal_notice_on, observations });
    Decision {
        id,
        call,
        dossier,
        version,
        opinion,
        kind,
        authority,
        number,
        outcome,
        shares,
        rank,
        motive,
        departure_reason,
        replaces,
        procedure,
        delegation,
        signed_by,
        signed_at,
        letter,
        notified_at,
        row_version,
    }
}

/// Decisions with their shares, in one query more.
fn with_shares(conn: &mut Conn, rows: Vec<DecisionRow>) -> Result<Vec<Decision>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut shares: HashMap<DecisionId, Vec<Granted>> = HashMap::new();
    let ids: Vec<DecisionId> = rows.iter().map(|row| row.0.0).collect();
    let found = decision_shares::table
        .filter(listed(decision_shares::decision_id, ids))
        .order((decision_shares::year, decision_shares::funding_line_id))
        .select((
            decision_shares::decision_id,
            decision_shares::funding_line_id,
            decision_shares::year,
            decision_shares::amount_cents,
            decision_shares::firm,
        ))
        .load::<(DecisionId, FundingLineId, i32, Cents, bool)>(conn)?;
    for (id, line, year, amount, firm) in found {
        shares.entry(id).or_default().push(Granted { share: Share { line, year, amount }, firm });
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let shares = shares.remove(&row.0.0).unwrap_or_default();
            decision(row, shares)
        })
        .collect())
}

/// Every decision signed on a dossier, oldest first, notified or not: pages for applicants look at `notified_at` first.
///
/// # Errors
/// When the database refuses.
pub fn of_dossier(conn: &mut Conn, dossier: DossierId) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table
        .filter(decisions::dossier_id.eq(dossier))
        .order(decisions::id)
        .select(columns!())
        .load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

/// [`of_dossier`] of many dossiers, those of one dossier oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_dossiers(conn: &mut Conn, dossiers: &[DossierId]) -> Result<Vec<Decision>, Fault> {
    if dossiers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = decisions::table
        .filter(listed(decisions::dossier_id, dossiers))
        .order(decisions::id)
        .select(columns!())
        .load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

/// The decisions that a letter carries.
pub fn of_letter(conn: &mut Conn, letter: LetterId) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table
        .filter(decisions::letter_id.eq(letter))
        .order(decisions::id)
        .select(columns!())
        .load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

/// The decisions that these letters carry.
pub fn of_letters(conn: &mut Conn, letters: &[LetterId]) -> Result<Vec<Decision>, Fault> {
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let rows = decisions::table
        .filter(listed(decisions::letter_id, letters))
        .order(decisions::id)
        .select(columns!())
        .load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

pub fn by_id(conn: &mut Conn, id: DecisionId) -> Result<Decision, Fault> {
    let row = decisions::table.filter(decisions::id.eq(id)).select(columns!()).first::<DecisionRow>(conn)?;
    with_shares(conn, vec![row])?.pop().ok_or(Fault::NotFound)
}

/// Every decision of a call, in the order signed. Pages leave out the dossiers their reader does not see.
///
/// # Errors
/// When the database refuses.
pub fn in_call(conn: &mut Conn, call: CallId) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table
        .filter(decisions::call_id.eq(call))
        .order(decisions::id)
        .select(columns!())
        .load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

pub fn all(conn: &mut Conn) -> Result<Vec<Decision>, Fault> {
    let rows = decisions::table.order(decisions::id).select(columns!()).load::<DecisionRow>(conn)?;
    with_shares(conn, rows)
}

/// What each authority grants a dossier today, by its last signed decision.
///
/// # Errors
/// When the database refuses.
pub fn current_shares(conn: &mut Conn, dossier: DossierId) -> Result<Vec<AuthorityShare>, Fault> {
    Ok(in_force(of_dossier(conn, dossier)?))
}

/// The same as the applicant may know it: by each authority's last notified decision.
///
/// # Errors
/// When the database refuses.
pub fn notified_shares(conn: &mut Conn, dossier: DossierId) -> Result<Vec<AuthorityShare>, Fault> {
    let decisions = of_dossier(conn, dossier)?;
    Ok(in_force(decisions.into_iter().filter(|d| d.notified_at.is_some()).collect()))
}

fn in_force(decisions: Vec<Decision>) -> Vec<AuthorityShare> {
    let mut last: BTreeMap<InstitutionId, Decision> = BTreeMap::new();
    for decision in decisions {
        last.insert(decision.authority, decision);
    }
    last.into_values()
        .flat_map(|decision| {
            let (authority, id) = (decision.authority, decision.id);
            decision.shares.into_iter().map(move |g| AuthorityShare {
                authority,
                share: g.share,
                firm: g.firm,
                decision: id,
            })
        })
        .collect()
}

/// Ranks of the waiting list that signed decisions of a call have given.
pub fn taken_ranks(conn: &mut Conn, call: CallId) -> Result<Vec<i64>, Fault> {
    Ok(decisions::table
        .filter(decisions::call_id.eq(call))
        .filter(decisions::waitlist_rank.is_not_null())
        .filter(decisions::kind.eq(Kind::Initial))
        .select(decisions::waitlist_rank.assume_not_null())
        .load(conn)?)
}

/// Dossiers told that they wait on the list, with their ranks.
pub fn waitlisted(conn: &mut Conn, call: CallId) -> Result<Vec<(DossierId, i64)>, Fault> {
    let rows = decisions::table
        .inner_join(dossiers::table)
        .filter(decisions::call_id.eq(call))
        .filter(decisions::waitlist_rank.is_not_null())
        .filter(dossiers::state.eq(State::WaitlistNotified))
        .order(decisions::id)
        .select((decisions::dossier_id, decisions::waitlist_rank.assume_not_null()))
        .load::<(DossierId, i64)>(conn)?;
    Ok(rows.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
}

/// What came back of the payments made to a dossier from an envelope.
pub fn clawed_back(conn: &mut Conn, envelope: EnvelopeId, dossier: DossierId) -> Result<Cents, Fault> {
    let returned = ledger_entries::table
        .filter(ledger_entries::envelope_id.eq(envelope))
        .filter(ledger_entries::dossier_id.eq(dossier))
        .filter(ledger_entries::kind.eq(EntryKind::Payment))
        .filter(ledger_entries::amount_cents.lt(Cents::ZERO))
        .select(ledger_entries::amount_cents)
        .load::<Cents>(conn)?;
    Ok(-returned.into_iter().sum::<Cents>())
}

/// The number of the next decision of a call; whoever asks next waits until this one commits.
pub fn next_number(conn: &mut Conn, call: &Call) -> Result<String, Fault> {
    let last = diesel::update(calls::table.filter(calls::id.eq(call.id)))
        .set(calls::last_decision.eq(calls::last_decision + 1))
        .returning(calls::last_decision)
        .get_result::<i64>(conn)?;
    Ok(format!("{}-D{last:04}", call.code))
}

/// A decision about to be written.
pub struct Signed<'a> {
    pub call: CallId,
    pub dossier: DossierId,
    pub version: DossierVersionId,
    pub opinion: Option<OpinionId>,
    pub kind: Kind,
    pub authority: InstitutionId,
    pub number: &'a str,
    pub outcome: Outcome,
    pub shares: &'a [Granted],
    pub rank: Option<i64>,
    pub motive: &'a str,
    pub departure_reason: &'a str,
    pub replaces: Option<DecisionId>,
    pub procedure: Option<&'a Procedure>,
    pub delegation: DelegationId,
    pub by: AccountId,
    pub at: Instant,
}

pub fn insert(conn: &mut Conn, signed: &Signed<'_>) -> Result<DecisionId, Fault> {
    let id = diesel::insert_into(decisions::table)
        .values((
            (
                decisions::call_id.eq(signed.call),
                decisions::dossier_id.eq(signed.dossier),
                decisions::dossier_version_id.eq(signed.version),
                decisions::opinion_id.eq(signed.opinion),
                decisions::kind.eq(signed.kind),
                decisions::authority_id.eq(signed.authority),
                decisions::number.eq(signed.number),
                decisions::outcome.eq(signed.outcome),
            ),
            (
                decisions::waitlist_rank.eq(signed.rank),
                decisions::motive.eq(signed.motive),
                decisions::departure_reason.eq(signed.departure_reason),
                decisions::replaces_id.eq(signed.replaces),
                decisions::formal_notice_on.eq(signed.procedure.map(|p| p.formal_notice_on.to_string())),
                decisions::observations.eq(signed.procedure.map_or("", |p| p.observations.as_str())),
            ),
            (
                decisions::delegation_id.eq(signed.delegation),
                decisions::signed_by.eq(signed.by),
                decisions::signed_at.eq(signed.at),
            ),
        ))
        .returning(decisions::id)
        .get_result::<DecisionId>(conn)?;
    for granted in signed.shares {
        diesel::insert_into(decision_shares::table)
            .values((
                decision_shares::decision_id.eq(id),
                decision_shares::funding_line_id.eq(granted.share.line),
                decision_shares::year.eq(granted.share.year),
                decision_shares::amount_cents.eq(granted.share.amount),
                decision_shares::firm.eq(granted.firm),
            ))
            .execute(conn)?;
    }
    Ok(id)
}

/// Every decision of the letter carries its number.
pub fn attach_letter(conn: &mut Conn, ids: &[DecisionId], letter: LetterId) -> Result<(), Fault> {
    diesel::update(decisions::table.filter(among(decisions::id, ids.iter().copied())))
        .set(decisions::letter_id.eq(Some(letter)))
        .execute(conn)?;
    Ok(())
}

pub fn notify_decisions(conn: &mut Conn, letter: LetterId, at: Instant) -> Result<(), Fault> {
    diesel::update(decisions::table.filter(decisions::letter_id.eq(letter)).filter(decisions::notified_at.is_null()))
        .set((decisions::notified_at.eq(Some(at)), decisions::version.eq(decisions::version + 1)))
        .execute(conn)?;
    Ok(())
}
