//! A disk without room: the person is told in words, nothing is half-written, the rest is kept, and the same file goes
//! through once there is room.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use essaim::base::clock::{Clock, Instant, PARIS};
use essaim::calls::definition::parse_at;
use essaim::db::DatabaseUrl;
use essaim::dossiers::drafts;

use crate::support::dossiers::{PDF, empty_draft};
use crate::support::{Client, PASSWORD, TestApp, World, skipped};

/// Largest file that the limited process may write, in units of 512 bytes.
const LIMIT_BLOCKS: usize = 16 * 1024;

/// `essaim serve` on the database of a test, unable to write a file past the limit until it is lifted.
struct Limited {
    process: Child,
    base_url: String,
}

impl Limited {
    fn start(app: &TestApp) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = &app.service().settings;
        let database = match &settings.database {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        let base_url = format!("http://127.0.0.1:{port}");
        // A refused write is then an error of that write, and not the end of the process.
        let script = format!("trap '' XFSZ; ulimit -S -f {LIMIT_BLOCKS}; exec \"$0\" serve");
        let process = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_essaim")])
            .env("ESSAIM_DATABASE_URL", database)
            .env("ESSAIM_FILES", &settings.files)
            .env("ESSAIM_BIND", format!("127.0.0.1:{port}"))
            .env("ESSAIM_BASE_URL", &base_url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let limited = Self { process, base_url };
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return limited;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the limited process never listened");
    }

    /// Lifts the limit, as an administrator who makes room.
    fn make_room(&self) -> bool {
        let pid = self.process.id().to_string();
        let lifted = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status();
        lifted.is_ok_and(|status| status.success())
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn files_under(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_under(&path));
        } else {
            all.push(path.display().to_string());
        }
    }
    all
}

#[test]
fn a_file_that_does_not_fit_is_sent_again_once_there_is_room() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return skipped("a disk without room: no prlimit on this machine");
    }
    let app = TestApp::start();
    let now = Clock::System.now();
    app.service().clock.set(now);
    let text = include_str!("../../seeds/calls/ami-iss-ouvert.toml");
    let definition = parse_at(text, "ami-iss-ouvert.toml", now.in_zone(PARIS).date()).unwrap();
    let world = World::build_for(&app, &definition);
    let id = empty_draft(&app, &world);
    let limited = Limited::start(&app);
    let client = Client::new(&limited.base_url);
    client.sign_in("tresorerie@lesruches.example", PASSWORD).expect(303);
    let pieces = format!("/mes-dossiers/{id}/sections/pieces");
    let kept = || {
        let all = app.service().read(|conn| drafts::attachments(conn, id)).unwrap();
        all.into_iter().map(|a| a.file_name).collect::<Vec<_>>()
    };
    let first = definition.pieces.iter().position(|piece| piece.code == "rib").unwrap();
    let other = definition.pieces.iter().enumerate().find(|(at, _)| *at != first).unwrap().1.code.clone();
    let large = [PDF, &vec![b' '; 9 * 1024 * 1024]].concat();
    let part = |field: &str, name: &str, bytes: &[u8]| {
        let head =
            format!("--zq\r\nContent-Disposition: form-data; name=\"piece-{field}\"; filename=\"{name}\"\r\n\r\n");
        [head.as_bytes(), bytes, b"\r\n"].concat()
    };
    let body = [part("rib", "gros.pdf", &large), part(&other, "petit.pdf", PDF), b"--zq--\r\n".to_vec()].concat();
    let page = client.send_bytes(&pieces, "multipart/form-data; boundary=zq", &body).expect(422);
    assert!(page.words().contains("« gros.pdf » n’a pas pu être enregistré"), "{}", page.words());
    assert!(page.words().contains("envoyez de nouveau ce fichier"), "{}", page.words());
    assert_eq!(kept(), ["petit.pdf"], "the other file is kept");
    let left = files_under(&app.service().settings.files);
    assert_eq!(left.len(), 1, "nothing is half-written: {left:?}");

    assert!(limited.make_room(), "the limit is lifted");
    let again = client.upload(&pieces, &[], "piece-rib", "gros.pdf", &large);
    assert!(matches!(again.status, 303 | 422), "{}", again.words());
    assert_eq!(kept().len(), 2, "the same file goes through once there is room");
    let of_now: Instant = app.now();
    assert!(of_now >= now);
}

/// A folder that refuses for any other reason says the same thing, and the section's answers are untouched.
#[test]
fn a_folder_that_refuses_loses_nothing() {
    let app = TestApp::start();
    let world = World::build(&app);
    let id = empty_draft(&app, &world);
    let client = app.signed_in("tresorerie@lesruches.example");
    let pieces = format!("/mes-dossiers/{id}/sections/pieces");
    let files = app.service().settings.files.clone();
    let in_the_way = files.join(&essaim::files::sha256_hex(PDF)[..2]);
    std::fs::write(&in_the_way, b"").unwrap();
    let page = client.upload(&pieces, &[], "piece-rib", "rib.pdf", PDF).expect(422);
    assert!(page.words().contains("n’a pas pu être enregistré"), "{}", page.words());
    std::fs::remove_file(&in_the_way).unwrap();
    client.upload(&pieces, &[], "piece-rib", "rib.pdf", PDF).expect(303);
}
