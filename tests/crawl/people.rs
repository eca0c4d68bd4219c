//! Who crawls: one person per role, and per situation that changes what is shown.

use essaim::commands::demo::PASSWORD;

use crate::support::{Client, TestApp};

pub struct Person {
    pub who: String,
    pub client: Client,
    /// Cookie of the session, for a browser.
    pub cookie: Option<(String, String)>,
    /// Addresses to begin at, beside the home page: a mail gave them, or a sample could miss what leads there.
    pub starts: Vec<String>,
}

impl Person {
    pub fn visitor(app: &TestApp) -> Self {
        Self { who: "visitor".to_owned(), client: app.client(), cookie: None, starts: Vec::new() }
    }

    pub fn enter(app: &TestApp, who: &str, email: &str, password: &str) -> Self {
        let client = app.client();
        let reply = client.sign_in(email, password);
        assert_eq!(reply.status, 303, "{email} is let in: {}", reply.words());
        let cookie = reply.header("set-cookie").and_then(|cookie| cookie.split(';').next()?.split_once('='));
        let cookie = cookie.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { who: who.to_owned(), client, cookie, starts: Vec::new() }
    }
}

const DEMONSTRATION: &[(&str, &str)] = &[
    ("holder", "porteur@essaim.example"),
    ("holder, Maison Fictive", "tresorerie@maison-fictive.example"),
    ("holder, town", "sante@ville-exemple.example"),
    ("holder, Chemins", "projets@chemins-exemple.example"),
    ("holder, Petite Ourse", "contact@petite-ourse.example"),
    ("instructor, ARS", "instruction.ars@essaim.example"),
    ("instructor, DREETS", "instruction.dreets@essaim.example"),
    ("instructor, CAF", "instruction.caf@essaim.example"),
    ("instructor, DRAC", "lou.ebauche@essaim.example"),
    ("correspondent", "correspondant.31@essaim.example"),
    ("call manager", "gestion@essaim.example"),
    ("committee, chair", "comite.ars@essaim.example"),
    ("committee, FAS", "comite.fas@essaim.example"),
    ("signatory, ARS", "signature@essaim.example"),
    ("signatory, DREETS", "signature.dreets@essaim.example"),
    ("funder, ARS", "financement@essaim.example"),
    ("funder, Commissaire", "financement.commissaire@essaim.example"),
    ("administrator", "administration@essaim.example"),
];

/// The people of the demonstration.
pub fn demonstration(app: &TestApp) -> Vec<Person> {
    let signed_in = DEMONSTRATION.iter().map(|(who, email)| Person::enter(app, who, email, PASSWORD));
    std::iter::once(Person::visitor(app)).chain(signed_in).collect()
}
