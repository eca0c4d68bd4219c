//! One dossier, every role, end to end: from a stranger's sign-up to a reported indicator.

use essaim::base::ids::MailId;
use essaim::mail;

use crate::support::{Browser, Client, PASSWORD, TestApp, World};

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
    judge_eligible(&app, &browser);
    instruct(&browser, "instruction@ars.example", 4, "Un ancrage réel dans le quartier.");
    browser.does_not_read("Une méthode à préciser.");
    instruct(&browser, "instruction@dreets.example", 3, "Une méthode à préciser.");
    hold_committee(&app, &browser);
    seal(&browser);
    sign_and_notify(&app, &browser);
    read_and_verify(&app, &browser);
    fund(&app, &browser);
    follow_up(&app, &browser);
    administer(&browser);
    read_the_journal(&browser);
    assert!(browser.visited.borrow().len() > 100, "every page on the path is looked at");
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
    browser.fill("password", PASSWORD);
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
    browser.tick("duration", "1");
    browser.fill("audience", "120 habitants éloignés du soin.");
    browser.fill("start", "01/03/2022");
    browser.fill("end", "31/12/2022");
    continue_with(browser);
    for field in ["mechanism", "lever", "impact", "outreach", "participation"] {
        browser.fill(field, "Une réponse précise, écrite avec les habitants du quartier.");
    }
    continue_with(browser);
    browser.reads("Partenaires");
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

fn judge_eligible(app: &TestApp, browser: &Browser) {
    app.set_clock("2021-11-08T10:00:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.reads("Bonjour Gisèle");
    browser.open("/appels/AMI-ISS-2021/gestion");
    browser.reads(TITLE);
    browser.open("/dossiers/1/gestion");
    browser.press("Enregistrer la recevabilité");
    browser.reads("Il y a");
    browser.tick("complete", "oui");
    browser.tick("eligible", "oui");
    browser.press("Enregistrer la recevabilité");
    browser.tick("shortlist", "oui");
    browser.press("Enregistrer la présélection");
    for instructor in ["Inès", "Igor"] {
        browser.choose("instructor", instructor);
        browser.fill("due", "12/01/2022");
        browser.press("Affecter le dossier");
    }
    browser.open("/dossiers/1");
    browser.reads("Une réponse précise");
}

fn instruct(browser: &Browser, email: &str, level: u32, comment: &str) {
    browser.sign_in(email, PASSWORD);
    browser.open("/instruction");
    browser.reads(TITLE);
    browser.open("/dossiers/1/avis");
    browser.does_not_read("Une réponse précise");
    browser.tick("conflict", "non");
    browser.press("Enregistrer ma déclaration");
    browser.reads("Une réponse précise");
    browser.does_not_read("Un ancrage réel");
    for criterion in 1..=7 {
        browser.tick(&format!("score-C{criterion}"), &level.to_string());
    }
    browser.tick("score-C8", "abstention");
    browser.fill("comment-C8", "Le budget du partenaire n’est pas joint.");
    browser.tick("opinion", "favourable");
    browser.fill("proposed-ARS", "38 000");
    browser.fill("comment", comment);
    browser.press("Vérifier et rendre l’avis");
    browser.reads("Abstention");
    browser.press("Rendre l’avis");
    browser.open("/dossiers/1/avis");
    browser.reads(comment);
}

fn hold_committee(app: &TestApp, browser: &Browser) {
    app.set_clock("2022-01-20T13:30:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/comite");
    browser.fill("date", "20/01/2022");
    browser.fill("time", "14 h");
    browser.fill("place", "Salle Tilleul, Montpellier");
    browser.press("Prévoir la séance");
    browser.press("Inscrire tous les dossiers instruits");
    browser.press("Ouvrir la séance");
    browser.reads("quorum");
    browser.open("/comite/1");
    for seat in ["ARS", "COMMISSAIRE", "AM", "FAS"] {
        browser.choose_value(&format!("seat-{seat}"), "present");
    }
    browser.choose_value("seat-EXPERT", "remote");
    browser.press("Enregistrer les présences");
    browser.press("Ouvrir la séance");
    // A member leaves the room, and the dossier leaves their pages.
    browser.sign_in("comite4@essaim.example", PASSWORD);
    browser.open("/comite/1/classement");
    browser.reads("40 000");
    browser.open("/comite/1/dossiers/1/deport");
    browser.fill("reason", "Administrateur de l’association jusqu’en 2020");
    browser.press("Enregistrer le déport");
    for path in ["/comite/1", "/comite/1/classement"] {
        browser.open(path);
        browser.does_not_read("40 000");
        browser.does_not_read("La Nouvelle Association Fictive");
    }
    browser.sign_in("comite1@essaim.example", PASSWORD);
    browser.open("/comite/1/classement?axe=A2");
    browser.reads("40 000");
}

fn seal(browser: &Browser) {
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/comite/1/dossiers/1");
    browser.fill("debate", "Le comité salue la place faite aux habitants.");
    browser.tick("outcome", "selected");
    browser.fill("share-1-2022", "41 000");
    browser.press("Enregistrer l’avis");
    browser.reads("Il y a");
    browser.fill("share-1-2022", "38 000");
    browser.press("Enregistrer l’avis");
    browser.open("/comite/1");
    browser.follow("Vérifier et sceller la séance");
    browser.press("Sceller la séance");
    browser.reads("Télécharger le procès-verbal");
    browser.open("/appels/AMI-ISS-2021/financement");
    browser.reads("38 000 €");
}

fn sign_and_notify(app: &TestApp, browser: &Browser) {
    app.set_clock("2022-01-28T11:00:00");
    browser.sign_in(NEWCOMER, PASSWORD);
    browser.open("/mes-dossiers/1");
    browser.reads("En cours d’examen");
    browser.does_not_read("38 000");
    browser.sign_in("signature@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/decisions");
    browser.open("/dossiers/1/decision");
    browser.press("Vérifier avant de signer");
    browser.reads("trente-huit mille euros");
    browser.press("Signer la décision");
    browser.reads("AMI-ISS-2021-D0001");
    app.set_clock("2022-01-31T10:12:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/dossiers/1/notifier");
    browser.press("Notifier la décision");
}

fn read_and_verify(app: &TestApp, browser: &Browser) {
    browser.sign_in(NEWCOMER, PASSWORD);
    browser.reads("décision");
    browser.open("/mes-dossiers/1");
    browser.follow("Lire la décision");
    browser.reads("38 000 €");
    browser.reads("tribunal administratif");
    let applicant: Client = app.signed_in(NEWCOMER);
    let letter = applicant.get("/mes-dossiers/1/courrier").expect(200);
    assert!(letter.bytes.starts_with(b"%PDF"), "the letter is a PDF");
    let code = check_code(app);
    browser.forget_cookies();
    browser.open("/verifier");
    browser.fill("code", &code.to_lowercase());
    browser.press("Vérifier le code");
    browser.does_not_read("38 000");
    let genuine = app.folder.path().join("courrier.pdf");
    std::fs::write(&genuine, &letter.bytes).unwrap();
    browser.attach("letter", &genuine);
    browser.press("Contrôler le fichier");
    browser.reads("authentique");
    let mut bytes = letter.bytes.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&genuine, &bytes).unwrap();
    browser.attach("letter", &genuine);
    browser.press("Contrôler le fichier");
    browser.does_not_read("authentique.");
}

