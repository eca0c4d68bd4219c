//! The public check of a letter.

use std::num::NonZeroU32;

use essaim::dossiers::Outcome;
use essaim::web::throttle::Limits;

use super::{letter, sealed_bytes};
use crate::support::decisions::notified_dossier;
use crate::support::{TestApp, World};

#[test]
fn the_code_alone_says_that_a_letter_exists_and_no_more() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let letter = letter(&app, dossier);
    let visitor = app.client();
    let code = &letter.check_code;
    let typed = format!(" {}-{} {} ", &code[..4].to_lowercase(), &code[4..8], &code[8..].to_lowercase());
    let found = visitor.post("/verifier", &[("code", &typed)]).expect(303);
    assert_eq!(found.location, format!("/verifier/{code}"));
    let page = visitor.get(&found.location).expect(200);
    let words = page.words();
    assert!(words.contains("AMI-ISS-2021-D0001-C1") && words.contains("31 janvier 2022"), "{words}");
    assert!(words.contains("Nature Notification de décision"), "{words}");
    for leak in ["Ruches", "Marcher", "retenu", "Retenu", "42", "€", "Exemple"] {
        assert!(!words.contains(leak), "the public page says {leak:?}: {words}");
    }
}

#[test]
fn the_sealed_file_is_authentic_and_one_byte_makes_it_altered() {
    let app = TestApp::start();
    let world = World::build(&app);
    let dossier = notified_dossier(&app, &world, "Marcher ensemble", 42_500, Outcome::Selected);
    let path = format!("/verifier/{}", letter(&app, dossier).check_code);
    let bytes = sealed_bytes(&app, dossier);
    let visitor = app.client();
    let good = visitor.upload(&path, &[], "letter", "courrier.pdf", &bytes).expect(200).words();
    assert!(good.contains("Ce fichier est authentique"), "{good}");
    for at in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        let bad = visitor.upload(&path, &[], "letter", "courrier.pdf", &altered).expect(200).words();
        assert!(bad.contains("n’est pas celui qui a été scellé") && !bad.contains("authentique"), "{bad}");
    }
    let other = notified_dossier(&app, &world, "Cuisiner", 1_000, Outcome::Rejected);
    let swapped = visitor.upload(&path, &[], "letter", "courrier.pdf", &sealed_bytes(&app, other)).expect(200).words();
    assert!(swapped.contains("n’est pas celui qui a été scellé"), "another genuine letter is not this one");
    let none = visitor.upload(&path, &[], "letter", "", b"").expect(422).words();
    assert!(none.contains("Choisissez le fichier PDF"), "{none}");
}

#[test]
fn an_unknown_or_ill_formed_code_is_explained() {
    let app = TestApp::start();
    let visitor = app.client();
    assert!(visitor.get("/verifier").expect(200).words().contains("Code de vérification"));
    let unknown = visitor.get("/verifier/K7QD4M9TRX2B").expect(404).words();
    assert!(unknown.contains("Aucun courrier ne porte ce code") && unknown.contains("K7QD 4M9T RX2B"), "{unknown}");
    visitor.upload("/verifier/K7QD4M9TRX2B", &[], "letter", "x.pdf", b"%PDF").expect(404);
    let short = visitor.post("/verifier", &[("code", "K7QD")]).expect(422).words();
    assert!(short.contains("Saisissez les 12 caractères"), "{short}");
    assert_eq!(visitor.get("/verifier?code=k7qd-4m9t-rx2b").expect(303).location, "/verifier/K7QD4M9TRX2B");
}

#[test]
fn guessing_is_slowed_down() {
    let two = NonZeroU32::new(2).unwrap();
    let app = TestApp::start_with(|_| (), Limits { per_subject: NonZeroU32::MAX, per_address: two });
    let visitor = app.client();
    visitor.get("/verifier/K7QD4M9TRX2B").expect(404);
    // Ten more would take five minutes to be let through, on however slow a machine.
    let mut more = (0..10).map(|_| visitor.get("/verifier/K7QD4M9TRX2C"));
    let slowed = more.find(|reply| reply.status != 404).expect("guessing is slowed down").expect(403).words();
    assert!(slowed.contains("Patientez une minute"), "{slowed}");
}
