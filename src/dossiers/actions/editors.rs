//! Inviting somebody from outside the organisation to write a dossier.

use diesel::prelude::*;

use crate::access::Actor;
use crate::base::ids::{DossierId, EditorId};
use crate::base::text::{fold_email, looks_like_email};
use crate::calls;
use crate::db::among;
use crate::db::schema::dossier_editors;
use crate::dossiers::drafts;
use crate::dossiers::editors::{self, INVITED_FOR_DAYS, MOST};
use crate::dossiers::mails::{self, Recipient, Words, named};
use crate::dossiers::sight::for_member;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::service::Operation;
use crate::web::session::{hash_token, random_token};

/// Writes to somebody a link that lets them write this dossier. A new invitation to the same address replaces the
/// unanswered one.
///
/// # Errors
/// [`Fault::Invalid`] for an address that is none, or already there; [`Fault::NotFound`] for anyone but a member of the
/// organisation.
pub fn invite(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, email: &str) -> Result<(), Fault> {
    let row = for_member(op.conn, actor, dossier)?;
    let email = fold_email(email);
    if !looks_like_email(&email) {
        return Err(Fault::invalid("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr."));
    }
    if row.state.is_notified() {
        return Err(Fault::refused("La décision est notifiée\u{202F}: ce dossier ne s’écrit plus."));
    }
    store::hold(op.conn, dossier)?;
    let members = editors::members(op.conn, row.organisation)?;
    if members.iter().any(|(.., member)| fold_email(member) == email) {
        return Err(Fault::invalid(
            "email",
            "Cette personne est membre de l’organisme\u{202F}: elle a déjà accès au dossier.",
        ));
    }
    let there = editors::of_dossier(op.conn, dossier)?;
    if there.iter().any(|editor| editor.email == email && editor.accepted_at.is_some()) {
        return Err(Fault::invalid("email", "Cette personne écrit déjà ce dossier avec vous."));
    }
    let waiting: Vec<EditorId> = there.iter().filter(|e| e.email == email).map(|e| e.id).collect();
    if i64::try_from(there.len() - waiting.len()).unwrap_or(MOST) >= MOST {
        return Err(Fault::invalid("email", format!("{MOST} personnes sont déjà invitées. Retirez-en une d’abord.")));
    }
    remove_rows(op, &waiting)?;
    let token = random_token();
    diesel::insert_into(dossier_editors::table)
        .values((
            dossier_editors::dossier_id.eq(dossier),
            dossier_editors::email.eq(&email),
            dossier_editors::invited_by.eq(actor.id),
            dossier_editors::invited_at.eq(op.now),
            dossier_editors::token_hash.eq(hash_token(&token)),
        ))
        .execute(op.conn)?;
    let call = calls::of_dossier(op.conn, dossier)?;
    let organisation = drafts::applicant(op.conn, row.organisation)?.name;
    let words = Words {
        kind: "dossier.invitation",
        subject: format!("{} vous invite à écrire un dossier", actor.name()),
        text: format!(
            "{} vous invite à écrire avec l’organisme {organisation} le dossier {}, pour l’appel «\u{202F}{}\u{202F}». Vous pourrez \
             remplir les rubriques et joindre des pièces\u{202F}; seul un membre de l’organisme peut déposer.\n\n\
             Pour accepter, connectez-vous ou créez un compte, puis ouvrez cette adresse\u{A0}:\n{}\n\n\
             Ce lien sert jusqu’au {}. Si vous ne connaissez pas cette personne, ignorez ce message.",
            actor.name(),
            named(&row),
            call.title,
            op.url(&format!("/redaction/{token}")),
            op.now.plus_days(INVITED_FOR_DAYS).long(call.zone()),
        ),
    };
    let to = Recipient { account: None, email: email.clone(), name: String::new() };
    mails::send(op, &call, &row, &[to], &words, "")?;
    let entry = Entry::new("dossier.invite", format!("{email} invité à écrire le dossier"));
    op.record(entry.call(call.id).dossier(dossier).for_everyone());
    Ok(())
}

/// Accepts an invitation, which only the holder of the invited address may do.
///
/// # Errors
/// [`Fault::NotFound`] when the link is unknown or was taken back; [`Fault::Refused`] for the holder of another address,
/// when it is too late, or somebody else used it.
pub fn accept(op: &mut Operation<'_>, actor: &Actor, token: &str) -> Result<DossierId, Fault> {
    let invitation = editors::by_token(op.conn, token)?;
    let dossier = store::get(op.conn, invitation.dossier)?;
    let entry =
        |summary: String| Entry::new("dossier.join", summary).call(dossier.call).dossier(dossier.id).for_everyone();
    if invitation.account == Some(actor.id) || actor.belongs_to(dossier.organisation) {
        op.record(entry(format!("Invitation rouverte par {}", actor.name())));
        return Ok(dossier.id);
    }
    if invitation.account.is_some() {
        return Err(Fault::refused(
            "Une autre personne a déjà accepté cette invitation. Demandez-en une à votre adresse.",
        ));
    }
    if invitation.email != actor.email {
        return Err(Fault::refused(other_address(&invitation.email)));
    }
    if !invitation.is_open(op.now) {
        return Err(Fault::refused("Cette invitation n’est plus valable. Demandez-en une autre à qui vous a invité."));
    }
    if dossier.state.is_notified() {
        return Err(Fault::refused("La décision est notifiée\u{202F}: ce dossier ne s’écrit plus."));
    }
    let accepted = diesel::update(
        dossier_editors::table
            .filter(dossier_editors::id.eq(invitation.id))
            .filter(dossier_editors::account_id.is_null())
            .filter(dossier_editors::removed_at.is_null()),
    )
    .set((dossier_editors::account_id.eq(Some(actor.id)), dossier_editors::accepted_at.eq(Some(op.now))))
    .execute(op.conn)?;
    if accepted != 1 {
        return Err(Fault::Stale);
    }
    op.record(entry(format!("{} écrit désormais le dossier, sur invitation", actor.name())));
    Ok(dossier.id)
}

/// A link that was forwarded opens nothing.
#[must_use]
pub fn other_address(invited: &str) -> String {
    format!("Cette invitation est adressée à {invited}. Connectez-vous avec cette adresse pour l’accepter.")
}

/// Takes an invitation back; who had accepted it no longer sees the dossier.
///
/// # Errors
/// [`Fault::NotFound`] when it is not there, or for anyone but a member of the organisation.
pub fn remove_editor(op: &mut Operation<'_>, actor: &Actor, dossier: DossierId, editor: EditorId) -> Result<(), Fault> {
    let row = for_member(op.conn, actor, dossier)?;
    let there = editors::of_dossier(op.conn, dossier)?;
    let found = there.into_iter().find(|e| e.id == editor).ok_or(Fault::NotFound)?;
    remove_rows(op, &[editor])?;
    let who = if found.name.is_empty() { found.email } else { found.name };
    let entry = Entry::new("dossier.uninvite", format!("{who} n’écrit plus le dossier"));
    op.record(entry.call(row.call).dossier(dossier).for_everyone());
    Ok(())
}

fn remove_rows(op: &mut Operation<'_>, editors: &[EditorId]) -> Result<(), Fault> {
    diesel::update(dossier_editors::table.filter(among(dossier_editors::id, editors.iter().copied())))
        .set(dossier_editors::removed_at.eq(Some(op.now)))
        .execute(op.conn)?;
    Ok(())
}
