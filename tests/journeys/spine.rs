//! One dossier, every role, end to end: from a stranger's sign-up to a reported indicator.

use essaim::base::ids::MailId;
use essaim::mail;

use crate::support::{Browser, PASSWORD, TestApp, World};

const NEWCOMER: &str = "camille@nouvelle-asso.example";
const TITLE: &str = "Des médiatrices au pied des tours";

#[test]
fn one_dossier_from_call_to_indicator() {
    let app = TestApp::start();
    World::build(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    sign_up(&app, &browser);
    declare_organisation(&browser);
    fill_dossier(&app, &browser);
    submit(&app, &browser);
    eprintln!("visited {} pages: {:?}", browser.visited.borrow().len(), browser.visited.borrow());
}

/// The address of the service in the latest mail of a kind.
fn link_in_mail(app: &TestApp, kind: &str) -> String {
    let mails = app.service().read(|conn| mail::latest(conn, 20)).unwrap();
    let mail = mails.iter().find(|m| m.kind == kind).unwrap_or_else(|| panic!("no mail {kind}: {mails:?}"));
    let start = mail.body.find(&app.base_url).unwrap() + app.base_url.len();
    mail.body[start..].split_whitespace().next().unwrap().trim_end_matches('.').to_owned()
}

fn sign_up(app: &TestApp, browser: &Browser) {
    browser.open("/appels/AMI-ISS-2021");
    browser.follow("Créer un compte");
    browser.fill("given_name", "Camille");
    browser.fill("surname", "Exemple");
    browser.fill("email", NEWCOMER);
    browser.fill("password", "court");
    browser.press("Créer le compte");
    browser.reads("Choisissez un mot de passe d’au moins 12 caractères");
    browser.fill("password", PASSWORD);
    browser.press("Créer le compte");
    browser.reads("Consultez votre messagerie");
    browser.open(&link_in_mail(app, "account.confirm"));
    browser.press("Confirmer mon compte");
    browser.reads("Se déconnecter");
}

fn declare_organisation(browser: &Browser) {
    browser.open("/appels/AMI-ISS-2021");
    browser.press("Commencer un dossier");
    browser.fill("name", "La Nouvelle Association Fictive");
    browser.fill("siret", "732 829 320 00075");
    browser.choose_value("legal_form", "9220");
    browser.fill("street", "9 rue de l’Exemple");
    browser.fill("postal_code", "31000");
    browser.fill("city", "Toulouse");
    browser.fill("representative_name", "Rose Exemple");
    browser.fill("representative_quality", "Présidente");
    browser.press("Déclarer l’organisme");
    browser.reads("ne passe pas le contrôle de sa clé");
    browser.fill("siret", "000 000 018 00010");
    browser.press("Déclarer l’organisme");
}

fn fill_dossier(app: &TestApp, browser: &Browser) {
    if browser.path().starts_with("/appels/AMI-ISS-2021") {
        browser.press("Commencer");
    }
    browser.reads("À commencer");
    let continue_with = |browser: &Browser| browser.press("Enregistrer et continuer");
    browser.follow("Votre organisme");
    browser.fill("contact_name", "Camille Exemple");
    browser.fill("contact_email", NEWCOMER);
    browser.fill("contact_telephone", "01 99 00 12 34");
    continue_with(browser);
    browser.fill("title", TITLE);
    browser.fill("summary", "Des ateliers de santé au pied des immeubles, avec et pour les habitants.");
    browser.tick("axes", "A2");
    browser.tick("axes", "A4");
    browser.tick("departments", "31");
    browser.tick("scale", "territorial");
    browser.fill("audience", "120 habitants éloignés du soin.");
    browser.fill("start", "01/03/2022");
    browser.fill("end", "31/12/2022");
    continue_with(browser);
    for field in ["mechanism", "lever", "impact", "outreach", "participation"] {
        browser.fill(field, "Une réponse précise, écrite avec les habitants du quartier.");
    }
    continue_with(browser);
    for (line, euros) in [
        ("60-prestations", "20 000"),
        ("64-remunerations", "25 000"),
        ("74-ars", "40 000"),
        ("74-communes", "5 000"),
        ("86-benevolat", "1 500"),
        ("87-benevolat", "1 500"),
    ] {
        browser.fill(&essaim::dossiers::content::budget_field(2022, line), euros);
    }
    continue_with(browser);
    browser.choose_value(&essaim::dossiers::content::indicator_field("indicator", 0), "reached");
    browser.fill(&essaim::dossiers::content::indicator_field("detail", 0), "Habitants venus deux fois");
    browser.fill(&essaim::dossiers::content::indicator_field("target", 0), "120");
    continue_with(browser);
    let piece = app.folder.path().join("rib.pdf");
    std::fs::write(&piece, crate::support::dossiers::PDF).unwrap();
    browser.attach("piece-rib", &piece);
    continue_with(browser);
    for attestation in ["exactness", "regularity", "privacy"] {
        browser.tick("attestation", attestation);
    }
    browser.tick("notification", "electronique");
    continue_with(browser);
}

fn submit(app: &TestApp, browser: &Browser) {
    browser.reads(TITLE);
    browser.reads("40 000 €");
    browser.press("Déposer le dossier");
    browser.reads("AMI-ISS-2021-0001");
    browser.reads("lundi 4 octobre 2021 à 12 h (heure de Paris)");
    let mails = app.service().read(|conn| mail::latest(conn, 1)).unwrap();
    assert!(mails[0].subject.contains("AMI-ISS-2021-0001"), "{:?}", mails[0].subject);
    assert!(mails[0].document.is_some() && mails[0].id > MailId(0));
}
