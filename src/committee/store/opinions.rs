//! Rows of opinions, prepared and sealed.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::clock::Instant;
use crate::base::ids::{CallId, DossierId, DossierVersionId, EnvelopeId, FundingLineId, OpinionId, SessionId};
use crate::base::money::Cents;
use crate::committee::model::{Opinion, SessionState, Verdict, Vote};
use crate::db::schema::{committee_opinions, committee_sessions, ledger_entries, opinion_shares};
use crate::db::{Conn, Dialect, listed};
use crate::dossiers::{self, Outcome};
use crate::fault::Fault;
use crate::ledger::{EntryKind, Share};

type OpinionRow =
    (OpinionId, SessionId, DossierId, DossierVersionId, Verdict, Option<i64>, String, String, Votes, i64, Instant);
type Votes = (Option<i64>, Option<i64>, Option<i64>);

pub(in crate::committee) fn opinions(conn: &mut Conn, session: SessionId) -> Result<Vec<Opinion>, Fault> {
    opinions_on(conn, session, None)
}

/// [`opinions`], of one dossier alone when `only` names it.
pub(super) fn opinions_on(conn: &mut Conn, session: SessionId, only: Option<DossierId>) -> Result<Vec<Opinion>, Fault> {
    let mut query = committee_opinions::table
        .filter(committee_opinions::session_id.eq(session))
        .order(committee_opinions::id)
        .select((
            committee_opinions::id,
            committee_opinions::session_id,
            committee_opinions::dossier_id,
            committee_opinions::dossier_version_id,
            committee_opinions::outcome,
            committee_opinions::waitlist_rank,
            committee_opinions::debate,
            committee_opinions::motive,
            (committee_opinions::votes_for, committee_opinions::votes_against, committee_opinions::votes_abstained),
            committee_opinions::version,
            committee_opinions::recorded_at,
        ))
        .into_boxed::<Dialect>();
    if let Some(only) = only {
        query = query.filter(committee_opinions::dossier_id.eq(only));
    }
    let rows: Vec<OpinionRow> = query.load(conn)?;
    let ids: Vec<OpinionId> = rows.iter().map(|row| row.0).collect();
    let mut shares = shares_of(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|(id, session, dossier, dossier_version, outcome, rank, debate, motive, votes, version, recorded_at)| {
            Opinion {
                id,
                session,
                dossier,
                dossier_version,
                outcome,
                rank,
                shares: shares.remove(&id).unwrap_or_default(),
                debate,
                motive,
                vote: match votes {
                    (Some(favour), Some(against), Some(abstained)) => Some(Vote { favour, against, abstained }),
                    _ => None,
                },
                version,
                recorded_at,
            }
        })
        .collect())
}

/// Shares of several opinions, by line and year.
pub(in crate::committee) fn shares_of(
    conn: &mut Conn,
    opinions: &[OpinionId],
) -> Result<HashMap<OpinionId, Vec<Share>>, Fault> {
    if opinions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = opinion_shares::table
        .filter(listed(opinion_shares::opinion_id, opinions))
        .order((opinion_shares::year, opinion_shares::funding_line_id))
        .select((
            opinion_shares::opinion_id,
            opinion_shares::funding_line_id,
            opinion_shares::year,
            opinion_shares::amount_cents,
        ))
        .load::<(OpinionId, FundingLineId, i32, Cents)>(conn)?;
    let mut shares: HashMap<OpinionId, Vec<Share>> = HashMap::new();
    for (opinion, line, year, amount) in rows {
        shares.entry(opinion).or_default().push(Share { line, year, amount });
    }
    Ok(shares)
}

