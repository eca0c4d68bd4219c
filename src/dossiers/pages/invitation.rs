//! The page that a mailed invitation opens, once signed in.

use serde::Serialize;

use crate::calls;
use crate::dossiers::actions;
use crate::dossiers::drafts;
use crate::dossiers::editors;
use crate::dossiers::store;
use crate::fault::Fault;
use crate::web::session::hash_token;
use crate::web::{Answer, Visit};

#[derive(Serialize)]
struct View {
    project: String,
    call: String,
    organisation: String,
    email: String,
    account: String,
    action: String,
    /// Why it can no longer be accepted; empty when it can.
    over: String,
}

/// Only shows a button: programs that open the links of mails must not accept them.
pub(super) fn show(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let token: String = visit.param("token")?;
    visit.site.throttle.attempt("invitation", &hash_token(&token), visit.address)?;
    let found = visit.read(|conn| {
        let invitation = editors::by_token(conn, &token)?;
        let dossier = store::get(conn, invitation.dossier)?;
        let organisation = drafts::applicant(conn, dossier.organisation)?.name;
        Ok((invitation, calls::of_dossier(conn, dossier.id)?, organisation, dossier))
    });
    let (invitation, call, organisation, dossier) = match found {
        Ok(found) => found,
        Err(Fault::NotFound) => return over(),
        Err(other) => return Err(other),
    };
    if invitation.account == Some(actor.id) || actor.belongs_to(dossier.organisation) {
        return Ok(Answer::redirect(super::path(dossier.id)));
    }
    let view = View {
        project: dossier.title_or_untitled().to_owned(),
        call: call.title.clone(),
        organisation,
        email: invitation.email.clone(),
        account: format!("{} ({})", actor.name(), actor.email),
        action: visit.path.clone(),
        over: if invitation.account.is_some() {
            "Une autre personne a déjà accepté cette invitation.".to_owned()
        } else if invitation.email != actor.email {
            actions::other_address(&invitation.email)
        } else if invitation.is_open(visit.now) {
            String::new()
        } else {
            "Cette invitation n’est plus valable. Demandez-en une autre à qui vous a invité.".to_owned()
        },
    };
    Answer::page("Invitation à écrire un dossier", "dossiers/invitation.html", &view)
}

pub(super) fn accept(visit: &Visit) -> Result<Answer, Fault> {
    let actor = visit.actor()?;
    let token: String = visit.param("token")?;
    visit.site.throttle.attempt("invitation", &hash_token(&token), visit.address)?;
    match visit.perform(|op| actions::accept(op, actor, &token)) {
        Ok(dossier) => Ok(Answer::redirect(super::path(dossier)).flash("Vous écrivez désormais ce dossier.")),
        Err(Fault::NotFound) => over(),
        Err(Fault::Refused(_) | Fault::Stale) => Ok(show(visit)?.status(409)),
        Err(other) => Err(other),
    }
}

fn over() -> Result<Answer, Fault> {
    #[derive(Serialize)]
    struct Over {}
    Ok(Answer::page("Ce lien ne sert plus", "dossiers/invitation_over.html", &Over {})?.status(404))
}
