//! An ordinary instruction: dossiers shared out with a preview, departments asked, a refusal, readings that diverge, a
//! third one, a late review reminded and one reopened.

use essaim::access::Role;
use essaim::accounts::actions::grant_role;
use essaim::calls;

use crate::instruction::correspondent;
use crate::support::instruction::shortlisted_dossier;
use crate::support::{Browser, PASSWORD, TestApp, World};

const CALL: &str = "/appels/AMI-ISS-2021/gestion";

fn review(browser: &Browser, level: u32, amount: &str) {
    for criterion in 1..=8 {
        browser.tick(&format!("score-C{criterion}"), &level.to_string());
    }
    browser.tick("opinion", "favourable");
    browser.fill("proposed-ARS", amount);
    browser.press("Vérifier et rendre l’avis");
    browser.press("Rendre l’avis");
    browser.reads("Votre avis est rendu.");
}

fn open_as_instructor(browser: &Browser, email: &str, dossier: &str) {
    browser.sign_in(email, PASSWORD);
    browser.open(&format!("{dossier}/avis"));
    browser.tick("conflict", "non");
    browser.press("Enregistrer ma déclaration");
}

#[test]
fn an_ordinary_instruction() {
    let app = TestApp::start();
    let world = World::build(&app);
    correspondent(&app, &world, "dd31@ars.example", "31");
    let member = world.members[2];
    let insurance = app.service().read(|conn| calls::institution_by_code(conn, "AM")).unwrap();
    app.console(|op| grant_role(op, world.call, member, insurance, Role::Instructor, None));
    let first = shortlisted_dossier(&app, &world, "Ruches de quartier", 40_000);
    let second = shortlisted_dossier(&app, &world, "Jardins partagés", 20_000);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    let (first, second) = (format!("/dossiers/{first}"), format!("/dossiers/{second}"));

    // The manager shares out: a plan with its reasons, corrected, then confirmed whole.
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open(CALL);
    browser.follow("Affecter les dossiers");
    browser.reads("2 dossiers manquent d’instructeurs");
    browser.press("Proposer une répartition");
    browser.reads("Charge la plus faible");
    for dossier in [&first, &second] {
        let id = dossier.rsplit('/').next().unwrap();
        browser.choose(&format!("reading-{id}-1"), "Inès");
        browser.choose(&format!("reading-{id}-2"), "Igor");
    }
    browser.fill("due", "20/10/2021");
    browser.press("Confirmer les affectations");
    browser.reads("4 lectures confiées à 2 personnes, sur 2 dossiers");

    // The departments are asked; one answers.
    browser.open(&format!("{CALL}/departements"));
    browser.tick("state", "under_instruction");
    browser.press("Demander les avis");
    browser.reads("4 avis demandés");
    browser.sign_in("dd31@ars.example", PASSWORD);
    browser.open("/");
    browser.reads("Donner l’avis de votre département sur 2 dossiers");
    browser.open("/territoire");
    browser.reads("Ruches de quartier");
    browser.open(&format!("{first}/territoire/31"));
    browser.tick("conflict", "non");
    browser.press("Enregistrer ma déclaration");
    browser.tick("opinion", "reserved");
    browser.press("Rendre l’avis");
    browser.reads("Expliquez cet avis réservé");
    browser.fill("comment", "Peu de relais dans les communes rurales.");
    browser.press("Rendre l’avis");
    browser.reads("L’avis du département est rendu.");

    // Igor gives one dossier back; both read the other and diverge.
    browser.sign_in("instruction@dreets.example", PASSWORD);
    browser.open("/instruction?recherche=Jardins");
    browser.does_not_read("Ruches de quartier");
    browser.open(&format!("{second}/avis?recherche=Jardins"));
    browser.tick("conflict", "refus");
    browser.fill("detail", "Ce sujet sort de ma compétence.");
    browser.press("Enregistrer ma déclaration");
    browser.reads("Votre refus est enregistré.");
    open_as_instructor(&browser, "instruction@dreets.example", &first);
    review(&browser, 4, "40 000");
    open_as_instructor(&browser, "instruction@ars.example", &first);
    browser.does_not_read("Peu de relais dans les communes rurales.");
    review(&browser, 2, "25 000");
    browser.open(&first);
    browser.reads("Peu de relais dans les communes rurales.");
    browser.reads("Avis divergents");

    // The manager sees the spread, gives the review back once, and asks for a third reading.
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open(&format!("{first}/gestion"));
    browser.reads("Une troisième lecture est suggérée");
    browser.script("document.querySelectorAll('details').forEach(d => d.open = true)");
    browser.press("Rouvrir l’avis de Inès Exemple");
    browser.reads("Saisissez le motif");
    let field = browser.script("return document.querySelector('[name^=reopening-][aria-invalid]').name");
    browser.fill(field.as_str().unwrap(), "Le montant ne suit pas vos commentaires");
    browser.press("Rouvrir l’avis de Inès Exemple");
    browser.reads("Avis rouvert");
    browser.sign_in("instruction@ars.example", PASSWORD);
    browser.open(&format!("{first}/avis"));
    browser.reads("Le montant ne suit pas vos commentaires");
    browser.fill("proposed-ARS", "20 000");
    browser.press("Vérifier et rendre l’avis");
    browser.press("Rendre l’avis");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open(&format!("{first}/journal"));
    browser.reads("Motif de la réouverture");
    browser.reads("25 000");
    browser.open(&format!("{first}/gestion"));
    browser.choose("instructor", "Membre");
    browser.press("Affecter le dossier");
    browser.reads("Dossier affecté");

    // What is late is seen, reminded once a day, and taken away as a file.
    app.set_clock("2021-10-28T09:00:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open(&format!("{CALL}/avis?etat=retard"));
    browser.reads("Jardins partagés");
    browser.press("Relancer tous les retards");
    browser.reads("1 personne relancée pour 1 avis en retard");
    browser.press("Relancer tous les retards");
    browser.reads("1 avis déjà relancé aujourd’hui");
    let csv = app.signed_in("gestion@ars.example").get(&format!("{CALL}/avis?format=csv")).expect(200).text();
    assert!(csv.contains("Inès Exemple") && csv.contains("20000,00") && csv.contains("Ruches de quartier"), "{csv}");
    browser.sign_in("instruction@ars.example", PASSWORD);
    browser.open("/instruction");
    browser.reads("1 sur 2 avis rendu, 1 en retard");
}
