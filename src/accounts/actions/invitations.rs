//! Asking colleagues to join an organisation.

use diesel::prelude::*;

use super::organisations::insert_member;
use crate::access::Actor;
use crate::accounts::mails::{self, Recipient};
use crate::accounts::store;
use crate::base::ids::OrganisationId;
use crate::base::text::{fold_email, looks_like_email};
use crate::db::schema::organisation_invitations as invitations;
use crate::fault::Fault;
use crate::journal::Entry;
use crate::notify;
use crate::service::Operation;
use crate::web::session::{hash_token, random_token};

const DAYS: i64 = 14;
/// Most invitations waiting at once: a member's account is no way to write to strangers.
const MOST: i64 = 20;

/// Sends the link with which the holder of an address joins; a link sent before to the same address is worth nothing
/// any more.
///
/// # Errors
/// [`Fault::NotFound`] for who does not speak for the organisation; [`Fault::Invalid`] for what is no address, a
/// member's, or one too many.
pub fn invite_colleague(
    op: &mut Operation<'_>,
    actor: &Actor,
    organisation: OrganisationId,
    email: &str,
) -> Result<(), Fault> {
    if !actor.belongs_to(organisation) {
        return Err(Fault::NotFound);
    }
    let email = fold_email(email);
    if !looks_like_email(&email) {
        return Err(Fault::invalid("email", "Saisissez une adresse électronique, par exemple prenom.nom@exemple.fr."));
    }
    if store::member_addresses(op.conn, organisation)?.contains(&email) {
        return Err(Fault::invalid("email", "Cette personne est déjà rattachée à l’organisme."));
    }
    let open = || {
        invitations::table
            .filter(invitations::organisation_id.eq(organisation))
            .filter(invitations::accepted_at.is_null())
            .filter(invitations::cancelled_at.is_null())
    };
    diesel::update(open().filter(invitations::email.eq(&email)))
        .set(invitations::cancelled_at.eq(Some(op.now)))
        .execute(op.conn)?;
    let waiting = open().filter(invitations::expires_at.gt(op.now)).count().get_result::<i64>(op.conn)?;
    if waiting >= MOST {
        let message =
            format!("{MOST} invitations attendent déjà une réponse. Annulez-en une avant d’en envoyer d’autres.");
        return Err(Fault::invalid("email", message));
    }
    let (token, until) = (random_token(), op.now.plus_days(DAYS));
    diesel::insert_into(invitations::table)
        .values((
            invitations::organisation_id.eq(organisation),
            invitations::email.eq(&email),
            invitations::token_hash.eq(hash_token(&token)),
            invitations::invited_by.eq(actor.id),
            invitations::invited_at.eq(op.now),
            invitations::expires_at.eq(until),
        ))
        .execute(op.conn)?;
    let name = store::organisation(op.conn, organisation)?.name;
    let to = Recipient { email: email.clone(), name: email };
    op.send(&mails::invite_colleague(op.settings, &to, &name, &token, until))?;
    op.record(Entry::new("organisation.invite", format!("Invitation à rejoindre l’organisme {name}")));
    Ok(())
}

/// Takes an invitation back.
///
/// # Errors
/// [`Fault::NotFound`] when there is none of that organisation's waiting.
pub fn cancel_invitation(
    op: &mut Operation<'_>,
    actor: &Actor,
    organisation: OrganisationId,
    invitation: i64,
) -> Result<(), Fault> {
    if !actor.belongs_to(organisation) {
        return Err(Fault::NotFound);
    }
    let cancelled = diesel::update(
        invitations::table
            .filter(invitations::id.eq(invitation))
            .filter(invitations::organisation_id.eq(organisation))
            .filter(invitations::accepted_at.is_null())
            .filter(invitations::cancelled_at.is_null()),
    )
    .set(invitations::cancelled_at.eq(Some(op.now)))
    .execute(op.conn)?;
    if cancelled == 0 {
        return Err(Fault::NotFound);
    }
    op.record(Entry::new("organisation.invite_cancel", format!("Invitation de l’organisme n° {organisation} annulée")));
    Ok(())
}

/// Joins an organisation by the link of an invitation, which only the holder of the invited address may use.
///
/// # Errors
/// [`Fault::NotFound`] when the link is worth nothing; [`Fault::Refused`] for the holder of another address.
pub fn accept_invitation(op: &mut Operation<'_>, actor: &Actor, token: &str) -> Result<OrganisationId, Fault> {
    let invitation = store::invitation(op.conn, token, op.now)?;
    if invitation.email != actor.email {
        return Err(Fault::refused(format!(
            "Cette invitation est adressée à {}. Connectez-vous avec cette adresse pour l’accepter.",
            invitation.email
        )));
    }
    let used = diesel::update(
        invitations::table.filter(invitations::id.eq(invitation.id)).filter(invitations::accepted_at.is_null()),
    )
    .set(invitations::accepted_at.eq(Some(op.now)))
    .execute(op.conn)?;
    if used == 0 {
        return Err(Fault::NotFound);
    }
    let organisation = invitation.organisation;
    if !actor.belongs_to(organisation) {
        let told = format!("{} a rejoint l’organisme {}.", actor.name(), invitation.organisation_name);
        notify::tell_organisation(
            op,
            organisation,
            "organisation.joined",
            &told,
            &format!("/organisations/{organisation}"),
        )?;
        insert_member(op, organisation, actor.id)?;
    }
    let summary =
        format!("Compte n° {} rattaché à l’organisme {} sur invitation", actor.id, invitation.organisation_name);
    op.record(Entry::new("organisation.join", summary));
    Ok(organisation)
}
