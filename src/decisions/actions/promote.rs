//! The waiting list: who is next when money frees up, and its end.

use super::case::{delegation, funds};
use super::letters::{Subject, Unsigned, draft_bytes, issue, unsigned_part};
use super::sign::move_money;
use crate::access::{Actor, Role};
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, InstitutionId};
use crate::calls::{self, Call};
use crate::config::Settings;
use crate::db::Conn;
use crate::decisions::model::{Decision, Delegation, Kind, Movement, Terms};
use crate::decisions::rules::{Basis, Slot, promoted, text};
use crate::decisions::{basis, store};
use crate::dossiers::{self, Dossier, Event, Outcome, State, Version};
use crate::fault::{Fault, Mistakes};
use crate::journal::Entry;
use crate::ledger::{self, Share};
use crate::service::Operation;

/// A notified dossier of the waiting list, in the order of its rank.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub dossier: Dossier,
    pub rank: i64,
}

/// Who waits, best rank first. Without any check of rights: pages leave out what their reader does not see.
///
/// # Errors
/// When the database refuses.
pub fn waiting_list(conn: &mut Conn, call: &Call) -> Result<Vec<Waiting>, Fault> {
    let ranked = store::waitlisted(conn, call.id)?;
    let mut known = dossiers::by_ids(conn, &ranked.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    let listed = ranked.into_iter().filter_map(|(id, rank)| Some(Waiting { dossier: known.remove(&id)?, rank }));
    let mut list: Vec<Waiting> = listed.collect();
    list.sort_by_key(|waiting| waiting.rank);
    Ok(list)
}

/// A dossier of the list as its reader may promote it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub dossier: Dossier,
    pub call: Call,
    pub version: Version,
    pub basis: Basis,
    pub authority: InstitutionId,
    pub rank: i64,
    /// Better ranks that still wait.
    pub before: Vec<i64>,
    pub slots: Vec<Slot>,
    pub may_sign: bool,
}

/// What a signatory asks for a dossier of the list.
#[derive(Clone, Debug)]
pub struct Promotion {
    pub shares: Vec<Share>,
    pub motive: String,
    /// Asked when a better rank still waits.
    pub out_of_order: String,
}

/// # Errors
/// [`Fault::NotFound`] unless the reader manages the call or signs for one of its lines, and when the dossier does not
/// wait on the list.
pub fn candidate(conn: &mut Conn, actor: &Actor, dossier: DossierId) -> Result<Candidate, Fault> {
    let view = dossiers::for_staff(conn, actor, dossier)?;
    if view.dossier.state != State::WaitlistNotified {
        return Err(Fault::NotFound);
    }
    let call = calls::of_dossier(conn, dossier)?;
    let list = waiting_list(conn, &call)?;
    let rank = list.iter().find(|w| w.dossier.id == dossier).map(|w| w.rank).ok_or(Fault::NotFound)?;
    let basis = basis::of_dossier(conn, &view.dossier)?.ok_or(Fault::NotFound)?;
    let version = basis::version_of(conn, &basis)?;
    let lines = ledger::lines_of_call(conn, call.id)?;
    let mine = if view.through(Role::Signatory) { basis::authorities_of(conn, actor, &call)? } else { Vec::new() };
    let own = lines.iter().map(|l| l.authority).chain([call.authority]).find(|authority| mine.contains(authority));
    if own.is_none() && !view.through(Role::CallManager) {
        return Err(Fault::NotFound);
    }
    let authority = own.unwrap_or(call.authority);
    // Nothing was reserved for a dossier that waits.
    let bare = Basis { shares: Vec::new(), ..basis.clone() };
    let slots = basis::slots(conn, &call, &bare, &version, &lines, authority)?;
    let before = list.iter().map(|w| w.rank).filter(|other| *other < rank).collect();
    Ok(Candidate {
        dossier: view.dossier,
        call,
        version,
        basis,
        authority,
        rank,
        before,
        slots,
        may_sign: own.is_some(),
    })
}

/// Checks a promotion as the signature will.
///
/// # Errors
/// [`Fault::Invalid`] for the form, [`Fault::Refused`] for the delegation, [`Fault::NotFound`] for whoever does not sign.
pub fn promotion(
    conn: &mut Conn,
    actor: &Actor,
    candidate: &Candidate,
    asked: &Promotion,
    now: Instant,
) -> Result<(Terms, Delegation), Fault> {
    if !candidate.may_sign {
        return Err(Fault::NotFound);
    }
    let terms = promoted(&candidate.slots, &asked.shares, &candidate.before, &asked.motive, &asked.out_of_order)?;
    let fields: Vec<_> = candidate.slots.iter().filter_map(|s| Some((s.envelope?, s.field()))).collect();
    funds(conn, actor, &candidate.call, &terms.movements, |envelope| {
        fields.iter().find(|(id, _)| *id == envelope).map_or_else(|| "motive".to_owned(), |(_, field)| field.clone())
    })?;
    let field = candidate.slots.first().map_or_else(|| "motive".to_owned(), Slot::field);
    let zone = candidate.call.zone();
    let delegation = delegation(conn, actor, candidate.authority, terms.total(), now, zone, &field)?;
    Ok((terms, delegation))
}

