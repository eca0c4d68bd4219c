//! Bodies that no browser sends: cut, lying about their length, endless, changed on their way. Each is answered by a page,
//! and nothing of them is kept.

use std::io::Write;

use essaim::base::ids::DossierId;
use essaim::dossiers::drafts;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::wire::{connect, hasty, rest, status, well};
use crate::support::dossiers::{PDF, empty_draft};
use crate::support::{PASSWORD, TestApp, World};

const HOLDER: &str = "tresorerie@lesruches.example";

/// Somebody with a draft that has a piece, who writes their requests by hand.
struct Writer {
    app: TestApp,
    id: DossierId,
    cookie: String,
}

impl Writer {
    fn new() -> Self {
        let app = hasty();
        let world = World::build(&app);
        let id = empty_draft(&app, &world);
        let client = app.signed_in(HOLDER);
        client.upload(&format!("/mes-dossiers/{id}/sections/pieces"), &[], "piece-rib", "rib.pdf", PDF).expect(303);
        let cookie = cookie(&app, HOLDER);
        Self { app, id, cookie }
    }

    fn pieces(&self) -> Vec<String> {
        let all = self.app.service().read(|conn| drafts::attachments(conn, self.id)).unwrap();
        all.into_iter().map(|a| format!("{} {}", a.piece, a.file_name)).collect()
    }

