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

/// The link that proves a new address, sent to it.
#[must_use]
pub fn confirm_email(settings: &Settings, to: &Recipient, token: &str, until: Instant) -> Message {
    let text = format!(
        "Vous avez demandé à utiliser cette adresse pour votre compte. Pour la confirmer, ouvrez cette adresse, puis \
         appuyez sur le bouton de la page\u{A0}:\n\n{}/profil/adresse/{token}\n\n\
         Ce lien sert une seule fois, jusqu’au {}.\n\n\
         Si vous n’avez rien demandé, ne l’ouvrez pas\u{A0}: rien ne changera.",
        settings.base_url,
        until.long(PARIS)
    );
    message("account.email_confirm", to, "Confirmez votre nouvelle adresse", &text)
}

/// Sent to the present address when another is asked for.
#[must_use]
pub fn email_change_asked(settings: &Settings, to: &Recipient, new: &str, at: Instant) -> Message {
    let text = format!(
        "Le {}, il a été demandé de remplacer l’adresse de votre compte par {new}. Le changement n’aura lieu que si \
         cette nouvelle adresse est confirmée.\n\n\
         Si ce n’est pas vous, changez de mot de passe sans attendre\u{A0}:\n{}/mot-de-passe/oublie",
        at.long(PARIS),
        settings.base_url
    );
    message("account.email_asked", to, "Un changement d’adresse est demandé", &text)
}

/// Sent to the address that was left.
#[must_use]
pub fn email_changed(settings: &Settings, to: &Recipient, new: &str, at: Instant) -> Message {
    let text = format!(
        "L’adresse de votre compte est désormais {new}, depuis le {}. Celle-ci ne permet plus de se connecter.\n\n\
         Si ce n’est pas vous, écrivez sans attendre à {}.",
        at.long(PARIS),
        settings.contact
    );
    message("account.email_changed", to, "L’adresse de votre compte a changé", &text)
}

/// Asks a colleague to join an organisation.
#[must_use]
pub fn invite_colleague(
    settings: &Settings,
    to: &Recipient,
    organisation: &str,
    token: &str,
    until: Instant,
) -> Message {
    let text = format!(
        "Un membre de l’organisme {organisation} vous invite à le rejoindre sur Essaim, pour préparer et suivre ses \
         dossiers de demande de financement.\n\n\
         Pour accepter, ouvrez cette adresse, puis connectez-vous ou créez un compte avec cette adresse \
         électronique\u{A0}:\n\n{}/rejoindre/{token}\n\n\
         Cette invitation est valable jusqu’au {}.\n\n\
         Si vous ne connaissez pas cet organisme, n’en tenez pas compte.",
        settings.base_url,
        until.long(PARIS)
    );
    message("organisation.invite", to, "Vous êtes invité à rejoindre un organisme", &text)
}
