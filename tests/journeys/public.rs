//! A visitor reads before having any account.

use crate::support::{Browser, TestApp, World};

#[test]
fn a_visitor_reads_the_calls() {
    let app = TestApp::start();
    World::build(&app);
    let Some(browser) = Browser::start(&app.base_url) else { return };
    browser.open("/");
    browser.reads("Appels ouverts");
    browser.follow("mesure 27");
    for words in ["Critères de sélection", "23 h 59 min 59 s (heure de Paris)", "FIR – Ségur mesure 27", "1 700 000 €"]
    {
        browser.reads(words);
    }
    browser.open("/accessibilite");
    browser.reads("non conforme");
    browser.open("/mentions-legales");
    browser.open("/donnees-personnelles");
    browser.open("/appels");
}
