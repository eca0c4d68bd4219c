//! Killed at any instant while two hundred people submit, notify and pay: what was acknowledged is there once, what was
//! not is there once or not at all, and everything can be sent again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant as Stopwatch};

use essaim::base::clock::Clock;
use essaim::mail::{self, Transport};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::prepared;
use super::process::{Served, check};
use super::work::{Answer, Deed, all_at_once};
use crate::support::{Client, MailServer};

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_nothing_is_there_twice() {
    let seed = number("ESSAIM_SEED").unwrap_or_else(rand::random);
    let kills = number("ESSAIM_KILLS").unwrap_or(5);
    eprintln!("ESSAIM_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    // How long it takes undisturbed bounds the instants worth trying.
    let (acknowledged, _, length) = round(None, false);
    assert_eq!(acknowledged, prepared().deeds.len());
    let mut cut = 0;
    for kill in 0..kills {
        let after = length.mul_f64(random.random_range(0.02..0.8));
        let by_batch = kill % 2 == 1;
        let (acknowledged, done, _) = round(Some(after), by_batch);
        eprintln!("kill {kill} after {after:?}: {acknowledged} acknowledged, {done} done");
        cut += usize::from(done < prepared().deeds.len());
    }
    assert!(kills == 0 || cut > 0, "no kill came before the work was over");
}

/// One life cut short, if it is, and the next one; answers how much was acknowledged, how much was done, and after what
/// time.
fn round(kill_after: Option<Duration>, by_batch: bool) -> (usize, usize, Duration) {
    let place = Place::new();
    let server = MailServer::start();
    let deeds: Vec<Deed> =
        prepared().deeds.iter().filter(|deed| !by_batch || !matches!(deed, Deed::Notify(_))).cloned().collect();
    let mut first = Served::start(&place, Some(&server.url()));
    let base_url = first.base_url.clone();
    let batch = by_batch.then(|| prepare_batch(&first.client()));
    let began = Stopwatch::now();
    let answers = std::thread::scope(|scope| {
        let hands = scope.spawn(|| all_at_once(&deeds, |_| Client::new(&base_url)));
        if let Some(after) = kill_after {
            std::thread::sleep(after);
            first.kill();
        }
        hands.join().unwrap()
    });
    let length = began.elapsed();
    for (deed, answer) in deeds.iter().zip(&answers) {
        if let Answer::Refused(reply) = answer {
            panic!("{deed:?} is refused with {}: {}", reply.status, reply.words());
        }
    }
    if kill_after.is_none() {
        first.stop();
    }
    let left = Inventory::of(&place);
    let done = left.is_sound();
    left.keeps(&deeds, &answers);
    check(&place);

    let mut second = Served::start(&place, Some(&server.url()));
    let client = second.client();
    for deed in &deeds {
        let again = deed.persist(&client);
        assert!(again.is_acknowledged(), "{deed:?} cannot be sent again: {again:?}");
    }
    if let Some(batch) = batch {
        wait_for_batch(&client, &batch);
    }
    second.stop();
    let all = Inventory::of(&place);
    assert_eq!(all.is_sound(), prepared().deeds.len(), "everything was sent again");
    all.keeps(&deeds, &answers);
    check(&place);
    letters_left(&place, &server, usize::from(kill_after.is_some()));
    (answers.iter().filter(|a| a.is_acknowledged()).count(), done, length)
}

/// All letters at once, by the work between requests.
fn prepare_batch(client: &Client) -> String {
    let cookie = [("Cookie", prepared().people.manager.as_str())];
    let reply = client.post_with("/appels/AMI-ISS-2021/decisions/notifier", "kind=electronic", &cookie).expect(303);
    assert!(reply.location.contains("/envois/"), "{}", reply.location);
    reply.location
}

/// The next life goes on with the batch by itself.
fn wait_for_batch(client: &Client, batch: &str) {
    let cookie = [("Cookie", prepared().people.manager.as_str())];
    for _ in 0..600 {
        if client.get_with(batch, &cookie).expect(200).words().contains("Terminé") {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the batch does not end");
}

/// Every mail of the outbox reached the mail server; what was in the air at a kill, and that alone, twice, under the
/// same identifier.
fn letters_left(place: &Place, server: &MailServer, kills: usize) {
    let service = place.service(Clock::fixed(Clock::System.now().plus_minutes(6)));
    let transport = Transport::smtp(&server.url(), "Essaim <ne-pas-repondre@essaim.example>").unwrap();
    mail::deliver_due(&service.db, &service.files, &transport, service.clock.now()).unwrap();
    let (waiting, total) = service
        .read(|conn| {
            let waiting = mail::outbox_count(conn, Some(mail::Standing::Waiting), &[])?
                + mail::outbox_count(conn, Some(mail::Standing::Retrying), &[])?;
            Ok((waiting, mail::outbox_count(conn, Some(mail::Standing::Sent), &[])?))
        })
        .unwrap();
    assert_eq!(waiting, 0, "a mail is lost in the outbox");
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.taken() {
        let id = mail.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap_or_else(|| panic!("no id: {mail}"));
        *taken.entry(id.to_owned()).or_default() += 1;
    }
    let before = prepared().mails;
    assert_eq!(i64::try_from(taken.len()).unwrap(), total - before, "each mail has reached the server");
    let doubles: usize = taken.values().map(|n| n - 1).sum();
    assert!(doubles <= kills, "{doubles} mails were sent twice over {kills} kills");
}
