//! A grant over two years, from its act to its closure: schedule, payments, money asked back, accounts, lists.

use essaim::base::ids::DossierId;
use essaim::base::money::Cents;
use essaim::decisions::actions::{Delivery, commit_year, notify};
use essaim::ledger::Share;

use crate::support::decisions::{cofunded_world, follow_as, lines_of, opined_with_shares, reach_answers_day};
use crate::support::{Browser, PASSWORD, TestApp, World};

const FUNDER: &str = "financement@ars.example";

/// 25 000 € in 2022, 20 000 € planned for 2023, all from the ARS's line; notified.
fn granted(app: &TestApp) -> (World, DossierId, Share) {
    let (world, _) = cofunded_world(app, &[2022, 2023]);
    let (ars, _) = lines_of(app, &world);
    let at = |year, euros| Share { line: ars.line, year, amount: Cents::from_euros(euros) };
    let dossier = opined_with_shares(app, &world, "Marcher deux ans", 40_000, &[at(2022, 25_000), at(2023, 20_000)]);
    reach_answers_day(app);
    follow_as(app, world.signatory, dossier);
    send(app, &world, dossier);
    (world, dossier, at(2023, 20_000))
}

fn send(app: &TestApp, world: &World, dossier: DossierId) {
    app.as_account(world.manager, |op, actor| notify(op, actor, dossier, Delivery::Electronic)).unwrap();
}

