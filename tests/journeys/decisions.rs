//! Decisions in a year: two authorities sign, letters leave together, an award changes, a letter is rectified, the list
//! moves.

use essaim::base::Cents;
use essaim::base::ids::DossierId;
use essaim::decisions::actions::run_batches;
use essaim::dossiers::Outcome;
use essaim::ledger::Share;

use crate::support::decisions::{
    cofunded_world, ineligible_dossier, lines_of, notified_dossier, opined_with_shares, reach_answers_day,
    set_aside_dossier,
};
use crate::support::{Browser, PASSWORD, TestApp, World};

const ARS: &str = "signature@ars.example";
const DREETS: &str = "signature@dreets.example";
const MANAGER: &str = "gestion@ars.example";
const APPLICANT: &str = "tresorerie@lesruches.example";
const DESK: &str = "/appels/AMI-ISS-2021/decisions";

#[test]
fn the_decisions_of_a_year() {
    let app = TestApp::start();
    let (world, _) = cofunded_world(&app, &[2022]);
    let (ars, dreets) = lines_of(&app, &world);
    let share = |line, euros| Share { line, year: 2022, amount: Cents::from_euros(euros) };
    let shares = [share(ars.line, 25_000), share(dreets.line, 15_000)];
    let early = ineligible_dossier(&app, &world, "Hors région", "Le projet se déroule hors de la région.");
    let aside = set_aside_dossier(&app, &world, "Mis de côté", "D’autres projets répondent mieux à l’axe 2.");
    let both = opined_with_shares(&app, &world, "Marcher ensemble", 40_000, &shares);
    let waiting = notified_dossier(&app, &world, "Sur la liste", 20_000, Outcome::Waitlisted);
    reach_answers_day(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    sign_many(&browser, &[early, aside, both]);
    second_authority(&browser, both);
    send_together(&app, &browser);
    applicant_reads(&browser, both);
    amend(&app, &browser, both);
    rectify(&app, &world, &browser, early);
    promote(&browser, waiting);
}

fn sign_many(browser: &Browser, dossiers: &[DossierId]) {
    browser.sign_in(ARS, PASSWORD);
    browser.reads("Signer 3 décisions");
    browser.open(DESK);
    browser.reads("À signer : ARS, DREETS");
    browser.open(&format!("{DESK}?etape=signer&sens=ineligible"));
    browser.reads("1 décision à signer");
    browser.does_not_read("Marcher ensemble");
    browser.open(DESK);
    for dossier in dossiers {
        browser.tick("dossier", &dossier.to_string());
    }
    browser.press("Vérifier les décisions choisies");
    browser.reads("D’autres projets répondent mieux à l’axe 2.");
    browser.reads("25 000");
    browser.press("Signer 3 décisions");
    browser.reads("3 décisions signées");
    browser.open(&format!("/dossiers/{}/decision", dossiers[2]));
    browser.reads("Votre autorité a signé");
}

fn second_authority(browser: &Browser, dossier: DossierId) {
    browser.sign_in(DREETS, PASSWORD);
    browser.open(DESK);
    browser.reads("Signé : ARS. Reste : DREETS");
    browser.does_not_read("Hors région");
    browser.open(&format!("/dossiers/{dossier}/decision"));
    browser.reads("Qui signe");
    browser.press("Vérifier avant de signer");
    browser.reads("quinze mille euros");
    browser.press("Signer la décision");
    browser.reads("est signée");
}

fn send_together(app: &TestApp, browser: &Browser) {
    browser.sign_in(MANAGER, PASSWORD);
    browser.open(&format!("{DESK}?etape=notifier"));
    browser.reads("3 lettres");
    browser.follow("Préparer un envoi groupé");
    browser.press("Notifier 3 lettres");
    browser.reads("0 sur 3");
    run_batches(app.service(), app.now()).unwrap();
    // The page follows by itself, and by its link where scripts do not run.
    let finished = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        browser.text().contains("3 sur 3")
    });
    assert!(finished, "the page follows the work: {}", browser.text());
    browser.open(&browser.path());
    browser.reads("Terminé");
    browser.follow("Tous les envois");
    browser.reads("3 sur 3");
    browser.open(&format!("{DESK}?etape=notifiees"));
    browser.reads("Pas encore lue");
}

fn applicant_reads(browser: &Browser, dossier: DossierId) {
    browser.sign_in(APPLICANT, PASSWORD);
    browser.open(&format!("/mes-dossiers/{dossier}/decision"));
    browser.reads("Votre projet est retenu");
    browser.reads("40 000 €");
    browser.reads("Programme 304 – Inclusion sociale");
}

fn amend(app: &TestApp, browser: &Browser, dossier: DossierId) {
    app.set_clock("2022-04-01T10:00:00");
    browser.sign_in(ARS, PASSWORD);
    browser.open(&format!("/dossiers/{dossier}/decision"));
    browser.follow("Modifier l’attribution");
    browser.fill("amount-1-2022", "5 000");
    browser.press("Vérifier avant de signer");
    browser.reads("Dites pourquoi l’attribution change");
    browser.fill("reason", "Un cofinancement est arrivé.");
    browser.press("Vérifier avant de signer");
    browser.reads("redeviennent disponibles");
    browser.press("Signer la décision");
    browser.reads("Décision modificative");
    browser.open(&format!("/dossiers/{dossier}/resiliation"));
    browser.reads("attend sa notification");
    browser.sign_in(MANAGER, PASSWORD);
    browser.open(&format!("/dossiers/{dossier}/notifier"));
    browser.press("Notifier la décision");
    browser.reads("est notifiée");
    browser.sign_in(ARS, PASSWORD);
    browser.open(&format!("/dossiers/{dossier}/resiliation"));
    browser.fill("formal_notice_on", "30/03/2022");
    browser.press("Vérifier avant de signer");
    browser.reads("30 jours pour répondre");
}

fn rectify(app: &TestApp, world: &World, browser: &Browser, dossier: DossierId) {
    let letters = app.service().read(|conn| essaim::decisions::letters_of(conn, dossier)).unwrap();
    let code = letters[0].check_code.clone();
    browser.open(&format!("/dossiers/{dossier}/decision"));
    browser.follow("Rectifier le dernier courrier");
    browser.fill("reason", "Le projet se déroule en Nouvelle-Aquitaine.");
    browser.press("Vérifier avant de signer");
    browser.reads("Ce qui est rectifié");
    browser.press("Signer la rectification");
    browser.reads("Décision rectificative");
    app.as_account(world.manager, |op, actor| {
        essaim::decisions::actions::notify(op, actor, dossier, essaim::decisions::actions::Delivery::Electronic)
    })
    .unwrap();
    browser.open(&format!("/verifier/{code}"));
    browser.reads("Ce courrier est remplacé");
}

fn promote(browser: &Browser, dossier: DossierId) {
    browser.open(&format!("{DESK}/liste-complementaire"));
    browser.reads("Ce qui est libre");
    browser.reads("1 695 000 €");
    browser.follow("Retenir");
    browser.fill("amount-1-2022", "20 000");
    browser.press("Vérifier avant de signer");
    browser.reads("20 000 €");
    browser.press("Signer la décision");
    browser.reads("est signée");
    browser.open(&format!("/dossiers/{dossier}/decision"));
    browser.reads("Attribution depuis la liste complémentaire");
}
