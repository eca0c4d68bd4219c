//! Practice notes: who reads them (`circle`), writing, quoting and withdrawing them, and answering them (`answering`).

mod answering;
mod circle;

use crate::access::Actor;
use crate::base::ids::{AccountId, DossierId, PracticeNoteId, PracticeReplyId};
use crate::calls::Call;
use crate::db::Conn;
use crate::dossiers;
use crate::fault::Fault;
use crate::followup::store::notes::{self, Note, NoteText};
use crate::followup::store::replies::{self, Reply};
use crate::journal::Entry;
use crate::mail::Message;
use crate::notify;
use crate::service::Operation;
pub use answering::{already_replied, edit_reply, reply, withdraw_reply};
pub use circle::{Circle, circle};

/// A note with its replies, as this person may read them.
///
/// # Errors
/// [`Fault::NotFound`] outside the circle, in another call, or for a project closed by interest.
pub fn read(
    conn: &mut Conn,
    actor: &Actor,
    code: &str,
    id: PracticeNoteId,
) -> Result<(Circle, Note, Vec<Reply>), Fault> {
    let circle = circle(conn, actor, code)?;
    let note = notes::get(conn, id)?;
    if note.call != circle.call.id || !circle.sees(Some(note.dossier)) {
        return Err(Fault::NotFound);
    }
    let replies = replies::of_note(conn, id)?.into_iter().filter(|reply| circle.sees(reply.dossier)).collect();
    Ok((circle, note, replies))
}

/// A reply under a note this person reads.
///
/// # Errors
/// As [`read`].
pub fn read_reply(
    conn: &mut Conn,
    actor: &Actor,
    code: &str,
    note: PracticeNoteId,
    id: PracticeReplyId,
) -> Result<(Circle, Note, Reply), Fault> {
    let (circle, note, replies) = read(conn, actor, code, note)?;
    let reply = replies.into_iter().find(|reply| reply.id == id).ok_or(Fault::NotFound)?;
    Ok((circle, note, reply))
}

/// Shares a note; a second click gives back the first one's.
///
/// # Errors
/// [`Fault::NotFound`] outside the circle; [`Fault::Invalid`] when the project is not this person's.
pub fn write(
    op: &mut Operation<'_>,
    actor: &Actor,
    code: &str,
    dossier: DossierId,
    text: &NoteText,
) -> Result<PracticeNoteId, Fault> {
    let circle = circle(op.conn, actor, code)?;
    let project = circle
        .own
        .iter()
        .find(|own| own.id == dossier)
        .ok_or_else(|| Fault::invalid("dossier", "Choisissez le projet au nom duquel vous écrivez."))?;
    // Two clicks at once: the second waits here and finds the first one's note.
    dossiers::hold(op.conn, dossier)?;
    if let Some(last) = notes::last_of(op.conn, dossier, actor.id)?
        && last.text == *text
    {
        return Err(Fault::Stale);
    }
    let id = notes::insert(op.conn, (circle.call.id, dossier), text, actor.id, op.now)?;
    op.record(
        Entry::new("practice.write", format!("Fiche de pratique partagée\u{A0}: «\u{202F}{}\u{202F}»", text.title))
            .call(circle.call.id)
            .dossier(project.id)
            .for_everyone(),
    );
    Ok(id)
}

/// The note that a second click would write again.
///
/// # Errors
/// When the database refuses.
pub fn already_written(
    conn: &mut Conn,
    actor: &Actor,
    dossier: DossierId,
    text: &NoteText,
) -> Result<Option<PracticeNoteId>, Fault> {
    Ok(notes::last_of(conn, dossier, actor.id)?.filter(|last| last.text == *text).map(|last| last.id))
}

/// Replaces the text of one's own project's note.
///
/// # Errors
/// [`Fault::NotFound`] for another project's; [`Fault::Stale`] when it changed since `version`.
pub fn edit(
    op: &mut Operation<'_>,
    actor: &Actor,
    code: &str,
    id: PracticeNoteId,
    version: i64,
    text: &NoteText,
) -> Result<(), Fault> {
    let (circle, note, _) = read(op.conn, actor, code, id)?;
    if !circle.may_edit(&note) {
        return Err(Fault::NotFound);
    }
    if note.version != version {
        return Err(Fault::Stale);
    }
    notes::update(op.conn, &note, text, op.now)?;
    op.record(
        Entry::new("practice.edit", format!("Fiche de pratique modifiée\u{A0}: «\u{202F}{}\u{202F}»", text.title))
            .call(note.call)
            .dossier(note.dossier)
            .for_everyone(),
    );
    Ok(())
}

