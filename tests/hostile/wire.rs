//! Connections that no browser makes: silent, endless, of another protocol. Each is answered or ended in bounded time, and
//! the service goes on for the others.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use essaim::web::throttle::Limits;

use crate::support::TestApp;

/// Longer than any answer takes, shorter than a hung test.
const PATIENT: Duration = Duration::from_secs(20);

/// A service that waits a quarter of a second for a silent body.
pub fn hasty() -> TestApp {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    TestApp::start_with(|settings| settings.patience = Duration::from_millis(250), limits)
}

pub fn connect(app: &TestApp) -> TcpStream {
    let stream = TcpStream::connect(app.base_url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENT)).unwrap();
    stream.set_write_timeout(Some(PATIENT)).unwrap();
    stream
}

/// Everything that comes back until the other side ends it, or stays silent.
pub fn rest(stream: &mut TcpStream) -> String {
    let (mut all, mut piece) = (Vec::new(), [0; 16_384]);
    while let Ok(length) = stream.read(&mut piece) {
        if length == 0 {
            break;
        }
        all.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

pub fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

pub fn well(app: &TestApp, after: &str) {
    let reply = app.client().get("/healthz");
    assert_eq!(reply.status, 200, "after {after}");
}

#[test]
fn whatever_arrives_is_answered_or_ended() {
    let app = hasty();
    let long = "x".repeat(300_000);
    let many: String = (0..20_000).map(|i| format!("X-{i}: y\r\n")).collect();
    let sent: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"\r\n\r\n\r\n\r\n".to_vec()),
        ("no HTTP", b"EHLO exemple.example\r\n\r\n".to_vec()),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20)),
        ("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("NUL in the address", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("raw bytes in the address", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("no host", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("an odd host", b"GET /connexion HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n".to_vec()),
        ("an unknown method", b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()),
        ("a very long address", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()),
        ("a very long header", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n").into_bytes()),
        ("too many headers", format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes()),
        ("a header without end", b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\x01\r\n\r\n".to_vec()),
        ("two lengths", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\na=b&c=".to_vec()),
        ("a length and pieces", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n".to_vec()),
        ("a negative length", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_vec()),
        ("an enormous length", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\na=b".to_vec()),
        ("broken pieces", b"POST /connexion HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\na=b\r\n0\r\n\r\n".to_vec()),
        ("an enormous piece", b"POST /connexion HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na=b".to_vec()),
        ("a compressed body", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\n\x1f\x8b\x08\x00".to_vec()),
        ("a wrong cookie", b"GET / HTTP/1.1\r\nHost: x\r\nCookie: essaim=\xff\xfe; essaim_message=%00{; ;;=;\r\nConnection: close\r\n\r\n".to_vec()),
    ];
    for (what, bytes) in sent {
        let began = Instant::now();
        let mut stream = connect(&app);
        // The other side may end it before we have said everything.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = rest(&mut stream);
        assert!(began.elapsed() < PATIENT, "{what} was never ended");
        if let Some(status) = status(&answer) {
            assert!(status < 500, "{what}: {}", &answer[..answer.len().min(300)]);
        }
        assert!(!answer.contains("<script>"), "{what}: {answer}");
        well(&app, what);
    }
}

/// A head or a body that comes drop by drop, or not at all, holds no connection for long.
#[test]
fn the_slow_are_not_waited_for() {
    let app = hasty();
    let heads: [&[u8]; 2] = [b"GET / HTT", b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=a"];
    for head in heads {
        let mut waiting: Vec<TcpStream> = (0..20).map(|_| connect(&app)).collect();
        for stream in &mut waiting {
            stream.write_all(head).unwrap();
        }
        well(&app, "twenty silent connections");
        let began = Instant::now();
        for stream in &mut waiting {
            let answer = rest(stream);
            assert!(began.elapsed() < PATIENT, "{:?} was waited for", String::from_utf8_lossy(head));
            assert!(status(&answer).is_none_or(|status| status < 500), "{answer}");
        }
    }
    let mut drops = connect(&app);
    drops.write_all(b"POST /connexion HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n").unwrap();
    let began = Instant::now();
    while began.elapsed() < PATIENT && drops.write_all(b"a").is_ok() {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(began.elapsed() < PATIENT, "drop by drop was waited for");
    let reply = rest(&mut drops);
    assert!(status(&reply).is_none_or(|status| status < 500), "{reply}");
}

/// Silence alone ends a body, long before the time that a whole body may take: a form, a part's headers, a file.
#[test]
fn silence_ends_a_body_before_its_time() {
    let limits = Limits { per_subject: NonZeroU32::MAX, per_address: NonZeroU32::MAX };
    let app = TestApp::start_with(|settings| settings.patience = Duration::from_secs(1), limits);
    let form = "application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=a";
    let parts = "multipart/form-data; boundary=zq\r\nContent-Length: 1000\r\n\r\n--zq\r\n";
    let between = format!("{parts}Content-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--zq\r\n");
    let within = format!("{parts}Content-Disposition: form-data; name=\"a\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4");
    let mut waiting: Vec<TcpStream> = [form, parts, &between, &within]
        .iter()
        .map(|rest| {
            let mut stream = connect(&app);
            let head = format!("POST /connexion HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {rest}");
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    for (stream, what) in waiting.iter_mut().zip(["a form", "headers", "between parts", "within a part"]) {
        let answer = rest(stream);
        assert!(answer.contains("rien n’est arrivé depuis trop longtemps"), "{what}: {answer}");
        // The whole of a body may take twenty times the silence.
        assert!(began.elapsed() < Duration::from_secs(10), "silence in {what} was waited for");
    }
}