    /// Posts a body to the pieces with headers of one's own, cut after `cut` bytes of the body.
    fn send(&self, headers: &str, body: &[u8], cut: usize) -> String {
        let mut stream = connect(&self.app);
        let head = format!(
            "POST /mes-dossiers/{}/sections/pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {}\r\n{headers}\r\n\r\n",
            self.id, self.cookie
        );
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(&body[..cut.min(body.len())]);
        if cut < body.len() {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        rest(&mut stream)
    }
}

/// The cookie of a new session.
fn cookie(app: &TestApp, email: &str) -> String {
    let reply = app.client().sign_in(email, PASSWORD).expect(303);
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (disposition, bytes) in parts {
        body.extend_from_slice(format!("--zq\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--zq--\r\n");
    body
}

#[test]
fn a_file_cut_on_its_way_changes_nothing() {
    let writer = Writer::new();
    let before = writer.pieces();
    let good = multipart(&[
        ("name=\"piece-rib\"; filename=\"autre.pdf\"", PDF),
        ("name=\"piece-accounts\"; filename=\"comptes.pdf\"", PDF),
    ]);
    let head = format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", good.len());
    for cut in [0, 1, 30, 80, 120, good.len() / 2, good.len() - 40, good.len() - 8, good.len() - 3] {
        let answer = writer.send(&head, &good, cut);
        assert!(status(&answer).is_none_or(|status| status < 500), "cut at {cut}: {answer}");
        assert_eq!(writer.pieces(), before, "cut at {cut}");
        well(&writer.app, "a cut file");
    }
    let answer = writer.send(&head, &good, good.len());
    assert!(matches!(status(&answer), Some(303 | 422)), "the same file, whole, is taken: {answer}");
    assert_eq!(writer.pieces().len(), 2);
}

#[test]
fn a_body_that_lies_about_itself_changes_nothing() {
    let writer = Writer::new();
    let before = writer.pieces();
    let good = multipart(&[("name=\"piece-rib\"; filename=\"autre.pdf\"", PDF)]);
    let length = good.len();
    let lies: Vec<(&str, String, Vec<u8>)> = vec![
        (
            "longer than it is",
            format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", length + 500),
            good[..length - 4].to_vec(),
        ),
        (
            "shorter than it is",
            format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", length - 60),
            good.clone(),
        ),
        ("without boundary", format!("Content-Type: multipart/form-data\r\nContent-Length: {length}"), good.clone()),
        (
            "with an empty boundary",
            format!("Content-Type: multipart/form-data; boundary=\r\nContent-Length: {length}"),
            good.clone(),
        ),
        (
            "with another boundary",
            format!("Content-Type: multipart/form-data; boundary=autre\r\nContent-Length: {length}"),
            good.clone(),
        ),
        (
            "with an endless boundary",
            format!("Content-Type: multipart/form-data; boundary={}\r\nContent-Length: {length}", "z".repeat(5_000)),
            good.clone(),
        ),
        ("of another type", format!("Content-Type: application/json\r\nContent-Length: {length}"), good.clone()),
        (
            "of mixed type",
            format!("Content-Type: multipart/mixed; boundary=zq\r\nContent-Length: {length}"),
            good.clone(),
        ),
        ("without type", format!("Content-Length: {length}"), good.clone()),
        ("empty", "Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: 0".to_owned(), Vec::new()),
        (
            "of random bytes",
            "Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: 4096".to_owned(),
            (0_u32..4096).map(|i| (i * 7919 % 251) as u8).collect(),
        ),
    ];
    for (what, headers, body) in lies {
        let answer = writer.send(&headers, &body, body.len());
        assert!(status(&answer).is_none_or(|status| status < 500), "{what}: {answer}");
        assert_eq!(writer.pieces(), before, "{what}");
        well(&writer.app, what);
    }
    let odd: Vec<(&str, Vec<u8>)> = vec![
        ("a part without name", multipart(&[("filename=\"autre.pdf\"", PDF)])),
        ("a part without disposition", [b"--zq\r\n\r\n".as_slice(), PDF, b"\r\n--zq--\r\n"].concat()),
        (
            "a part of another disposition",
            [
                b"--zq\r\nContent-Disposition: attachment; name=\"piece-rib\"; filename=\"a.pdf\"\r\n\r\n".as_slice(),
                PDF,
                b"\r\n--zq--\r\n",
            ]
            .concat(),
        ),
        (
            "a part with broken headers",
            [b"--zq\r\nContent-Disposition form-data\r\n\x00\xff: \r\n\r\n".as_slice(), PDF, b"\r\n--zq--\r\n"]
                .concat(),
        ),
        (
            "a part with endless headers",
            [
                format!(
                    "--zq\r\nContent-Disposition: form-data; name=\"piece-rib\"; filename=\"{}.pdf\"\r\n\r\n",
                    "x".repeat(200_000)
                )
                .as_bytes(),
                PDF,
                b"\r\n--zq--\r\n",
            ]
            .concat(),
        ),
        (
            "parts within parts",
            multipart(&[(
                "name=\"piece-rib\"\r\nContent-Type: multipart/mixed; boundary=in",
                b"--in\r\n\r\nx\r\n--in--",
            )]),
        ),
        ("too many parts", multipart(&vec![("name=\"a\"", b"x".as_slice()); 2_500])),
        ("hundreds of files of no piece", multipart(&vec![("name=\"piece-inconnue\"; filename=\"a.pdf\"", PDF); 400])),
    ];
    for (what, body) in odd {
        let headers = format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", body.len());
        let answer = writer.send(&headers, &body, body.len());
        assert!(status(&answer).is_none_or(|status| status < 500), "{what}: {answer}");
        assert!(
            writer.pieces().iter().any(|piece| piece == "rib rib.pdf" || piece.ends_with(".pdf")),
            "{what}: {:?}",
            writer.pieces()
        );
        well(&writer.app, what);
    }
}

/// Ten megabytes typed into a field: the answer says what to do, and the rows are as they were.
#[test]
fn ten_megabytes_in_a_field_are_refused_in_words() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let holder = app.signed_in(HOLDER);
    let section = format!("/mes-dossiers/{id}/sections/project");
    holder.post(&section, &[("title", "Ruche gardée"), ("version", "0")]).expect(422);
    let (plain, accents, nul) = ("a".repeat(10_000_000), "%C3%A9".repeat(1_700_000), "%00".repeat(3_400_000));
    for value in [&plain, &accents, &nul] {
        for path in [section.as_str(), "/connexion", "/profil"] {
            let body = format!("title={value}&email={value}&version=1");
            let reply = holder.send_bytes(path, "application/x-www-form-urlencoded", body.as_bytes()).expect(409);
            assert!(reply.words().contains("Ce formulaire est trop long"), "{}", reply.words());
        }
    }
    let kept = app.service().read(|conn| drafts::sections(conn, id)).unwrap();
    assert_eq!(kept["project"].typed["title"], ["Ruche gardée"]);
    // One and a half megabytes are read, and refused by the field.
    let body = format!("title={}&version=1", "a".repeat(1_500_000));
    let reply = holder.send_bytes(&section, "application/x-www-form-urlencoded", body.as_bytes()).expect(422);
    assert!(reply.text().contains(&"a".repeat(1_500_000)), "what was typed is shown back");
    assert!(reply.words().contains("caractères"), "the message says how much is too much");
}

/// Two thousand parts are read, one more is not; nor are names that make a body of their own.
#[test]
fn the_parts_of_a_form_are_bounded() {
    let writer = Writer::new();
    let before = writer.pieces();
    let send = |body: &[u8]| {
        let headers = format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", body.len());
        writer.send(&headers, body, body.len())
    };
    let parts = |number: usize| multipart(&vec![("name=\"a\"", b"x".as_slice()); number]);
    assert_eq!(status(&send(&parts(2_000))), Some(303));
    let named = |length: usize| {
        let name = format!("name=\"{}\"", "a".repeat(length));
        let file = format!("name=\"a\"; filename=\"{}\"", "a".repeat(length));
        [
            multipart(&vec![(name.as_str(), b"".as_slice()); 1_900]),
            multipart(&vec![(file.as_str(), b"".as_slice()); 1_900]),
        ]
    };
    assert!(named(1_000).iter().all(|body| status(&send(body)) == Some(303)));
    for body in [parts(2_001)].into_iter().chain(named(7_000)) {
        let answer = send(&body);
        assert_eq!(status(&answer), Some(409), "{}", &answer[..answer.len().min(300)]);
        assert!(answer.contains("dépasse 10"), "{answer}");
    }
    assert_eq!(writer.pieces(), before);
}

/// A part that is headers without end is not read to its end.
#[test]
fn the_headers_of_a_part_are_bounded() {
    let writer = Writer::new();
    let before = writer.pieces();
    let send = |length: usize| {
        let disposition = format!("name=\"a\"\r\nX-Pad: {}", "a".repeat(length));
        let body = multipart(&[(disposition.as_str(), b"x")]);
        let headers = format!("Content-Type: multipart/form-data; boundary=zq\r\nContent-Length: {}", body.len());
        writer.send(&headers, &body, body.len())
    };
    assert_eq!(status(&send(1_000)), Some(303));
    for length in [200_000, 9_000_000] {
        let answer = send(length);
        assert_eq!(status(&answer), Some(409), "{}", &answer[..answer.len().min(300)]);
        assert!(answer.contains("a été interrompu"), "{answer}");
    }
    assert_eq!(writer.pieces(), before);
}

/// Whatever is cut out of a body, put in or changed, the answer is a page.
#[test]
fn a_body_changed_on_its_way_is_answered_by_a_page() {
    let writer = Writer::new();
    let good = multipart(&[
        ("name=\"version\"", b"1"),
        ("name=\"piece-rib\"; filename=\"autre.pdf\"", PDF),
        ("name=\"piece-accounts\"; filename=\"comptes.pdf\"", PDF),
    ]);
    let kinds =
        ["multipart/form-data; boundary=zq", "multipart/form-data; boundary=z", "application/x-www-form-urlencoded"];
    let odd =
        ["", "\r\n", "\n", "--zq", "--zq--", "\r\n\r\n", "\0", "é", "\"", ": ", "Content-Disposition: form-data\r\n"];
    let insert = prop_oneof![
        prop::sample::select(odd.map(|text| text.as_bytes().to_vec()).to_vec()),
        prop::collection::vec(any::<u8>(), 0..12),
    ];
    let change = (any::<prop::sample::Index>(), 0_usize..40, insert);
    let changes = (prop::collection::vec(change, 1..5), prop::sample::select(kinds.to_vec()));
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&changes, |(changes, kind)| {
        let mut body = good.clone();
        for (at, length, inserted) in changes {
            let from = at.index(body.len() + 1);
            let to = (from + length).min(body.len());
            body.splice(from..to, inserted);
        }
        let headers = format!("Content-Type: {kind}\r\nContent-Length: {}", body.len());
        let answer = writer.send(&headers, &body, body.len());
        prop_assert!(matches!(status(&answer), Some(303 | 409 | 422)), "{answer}");
        Ok(())
    });
    outcome.unwrap();
    well(&writer.app, "bodies changed on their way");
}