fn subject(candidate: &Candidate, kind: Kind, outcome: Outcome) -> Subject<'_> {
    Subject {
        call: &candidate.call,
        dossier: &candidate.dossier,
        version: &candidate.version,
        kind,
        outcome,
        rank: None,
        session_held_at: candidate.basis.session.map(|(_, at)| at),
        changes: &[],
        year: None,
        procedure: None,
        replaces: None,
    }
}

/// The letter of a promotion as it would be sealed, marked as a draft.
///
/// # Errors
/// When the database refuses or the document cannot be made.
pub fn preview_promotion(
    conn: &mut Conn,
    settings: &Settings,
    actor: &Actor,
    candidate: &Candidate,
    (terms, delegation): &(Terms, Delegation),
    now: Instant,
) -> Result<Vec<u8>, Fault> {
    let unsigned = Unsigned {
        authority: candidate.authority,
        outcome: terms.outcome,
        shares: &terms.shares,
        motive: &terms.motive,
        delegation,
    };
    let part = unsigned_part(conn, actor, &candidate.call, &unsigned)?;
    draft_bytes(conn, settings, &subject(candidate, Kind::Promotion, Outcome::Selected), &[part], now)
}

/// Grants money to a dossier of the list: state, money and letter in one go.
///
/// # Errors
/// As [`promotion`]; [`Fault::Stale`] when somebody else promoted it.
pub fn promote(
    op: &mut Operation<'_>,
    actor: &Actor,
    dossier: DossierId,
    asked: &Promotion,
) -> Result<Decision, Fault> {
    let call = candidate(op.conn, actor, dossier)?.call;
    let number = store::next_number(op.conn, &call)?;
    dossiers::hold(op.conn, dossier)?;
    let candidate = candidate(op.conn, actor, dossier)?;
    let (terms, delegation) = promotion(op.conn, actor, &candidate, asked, op.now)?;
    finish(op, actor, &candidate, Kind::Promotion, &terms, &delegation, &number)
}

/// Ends the wait of a dossier for which no money freed up.
///
/// # Errors
/// [`Fault::Invalid`] without a motive; otherwise as [`promote`]. Only the call's own authority closes its list.
pub fn end_wait(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, motive: &str) -> Result<Decision, Fault> {
    let call = candidate(op.conn, actor, dossier)?.call;
    let number = store::next_number(op.conn, &call)?;
    dossiers::hold(op.conn, dossier)?;
    let mut candidate = candidate(op.conn, actor, dossier)?;
    if !basis::authorities_of(op.conn, actor, &call)?.contains(&call.authority) {
        return Err(Fault::NotFound);
    }
    candidate.authority = call.authority;
    let mut mistakes = Mistakes::default();
    let motive = text(&mut mistakes, "motive", motive);
    if motive.is_empty() {
        mistakes.add("motive", "Écrivez le motif\u{202F}: la lettre le cite.");
    }
    mistakes.finish()?;
    let delegation = delegation(op.conn, actor, call.authority, None, op.now, call.zone(), "motive")?;
    let terms = Terms {
        outcome: Outcome::Rejected,
        shares: Vec::new(),
        rank: None,
        motive,
        departure_reason: String::new(),
        movements: Vec::<Movement>::new(),
    };
    finish(op, actor, &candidate, Kind::ListEnd, &terms, &delegation, &number)
}

fn finish(
    op: &mut Operation<'_>,
    actor: &Actor,
    candidate: &Candidate,
    kind: Kind,
    terms: &Terms,
    delegation: &Delegation,
    number: &str,
) -> Result<Decision, Fault> {
    let dossier = candidate.dossier.id;
    dossiers::advance(op, dossier, Event::Sign(terms.outcome))?;
    let replaces = store::of_dossier(op.conn, dossier)?.last().map(|d| d.id);
    let id = store::insert(
        op.conn,
        &store::Signed {
            call: candidate.call.id,
            dossier,
            version: candidate.version.id,
            opinion: candidate.basis.opinion,
            kind,
            authority: candidate.authority,
            number,
            outcome: terms.outcome,
            shares: &terms.shares,
            rank: None,
            motive: &terms.motive,
            departure_reason: &terms.departure_reason,
            replaces,
            procedure: None,
            delegation: delegation.id,
            by: actor.id,
            at: op.now,
        },
    )?;
    move_money(op, &candidate.dossier, candidate.basis.opinion, &terms.movements, id, number)?;
    let decision = store::by_id(op.conn, id)?;
    issue(op, &subject(candidate, kind, terms.outcome), std::slice::from_ref(&decision), &[id])?;
    let text = match kind {
        Kind::Promotion => format!("Décision {number} signée\u{A0}: retenu depuis la liste complémentaire"),
        _ => format!("Décision {number} signée\u{A0}: fin de la liste complémentaire"),
    };
    op.record(Entry::new(kind.action(), text).call(candidate.call.id).dossier(dossier).reason(&terms.departure_reason));
    store::by_id(op.conn, id)
}
