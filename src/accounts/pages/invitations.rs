//! Invitations to join an organisation: sent and taken back by its members, accepted by whom they name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::organisations::{member_of, page_with};
use crate::accounts::{actions, store};
use crate::base::clock::PARIS;
use crate::fault::Fault;
use crate::web::form::encode;
use crate::web::session::hash_token;
use crate::web::{Answer, Visit};

pub(super) fn send(visit: &Visit) -> Result<Answer, Fault> {
    let (actor, organisation) = (visit.actor()?, member_of(visit)?);
    visit.site.throttle.attempt("invitation", &actor.email, visit.address)?;
    match visit.perform(|op| actions::invite_colleague(op, actor, organisation, visit.form.text("email"))) {
        Ok(()) => {
            let to = format!("/organisations/{organisation}");
            Ok(Answer::redirect(to).flash("L’invitation est envoyée. La personne a quatorze jours pour l’accepter."))
        }
        Err(fault) => visit.with_mistakes(fault, page_with),
    }
}

pub(super) fn cancel(visit: &Visit) -> Result<Answer, Fault> {
    let (actor, organisation) = (visit.actor()?, member_of(visit)?);
    let invitation = visit.param("invitation")?;
    visit.perform(|op| actions::cancel_invitation(op, actor, organisation, invitation))?;
    Ok(Answer::redirect(format!("/organisations/{organisation}")).flash("L’invitation est annulée."))
}

#[derive(Serialize)]
struct Page {
    path: String,
    organisation: String,
    email: String,
    until: String,
    /// `accept`, `sign_in` or `other_account`.
    step: &'static str,
    sign_in: String,
}

pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let token: String = visit.param("token")?;
    visit.site.throttle.attempt("invitation", &hash_token(&token), visit.address)?;
    let invitation = match visit.read(|conn| store::invitation(conn, &token, visit.now)) {
        Err(Fault::NotFound) => return over(),
        other => other?,
    };
    let step = match &visit.actor {
        None => "sign_in",
        Some(actor) if actor.email == invitation.email => "accept",
        Some(_) => "other_account",
    };
    let view = Page {
        path: visit.path.clone(),
        organisation: invitation.organisation_name,
        email: invitation.email,
        until: invitation.expires_at.date(PARIS),
        step,
        sign_in: format!("/connexion?retour={}", encode(&visit.path)),
    };
    Answer::page("Rejoindre un organisme", "accounts/invitation.html", &view)
}

pub(super) fn accept(visit: &Visit) -> Result<Answer, Fault> {
    let (actor, token): (_, String) = (visit.actor()?, visit.param("token")?);
    visit.site.throttle.attempt("invitation", &hash_token(&token), visit.address)?;
    match visit.perform(|op| actions::accept_invitation(op, actor, &token)) {
        Ok(organisation) => Ok(Answer::redirect(format!("/organisations/{organisation}"))
            .flash("Vous avez rejoint l’organisme. Ses dossiers vous sont ouverts.")),
        Err(Fault::NotFound) => over(),
        Err(other) => Err(other),
    }
}

fn over() -> Result<Answer, Fault> {
    let view = BTreeMap::<String, String>::new();
    Ok(Answer::page("Cette invitation ne sert plus", "accounts/invitation_over.html", &view)?.status(404))
}
