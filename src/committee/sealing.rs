//! Sealing a session: the record and its hash, the reservations, the minutes, in one transaction.

use std::collections::HashMap;

use diesel::prelude::*;

use super::actions::{firm_year, managed, may_opine, refuse_sealed, voices};
use super::model::{Board, EnvelopeChoice, Item, Session, SessionState, Verdict};
use super::record::{self, Record, RecordedEnvelope, RecordedItem, RecordedRecusal, RecordedReview, RecordedSeat};
use super::rules::{self, Ranked};
use super::{minutes, recusals, store};
use crate::access::Actor;
use crate::base::clock::Instant;
use crate::base::ids::{DossierId, SessionId};
use crate::base::text;
use crate::calls::Call;
use crate::db::Conn;
use crate::db::schema::committee_sessions;
use crate::dossiers::{self, Event};
use crate::fault::Fault;
use crate::files::sha256_hex;
use crate::instruction::{self, Assessment};
use crate::journal::Entry;
use crate::ledger::{self, Cause};
use crate::sealed::{self, DocumentKind};
use crate::service::Operation;

/// Whoever seals reads everything.
pub(super) const CONCERNED: &str =
    "Vous êtes en déport sur un dossier de cette séance\u{202F}: un autre gestionnaire doit la sceller.";

/// A dossier of the agenda with all that was said of it.
pub(super) struct Judged<'a> {
    pub item: &'a Item,
    pub assessment: Assessment,
}

/// What still keeps a session from being sealed, in French; empty when nothing does.
#[must_use]
pub fn obstacles(board: &Board) -> Vec<String> {
    let mut obstacles = Vec::new();
    if board.session.state == SessionState::Planned {
        obstacles.push("La séance n’est pas ouverte.".to_owned());
    }
    let judged: Vec<&Item> = board.items.iter().filter(|item| !item.is_withdrawn()).collect();
    if judged.is_empty() {
        obstacles.push("Aucun dossier n’est à juger à l’ordre du jour.".to_owned());
    }
    let attending = board.attending();
    if !board.has_quorum(attending) {
        obstacles.push(format!(
            "Le quorum n’est plus atteint\u{202F}: {} pour {} requis.",
            text::count(attending, "membre compté", "membres comptés"),
            board.session.quorum.max(1)
        ));
    }
    for item in judged {
        let reference = item.dossier.reference_or_draft();
        let Some(opinion) = &item.opinion else {
            obstacles.push(format!("Le dossier {reference} attend l’avis du comité."));
            continue;
        };
        if board.session.state == SessionState::Open {
            if item.is_prepared(&board.session) {
                obstacles.push(format!(
                    "L’avis sur le dossier {reference} a été préparé avant la séance\u{202F}: confirmez-le ou révisez-le."
                ));
            }
            if let Err(Fault::Refused(reason)) = may_opine(board, item.dossier.id) {
                obstacles.push(reason);
            }
            let voices = voices(board, item.dossier.id).total;
            if opinion.vote.is_some_and(|vote| usize::try_from(vote.total()).is_ok_and(|total| total > voices)) {
                obstacles.push(format!(
                    "Le vote sur le dossier {reference} compte plus de voix que les présences n’en donnent\u{202F}: \
                     corrigez l’un ou l’autre."
                ));
            }
        }
        let left_later = |r: &&super::model::Recusal| {
            r.dossier == item.dossier.id && r.left_at.is_some_and(|at| at > opinion.recorded_at)
        };
        if board.recusals.iter().any(|r| left_later(&r)) {
            obstacles.push(format!(
                "Un membre s’est déporté du dossier {reference} après l’avis\u{202F}: enregistrez-le de nouveau, \
                 sans ce membre."
            ));
        }
    }
    obstacles
}

