//! The receipt says what CRPA R112-5 asks, in the PDF and in the mail.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::dossiers::submitted_dossier;
use crate::support::{PASSWORD, TestApp, World};

/// The text of a PDF, or nothing where poppler is not installed.
fn text_of(bytes: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(bytes).ok()?;
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).replace(['\u{A0}', '\u{202F}'], " ");
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_receipt_says_what_the_law_asks() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    let reply = client.get(&format!("/mes-dossiers/{id}/accuse-de-reception")).expect(200);
    assert!(reply.bytes.starts_with(b"%PDF-"));
    let disposition = reply.header("content-disposition").unwrap();
    assert_eq!(disposition, "attachment; filename*=UTF-8''accuse-de-reception-AMI-ISS-2021-0001.pdf");
    let Some(text) = text_of(&reply.bytes) else {
        crate::support::skipped("pdftotext is not installed, the receipt's words are not read");
        return;
    };
    for expected in [
        "AMI-ISS-2021-0001",
        "lundi 4 octobre 2021 à 12 h (heure de Paris)",
        "Les Ruches d’Exemple",
        "Santé au pied des immeubles",
        "42 000 €",
        "rib.pdf",
        "Direction de la santé publique",
        "1025 rue Henri Becquerel",
        "04 65 71 21 27",
        "ami-iss@ars.example",
        "décision implicite de rejet",
        "4 décembre 2021",
        "tribunal administratif de Montpellier",
        "Recours gracieux",
    ] {
        assert!(text.contains(expected), "{expected:?} missing from: {text}");
    }
}

#[test]
fn the_mail_carries_the_receipt() {
    let app = TestApp::start();
    let world = World::build(&app);
    submitted_dossier(&app, &world, "Santé au pied des immeubles", 42_000);
    let mails = app.service().read(|conn| essaim::mail::latest(conn, 10)).unwrap();
    let mail = mails.iter().find(|mail| mail.kind == "dossier.receipt").unwrap();
    assert_eq!(mail.recipient, "tresorerie@lesruches.example");
    assert_eq!(mail.subject, "Dossier AMI-ISS-2021-0001 bien reçu");
    for expected in ["4\u{A0}décembre\u{A0}2021", "Santé au pied des immeubles", "04 65 71 21 27", &app.base_url] {
        assert!(mail.body.contains(expected), "{expected}: {}", mail.body);
    }
    let document = mail.document.unwrap();
    let (name, bytes) = app.service().read(|conn| essaim::sealed::bytes(conn, &app.service().files, document)).unwrap();
    assert_eq!(name, "accuse-de-reception-AMI-ISS-2021-0001.pdf");
    assert!(bytes.starts_with(b"%PDF-"));
    let (documents, problems) = app.service().read(|conn| essaim::sealed::verify(conn, &app.service().files)).unwrap();
    assert_eq!((documents, problems), (1, Vec::<String>::new()));
}
