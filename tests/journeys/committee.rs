//! A committee's season: shortlisting, a session without quorum, a second one with a proxy and a vote, the waiting list.

use essaim::base::ids::DossierId;
use essaim::instruction::actions::{assign, declare_eligible};

use crate::support::dossiers::submitted_dossier;
use crate::support::instruction::{review, submit_as};
use crate::support::{Browser, PASSWORD, TestApp, World};

const KEPT: &str = "Potagers des remparts";
const WAITING: &str = "Parole aux quartiers";
const ASIDE: &str = "Salon d’un jour";

#[test]
fn a_committee_from_shortlisting_to_the_waiting_list() {
    let app = TestApp::start();
    let world = World::build(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    let dossiers: Vec<DossierId> = [(KEPT, 900_000), (WAITING, 850_000), (ASIDE, 5_000)]
        .into_iter()
        .map(|(title, euros)| {
            let dossier = submitted_dossier(&app, &world, title, euros);
            app.as_account(world.manager, |op, actor| declare_eligible(op, actor, dossier)).unwrap();
            dossier
        })
        .collect();
    shortlist(&app, &browser, &dossiers);
    instruct(&app, &world, &dossiers[..2]);
    lack_quorum(&app, &browser);
    sit_again(&app, &browser, &dossiers);
    read_afterwards(&browser);
}

fn plan(browser: &Browser, kind: &str, day: &str) {
    browser.open("/appels/AMI-ISS-2021/comite");
    browser.tick("kind", kind);
    browser.fill("date", day);
    browser.fill("time", "14 h");
    browser.fill("place", "Salle Tilleul, Montpellier");
    browser.press("Prévoir la séance");
}

fn shortlist(app: &TestApp, browser: &Browser, dossiers: &[DossierId]) {
    app.set_clock("2021-12-01T10:00:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    plan(browser, "shortlisting", "15/12/2021");
    browser.press("Inscrire tous les dossiers recevables");
    browser.reads("À envoyer au plus tard le");
    browser.press("Convoquer les membres");
    browser.reads("Convocation envoyée aux membres");
    // The manager no longer shortlists alone what the committee has taken up.
    browser.follow("Préparer les avis en liste");
    browser.tick(&format!("outcome-{}", dossiers[0]), "shortlisted");
    browser.press("Préparer ces avis");
    browser.reads("préparé, à confirmer en séance");
    browser.sign_in("comite2@essaim.example", PASSWORD);
    browser.open("/comite/1");
    browser.reads(ASIDE);
    browser.does_not_read("Présélectionné");
    app.set_clock("2021-12-15T14:02:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/comite/1");
    for seat in ["ARS", "COMMISSAIRE", "AM"] {
        browser.choose_value(&format!("seat-{seat}"), "present");
    }
    browser.press("Enregistrer les présences");
    browser.press("Ouvrir la séance");
    browser.press("Confirmer tous les avis préparés");
    browser.follow("Saisir les avis en liste");
    browser.tick(&format!("outcome-{}", dossiers[1]), "shortlisted");
    browser.tick(&format!("outcome-{}", dossiers[2]), "set_aside");
    browser.press("Enregistrer ces avis");
    browser.reads("Saisissez le motif");
    browser.fill(&format!("motive-{}", dossiers[2]), "Action ponctuelle, que l’appel exclut.");
    browser.press("Enregistrer ces avis");
    browser.follow("Vérifier et sceller la séance");
    browser.press("Sceller la séance");
    browser.reads("Télécharger le procès-verbal");
    browser.open("/comite/1/classement");
    browser.reads("sont ceux de son relevé scellé");
}

fn instruct(app: &TestApp, world: &World, dossiers: &[DossierId]) {
    for (dossier, level) in dossiers.iter().zip([4, 3]) {
        let due = app.now().plus_days(14);
        for instructor in [world.instructor_ars, world.instructor_dreets] {
            app.as_account(world.manager, |op, actor| assign(op, actor, *dossier, instructor, Some(due))).unwrap();
            let input = review([level; 8], essaim::base::Cents::from_euros(100_000), "Un projet utile.");
            submit_as(app, instructor, *dossier, &input);
        }
    }
}

fn lack_quorum(app: &TestApp, browser: &Browser) {
    app.set_clock("2022-01-10T10:00:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    plan(browser, "selection", "20/01/2022");
    browser.press("Inscrire tous les dossiers instruits");
    browser.press("Convoquer les membres");
    plan(browser, "selection", "03/02/2022");
    browser.open("/comite/2");
    browser.reads("Déplacer des dossiers vers une autre séance");
    app.set_clock("2022-01-20T14:20:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/comite/2");
    browser.choose_value("seat-ARS", "present");
    browser.press("Enregistrer les présences");
    browser.reads("Quorum non atteint");
    browser.press("Ajourner faute de quorum");
    browser.reads("Télécharger le procès-verbal de carence");
    browser.fill("date", "19/01/2022");
    browser.press("Prévoir la seconde séance");
    browser.reads("Choisissez une date à venir");
    browser.fill("date", "27/01/2022");
    browser.press("Prévoir la seconde séance");
    browser.reads("Seconde séance sur l’ordre du jour de la séance n°");
    browser.press("Convoquer les membres");
}

fn sit_again(app: &TestApp, browser: &Browser, dossiers: &[DossierId]) {
    app.set_clock("2022-01-27T14:05:00");
    browser.sign_in("gestion@ars.example", PASSWORD);
    browser.open("/comite/4");
    for seat in ["ARS", "COMMISSAIRE"] {
        browser.choose_value(&format!("seat-{seat}"), "present");
    }
    browser.choose_value("seat-AM", "represented");
    browser.choose_value("proxy-AM", "ARS");
    browser.press("Enregistrer les présences");
    browser.reads("aucun quorum n’est exigé");
    browser.press("Ouvrir la séance");
    browser.open(&format!("/comite/4/dossiers/{}", dossiers[0]));
    browser.tick("outcome", "selected");
    browser.fill("debate", "Le comité salue la place faite aux habitants.");
    browser.fill("votes_for", "3");
    browser.fill("votes_against", "1");
    browser.press("Enregistrer l’avis");
    browser.reads("voix au plus peuvent s’exprimer");
    browser.fill("votes_for", "2");
    browser.press("Enregistrer l’avis");
    browser.open("/comite/4/classement");
    browser.follow("Et avec lui");
    browser.reads("Essai, rien n’est enregistré");
    browser.reads("Resterait");
    browser.open(&format!("/comite/4/dossiers/{}", dossiers[1]));
    browser.tick("outcome", "waitlisted");
    browser.fill("rank", "1");
    browser.fill("motive", "L’enveloppe ne suffit pas.");
    browser.press("Enregistrer l’avis");
    browser.follow("Vérifier et sceller la séance");
    browser.reads("Montants à réserver");
    browser.press("Sceller la séance");
    browser.reads("Séance scellée");
}

fn read_afterwards(browser: &Browser) {
    browser.open("/appels/AMI-ISS-2021/comite");
    browser.reads("Ajournée");
    browser.follow("Liste complémentaire de l’appel");
    browser.reads(WAITING);
    browser.reads("850 000 €");
    browser.reads("Il manque");
    browser.does_not_read(KEPT);
    browser.open("/comite/4/classement");
    browser.reads("900 000 €");
    browser.open("/comite/4");
    browser.reads("2 pour, 1 contre");
    browser.sign_in("comite3@essaim.example", PASSWORD);
    browser.open("/comite/4/classement");
    browser.reads(KEPT);
    browser.open("/notifications");
    browser.reads("Convocation au comité");
}