/// The code printed on the only letter.
fn check_code(app: &TestApp) -> String {
    use diesel::prelude::*;
    use essaim::db::schema::letters;
    app.service().read(|conn| Ok(letters::table.select(letters::check_code).first(conn)?)).unwrap()
}

fn fund(app: &TestApp, browser: &Browser) {
    app.set_clock("2022-02-14T15:00:00");
    browser.sign_in("financement@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/financement");
    browser.reads("38 000 €");
    browser.open("/enveloppes/1?lignes=engagement");
    browser.reads("AMI-ISS-2021-D0001");
    browser.open("/dossiers/1/financement");
    browser.follow("Enregistrer l’acte");
    browser.fill("reference", "CONV-2022-0001");
    browser.fill("dated_on", "14/02/2022");
    browser.press("Vérifier l’acte");
    browser.press("Enregistrer l’acte");
    browser.follow("Enregistrer le versement de l’avance");
    browser.fill("reference", "VIR-2022-0001");
    browser.fill("paid_on", "14/02/2022");
    browser.press("Vérifier le versement");
    browser.press("Enregistrer le versement");
    browser.reads("30 400 €");
}

fn follow_up(app: &TestApp, browser: &Browser) {
    app.set_clock("2022-09-30T17:00:00");
    browser.sign_in(NEWCOMER, PASSWORD);
    browser.open("/mes-dossiers/1/financement");
    browser.reads("30 400 €");
    browser.open("/mes-dossiers/1/indicateurs");
    browser.follow("Renseigner");
    browser.fill("value-reached", "84");
    browser.press("Transmettre le suivi");
    browser.reads("84");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/appels/AMI-ISS-2021/suivi");
    browser.reads("70 %");
}

fn administer(browser: &Browser) {
    browser.sign_in("admin@essaim.example", PASSWORD);
    for page in ["", "/institutions", "/personnes", "/delegations", "/financements"] {
        browser.open(&format!("/administration{page}"));
    }
}

fn read_the_journal(browser: &Browser) {
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/dossiers/1/journal");
    for said in ["Camille Exemple", "Gisèle Exemple", "Simone Exemple", "Fabien Exemple"] {
        browser.reads(said);
    }
}
