//! The pages the law asks for: accessibility statement, legal notice, personal data, contact.

use serde::Serialize;

use crate::access::Permission;
use crate::base::clock::{french_date, parse_date};
use crate::calls;
use crate::calls::definition::Phase;
use crate::config::legal::LegalTexts;
use crate::fault::Fault;
use crate::web::{Answer, Page, Visit};

#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/accessibilite", Permission::Public, accessibility),
        Page::get("/mentions-legales", Permission::Public, legal_notice),
        Page::get("/donnees-personnelles", Permission::Public, personal_data),
        Page::get("/contact", Permission::Public, contact),
    ]
}

#[derive(Serialize)]
struct LegalView<'a> {
    deployer: &'a str,
    contact: &'a str,
    /// Public address of the service.
    base_url: &'a str,
    accessibility: &'a str,
    /// Days in words, empty when unknown.
    established_on: String,
    audited_on: String,
    texts: &'a LegalTexts,
    publisher: &'a str,
    controller: &'a str,
    calls: Vec<CallContact>,
}

#[derive(Serialize)]
struct CallContact {
    title: String,
    href: String,
    service: String,
    address: Vec<String>,
    email: String,
    telephone: String,
}

fn day(text: &str) -> String {
    parse_date(text).map(french_date).unwrap_or_default()
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

fn page(visit: &Visit, title: &'static str, template: &'static str, calls: Vec<CallContact>) -> Result<Answer, Fault> {
    let settings = &visit.service().settings;
    let texts = &settings.legal;
    let view = LegalView {
        deployer: &settings.deployer,
        contact: &settings.contact,
        base_url: &settings.base_url,
        accessibility: &settings.accessibility,
        established_on: day(&texts.accessibility.established_on),
        audited_on: day(&texts.accessibility.audited_on),
        publisher: or(&texts.publisher.name, &settings.deployer),
        controller: or(&texts.personal_data.controller, &settings.deployer),
        texts,
        calls,
    };
    Answer::page(title, template, &view)
}

fn accessibility(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, "Accessibilité", "site/accessibility.html", Vec::new())
}

fn legal_notice(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, "Mentions légales", "site/legal_notice.html", Vec::new())
}

fn personal_data(visit: &Visit) -> Result<Answer, Fault> {
    page(visit, "Données personnelles", "site/personal_data.html", Vec::new())
}

/// A question about a call goes to the call; any other to the institution.
fn contact(visit: &Visit) -> Result<Answer, Fault> {
    let calls = visit.read(calls::list)?;
    let contacts = calls
        .iter()
        .filter(|call| call.definition.phase(visit.now) != Phase::Closed)
        .map(|call| {
            let contact = &call.definition.contact;
            CallContact {
                title: call.title.clone(),
                href: format!("/appels/{}", call.code),
                service: contact.service.clone(),
                address: contact.address.clone(),
                email: contact.email.clone(),
                telephone: contact.telephone.clone(),
            }
        })
        .collect();
    page(visit, "Contact", "site/contact.html", contacts)
}
