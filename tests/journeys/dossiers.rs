//! A dossier written by two people at two screens, submitted for three years, completed on request, then taken back.

use crate::support::dossiers::{PDF, complete_draft};
use crate::support::{Browser, PASSWORD, TestApp, World};

const MEMBER: &str = "tresorerie@lesruches.example";
const GUEST: &str = "contact@autreasso.example";

#[test]
fn two_writers_one_dossier_and_what_a_year_brings() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = complete_draft(&app, &world, "Des médiatrices au pied des tours", 40_000);
    let (Some(member), Some(other)) = (Browser::start(&app.base_url), Browser::start(&app.base_url)) else { return };
    let own = format!("/mes-dossiers/{id}");
    invite(&app, &member, &other, &own);
    write_at_once(&member, &other, &own);
    plan_three_years(&member, &own);
    submit(&member, &other, &own);
    complete(&app, &member, &other, id.0);
    take_back(&member, &other, id.0);
    assert!(member.visited.borrow().len() + other.visited.borrow().len() > 30, "every page on the path is looked at");
}

fn invite(app: &TestApp, member: &Browser, other: &Browser, own: &str) {
    member.sign_in(MEMBER, PASSWORD);
    member.open(own);
    member.follow("Écrire à plusieurs");
    member.reads("Personne n’est invité.");
    member.fill("email", GUEST);
    member.press("Envoyer l’invitation");
    member.reads("Invitation envoyée");
    let body = app.mails().into_iter().rev().find(|(kind, ..)| kind == "dossier.invitation").unwrap().2;
    let link = body[body.find("/redaction/").unwrap()..].split_whitespace().next().unwrap().to_owned();
    // The link waits for the sign-in.
    other.open(&link);
    other.fill("email", GUEST);
    other.fill("password", PASSWORD);
    other.press("Se connecter");
    other.press("Accepter l’invitation");
    other.reads("Vous écrivez ce dossier sur invitation");
}

fn write_at_once(member: &Browser, other: &Browser, own: &str) {
    let section = format!("{own}/sections/project");
    member.open(&section);
    other.open(&section);
    member.fill("title", "Un titre écrit par Théo");
    member.press("Enregistrer et reprendre plus tard");
    other.fill("title", "Un titre écrit par Zoé");
    other.fill("summary", "Un résumé écrit par Zoé.");
    other.press("Enregistrer et continuer");
    other.reads("Cette rubrique a changé entre-temps");
    for text in ["Un titre écrit par Théo", "Un titre écrit par Zoé", "Un résumé écrit par Zoé."] {
        other.reads(text);
    }
    other.press("Enregistrer ces choix");
    other.reads("Choisissez la réponse à garder.");
    other.tick("choix-title", "l-autre");
    other.tick("choix-summary", "la-mienne");
    other.press("Enregistrer ces choix");
    other.reads("Vos choix sont enregistrés");
    member.open(&section);
    let value = |name: &str| member.script(&format!("return document.getElementsByName('{name}')[0].value"));
    assert_eq!(value("title"), "Un titre écrit par Théo");
    assert_eq!(value("summary"), "Un résumé écrit par Zoé.");
}

fn plan_three_years(member: &Browser, own: &str) {
    member.open(&format!("{own}/sections/project"));
    member.tick("duration", "3");
    member.press("Enregistrer et reprendre plus tard");
    member.open(&format!("{own}/sections/partners"));
    member.fill("partner-name-1", "Centre social fictif des Lilas");
    member.fill("partner-role-1", "Accueille les ateliers");
    member.choose("partner-kind-1", "Locaux");
    member.script("document.querySelector('[name=ajouter_partenaire]').click()");
    member.fill("partner-name-2", "Ville fictive");
    member.press("Enregistrer et continuer");
    member.reads("Choisissez ce que ce partenaire apporte au projet.");
    member.choose("partner-kind-2", "Financement");
    member.fill("partner-role-2", "Soutient le projet");
    member.fill("partner-amount-2", "2 000");
    member.press("Enregistrer et continuer");
    for year in ["2023", "2024"] {
        member.fill(&format!("{year}-64-remunerations"), "30 000");
        member.fill(&format!("{year}-74-ars"), "30 000");
    }
    // The sums follow the typing.
    member.reads("100 000 €");
    member.press("Enregistrer et continuer");
}

fn submit(member: &Browser, other: &Browser, own: &str) {
    other.open(&format!("{own}/verifier"));
    other.reads("Un membre de l’organisme doit le faire");
    member.open(&format!("{own}/verifier"));
    member.reads("Centre social fictif des Lilas");
    member.reads("Subvention demandée en 2024");
    member.press("Déposer le dossier");
    member.reads("AMI-ISS-2021-0001");
}

fn complete(app: &TestApp, member: &Browser, other: &Browser, id: i64) {
    other.sign_in("gestion@ars.example", PASSWORD);
    other.open(&format!("/dossiers/{id}/gestion"));
    other.follow("Demander des compléments");
    other.tick("section", "reading");
    other.tick("piece", "rib");
    other.fill("message", "Le levier n’est pas décrit et le relevé n’est pas lisible.");
    other.fill("due", "20/10/2021");
    other.press("Envoyer la demande");
    other.reads("En attente de réponse");
    let own = format!("/mes-dossiers/{id}");
    member.open(&own);
    member.reads("Le levier n’est pas décrit et le relevé n’est pas lisible.");
    member.reads("est suspendu depuis le 4 octobre 2021");
    member.follow("Lecture des inégalités");
    member.fill("lever", "Des médiatrices vont vers les personnes, à domicile et au marché.");
    member.press("Enregistrer et continuer");
    member.reads("Modifiée");
    member.follow("Pièces justificatives");
    let file = app.folder.path().join("releve.pdf");
    std::fs::write(&file, PDF).unwrap();
    member.attach("piece-rib", &file);
    member.press("Enregistrer et continuer");
    member.follow("Vérifier et répondre");
    member.press("Répondre à la demande");
    member.reads("Votre réponse est déposée");
    member.follow("Versions déposées et différences");
    member.reads("releve.pdf");
    other.open(&format!("/dossiers/{id}/versions"));
    other.reads("Différences entre la version 1 et la version 2");
    other.reads("à domicile et au marché");
    other.open(&format!("/dossiers/{id}/completer"));
    other.reads("Répondue");
}

fn take_back(member: &Browser, other: &Browser, id: i64) {
    member.open(&format!("/mes-dossiers/{id}"));
    member.follow("Retirer le dossier");
    member.press("Retirer le dossier");
    member.reads("Dites pourquoi vous retirez le dossier");
    member.fill("reason", "Le projet est reporté d’un an.");
    member.press("Retirer le dossier");
    member.reads("Le dossier est retiré.");
    other.open(&format!("/dossiers/{id}/gestion"));
    other.reads("Retiré");
    other.open(&format!("/dossiers/{id}/journal"));
    other.reads("Le projet est reporté d’un an.");
}