/// Writes an opinion's shares in place of those it had.
pub(in crate::committee) fn replace_shares(conn: &mut Conn, opinion: OpinionId, shares: &[Share]) -> Result<(), Fault> {
    diesel::delete(opinion_shares::table.filter(opinion_shares::opinion_id.eq(opinion))).execute(conn)?;
    for share in shares {
        diesel::insert_into(opinion_shares::table)
            .values((
                opinion_shares::opinion_id.eq(opinion),
                opinion_shares::funding_line_id.eq(share.line),
                opinion_shares::year.eq(share.year),
                opinion_shares::amount_cents.eq(share.amount),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Dossiers already on the call's waitlist at a rank, but for one.
pub(in crate::committee) fn waitlisted_at(
    conn: &mut Conn,
    call: CallId,
    rank: i64,
    but: DossierId,
) -> Result<Vec<dossiers::Dossier>, Fault> {
    let ids = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_sessions::call_id.eq(call))
        .filter(committee_opinions::waitlist_rank.eq(rank))
        .filter(committee_opinions::dossier_id.ne(but))
        .select(committee_opinions::dossier_id)
        .load::<DossierId>(conn)?;
    let mut known = dossiers::by_ids(conn, &ids)?;
    let waiting = ids.iter().filter_map(|id| known.remove(id));
    Ok(waiting.filter(|dossier| dossier.state != dossiers::State::Withdrawn).collect())
}

/// The committee's opinion as sealed, and where it was given.
#[derive(Clone, Debug)]
pub struct SealedOpinion {
    pub id: OpinionId,
    pub session: SessionId,
    pub session_number: i64,
    pub held_at: Instant,
    pub outcome: Outcome,
    /// By line and year; those of the call's first year are reserved, later ones are planned.
    pub shares: Vec<Share>,
    /// What the seal reserved, by envelope.
    pub reserved: Vec<(EnvelopeId, Cents)>,
    pub rank: Option<i64>,
    pub motive: String,
    pub debate: String,
    pub version: DossierVersionId,
}

impl SealedOpinion {
    /// All lines and years together; unknown when nothing is proposed, never zero.
    #[must_use]
    pub fn total(&self) -> Option<Cents> {
        Share::total(&self.shares)
    }

    /// The shares of one year.
    #[must_use]
    pub fn firm(&self, year: i32) -> Vec<Share> {
        self.shares.iter().filter(|share| share.year == year).copied().collect()
    }
}

/// What a decision is taken on; nothing before the session is sealed. Without any check of rights.
///
/// # Errors
/// When the database refuses.
pub fn sealed_opinion(conn: &mut Conn, dossier: DossierId) -> Result<Option<SealedOpinion>, Fault> {
    let row = committee_opinions::table
        .inner_join(committee_sessions::table)
        .filter(committee_opinions::dossier_id.eq(dossier))
        .filter(committee_opinions::outcome.ne(Verdict::Shortlisted))
        .filter(committee_sessions::state.eq(SessionState::Sealed))
        .order(committee_opinions::id.desc())
        .select((
            (committee_opinions::id, committee_sessions::id, committee_sessions::number, committee_sessions::held_at),
            (
                committee_opinions::outcome,
                committee_opinions::waitlist_rank,
                committee_opinions::motive,
                committee_opinions::debate,
                committee_opinions::dossier_version_id,
            ),
        ))
        .first::<((OpinionId, SessionId, i64, Instant), (Verdict, Option<i64>, String, String, DossierVersionId))>(conn)
        .optional()?;
    let Some(((id, session, session_number, held_at), (verdict, rank, motive, debate, version))) = row else {
        return Ok(None);
    };
    let Some(outcome) = verdict.outcome() else { return Ok(None) };
    let shares = shares_of(conn, &[id])?.remove(&id).unwrap_or_default();
    let reserved = ledger_entries::table
        .filter(ledger_entries::opinion_id.eq(id))
        .filter(ledger_entries::kind.eq(EntryKind::Reservation))
        .filter(ledger_entries::amount_cents.gt(Cents::ZERO))
        .order(ledger_entries::id)
        .select((ledger_entries::envelope_id, ledger_entries::amount_cents))
        .load::<(EnvelopeId, Cents)>(conn)?;
    Ok(Some(SealedOpinion {
        id,
        session,
        session_number,
        held_at,
        outcome,
        shares,
        reserved,
        rank,
        motive,
        debate,
        version,
    }))
}