/// Seals an open session: from then on nothing in it changes.
///
/// # Errors
/// [`Fault::Refused`] with what is missing, when it is sealed already, when an envelope no longer holds an amount or
/// another session took a rank; then nothing at all is written.
pub fn seal(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let board = whole(op, actor, &call, session)?;
    let obstacles = obstacles(&board);
    if !obstacles.is_empty() {
        return Err(Fault::refused(obstacles.join(" ")));
    }
    // Of two sessions sealed at once, the second waits here, then sees the ranks of the first.
    store::hold_call(op.conn, call.id)?;
    refuse_taken_ranks(op, &call, &board)?;
    let judged = judge(op.conn, &call, &board)?;
    let envelopes = store::envelopes_of_call(op.conn, call.id)?;
    let record = record(op, &call, &board, &judged, &envelopes, false)?;
    for recusal in board.recusals.iter().filter(|r| r.left_at.is_none()) {
        keep_imposed(op, &board, recusal)?;
    }
    reserve_and_advance(op, &call, &board, &judged)?;
    close(op, actor, &call, &board, &judged, &record, SessionState::Sealed)
}

/// Adjourns a session that its hour finds without quorum: minutes say who came, and a second session may take up the
/// same agenda.
///
/// # Errors
/// [`Fault::Refused`] before its hour, when nobody's attendance is recorded, once it is open, or with the quorum.
pub fn adjourn(op: &mut Operation<'_>, actor: &Actor, session: SessionId) -> Result<(), Fault> {
    let (call, session) = managed(op, actor, session)?;
    refuse_sealed(&session)?;
    let board = whole(op, actor, &call, session)?;
    if let Some(reason) = keeps_from_adjourning(&board, op.now) {
        return Err(Fault::refused(reason));
    }
    let judged = judge(op.conn, &call, &board)?;
    let record = record(op, &call, &board, &judged, &[], true)?;
    close(op, actor, &call, &board, &judged, &record, SessionState::Adjourned)
}

/// Why a session may not be adjourned now, in French.
#[must_use]
pub fn keeps_from_adjourning(board: &Board, now: Instant) -> Option<String> {
    let session = &board.session;
    if session.state != SessionState::Planned {
        return Some("Seule une séance qui n’a pas pu s’ouvrir s’ajourne faute de quorum.".to_owned());
    }
    if now < session.held_at {
        return Some("L’heure de la séance n’est pas venue.".to_owned());
    }
    if board.seats.iter().all(|seat| seat.presence.is_none()) {
        return Some("Enregistrez d’abord les présences\u{202F}: le procès-verbal de carence les porte.".to_owned());
    }
    if board.items.iter().all(Item::is_withdrawn) {
        return Some("La séance n’a pas d’ordre du jour.".to_owned());
    }
    board.has_quorum(board.attending()).then(|| "Le quorum est atteint\u{202F}: ouvrez la séance.".to_owned())
}

/// The session as whoever closes it must read it: nothing hidden from them.
fn whole(op: &mut Operation<'_>, actor: &Actor, call: &Call, session: Session) -> Result<Board, Fault> {
    let board = store::board(op.conn, call, session)?;
    let seen = store::seen_of(op.conn, actor, &board)?;
    if board.items.iter().any(|item| !seen.contains(&item.dossier.id)) {
        return Err(Fault::refused(CONCERNED));
    }
    Ok(board)
}

fn refuse_taken_ranks(op: &mut Operation<'_>, call: &Call, board: &Board) -> Result<(), Fault> {
    for item in board.items.iter().filter(|item| !item.is_withdrawn()) {
        let Some(rank) = item.opinion.as_ref().and_then(|opinion| opinion.rank) else { continue };
        if !store::waitlisted_at(op.conn, call.id, rank, item.dossier.id)?.is_empty() {
            return Err(Fault::refused(format!(
                "Le rang {rank} de la liste complémentaire est déjà donné dans une autre séance\u{202F}: donnez-en un \
                 autre au dossier {}.",
                item.dossier.reference_or_draft()
            )));
        }
    }
    Ok(())
}