/// Keeps a note for what the call has learnt, or no longer.
///
/// # Errors
/// [`Fault::NotFound`] for whoever does not manage the call; [`Fault::Refused`] when its authors do not let it be quoted.
pub fn retain(op: &mut Operation<'_>, actor: &Actor, code: &str, id: PracticeNoteId, keep: bool) -> Result<(), Fault> {
    let (circle, note, _) = read(op.conn, actor, code, id)?;
    if !circle.manager {
        return Err(Fault::NotFound);
    }
    if note.withdrawn_at.is_some() {
        return Err(Fault::refused("Cette fiche a été retirée."));
    }
    if keep && !note.text.quotable {
        return Err(Fault::refused("Les auteurs de cette fiche n’ont pas accepté qu’elle soit reprise."));
    }
    notes::retain(op.conn, &note, actor.id, keep.then_some(op.now))?;
    let said = if keep { "Fiche retenue pour la capitalisation" } else { "Fiche retirée de la capitalisation" };
    op.record(
        Entry::new("practice.retain", format!("{said}\u{A0}: «\u{202F}{}\u{202F}»", note.text.title))
            .call(note.call)
            .dossier(note.dossier)
            .for_everyone(),
    );
    Ok(())
}

/// Takes a note down: its project, or the call manager with a reason that the author reads.
///
/// # Errors
/// [`Fault::NotFound`] for anybody else; [`Fault::Invalid`] without a reason where one is due.
pub fn withdraw(
    op: &mut Operation<'_>,
    actor: &Actor,
    code: &str,
    id: PracticeNoteId,
    version: i64,
    reason: &str,
) -> Result<(), Fault> {
    let (circle, note, _) = read(op.conn, actor, code, id)?;
    if !circle.may_withdraw(&note) {
        return Err(Fault::NotFound);
    }
    if note.version != version {
        return Err(Fault::Stale);
    }
    let moderates = circle.moderates(Some(note.dossier), note.written_by);
    needs_reason(moderates, reason)?;
    notes::withdraw(op.conn, &note, actor.id, op.now, reason)?;
    if moderates {
        tell_author(op, &circle.call, &note, note.written_by, "Votre fiche de pratique a été retirée", reason)?;
    }
    op.record(
        Entry::new(
            "practice.withdraw",
            format!("Fiche de pratique retirée\u{A0}: «\u{202F}{}\u{202F}»", note.text.title),
        )
        .call(note.call)
        .dossier(note.dossier)
        .reason(reason)
        .for_everyone(),
    );
    Ok(())
}

fn needs_reason(moderates: bool, reason: &str) -> Result<(), Fault> {
    if moderates && reason.is_empty() {
        return Err(Fault::invalid("reason", "Dites pourquoi\u{A0}: l’auteur lira ce motif."));
    }
    Ok(())
}

fn tell_author(
    op: &mut Operation<'_>,
    call: &Call,
    note: &Note,
    author: AccountId,
    what: &str,
    words: &str,
) -> Result<(), Fault> {
    let path = format!("/appels/{}/fiches/{}", call.code, note.id);
    notify::tell(
        op,
        author,
        "practice.told",
        format!("{what}\u{A0}: «\u{202F}{}\u{202F}».", note.text.title),
        path.clone(),
    )?;
    let Some((recipient, recipient_name)) = notes::mailbox(op.conn, author)? else { return Ok(()) };
    let body = format!(
        "Bonjour,\n\n{what}\u{A0}: «\u{202F}{}\u{202F}», appel «\u{202F}{}\u{202F}».\n\n{words}\n\nLa fiche se lit \
         ici\u{A0}:\n{}\n",
        note.text.title,
        call.title,
        op.url(&path),
    );
    op.send(&Message {
        kind: "practice.told",
        recipient,
        recipient_name,
        subject: format!("{what}\u{A0}: {}", note.text.title),
        body,
        document: None,
        dossier: Some(note.dossier),
    })
}
