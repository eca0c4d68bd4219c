//! Files that are two things at once, that swell when opened, or whose name is an attack.

use std::io::Write;

use essaim::base::ids::DossierId;
use essaim::dossiers::drafts;
use essaim::files::MAX_UPLOAD;

use super::corpus::corpus;
use super::scan;
use crate::support::dossiers::{PDF, empty_draft};
use crate::support::{Client, TestApp, World};

struct Desk {
    app: TestApp,
    client: Client,
    id: DossierId,
}

impl Desk {
    fn new() -> Self {
        let app = TestApp::start();
        let world = World::build(&app);
        let id = empty_draft(&app, &world);
        let client = app.signed_in("tresorerie@lesruches.example");
        Self { app, client, id }
    }

    fn path(&self) -> String {
        format!("/mes-dossiers/{}/sections/pieces", self.id)
    }

    fn kept(&self) -> Vec<drafts::Attachment> {
        self.app.service().read(|conn| drafts::attachments(conn, self.id)).unwrap()
    }

    fn send(&self, name: &str, bytes: &[u8]) -> crate::support::Reply {
        self.client.upload(&self.path(), &[], "piece-rib", name, bytes)
    }
}

/// An archive of one file, stored as it is.
fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file(name, stored).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

/// The head of an archive whose only file swells a thousandfold.
fn zip_bomb() -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![0; 4_000_000]).unwrap();
    let packed = encoder.finish().unwrap();
    let sizes = [u32::try_from(packed.len()).unwrap(), 4_000_000].map(u32::to_le_bytes).concat();
    [b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".as_slice(), &sizes, b"\x05\0\0\0zeros", &packed].concat()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The head of a PNG that says it is 65,535 pixels wide and high.
const WIDE_PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x06\0\0\0\0\0\0\0";

/// What is a document to us and something else to others is kept as it came, and only ever offered for download.
#[test]
fn a_polyglot_is_only_ever_downloaded() {
    let desk = Desk::new();
    let archive = zipped("page.html", b"<script>alert(1)</script>");
    let both: Vec<(&str, Vec<u8>, &str)> = vec![
        ("pdf-zip.pdf", [PDF, &archive].concat(), "application/pdf"),
        ("pdf-html.pdf", [PDF, b"<html><script>alert(1)</script></html>"].concat(), "application/pdf"),
        ("pdf-js.pdf", [b"%PDF-1.4/*".as_slice(), b"*/=1;alert(1)//", PDF].concat(), "application/pdf"),
        ("jpeg-js.jpg", b"\xFF\xD8\xFF\xE0/*\0\0*/=1;alert(1)//".to_vec(), "image/jpeg"),
        ("jpeg-php.jpeg", b"\xFF\xD8\xFF\xE1<?php phpinfo(); ?>".to_vec(), "image/jpeg"),
        ("large.png", WIDE_PNG.to_vec(), "image/png"),
        ("png-html.png", [WIDE_PNG, b"<svg onload=alert(1)>"].concat(), "image/png"),
    ];
    for (name, bytes, media_type) in both {
        desk.send(name, &bytes).expect(303);
        let kept = desk.kept().remove(0);
        assert_eq!((kept.file_name.as_str(), desk.kept().len()), (name, 1));
        let reply = desk.client.get(&format!("/mes-dossiers/{}/pieces/{}", desk.id, kept.id)).expect(200);
        assert_eq!(reply.bytes, bytes, "{name} comes back byte for byte");
        assert_eq!(reply.header("content-type"), Some(media_type));
        assert!(reply.header("content-disposition").unwrap().starts_with("attachment;"), "{name}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(reply.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    }
}

/// What is no document, whatever its name or its weight once opened, is refused without being opened.
#[test]
fn bombs_and_disguises_are_refused_unopened() {
    let desk = Desk::new();
    let bomb = zip_bomb();
    let nested = (0..6).fold(bomb.clone(), |inner, _| zipped("plus.zip", &inner));
    let refused: Vec<(&str, Vec<u8>)> = vec![
        ("bombe.zip", bomb.clone()),
        ("bombe.pdf", bomb),
        ("poupees.pdf", nested),
        ("bombe.gz", deflated(&[0; 100_000])),
        ("texte.docx", zipped("word/document.xml", b"<x/>")),
        ("tableau.xlsx", zipped("xl/workbook.xml", b"<x/>")),
        ("gif-js.gif", b"GIF89a/*\0\0*/=1;alert(1)//".to_vec()),
        ("gif.png", b"GIF89a".to_vec()),
        ("page.pdf", b"<html><script>alert(1)</script>%PDF-1.4".to_vec()),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("image.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("macro.pdf", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec()),
        ("programme.pdf", b"\x7FELF\x02\x01\x01".to_vec()),
        ("script.pdf", b"#!/bin/sh\nid\n".to_vec()),
        ("pdf.exe", PDF.to_vec()),
        ("sans-extension", PDF.to_vec()),
        ("vide.pdf", Vec::new()),
        ("un-octet.pdf", b"%".to_vec()),
        ("un-octet-de-trop.pdf", [PDF, &vec![b' '; MAX_UPLOAD + 1 - PDF.len()]].concat()),
    ];
    for (name, bytes) in refused {
        let page = desk.send(name, &bytes);
        assert_eq!(page.status, 422, "{name} is refused");
        assert!(page.words().contains("Relevé d’identité bancaire : le fichier"), "{name}: {}", page.words());
        assert!(page.words().contains(name), "the message names the file: {name}");
        assert_eq!(desk.kept().len(), 0, "{name}");
    }
    desk.send("juste.pdf", &[PDF, &vec![b' '; MAX_UPLOAD - PDF.len()]].concat()).expect(303);
    assert_eq!(desk.kept().len(), 1, "ten megabytes to the byte are taken");
}

/// A file's name is a line of text: no folder, no control character, no header, no markup.
#[test]
fn the_name_of_a_file_is_only_text() {
    let desk = Desk::new();
    let mut tried = 0;
    for hostile in corpus().iter().filter(|h| {
        matches!(
            h.family,
            "paths" | "headers" | "markup" | "directions" | "invisible" | "long" | "formulas" | "controls"
        )
    }) {
        // As browsers do: quotes and line ends are escaped.
        let name = format!("{}.pdf", hostile.meaning());
        let sent = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let reply = desk.send(&sent, format!("%PDF-1.4 {tried}").as_bytes());
        assert!(matches!(reply.status, 303 | 422 | 409), "{name:?}: {} {}", reply.status, reply.words());
        assert_eq!(scan::escapes(&reply.text()), Vec::<String>::new(), "{name:?}");
        tried += 1;
        if reply.status != 303 {
            continue;
        }
        let kept = desk.kept().remove(0);
        let plain =
            |c: char| !c.is_control() && !matches!(c, '/' | '\\' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        assert!(
            kept.file_name.chars().all(plain) && kept.file_name.chars().count() <= 120,
            "{name:?} is kept as {:?}",
            kept.file_name
        );
        let page = desk.client.get(&desk.path()).expect(200);
        assert_eq!(scan::escapes(&page.text()), Vec::<String>::new(), "{name:?}");
        let file = desk.client.get(&format!("/mes-dossiers/{}/pieces/{}", desk.id, kept.id)).expect(200);
        let disposition = file.header("content-disposition").unwrap();
        let coded = disposition.strip_prefix("attachment; filename*=UTF-8''").unwrap();
        assert!(coded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b)), "{disposition}");
    }
    assert!(tried > 200, "{tried} names");
}

/// Several files in one form: the good ones are kept, each of the others has its message.
#[test]
fn one_bad_file_takes_no_good_one_with_it() {
    let desk = Desk::new();
    let part = |field: &str, name: &str, bytes: &[u8]| {
        let head = format!("--zq\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        [head.as_bytes(), bytes, b"\r\n"].concat()
    };
    let body = [
        part("piece-rib", "rib.pdf", PDF),
        part("piece-accounts", "comptes.pdf", b"MZ"),
        part("piece-rib", "second.pdf", b"%PDF-1.7 second"),
        part("piece-inconnue", "x.pdf", PDF),
        part("__proto__", "y.pdf", PDF),
        b"--zq--\r\n".to_vec(),
    ]
    .concat();
    let page = desk.client.send_bytes(&desk.path(), "multipart/form-data; boundary=zq", &body).expect(422);
    assert!(page.words().contains("comptes.pdf"), "{}", page.words());
    let kept: Vec<String> = desk.kept().into_iter().map(|a| a.file_name).collect();
    assert_eq!(kept, ["rib.pdf"]);
}
