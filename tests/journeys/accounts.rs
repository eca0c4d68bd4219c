//! Opening an account and declaring an organisation; the administrators' desk.

use crate::support::{Browser, PASSWORD, TestApp, World};

const EMAIL: &str = "nadia@association.example";

/// The path of the link in the latest mail.
fn latest_link(app: &TestApp, start: &str) -> String {
    let (_, _, body) = app.mails().pop().unwrap();
    let from = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}"));
    body[from..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_newcomer_opens_an_account() {
    let app = TestApp::start();
    World::build(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    browser.open("/inscription");
    browser.press("Créer le compte");
    browser.reads("Il y a 4 problèmes");
    browser.fill("given_name", "Nadia");
    browser.fill("surname", "Exemple");
    browser.fill("email", EMAIL);
    browser.fill("password", PASSWORD);
    browser.press("Créer le compte");
    browser.reads("Consultez votre messagerie");
    let path = latest_link(&app, "/inscription/confirmer/");
    browser.open(&path);
    browser.fill("password", PASSWORD);
    browser.press("Confirmer mon compte");
    browser.reads("Votre compte est confirmé.");
    browser.follow("Déclarer votre organisme");
    browser.press("Déclarer l’organisme");
    browser.reads("Saisissez le numéro SIRET, ou à défaut le numéro RNA.");
    for (field, value) in [
        ("name", "La Ruche des Possibles"),
        ("siret", "356 000 000 00048"),
        ("street", "12 rue de l’Exemple"),
        ("postal_code", "34000"),
        ("city", "Montpellier"),
        ("representative_name", "Rose Exemple"),
        ("representative_quality", "Présidente"),
    ] {
        browser.fill(field, value);
    }
    browser.choose_value("legal_form", "9220");
    browser.press("Déclarer l’organisme");
    browser.reads("Votre organisme est déclaré.");
    browser.open("/profil");
    browser.fill("given_name", "Nadège");
    app.set_clock("2021-10-07T12:00:00");
    browser.press("Enregistrer votre nom");
    browser.reads("ce que vous avez saisi n’est pas perdu");
    browser.fill("email", EMAIL);
    browser.fill("password", PASSWORD);
    browser.press("Se connecter");
    browser.reads("Vous êtes connecté.");
    browser.press("Reprendre l’envoi");
    browser.reads("Nadège Exemple");
    browser.forget_cookies();
    browser.open("/inscription/confirmer/ancien");
    browser.open("/mot-de-passe/oublie");
    browser.fill("email", EMAIL);
    browser.press("Recevoir le lien");
    browser.reads("Consultez votre messagerie");
    browser.open("/mot-de-passe/ancien");
    let path = latest_link(&app, "/mot-de-passe/");
    browser.open(&path);
    browser.fill("password", "cinq abeilles dans le tiroir");
    browser.press("Enregistrer le mot de passe");
    browser.reads("Connectez-vous avec le nouveau.");
    browser.sign_in(EMAIL, "cinq abeilles dans le tiroir");
}

#[test]
fn an_administrator_runs_the_desk() {
    let app = TestApp::start();
    let world = World::build(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    browser.sign_in("admin@essaim.example", PASSWORD);
    browser.open("/administration");
    browser.follow("Personnes");
    browser.follow("Ouvrir un compte");
    browser.press("Ouvrir le compte");
    browser.reads("Saisissez une adresse électronique");
    browser.fill("given_name", "Émeline");
    browser.fill("surname", "Exemple");
    browser.fill("email", "emeline@dreets.example");
    browser.choose("institution", "Institution DREETS");
    browser.fill("quality", "Chargée de mission");
    browser.fill("service", "Pôle solidarités");
    browser.press("Ouvrir le compte");
    browser.reads("Mot de passe à choisir");
    browser.choose_value("appel", "AMI-ISS-2021");
    browser.press("Choisir le rôle");
    browser.tick("role", "instructor");
    browser.press("Donner le rôle");
    browser.reads("Le rôle « Instructeur » est donné.");
    browser.open(&format!("/administration/personnes/{}", world.signatory));
    browser.open(&format!("/administration/personnes/{}", world.applicant));
    browser.open("/administration/personnes?recherche=emeline");
    browser.reads("1 compte");
    browser.open("/administration/personnes?recherche=introuvable");
    browser.open("/administration/institutions/nouvelle");
    browser.open("/administration/institutions");
    browser.follow("Institution ARS");
    browser.open("/administration/delegations");
    browser.follow("Enregistrer une délégation");
    browser.press("Enregistrer la délégation");
    browser.reads("Choisissez la personne qui reçoit la délégation.");
    browser.open("/administration/financements");
    browser.follow("Enregistrer un vote");
    browser.tick("direction", "ajouter");
    browser.fill("amount", "50 000");
    browser.fill("reason", "Délibération n° 2021-07");
    browser.press("Enregistrer le vote");
    browser.reads("Le vote est enregistré.");
    browser.follow("Modifier");
    browser.press("Enregistrer la ligne");
    browser.reads("La ligne de financement est modifiée.");
}
