//! Answering a practice note, and taking an answer back.

use super::{needs_reason, read, read_reply, tell_author};
use crate::access::Actor;
use crate::base::ids::{PracticeNoteId, PracticeReplyId};
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::store::replies;
use crate::journal::Entry;
use crate::service::Operation;

/// Answers a note, and tells its author.
///
/// # Errors
/// [`Fault::NotFound`] outside the circle; [`Fault::Refused`] under a withdrawn note; [`Fault::Stale`] for a second click.
pub fn reply(op: &mut Operation<'_>, actor: &Actor, code: &str, id: PracticeNoteId, body: &str) -> Result<(), Fault> {
    let (circle, note, _) = read(op.conn, actor, code, id)?;
    if note.withdrawn_at.is_some() {
        return Err(Fault::refused("Cette fiche a été retirée\u{202F}: on n’y répond plus."));
    }
    dossiers::hold(op.conn, note.dossier)?;
    if already_replied(op.conn, actor, id, body)? {
        return Err(Fault::Stale);
    }
    // An agent who is also a member of a funded project speaks for the project.
    let dossier = circle.own.first().map(|own| own.id);
    replies::insert(op.conn, id, dossier, body, actor.id, op.now)?;
    if note.written_by != actor.id {
        tell_author(op, &circle.call, &note, note.written_by, "Une réponse à votre fiche de pratique", body)?;
    }
    op.record(
        Entry::new("practice.reply", format!("Réponse à la fiche «\u{202F}{}\u{202F}»", note.text.title))
            .call(note.call)
            .dossier(note.dossier)
            .for_everyone(),
    );
    Ok(())
}

/// Whether this person's last reply says exactly this: a second click.
///
/// # Errors
/// When the database refuses.
pub fn already_replied(conn: &mut Conn, actor: &Actor, note: PracticeNoteId, body: &str) -> Result<bool, Fault> {
    let replies = replies::of_note(conn, note)?;
    let last = replies.iter().rev().find(|reply| reply.written_by == actor.id && reply.withdrawn_at.is_none());
    Ok(last.is_some_and(|reply| reply.body == body))
}

/// # Errors
/// [`Fault::NotFound`] for another's reply; [`Fault::Stale`] when it changed since `version`.
pub fn edit_reply(
    op: &mut Operation<'_>,
    actor: &Actor,
    code: &str,
    (note, id): (PracticeNoteId, PracticeReplyId),
    version: i64,
    body: &str,
) -> Result<(), Fault> {
    let (circle, note, reply) = read_reply(op.conn, actor, code, note, id)?;
    if !circle.may_edit_reply(&reply) {
        return Err(Fault::NotFound);
    }
    if reply.version != version {
        return Err(Fault::Stale);
    }
    replies::update(op.conn, &reply, body, op.now)?;
    op.record(
        Entry::new(
            "practice.reply.edit",
            format!("Réponse modifiée sous la fiche «\u{202F}{}\u{202F}»", note.text.title),
        )
        .call(note.call)
        .dossier(note.dossier)
        .for_everyone(),
    );
    Ok(())
}

/// # Errors
/// As [`withdraw`].
pub fn withdraw_reply(
    op: &mut Operation<'_>,
    actor: &Actor,
    code: &str,
    (note, id): (PracticeNoteId, PracticeReplyId),
    version: i64,
    reason: &str,
) -> Result<(), Fault> {
    let (circle, note, reply) = read_reply(op.conn, actor, code, note, id)?;
    if !circle.may_withdraw_reply(&reply) {
        return Err(Fault::NotFound);
    }
    if reply.version != version {
        return Err(Fault::Stale);
    }
    let moderates = reply.written_by != actor.id;
    needs_reason(moderates, reason)?;
    replies::withdraw(op.conn, &reply, actor.id, op.now, reason)?;
    if moderates {
        tell_author(op, &circle.call, &note, reply.written_by, "Votre réponse a été retirée", reason)?;
    }
    op.record(
        Entry::new(
            "practice.reply.withdraw",
            format!("Réponse retirée sous la fiche «\u{202F}{}\u{202F}»", note.text.title),
        )
        .call(note.call)
        .dossier(note.dossier)
        .reason(reason)
        .for_everyone(),
    );
    Ok(())
}
