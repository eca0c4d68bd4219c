//! Preparing and revising the opinion on a dossier.

use diesel::prelude::*;

use super::{managed, refuse_sealed, stale_when_taken};
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, SessionId};
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::Call;
use crate::committee::model::{Board, Item, SessionState, Verdict};
use crate::committee::rules::{self, Draft, Reading, TypedShare, TypedVote, Voices};
use crate::committee::store;
use crate::db::schema::committee_opinions;
use crate::dossiers;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger::{self, Share};
use crate::service::Operation;

/// The committee's opinion as typed.
#[derive(Clone, Debug, Default)]
pub struct NewOpinion {
    /// Version of the opinion that was read; zero when there was none.
    pub version: i64,
    pub draft: Draft,
}

impl NewOpinion {
    fn of(outcome: Verdict, motive: &str, debate: &str) -> Self {
        let draft =
            Draft { outcome: Some(outcome), motive: motive.to_owned(), debate: debate.to_owned(), ..Draft::default() };
        Self { version: 0, draft }
    }

    #[must_use]
    pub fn selected(shares: Vec<Share>, debate: &str) -> Self {
        let mut new = Self::of(Verdict::Selected, "", debate);
        new.draft.shares = shares
            .into_iter()
            .map(|share| TypedShare { line: share.line, year: share.year, amount: share.amount.plain() })
            .collect();
        new
    }

    #[must_use]
    pub fn waitlisted(rank: i64, motive: &str, debate: &str) -> Self {
        let mut new = Self::of(Verdict::Waitlisted, motive, debate);
        new.draft.rank = rank.to_string();
        new
    }

    #[must_use]
    pub fn rejected(motive: &str, debate: &str) -> Self {
        Self::of(Verdict::Rejected, motive, debate)
    }

    #[must_use]
    pub fn shortlisted(debate: &str) -> Self {
        Self::of(Verdict::Shortlisted, "", debate)
    }

    #[must_use]
    pub fn set_aside(motive: &str, debate: &str) -> Self {
        Self::of(Verdict::SetAside, motive, debate)
    }

    /// Revises what was read at this version.
    #[must_use]
    pub fn over(mut self, version: i64) -> Self {
        self.version = version;
        self
    }
}

/// Prepares the opinion on a dossier before the session, gives it or revises it during; the money is reserved when the
/// session is sealed.
///
/// # Errors
/// [`Fault::Refused`] without quorum for this dossier or once the session is closed; [`Fault::Invalid`] for each mistake;
/// [`Fault::Stale`] when somebody revised it in between.
pub fn record_opinion(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    dossier: DossierId,
    new: &NewOpinion,
) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    dossiers::for_staff(op.conn, actor, dossier)?.require(Role::CallManager)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    match session.state {
        SessionState::Planned => may_prepare(&board, dossier, &new.draft.vote)?,
        _ => may_opine(&board, dossier)?,
    }
    let asked = store::asked(op.conn, &call, &item.version)?;
    let reading = rules::read_opinion(session.kind, &new.draft, &asked, voices(&board, dossier))?;
    // Taken after the session's row, as the seal does: of two sessions at once, the second sees the first's ranks.
    store::hold_call(op.conn, call.id)?;
    let partial = dossiers::sees_partially(op.conn, actor, call.id)?;
    fits(op, &call, dossier, &reading, partial)?;
    let values = (
        committee_opinions::outcome.eq(reading.outcome),
        committee_opinions::waitlist_rank.eq(reading.rank),
        committee_opinions::debate.eq(&reading.debate),
        committee_opinions::motive.eq(&reading.motive),
        committee_opinions::votes_for.eq(reading.vote.map(|vote| vote.favour)),
        committee_opinions::votes_against.eq(reading.vote.map(|vote| vote.against)),
        committee_opinions::votes_abstained.eq(reading.vote.map(|vote| vote.abstained)),
        committee_opinions::version.eq(new.version.saturating_add(1)),
        committee_opinions::recorded_by.eq(actor.id),
        committee_opinions::recorded_at.eq(op.now),
    );
    let opinion = match &item.opinion {
        Some(before) => {
            let changed = diesel::update(
                committee_opinions::table
                    .filter(committee_opinions::id.eq(before.id))
                    .filter(committee_opinions::version.eq(new.version)),
            )
            .set(values)
            .execute(op.conn)?;
            if changed != 1 {
                return Err(Fault::Stale);
            }
            before.id
        }
        None if new.version != 0 => return Err(Fault::Stale),
        None => diesel::insert_into(committee_opinions::table)
            .values((
                committee_opinions::session_id.eq(session.id),
                committee_opinions::dossier_id.eq(dossier),
                committee_opinions::dossier_version_id.eq(item.version.id),
                values,
            ))
            .returning(committee_opinions::id)
            .get_result(op.conn)
            .map_err(stale_when_taken)?,
    };
    store::replace_shares(op.conn, opinion, &reading.shares)?;
    let verb = if item.opinion.is_some() { "révisé" } else { "préparé" };
    let place = if session.state == SessionState::Planned { "avant la séance" } else { "en séance" };
    let text = format!("Avis du comité {verb} {place} n°\u{A0}{}", session.number);
    op.record(Entry::new("committee.opinion", text).call(call.id).dossier(dossier));
    Ok(())
}