/// Writes the minutes, then the record that no longer changes.
fn close(
    op: &mut Operation<'_>,
    actor: &Actor,
    call: &Call,
    board: &Board,
    judged: &[Ranked<Judged<'_>>],
    record: &str,
    state: SessionState,
) -> Result<(), Fault> {
    let record_sha256 = sha256_hex(record.as_bytes());
    let adjourned = state == SessionState::Adjourned;
    let pdf = minutes::write(op, call, board, judged, &record_sha256, adjourned)?;
    let file_name = format!("{}.pdf", minutes::number(call, &board.session));
    let document = sealed::seal(op.conn, op.files, op.now, DocumentKind::Minutes, None, &file_name, &pdf)?;
    diesel::update(committee_sessions::table.filter(committee_sessions::id.eq(board.session.id)))
        .set((
            committee_sessions::state.eq(state),
            committee_sessions::sealed_at.eq(Some(op.now)),
            committee_sessions::sealed_by.eq(Some(actor.id)),
            committee_sessions::record.eq(Some(record)),
            committee_sessions::record_sha256.eq(Some(&record_sha256)),
            committee_sessions::minutes_id.eq(Some(document.id)),
            committee_sessions::version.eq(board.session.version + 1),
        ))
        .execute(op.conn)?;
    // The hash enters the journal's chain with the sentence that says it.
    let number = board.session.number;
    let (action, done) =
        if adjourned { ("committee.adjourn", "ajournée faute de quorum") } else { ("committee.seal", "scellée") };
    let text = format!("Séance n°\u{A0}{number} du comité {done}, empreinte {record_sha256}");
    op.record(Entry::new(action, text).call(call.id));
    Ok(())
}

/// An interest known at the sealing keeps its member out afterwards, even if they leave the organisation.
fn keep_imposed(op: &mut Operation<'_>, board: &Board, recusal: &super::model::Recusal) -> Result<(), Fault> {
    if recusals::is_recorded(op.conn, board.session.id, recusal)? {
        return Ok(());
    }
    recusals::insert(op.conn, board.session.id, recusal, op.now)
}

fn reserve_and_advance(
    op: &mut Operation<'_>,
    call: &Call,
    board: &Board,
    judged: &[Ranked<Judged<'_>>],
) -> Result<(), Fault> {
    for line in judged {
        let item = line.item.item;
        let Some(opinion) = item.opinion.as_ref().filter(|_| !item.is_withdrawn()) else { continue };
        for share in opinion.shares.iter().filter(|share| Some(share.year) == firm_year(call)) {
            let envelope = ledger::envelope_at(op.conn, call.id, share.line, share.year)?
                .ok_or_else(|| Fault::refused(format!("Une ligne proposée n’a pas d’enveloppe en {}.", share.year)))?;
            let cause = Cause {
                dossier: Some(item.dossier.id),
                opinion: Some(opinion.id),
                reason: format!("Avis du comité, séance n°\u{A0}{}", board.session.number),
                ..Cause::default()
            };
            ledger::reserve(op, envelope, share.amount, &cause)?;
        }
        let (event, said) = match opinion.outcome {
            Verdict::Shortlisted => (Event::Shortlist, "Dossier présélectionné par le comité"),
            Verdict::SetAside => (Event::SetAside, "Dossier non présélectionné par le comité"),
            Verdict::Selected | Verdict::Waitlisted | Verdict::Rejected => {
                (Event::SealOpinion, "Avis du comité scellé")
            }
        };
        dossiers::advance(op, item.dossier.id, event)?;
        let text = format!("{said}, séance n°\u{A0}{}", board.session.number);
        op.record(Entry::new("committee.seal", text).call(call.id).dossier(item.dossier.id).reason(&opinion.motive));
    }
    Ok(())
}

/// What instructors said of one dossier: as sealed once the session is closed, but for their comments.
pub(super) fn assessment_of(conn: &mut Conn, call: &Call, board: &Board, id: DossierId) -> Result<Assessment, Fault> {
    let live = instruction::assessments(conn, call, &[id])?.remove(&id).unwrap_or_default();
    let sealed = if board.session.state.is_closed() { record::of_session(conn, board.session.id)? } else { None };
    let Some(recorded) = sealed.as_ref().and_then(|r| r.agenda.iter().find(|item| item.dossier == id)) else {
        return Ok(live);
    };
    let mut assessment = recorded.assessment();
    for review in &mut assessment.reviews {
        if let Some(known) = live.reviews.iter().find(|r| r.account == review.account) {
            review.comment.clone_from(&known.comment);
        }
    }
    Ok(assessment)
}

/// The agenda in the order of the ranking, withdrawn dossiers last and unranked.
pub(super) fn judge<'a>(conn: &mut Conn, call: &Call, board: &'a Board) -> Result<Vec<Ranked<Judged<'a>>>, Fault> {
    // A closed session shows the figures it was closed on, whatever instructors did since.
    let sealed = if board.session.state.is_closed() { record::of_session(conn, board.session.id)? } else { None };
    let mut assessed: HashMap<DossierId, Assessment> = match &sealed {
        Some(record) => record.agenda.iter().map(|item| (item.dossier, item.assessment())).collect(),
        None => {
            let axes = board.items.iter().map(|item| (item.dossier.id, item.version.axes())).collect();
            instruction::assessments_of(conn, call, &axes)?
        }
    };
    let mut live = Vec::new();
    let mut withdrawn = Vec::new();
    for item in &board.items {
        let assessment = assessed.remove(&item.dossier.id).unwrap_or_default();
        let judged = Judged { item, assessment };
        if item.is_withdrawn() { withdrawn.push(judged) } else { live.push(judged) }
    }
    let mut ranked = rules::ranking(live, |j| j.assessment.score, |j| j.item.dossier.reference_or_draft());
    ranked.extend(withdrawn.into_iter().map(|item| Ranked { rank: None, item }));
    Ok(ranked)
}

