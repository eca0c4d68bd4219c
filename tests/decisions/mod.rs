mod authorities;
mod batches;
mod changes;
mod checking;
mod early;
mod letters;
mod money;
mod notifying;
mod rules;
mod sight;
mod signing;
mod together;
mod waitlist;

use essaim::base::ids::DossierId;
use essaim::decisions::{Decision, Letter, letter_of, of_dossier};

use crate::support::{Client, PASSWORD, TestApp};

const SIGNATORY: &str = "signature@ars.example";
const MANAGER: &str = "gestion@ars.example";
const APPLICANT: &str = "tresorerie@lesruches.example";
const STRANGER: &str = "contact@autreasso.example";

fn signed_in(app: &TestApp, email: &str) -> Client {
    let client = app.client();
    client.sign_in(email, PASSWORD).expect(303);
    client
}

fn decision_of(app: &TestApp, dossier: DossierId) -> Option<Decision> {
    app.service().read(|conn| of_dossier(conn, dossier)).unwrap().pop()
}

fn letter(app: &TestApp, dossier: DossierId) -> Letter {
    let decision = decision_of(app, dossier).unwrap();
    app.service().read(|conn| letter_of(conn, decision.id)).unwrap()
}

/// The sealed bytes as the call manager downloads them.
fn sealed_bytes(app: &TestApp, dossier: DossierId) -> Vec<u8> {
    signed_in(app, MANAGER).get(&format!("/dossiers/{dossier}/courrier")).expect(200).bytes
}

/// What the form sends for a grant on the call's only line.
fn grant<'a>(action: &'a str, amount: &'a str, reason: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("action", action),
        ("outcome", "selected"),
        ("amount-1-2022", amount),
        ("motive", ""),
        ("departure_reason", reason),
    ]
}

/// What the form sends for a refusal.
fn refusal<'a>(action: &'a str, motive: &'a str, reason: &'a str) -> [(&'a str, &'a str); 4] {
    [("action", action), ("outcome", "rejected"), ("motive", motive), ("departure_reason", reason)]
}
