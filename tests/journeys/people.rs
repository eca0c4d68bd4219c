//! People: what they find on arriving, what they are told, search, their profile, colleagues, the outbox.

use essaim::access::Role;
use essaim::accounts::actions::{add_agent, grant_role};

use crate::support::dossiers::*;
use crate::support::instruction::assigned_dossier;
use crate::support::{Browser, PASSWORD, TestApp, World};

/// The path of the link in the latest mail to an address.
fn link_to(app: &TestApp, recipient: &str, start: &str) -> String {
    let mails = app.mails();
    let (_, _, body) = mails.iter().rev().find(|(_, to, _)| to == recipient).unwrap();
    let from = body.find(start).unwrap_or_else(|| panic!("no {start} in {body}"));
    body[from..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn people_arrive_are_told_search_and_keep_their_account() {
    let app = TestApp::start();
    let world = World::build(&app);
    submitted_dossier(&app, &world, "Éveil des sens", 10_000);
    submitted_dossier_of(&app, &world, world.stranger, world.stranger_organisation, "Santé des aidants", 15_000);
    assigned_dossier(&app, &world, "Vergers solidaires", 30_000);
    app.console(|op| {
        add_agent(op, world.instructor_ars, world.dreets, "Conseillère", "Service de démonstration")?;
        grant_role(op, world.call, world.instructor_ars, world.dreets, Role::CallManager, None)
    });
    let Some(browser) = Browser::start(&app.base_url) else { return };

    // An instructor of two institutions: what is expected, what is new, in whose name.
    browser.sign_in("instruction@ars.example", PASSWORD);
    browser.open("/");
    browser.reads("Rendre votre avis sur 1 dossier");
    browser.reads("Choisir au nom de quelle institution vous agissez");
    browser.reads("Notifications 1");
    browser.press("Le dossier");
    browser.reads("Vergers solidaires");
    browser.open("/notifications");
    browser.reads("Lue");
    browser.open("/profil/institutions");
    browser.tick("institution", &world.dreets.to_string());
    browser.press("Enregistrer ce choix");
    browser.reads("Votre choix est enregistré.");
    browser.open("/");
    browser.reads("Vous agissez au nom de : DREETS");

    // The call manager's list: sort, filter, search, and search across calls.
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/gestion");
    browser.reads("3 dossiers");
    browser.follow("Projet");
    assert!(browser.path().contains("tri=titre"), "{}", browser.path());
    let text = browser.text();
    assert!(text.find("Éveil des sens") < text.find("Santé des aidants"), "É is sorted with E: {text}");
    browser.fill("recherche", "EVEIL");
    browser.press("Filtrer");
    browser.reads("1 dossier");
    browser.does_not_read("Santé des aidants");
    browser.follow("Tout afficher");
    browser.follow("Recherche");
    browser.fill("recherche", "sante");
    browser.press("Filtrer");
    browser.reads("1 dossier trouvé");
    browser.follow("AMI-ISS-2021-");
    browser.reads("Santé des aidants");

    // An applicant: their list, a new address, a colleague.
    browser.sign_in("tresorerie@lesruches.example", PASSWORD);
    browser.open("/mes-dossiers?recherche=eveil");
    browser.reads("Éveil des sens");
    browser.open("/profil");
    browser.fill("new_email", "theo@nouvelle.example");
    browser.fill("email_password", "ce n’est pas le bon");
    browser.press("Changer d’adresse");
    browser.reads("Ce n’est pas votre mot de passe actuel.");
    browser.fill("email_password", PASSWORD);
    browser.press("Changer d’adresse");
    browser.reads("Jusque-là, rien ne change.");
    browser.open(&link_to(&app, "theo@nouvelle.example", "/profil/adresse/"));
    browser.press("Confirmer cette adresse");
    browser.reads("Votre adresse est désormais theo@nouvelle.example.");
    browser.open(&format!("/organisations/{}", world.organisation));
    browser.fill("email", "contact@autreasso.example");
    browser.press("Envoyer l’invitation");
    browser.reads("Invitations en attente");
    let invitation = link_to(&app, "contact@autreasso.example", "/rejoindre/");
    browser.forget_cookies();
    browser.open(&invitation);
    browser.reads("Connectez-vous avec l’adresse invitée.");
    browser.sign_in("contact@autreasso.example", PASSWORD);
    browser.open(&invitation);
    browser.press("Rejoindre l’organisme");
    browser.reads("Vous avez rejoint l’organisme.");
    browser.open("/mes-dossiers");
    browser.reads("Éveil des sens");
    browser.reads("Santé des aidants");

    // An administrator: people, mails, journal.
    browser.sign_in("admin@essaim.example", PASSWORD);
    browser.open("/administration");
    browser.follow("Courriels");
    browser.reads("En attente d’envoi");
    browser.choose_value("etat", "given_up");
    browser.press("Filtrer");
    browser.reads("Rien ne correspond");
    browser.open("/administration/journal?matiere=organisation");
    browser.reads("sur invitation");
    browser.open("/administration/personnes?tri=adresse&sens=desc&compte=actif");
    browser.reads("theo@nouvelle.example");
    assert!(browser.visited.borrow().len() > 35, "few pages were looked at");
}