/// The record of a session as it is sealed.
fn record(
    op: &mut Operation<'_>,
    call: &Call,
    board: &Board,
    judged: &[Ranked<Judged<'_>>],
    envelopes: &[EnvelopeChoice],
    adjourned: bool,
) -> Result<String, Fault> {
    let session = &board.session;
    let versions: Vec<_> = board.items.iter().map(|item| item.version.id).collect();
    let hashes = dossiers::hashes_by_ids(op.conn, &versions)?;
    let agenda = judged.iter().map(|line| recorded(board, line, hashes.get(&line.item.item.version.id)));
    let record = Record {
        format: 2,
        call: call.code.clone(),
        session: session.id,
        number: session.number,
        kind: session.kind,
        second_of: session.second_of,
        adjourned,
        held_at: session.held_at.iso(),
        place: session.place.clone(),
        convened_at: session.convened_at.map(Instant::iso),
        urgency: session.urgency.clone(),
        opened_at: session.opened_at.map(Instant::iso),
        sealed_at: op.now.iso(),
        quorum: session.quorum,
        presiding: board.presiding().map(|seat| seat.code.clone()).unwrap_or_default(),
        seats: board
            .seats
            .iter()
            .map(|seat| RecordedSeat {
                seat: seat.code.clone(),
                account: seat.account,
                name: seat.name.clone(),
                presence: seat.presence,
                proxy: seat.proxy.clone(),
            })
            .collect(),
        agenda: agenda.collect::<Result<_, _>>()?,
        envelopes: envelopes
            .iter()
            .map(|envelope| RecordedEnvelope {
                line: envelope.line,
                name: envelope.name.clone(),
                year: envelope.year,
                voted: envelope.voted,
                left: envelope.left,
            })
            .collect(),
    };
    Ok(serde_json::to_string(&record)?)
}

fn recorded(board: &Board, line: &Ranked<Judged<'_>>, hash: Option<&String>) -> Result<RecordedItem, Fault> {
    let Judged { item, assessment } = &line.item;
    let id = item.dossier.id;
    Ok(RecordedItem {
        dossier: id,
        reference: item.dossier.reference_or_draft(),
        version: item.version.id,
        version_sha256: hash.cloned().ok_or(Fault::NotFound)?,
        requested: item.requested,
        withdrawn: item.is_withdrawn(),
        rank: line.rank,
        score: assessment.score.map(|s| s.exact()),
        spread: assessment.spread.map(|s| s.exact()),
        divergent: assessment.divergent,
        blocking: assessment.blocking.clone(),
        reviews: assessment
            .reviews
            .iter()
            .map(|review| RecordedReview {
                account: review.account,
                name: review.name.clone(),
                institution: review.institution.clone(),
                score: review.score.map(|s| s.exact()),
                opinion: review.opinion.code().to_owned(),
                proposed: review.proposed.clone(),
            })
            .collect(),
        recusals: board
            .recusals
            .iter()
            .filter(|r| r.dossier == id)
            .map(|r| RecordedRecusal {
                account: r.account,
                reason: r.reason.clone(),
                left_at: r.left_at.map(Instant::iso),
                returned_at: r.returned_at.map(Instant::iso),
            })
            .collect(),
        attending: board.attending_for(id),
        voices: board.voices_for(id),
        opinion: item.opinion.as_ref().filter(|_| !item.is_withdrawn()).map(Into::into),
    })
}
