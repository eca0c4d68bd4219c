//! A funded project reports late, corrects itself and shares what it learns; the call follows, answers and keeps it.

use essaim::dossiers::Outcome;
use essaim::followup::actions::remind_due;

use crate::support::decisions::notified_dossier;
use crate::support::{Browser, PASSWORD, TestApp, World};

#[test]
fn a_project_reports_and_shares() {
    let app = TestApp::start();
    let world = World::build(&app);
    notified_dossier(&app, &world, "Ruche mobile", 10_000, Outcome::Selected);
    notified_dossier(&app, &world, "Écouter les parents", 25_000, Outcome::Selected);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    app.set_clock("2022-10-17T09:00:00");
    remind_due(app.service(), app.now()).unwrap();
    report_late(&browser);
    follow(&browser);
    share(&browser);
    answer_and_keep(&browser);
    law(&browser);
}

fn report_late(browser: &Browser) {
    browser.sign_in("tresorerie@lesruches.example", PASSWORD);
    browser.open("/notifications");
    browser.reads("le suivi est en retard");
    browser.open("/mes-dossiers/1/indicateurs");
    browser.reads("Un suivi est en retard");
    browser.follow("Renseigner");
    browser.fill("value-reached", "84");
    browser.fill("departement-reached-31", "50");
    browser.fill("departement-reached-34", "40");
    browser.press("Transmettre le suivi");
    browser.reads("l’un des deux est à corriger");
    browser.fill("departement-reached-34", "30");
    browser.fill("comment-reached", "Deux marchés sur trois assurés depuis mars.");
    browser.press("Transmettre le suivi");
    browser.reads("84 personnes sur 120, soit 70 %");
    browser.follow("Lire ou corriger");
    browser.fill("value-reached", "90");
    browser.fill("reason", "Six personnes avaient été oubliées");
    browser.press("Transmettre le suivi");
    browser.reads("soit 75 %");
    browser.open("/mes-dossiers/1/indicateurs/1");
    browser.reads("Remplacée");
}

fn follow(browser: &Browser) {
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/suivi");
    browser.reads("90 personnes, 75 % de la cible");
    browser.reads("Écouter les parents");
    browser.follow("Ruche mobile");
    browser.reads("Six personnes avaient été oubliées");
    browser.open("/appels/AMI-ISS-2021/suivi?etat=retard");
    browser.reads("1 projet");
    browser.does_not_read("Ruche mobile");
    browser.open("/appels/AMI-ISS-2021/suivi/equite");
    browser.reads("Le total régional du tableau est 961 000");
    browser.follow("Taux de pauvreté");
    browser.reads("20,7");
}

fn share(browser: &Browser) {
    browser.sign_in("tresorerie@lesruches.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/fiches");
    browser.follow("Écrire la première fiche");
    browser.fill("title", "Aller au pied des immeubles");
    browser.press("Partager la fiche");
    browser.reads("Décrivez la situation de départ");
    browser.fill("situation", "Les familles du quartier ne viennent pas au centre.");
    browser.fill("practice", "Deux médiatrices tiennent une table au pied des tours, le mercredi.");
    browser.fill("lesson", "La confiance vient avant le rendez-vous : compter six semaines.");
    browser.tick("quotable", "oui");
    browser.press("Partager la fiche");
    browser.reads("Fiche partagée");
}

fn answer_and_keep(browser: &Browser) {
    browser.sign_in("instruction@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/fiches");
    browser.follow("Aller au pied des immeubles");
    browser.fill("body", "Merci. Combien de personnes par séance ?");
    browser.press("Répondre à la fiche");
    browser.reads("Inès Exemple, ARS");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/fiches/1");
    browser.press("Retenir pour la capitalisation");
    browser.open("/appels/AMI-ISS-2021/fiches/1/retirer");
    browser.reads("Son auteur recevra le motif");
    browser.open("/appels/AMI-ISS-2021/capitalisation");
    browser.reads("1 fiche retenue sur 1 fiche partagée");
    browser.reads("1 sur 2");
}

fn law(browser: &Browser) {
    browser.open("/plan-du-site");
    browser.reads("Équité territoriale");
    browser.forget_cookies();
    for (path, words) in [
        ("/accessibilite", "Défenseur des droits"),
        ("/mentions-legales", "Direction de la publication"),
        ("/donnees-personnelles", "délégué à la protection des données"),
        ("/contact", "À propos d’un appel"),
        ("/plan-du-site", "Créer un compte"),
    ] {
        browser.open(path);
        browser.reads(words);
    }
}
