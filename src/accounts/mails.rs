//! The words of the mails about accounts.

use crate::base::clock::{Instant, PARIS};
use crate::config::Settings;
use crate::mail::Message;

/// Who a mail goes to.
#[derive(Clone, Debug)]
pub struct Recipient {
    pub email: String,
    pub name: String,
}

/// No name in the text: anyone may type anything into a sign-up form with somebody else’s address.
fn message(kind: &'static str, to: &Recipient, subject: &str, text: &str) -> Message {
    let body = format!("Bonjour,\n\n{text}\n");
    Message {
        kind,
        recipient: to.email.clone(),
        recipient_name: to.name.clone(),
        subject: subject.to_owned(),
        body,
        document: None,
        dossier: None,
    }
}

/// The link that proves an address.
#[must_use]
pub fn confirm(settings: &Settings, to: &Recipient, token: &str, until: Instant) -> Message {
    let text = format!(
        "Vous avez demandé à créer un compte. Pour le confirmer, ouvrez cette adresse, puis appuyez sur le bouton \
         de la page\u{A0}:\n\n{}/inscription/confirmer/{token}\n\n\
         Ce lien sert une seule fois, jusqu’au {}.\n\n\
         Si vous n’avez rien demandé, ne l’ouvrez pas\u{A0}: le compte ne sera pas ouvert.",
        settings.base_url,
        until.long(PARIS)
    );
    message("account.confirm", to, "Confirmez votre adresse électronique", &text)
}

/// Sent instead of a confirmation when the address already has an account.
#[must_use]
pub fn exists(settings: &Settings, to: &Recipient) -> Message {
    let text = format!(
        "Une demande de création de compte vient d’être faite avec votre adresse. Vous avez déjà un compte\u{A0}: \
         rien n’a changé.\n\n\
         Pour vous connecter\u{A0}:\n{url}/connexion\n\n\
         Si vous avez oublié votre mot de passe\u{A0}:\n{url}/mot-de-passe/oublie\n\n\
         Si la demande ne vient pas de vous, vous n’avez rien à faire.",
        url = settings.base_url
    );
    message("account.exists", to, "Vous avez déjà un compte", &text)
}

/// The link that lets its reader choose a new password.
#[must_use]
pub fn reset(settings: &Settings, to: &Recipient, token: &str, until: Instant) -> Message {
    let text = format!(
        "Vous avez demandé à choisir un nouveau mot de passe. Ouvrez cette adresse\u{A0}:\n\n{}/mot-de-passe/{token}\n\n\
         Ce lien sert une seule fois, jusqu’au {}.\n\n\
         Si vous n’avez rien demandé, ne l’ouvrez pas\u{A0}: votre mot de passe reste le même.",
        settings.base_url,
        until.long(PARIS)
    );
    message("account.reset", to, "Choisissez un nouveau mot de passe", &text)
}

#[must_use]
pub fn password_changed(settings: &Settings, to: &Recipient, at: Instant) -> Message {
    let text = format!(
        "Le mot de passe de votre compte a été changé le {}.\n\n\
         Si ce n’est pas vous, choisissez-en un autre sans attendre\u{A0}:\n{}/mot-de-passe/oublie",
        at.long(PARIS),
        settings.base_url
    );
    message("account.password_changed", to, "Votre mot de passe a changé", &text)
}

/// Sent to a person for whom an administrator opened an account.
#[must_use]
pub fn invited(settings: &Settings, to: &Recipient, token: &str, until: Instant) -> Message {
    let text = format!(
        "Un compte a été ouvert pour vous sur Essaim, le service de gestion des appels à projets. Choisissez votre \
         mot de passe à cette adresse\u{A0}:\n\n{url}/mot-de-passe/{token}\n\n\
         Ce lien sert une seule fois, jusqu’au {}. Passé ce délai, demandez-en un autre\u{A0}:\n\
         {url}/mot-de-passe/oublie",
        until.long(PARIS),
        url = settings.base_url
    );
    message("account.invited", to, "Un compte a été ouvert pour vous", &text)
}
