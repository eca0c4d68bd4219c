//! Preparing and revising the opinion on a dossier.

use diesel::prelude::*;

use super::{managed, refuse_sealed, stale_when_taken};
use crate::access::{Actor, Role};
use crate::base::ids::{DossierId, EnvelopeId, SessionId};
use crate::base::money::Cents;
use crate::base::text;
use crate::calls::Call;
use crate::committee::model::{Board, SessionState};
use crate::committee::rules::{self, Draft, Reading};
use crate::committee::store;
use crate::db::schema::committee_opinions;
use crate::dossiers::{self, Outcome};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::ledger;
use crate::service::Operation;

/// The committee's opinion as typed.
#[derive(Clone, Debug, Default)]
pub struct NewOpinion {
    /// Version of the opinion that was read; zero when there was none.
    pub version: i64,
    pub envelope: Option<EnvelopeId>,
    pub draft: Draft,
}

impl NewOpinion {
    #[must_use]
    pub fn selected(amount: Cents, envelope: EnvelopeId, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Selected),
            amount: amount.plain(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: Some(envelope), draft }
    }

    #[must_use]
    pub fn waitlisted(rank: i64, motive: &str, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Waitlisted),
            rank: rank.to_string(),
            motive: motive.to_owned(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: None, draft }
    }

    #[must_use]
    pub fn rejected(motive: &str, debate: &str) -> Self {
        let draft = Draft {
            outcome: Some(Outcome::Rejected),
            motive: motive.to_owned(),
            debate: debate.to_owned(),
            ..Draft::default()
        };
        Self { version: 0, envelope: None, draft }
    }

    /// Revises what was read at this version.
    #[must_use]
    pub fn over(mut self, version: i64) -> Self {
        self.version = version;
        self
    }
}

/// Prepares or revises the opinion on a dossier; the money is reserved when the session is sealed.
///
/// # Errors
/// [`Fault::Refused`] without quorum for this dossier or outside an open session; [`Fault::Invalid`] for each mistake;
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
    may_opine(&board, dossier)?;
    let draft = Draft { envelope: new.envelope.is_some(), ..new.draft.clone() };
    let reading = rules::read_opinion(&draft, item.requested)?;
    let envelope = if reading.outcome == Outcome::Selected { new.envelope } else { None };
    let partial = dossiers::sees_partially(op.conn, actor, call.id)?;
    fits(op, &call, dossier, envelope, &reading, partial)?;
    let values = (
        committee_opinions::outcome.eq(reading.outcome),
        committee_opinions::waitlist_rank.eq(reading.rank),
        committee_opinions::amount_cents.eq(reading.amount),
        committee_opinions::envelope_id.eq(envelope),
        committee_opinions::debate.eq(&reading.debate),
        committee_opinions::motive.eq(&reading.motive),
        committee_opinions::version.eq(new.version.saturating_add(1)),
        committee_opinions::recorded_by.eq(actor.id),
        committee_opinions::recorded_at.eq(op.now),
    );
    match &item.opinion {
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
        }
        None if new.version != 0 => return Err(Fault::Stale),
        None => {
            diesel::insert_into(committee_opinions::table)
                .values((
                    committee_opinions::session_id.eq(session.id),
                    committee_opinions::dossier_id.eq(dossier),
                    committee_opinions::dossier_version_id.eq(item.version),
                    values,
                ))
                .execute(op.conn)
                .map_err(stale_when_taken)?;
        }
    }
    let verb = if item.opinion.is_some() { "révisé" } else { "préparé" };
    let text = format!("Avis du comité {verb} en séance n°\u{A0}{}", session.number);
    op.record(Entry::new("committee.opinion", text).call(call.id).dossier(dossier));
    Ok(())
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
        SessionState::Sealed => return refuse_sealed(&board.session),
        SessionState::Open => {}
    }
    if item.is_withdrawn() {
        return Err(Fault::refused("Le porteur a retiré ce dossier\u{202F}: il n’y a plus d’avis à rendre."));
    }
    let attending = board.attending_for(dossier);
    if board.has_quorum(attending) {
        return Ok(());
    }
    Err(Fault::refused(format!(
        "Le quorum n’est pas atteint pour le dossier {}\u{202F}: sans les membres en déport, {} sur {} requis. \
         L’avis ne peut pas être rendu dans cette séance tant qu’un autre membre ne la rejoint pas.",
        item.dossier.reference_or_draft(),
        text::count(attending, "membre compte", "membres comptent"),
        board.session.quorum
    )))
}

/// Checks what an opinion takes from the call: a free rank on the waitlist, an envelope that holds it.
///
/// To somebody recused from a dossier of the call (`partial`), a refusal names neither dossier nor amount.
fn fits(
    op: &mut Operation<'_>,
    call: &Call,
    dossier: DossierId,
    envelope: Option<EnvelopeId>,
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
    let (Some(envelope), Some(amount)) = (envelope, reading.amount) else { return Ok(()) };
    let known = store::envelopes_of_call(op.conn, call.id)?;
    if !known.iter().any(|e| e.id == envelope) {
        return Err(Fault::invalid("envelope", "Choisissez une enveloppe de cet appel."));
    }
    let Some(left) = ledger::counters(op.conn, envelope)?.left() else {
        return Err(Fault::invalid(
            "envelope",
            "Le vote de cette enveloppe n’est pas connu\u{202F}: rien ne peut y être réservé.",
        ));
    };
    let prepared = store::prepared_on(op.conn, envelope, dossier)?;
    if prepared + amount > left {
        if partial {
            return Err(Fault::invalid("amount", "L’enveloppe ne suffit pas pour ce montant."));
        }
        return Err(Fault::invalid(
            "amount",
            format!(
                "L’enveloppe ne suffit pas\u{202F}: il reste {left}, dont {prepared} déjà proposés à d’autres \
                 dossiers. Proposez {} au plus, ou révisez un autre avis.",
                (left - prepared).max(Cents::ZERO)
            ),
        ));
    }
    Ok(())
}