/// Before the session an opinion is a preparation: nobody voted, and the committee confirms it once it sits.
fn may_prepare(board: &Board, dossier: DossierId, vote: &TypedVote) -> Result<(), Fault> {
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    refuse_withdrawn(item)?;
    if [&vote.favour, &vote.against, &vote.abstained].iter().any(|typed| !typed.trim().is_empty()) {
        return Err(Fault::invalid("votes_for", "La séance n’est pas ouverte\u{202F}: le vote se note en séance."));
    }
    Ok(())
}

fn refuse_withdrawn(item: &Item) -> Result<(), Fault> {
    if item.is_withdrawn() {
        return Err(Fault::refused("Le porteur a retiré ce dossier\u{202F}: il n’y a plus d’avis à rendre."));
    }
    Ok(())
}

/// Who may vote on a dossier.
#[must_use]
pub fn voices(board: &Board, dossier: DossierId) -> Voices {
    let chair = board.presiding().is_some_and(|seat| !board.is_recused(dossier, seat.account));
    Voices { total: board.voices_for(dossier), chair }
}

/// Makes opinions prepared before the session the committee's own, as they stand.
///
/// # Errors
/// [`Fault::Refused`] as for [`record_opinion`]; [`Fault::Stale`] when one changed since it was read; then none is.
pub fn confirm_prepared(
    op: &mut Operation<'_>,
    actor: &Actor,
    session: SessionId,
    read: &[(DossierId, i64)],
) -> Result<usize, Fault> {
    let (call, session) = managed(op, actor, session)?;
    let board = store::board(op.conn, &call, session.clone())?;
    let mut confirmed = 0;
    for (dossier, version) in read {
        dossiers::for_staff(op.conn, actor, *dossier)?.require(Role::CallManager)?;
        may_opine(&board, *dossier)?;
        let item = board.item(*dossier).ok_or(Fault::NotFound)?;
        if !item.is_prepared(&board.session) {
            continue;
        }
        let changed = diesel::update(
            committee_opinions::table
                .filter(committee_opinions::session_id.eq(session.id))
                .filter(committee_opinions::dossier_id.eq(dossier))
                .filter(committee_opinions::version.eq(version)),
        )
        .set((
            committee_opinions::recorded_at.eq(op.now),
            committee_opinions::recorded_by.eq(actor.id),
            committee_opinions::version.eq(version.saturating_add(1)),
        ))
        .execute(op.conn)?;
        if changed != 1 {
            return Err(Fault::Stale);
        }
        confirmed += 1;
        let text = format!("Avis préparé, confirmé en séance n°\u{A0}{}", session.number);
        op.record(Entry::new("committee.opinion", text).call(call.id).dossier(*dossier));
    }
    if confirmed == 0 {
        return Err(Fault::refused("Aucun avis préparé n’est à confirmer."));
    }
    Ok(confirmed)
}

