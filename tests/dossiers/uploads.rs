//! Pieces: what is accepted, what is refused and why, and who may take them back.

use essaim::base::ids::DossierId;
use essaim::dossiers::actions::{attach_piece, remove_piece};
use essaim::dossiers::drafts;
use essaim::files::MAX_UPLOAD;

use crate::support::dossiers::{PDF, empty_draft};
use crate::support::{Client, PASSWORD, TestApp, World};

fn signed_in(app: &TestApp) -> Client {
    let client = app.client();
    client.sign_in("tresorerie@lesruches.example", PASSWORD);
    client
}

fn pieces_page(id: DossierId) -> String {
    format!("/mes-dossiers/{id}/sections/pieces")
}

fn names(app: &TestApp, id: DossierId) -> Vec<String> {
    let all = app.service().read(|conn| drafts::attachments(conn, id)).unwrap();
    all.into_iter().map(|a| a.file_name).collect()
}

#[test]
fn bad_files_are_refused_with_what_to_do() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = signed_in(&app);
    let mut large = PDF.to_vec();
    large.resize(MAX_UPLOAD + 1, b' ');
    let cases: &[(&str, &[u8], &str)] = &[
        ("rib.pdf", b"", "est vide"),
        ("rib.pdf", b"MZ\x90\x00 not a document", "n’est ni un PDF, ni une image PNG ou JPEG"),
        ("rib.exe", PDF, "n’est ni un PDF, ni une image PNG ou JPEG"),
        ("rib.png", PDF, "n’est ni un PDF, ni une image PNG ou JPEG"),
        ("page.html", b"<script>alert(1)</script>", "n’est ni un PDF, ni une image PNG ou JPEG"),
        ("gros.pdf", &large, "dépasse 10 Mo"),
    ];
    for (name, bytes, message) in cases {
        let page = client.upload(&pieces_page(id), &[], "piece-rib", name, bytes).expect(422).words();
        assert!(page.contains(message), "{name}: {page}");
        assert!(page.contains("Relevé d’identité bancaire : le fichier"), "{name}: {page}");
    }
    assert_eq!(names(&app, id), Vec::<String>::new());
    large.resize(MAX_UPLOAD + 3 * 1024 * 1024, b' ');
    let page = client.upload(&pieces_page(id), &[], "piece-rib", "enorme.pdf", &large).expect(409).words();
    assert!(page.contains("dépasse 10 Mo"), "{page}");
}

#[test]
fn a_piece_is_kept_replaced_downloaded_and_removed() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = signed_in(&app);
    let first = client.upload(&pieces_page(id), &[], "piece-rib", "/home/theo/Mes documents/rib 2020.pdf", PDF);
    assert_eq!((first.status, first.location), (303, format!("/mes-dossiers/{id}/sections/attestations")));
    assert_eq!(names(&app, id), ["rib 2020.pdf"]);
    // A bad file for another piece leaves the good one where it is.
    client.upload(&pieces_page(id), &[], "piece-accounts", "comptes.pdf", b"texte").expect(422);
    assert_eq!(names(&app, id), ["rib 2020.pdf"]);
    client.upload(&pieces_page(id), &[], "piece-rib", "rib 2021.pdf", PDF).expect(303);
    assert_eq!(names(&app, id), ["rib 2021.pdf"]);
    let attachment = app.service().read(|conn| drafts::attachments(conn, id)).unwrap().remove(0);
    let reply = client.get(&format!("/mes-dossiers/{id}/pieces/{}", attachment.id)).expect(200);
    assert_eq!(reply.bytes, PDF);
    assert_eq!(reply.header("content-type"), Some("application/pdf"));
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename*=UTF-8''rib%202021.pdf"));
    let removal = [("retirer", attachment.id.to_string())];
    let removal: Vec<(&str, &str)> = removal.iter().map(|(n, v)| (*n, v.as_str())).collect();
    for _ in 0..2 {
        let reply = client.post(&pieces_page(id), &removal).expect(303);
        assert_eq!(reply.location, pieces_page(id));
    }
    assert_eq!(names(&app, id), Vec::<String>::new());
    // Versions and conflicts still show it to its own organisation.
    client.get(&format!("/mes-dossiers/{id}/pieces/{}", attachment.id)).expect(200);
    app.signed_in("contact@autreasso.example").get(&format!("/mes-dossiers/{id}/pieces/{}", attachment.id)).expect(404);
}

#[test]
fn an_unknown_piece_takes_no_file() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    signed_in(&app).upload(&pieces_page(id), &[], "piece-../../etc", "rib.pdf", PDF).expect(422);
    assert_eq!(names(&app, id), Vec::<String>::new());
}

#[test]
fn a_file_taken_out_of_a_draft_is_gone() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let attached =
        app.as_account(world.applicant, |op, actor| attach_piece(op, actor, id, "rib", "rib.pdf", PDF)).unwrap();
    let client = app.signed_in("tresorerie@lesruches.example");
    let path = format!("/mes-dossiers/{id}/pieces/{attached}");
    client.get(&path).expect(200);
    app.set_clock("2021-10-04T12:05:00");
    app.as_account(world.applicant, |op, actor| remove_piece(op, actor, id, attached)).unwrap();
    client.get(&path).expect(404);
}