#[test]
fn a_grant_from_its_act_to_its_closure() {
    let app = TestApp::start();
    let (world, dossier, later) = granted(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    let money = format!("/dossiers/{dossier}/financement");
    take_the_act(&app, &browser, &money);
    change_the_schedule(&browser, &later);
    pay_the_advance(&browser);
    commit_the_second_year(&app, &browser, &world, dossier, later);
    ask_money_back(&app, &browser, &money);
    receive_the_accounts(&app, &browser, &money);
    close(&browser);
    look_at_the_lists(&browser);
    read_as_the_applicant(&browser, dossier);
    let problems = app.service().read(essaim::funding::verify).unwrap().1;
    assert_eq!(problems, Vec::<String>::new());
}

fn take_the_act(app: &TestApp, browser: &Browser, money: &str) {
    app.set_clock("2022-02-14T15:00:00");
    browser.sign_in(FUNDER, PASSWORD);
    browser.reads("Prendre l’acte attributif d’un dossier");
    browser.open(money);
    browser.reads("Plan par ligne et par année");
    browser.reads("une convention est obligatoire");
    browser.follow("Enregistrer l’acte");
    browser.press("Vérifier l’acte");
    browser.reads("Il y a 2 problèmes");
    browser.fill("reference", "CONV-2022-0007");
    browser.fill("dated_on", "14/02/2022");
    browser.press("Vérifier l’acte");
    browser.reads("20 000 €, à la notification");
    browser.press("Enregistrer l’acte");
    browser.reads("Acte enregistré");
    browser.reads("Sous réserve de crédits");
}

fn change_the_schedule(browser: &Browser, later: &Share) {
    browser.follow("Modifier l’échéancier");
    let amount = |i: usize| format!("amount-{}-2022-{i}", later.line);
    browser.fill(&amount(0), "15 000");
    browser.press("Vérifier l’échéancier");
    browser.reads("elles doivent faire 25 000 € au centime près");
    browser.fill(&amount(1), "10 000");
    browser.press("Vérifier l’échéancier");
    browser.press("Enregistrer l’échéancier");
    browser.reads("L’échéancier est enregistré");
    browser.reads("15 000 €");
}

fn pay_the_advance(browser: &Browser) {
    browser.follow("Enregistrer le versement de l’avance");
    browser.fill("amount", "16 000");
    browser.fill("reference", "VIR-2022-0001");
    browser.fill("paid_on", "14/02/2022");
    browser.press("Vérifier le versement");
    browser.reads("Cette échéance ne dépasse pas 15 000 €");
    browser.fill("amount", "15 000");
    browser.press("Vérifier le versement");
    browser.press("Modifier");
    browser.press("Vérifier le versement");
    browser.press("Enregistrer le versement");
    browser.reads("Versement de 15 000 € enregistré");
    browser.follow("Constater le service fait");
    browser.fill("done_on", "14/02/2022");
    browser.press("Vérifier le constat");
    browser.press("Constater le service fait");
    browser.reads("l’échéance est à verser");
    browser.follow("Enregistrer le versement du solde");
    browser.fill("reference", "VIR-2022-0002");
    browser.fill("paid_on", "14/02/2022");
    browser.press("Vérifier le versement");
    browser.press("Enregistrer le versement");
    browser.reads("Versement de 10 000 € enregistré");
}

fn commit_the_second_year(app: &TestApp, browser: &Browser, world: &World, dossier: DossierId, later: Share) {
    app.set_clock("2023-01-16T09:00:00");
    browser.sign_in("admin@essaim.example", PASSWORD);
    browser.open("/administration/financements");
    browser.open(&format!("/administration/financements/enveloppes/nouvelle/AMI-ISS-2021/{}", later.line));
    browser.press("Ouvrir l’enveloppe");
    browser.reads("Saisissez la référence ou le motif de l’ouverture");
    browser.fill("amount", "300 000");
    browser.fill("source", "Délégation de crédits 2023");
    browser.press("Ouvrir l’enveloppe");
    browser.reads("L’enveloppe 2023 est ouverte");
    app.as_account(world.signatory, |op, actor| commit_year(op, actor, dossier, 2023, vec![later])).unwrap();
    send(app, world, dossier);
}

fn ask_money_back(app: &TestApp, browser: &Browser, money: &str) {
    browser.sign_in(FUNDER, PASSWORD);
    browser.open(money);
    browser.does_not_read("Sous réserve de crédits");
    browser.follow("Demander un reversement");
    browser.press("Vérifier la mise en demeure");
    browser.reads("problèmes");
    browser.fill("asked", "2 000");
    browser.fill("reason", "Deux ateliers n’ont pas eu lieu.");
    browser.fill("noticed_on", "16/01/2023");
    browser.fill("observations_until", "20/02/2023");
    browser.press("Vérifier la mise en demeure");
    browser.press("Enregistrer la mise en demeure");
    browser.reads("Mise en demeure de reverser 2 000 €");
    app.set_clock("2023-03-15T09:00:00");
    browser.sign_in(FUNDER, PASSWORD);
    browser.open(money);
    browser.follow("Ordonner le reversement");
    browser.fill("observations", "L’association confirme et propose de rendre 1 500 €.");
    browser.fill("amount", "1 500");
    browser.fill("ordered_on", "15/03/2023");
    browser.fill("reference", "TITRE-2023-0031");
    browser.press("Vérifier l’ordre");
    browser.press("Enregistrer l’ordre de reversement");
    browser.follow("Enregistrer le reversement reçu");
    browser.fill("received_on", "15/03/2023");
    browser.press("Vérifier la réception");
    browser.press("Enregistrer la réception");
    browser.reads("il revient à l’enveloppe");
}

fn receive_the_accounts(app: &TestApp, browser: &Browser, money: &str) {
    app.set_clock("2024-06-28T09:00:00");
    browser.sign_in(FUNDER, PASSWORD);
    browser.open(money);
    browser.reads("En retard");
    browser.reads("Enregistrez d’abord le compte rendu financier");
    browser.follow("Enregistrer le compte rendu");
    browser.fill("received_on", "28/06/2024");
    browser.fill("realised-charges-64", "41 000");
    browser.fill("realised-produits-74", "39 500");
    browser.press("Vérifier le compte rendu");
    browser.press("Enregistrer le compte rendu");
    browser.reads("Le compte rendu financier est enregistré");
    browser.reads("41 000 €");
}

fn close(browser: &Browser) {
    browser.follow("Solder");
    browser.press("Vérifier le solde");
    browser.reads("Dites pourquoi le solde n’est pas versé");
    browser.fill("reason", "Le projet s’est arrêté avant sa seconde année.");
    browser.press("Vérifier le solde");
    browser.press("Solder");
    browser.reads("20 000 € reviennent à l’enveloppe");
    browser.reads("Soldé");
    browser.does_not_read("Enregistrer le versement");
}

fn look_at_the_lists(browser: &Browser) {
    browser.open("/appels/AMI-ISS-2021/financement");
    browser.follow("Tableau de bord par année, département et axe");
    browser.reads("compte en entier dans chacun");
    browser.reads("23 500 €");
    for list in ["lignes", "enveloppes", "plan", "actes", "versements", "donnees-essentielles"] {
        browser.open(&format!("/financements/{list}?appel=AMI-ISS-2021"));
        browser.does_not_read("Rien ne correspond");
    }
    browser.open("/financements/lignes?montant=versement&annee=2022");
    browser.reads("23 500 €");
    browser.reads("TITRE-2023-0031");
}

fn read_as_the_applicant(browser: &Browser, dossier: DossierId) {
    browser.sign_in("tresorerie@lesruches.example", PASSWORD);
    browser.open(&format!("/mes-dossiers/{dossier}/financement"));
    browser.reads("Convention CONV-2022-0007");
    browser.reads("Reversement de 1 500 €");
    browser.reads("Le projet s’est arrêté avant sa seconde année.");
}