/// Whether an opinion may be given on a dossier now, with the words of the refusal.
///
/// # Errors
/// [`Fault::Refused`] outside an open session, without quorum for this dossier, or once it is withdrawn.
pub fn may_opine(board: &Board, dossier: DossierId) -> Result<(), Fault> {
    let item = board.item(dossier).ok_or(Fault::NotFound)?;
    match board.session.state {
        SessionState::Planned => {
            return Err(Fault::refused(
                "La séance n’est pas ouverte\u{202F}: enregistrez les présences, puis ouvrez-la.",
            ));
        }
        SessionState::Sealed | SessionState::Adjourned => return refuse_sealed(&board.session),
        SessionState::Open => {}
    }
    refuse_withdrawn(item)?;
    let attending = board.attending_for(dossier);
    if board.has_quorum(attending) {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "Le quorum n’est pas atteint pour le dossier {}\u{202F}: sans les membres en déport, {} sur {} requis. \
         L’avis ne peut pas être rendu dans cette séance tant qu’un autre membre ne la rejoint pas.",
        item.dossier.reference_or_draft(),
        text::count(attending, "membre compte", "membres comptent"),
        board.session.quorum.max(1)
    )))
}

/// Checks what an opinion takes from the call: a free rank on the waitlist, envelopes that hold its shares of the
/// call's first year. Shares of later years are planned, subject to credits not yet voted.
///
/// To somebody recused from a dossier of the call (`partial`), a refusal names neither dossier nor amount.
fn fits(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: DossierId,
    reading: &Reading,
    partial: bool,
) -> Result<(), Fault> {
    if let Some(rank) = reading.rank
        && let Some(other) = store::waitlisted_at(op.conn, call.id, rank, dossier)?.first()
    {
        let message = if partial {
            format!("Le rang {rank} est déjà pris.")
        } else {
            format!("Le rang {rank} est déjà celui du dossier {}.", other.reference_or_draft())
        };
        return Err(Fault::invalid("rank", message));
    }
    for share in reading.shares.iter().filter(|share| Some(share.year) == firm_year(call)) {
        holds(op, call, dossier, share, partial)?;
    }
    Ok(())
}

fn holds(op: &mut Operation<'_>, call: &Call, dossier: DossierId, share: &Share, partial: bool) -> Result<(), Fault> {
    let field = rules::share_field(share.line, share.year);
    let Some(envelope) = ledger::envelope_at(op.conn, call.id, share.line, share.year)? else {
        return Err(Fault::invalid(&field, "Cette ligne n’a pas d’enveloppe cette année-là\u{202F}: laissez vide."));
    };
    let Some(left) = ledger::counters(op.conn, envelope)?.left() else {
        return Err(Fault::invalid(
            &field,
            "Le vote de cette enveloppe n’est pas connu\u{202F}: rien ne peut y être réservé.",
        ));
    };
    let prepared = store::prepared(op.conn, call.id, dossier)?;
    let prepared = prepared.get(&(share.line, share.year)).copied().unwrap_or(Cents::ZERO);
    if prepared + share.amount <= left {
        return Ok(());
    }
    if partial {
        return Err(Fault::invalid(&field, "L’enveloppe ne suffit pas pour ce montant."));
    }
    Err(Fault::invalid(
        &field,
        format!(
            "L’enveloppe ne suffit pas\u{202F}: il reste {left}, dont {prepared} déjà proposés à d’autres dossiers. \
             Proposez {} au plus, ou révisez un autre avis.",
            (left - prepared).max(Cents::ZERO)
        ),
    ))
}

/// The year whose shares are reserved at the seal: the first of the call's budget plan.
#[must_use]
pub fn firm_year(call: &Call) -> Option<i32> {
    call.definition.budget.years.first().map(|year| i32::from(*year))
}
