//! Practice notes: who reads them, and writing, answering, quoting and withdrawing them.

use std::collections::HashSet;

use crate::access::{Actor, Role};
use crate::base::ids::{AccountId, DossierId, PracticeNoteId, PracticeReplyId};
use crate::calls::{self, Call};
use crate::db::Conn;
use crate::dossiers::{self, Dossier, State};
use crate::fault::Fault;
use crate::followup::store::notes::{self, Note, NoteText};
use crate::followup::store::replies::{self, Reply};
use crate::journal::Entry;
use crate::mail::Message;
use crate::notify;
use crate::service::Operation;

/// What one person may do among those who share their practice in a call.
#[derive(Debug)]
pub struct Circle {
    pub call: Call,
    /// Funded dossiers in whose name this person writes.
    pub own: Vec<Dossier>,
    pub agent: bool,
    /// Moderates and retains.
    pub manager: bool,
    closed: HashSet<DossierId>,
    account: AccountId,
}

/// The funded projects of a call and its agents; a project whose award was terminated is no longer one of them.
///
/// # Errors
/// [`Fault::NotFound`] for anybody else.
pub fn circle(conn: &mut Conn, actor: &Actor, code: &str) -> Result<Circle, Fault> {
    let call = calls::by_code(conn, code)?;
    let own: Vec<Dossier> = dossiers::of_organisations(conn, &actor.organisations)?
        .into_iter()
        .filter(|dossier| dossier.call == call.id)
        .filter(|dossier| dossier.state.is_awarded() && dossier.state != State::Terminated)
        .collect();
    let agent = actor.grants.iter().any(|grant| grant.call == call.id);
    if !agent && own.is_empty() {
        return Err(Fault::NotFound);
    }
    let mut closed = if agent { dossiers::closed_by_interest(conn, actor, call.id)? } else { HashSet::new() };
    for dossier in &own {
        closed.remove(&dossier.id);
    }
    let manager = actor.holds_in(call.id, &[Role::CallManager]);
    Ok(Circle { call, own, agent, manager, closed, account: actor.id })
}

impl Circle {
    #[must_use]
    pub fn closed(&self) -> Vec<DossierId> {
        self.closed.iter().copied().collect()
    }

    #[must_use]
    pub fn sees(&self, dossier: Option<DossierId>) -> bool {
        dossier.is_none_or(|dossier| !self.closed.contains(&dossier))
    }

    fn owns(&self, dossier: DossierId) -> bool {
        self.own.iter().any(|own| own.id == dossier)
    }

    /// Members of the project that wrote it.
    #[must_use]
    pub fn may_edit(&self, note: &Note) -> bool {
        note.withdrawn_at.is_none() && self.owns(note.dossier)
    }

    #[must_use]
    pub fn may_withdraw(&self, note: &Note) -> bool {
        note.withdrawn_at.is_none() && (self.owns(note.dossier) || self.manager)
    }

    /// Nobody but its author changes a reply.
    #[must_use]
    pub fn may_edit_reply(&self, reply: &Reply) -> bool {
        reply.withdrawn_at.is_none() && reply.written_by == self.account
    }

    #[must_use]
    pub fn may_withdraw_reply(&self, reply: &Reply) -> bool {
        reply.withdrawn_at.is_none() && (reply.written_by == self.account || self.manager)
    }

    /// A manager who takes down what somebody else wrote says why.
    #[must_use]
    pub fn moderates(&self, dossier: Option<DossierId>, author: AccountId) -> bool {
        author != self.account && !dossier.is_some_and(|dossier| self.owns(dossier))
    }
}

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
