//! SIGTERM and SIGINT: what has begun ends well, nothing begins, the process leaves with zero.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::prepared;
use super::process::{Served, check};
use super::work::{Answer, Deed};
use crate::support::MailServer;

/// A request whose last bytes come when they are told to.
struct Slow {
    stream: TcpStream,
    rest: String,
}

impl Slow {
    fn begin(served: &Served, deed: &Deed) -> Self {
        let address = served.base_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // A field that no page reads, so that there is a body to be late with.
        let body = if deed.form().is_empty() { "rien=rien".to_owned() } else { deed.form() };
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            deed.path(),
            deed.cookie(),
            body.len()
        );
        let (now, rest) = body.split_at(2);
        stream.write_all(format!("{head}{now}").as_bytes()).unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    fn end(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = self.stream.read_to_string(&mut answer);
        answer
    }
}

#[test]
fn requests_in_progress_end_well() {
    for signal in ["TERM", "INT"] {
        let place = Place::new();
        let mut served = Served::start(&place, None);
        let deeds = &prepared().deeds[..20];
        let slow: Vec<Slow> = deeds.iter().map(|deed| Slow::begin(&served, deed)).collect();
        // Each has been read up to its missing bytes.
        std::thread::sleep(Duration::from_millis(500));
        served.signal(signal);
        std::thread::sleep(Duration::from_millis(500));
        let address = served.base_url.trim_start_matches("http://").to_owned();
        assert!(TcpStream::connect(&address).is_err(), "SIG{signal}: nobody is let in any more");
        assert!(served.is_alive(), "SIG{signal}: it waits for those who are in");
        for (deed, slow) in deeds.iter().zip(slow) {
            let answer = slow.end();
            assert!(answer.starts_with("HTTP/1.1 303"), "SIG{signal}, {deed:?}: {answer}");
        }
        assert_eq!(served.ended().code(), Some(0), "SIG{signal}: {}", served.log());
        let left = Inventory::of(&place);
        assert_eq!(left.is_sound(), deeds.len(), "SIG{signal}");
        check(&place);
    }
}

#[test]
fn the_work_between_requests_stops_at_its_next_pause_and_goes_on_in_the_next_life() {
    let place = Place::new();
    let server = MailServer::slow(Duration::from_millis(200));
    let mut served = Served::start(&place, Some(&server.url()));
    let deeds: Vec<Deed> = prepared().deeds.iter().filter(|d| matches!(d, Deed::Submit(_))).take(40).cloned().collect();
    let client = served.client();
    for deed in &deeds {
        assert!(matches!(deed.do_and_read(&client), Answer::Acknowledged(Some(_))));
    }
    while server.taken().len() < 2 {
        std::thread::sleep(Duration::from_millis(50));
    }
    served.stop();
    let sent = |service: &essaim::service::Service| {
        service.read(|conn| essaim::mail::outbox_count(conn, Some(essaim::mail::Standing::Sent), &[])).unwrap()
            - prepared().mails
    };
    let service = place.service(essaim::base::clock::Clock::System);
    let left = i64::try_from(server.taken().len()).unwrap();
    assert_eq!(sent(&service), left, "what the mail server took is noted: nothing leaves twice");
    assert!(left < 100, "it did not wait for the whole outbox");
    assert!(!served.log().contains("took too long"), "{}", served.log());
    drop(service);
    let mut next = Served::start(&place, Some(&server.url()));
    while i64::try_from(server.taken().len()).unwrap() < left + 3 {
        std::thread::sleep(Duration::from_millis(50));
    }
    next.stop();
    let taken = server.taken();
    let ids: std::collections::BTreeSet<&str> =
        taken.iter().filter_map(|mail| mail.lines().find_map(|l| l.strip_prefix("Message-ID: "))).collect();
    assert_eq!(ids.len(), taken.len(), "no mail left twice");
}
