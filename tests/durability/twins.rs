//! Two processes on one database, PostgreSQL or one SQLite file of the same machine: each button is pressed in both at
//! once, the work between requests is done by both, and everything happens once.

use std::collections::BTreeSet;
use std::time::Duration;

use essaim::base::clock::Clock;
use essaim::mail::{self, Standing, Transport};

use super::inventory::Inventory;
use super::place::Place;
use super::prepared::prepared;
use super::process::{Served, check};
use super::work::{Deed, all_at_once};
use crate::support::MailServer;

#[test]
fn two_servers_on_one_database_do_everything_once() {
    let place = Place::new();
    let server = MailServer::start();
    let (mut one, mut two) = (Served::start(&place, Some(&server.url())), Served::start(&place, Some(&server.url())));
    let cookie = [("Cookie", prepared().people.manager.as_str())];
    let batch = one.client().post_with("/appels/AMI-ISS-2021/decisions/notifier", "kind=electronic", &cookie);
    assert_eq!(batch.status, 303);
    // Each submission and payment is sent to both.
    let deeds: Vec<Deed> = prepared().deeds.iter().filter(|d| !matches!(d, Deed::Notify(_))).cloned().collect();
    let doubled: Vec<Deed> = deeds.iter().flat_map(|deed| [deed.clone(), deed.clone()]).collect();
    let answers = all_at_once(&doubled, |i| if i % 2 == 0 { one.client() } else { two.client() });
    for (deed, answer) in doubled.iter().zip(&answers) {
        assert!(answer.is_acknowledged(), "{deed:?}: {answer:?}");
    }
    for _ in 0..600 {
        let page = two.client().get_with(&batch.location, &cookie).expect(200).words();
        if page.contains("Terminé") {
            assert!(page.contains("60 sur 60"), "no letter is kept back: {page}");
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    one.stop();
    // The other one goes on with the mails.
    for _ in 0..600 {
        if server.taken().len() >= expected_mails(&deeds) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    two.stop();
    // What was still due, to the last.
    let service = place.service(Clock::fixed(Clock::System.now().plus_minutes(6)));
    let transport = Transport::smtp(&server.url(), "Essaim <ne-pas-repondre@essaim.example>").unwrap();
    mail::deliver_due(&service.db, &service.files, &transport, service.clock.now()).unwrap();
    let count = |standing| service.read(|conn| mail::outbox_count(conn, Some(standing), &[])).unwrap();
    assert_eq!(count(Standing::Waiting) + count(Standing::Retrying), 0, "{}{}", one.log(), two.log());
    let taken = server.taken();
    assert_eq!(i64::try_from(taken.len()).unwrap(), count(Standing::Sent) - prepared().mails, "one mail each");
    let ids: BTreeSet<&str> =
        taken.iter().filter_map(|mail| mail.lines().find_map(|l| l.strip_prefix("Message-ID: "))).collect();
    assert_eq!(ids.len(), taken.len(), "no mail left twice");
    // Whoever looks next waits until nobody else is connected.
    drop(service);
    let all = Inventory::of(&place);
    assert_eq!(all.is_sound(), prepared().deeds.len());
    all.keeps(&doubled, &answers);
    check(&place);
}

/// A receipt per submission and a letter per notification at least; reminders come on top, or do not when the dossier
/// was submitted first.
fn expected_mails(deeds: &[Deed]) -> usize {
    let receipts = deeds.iter().filter(|d| matches!(d, Deed::Submit(_))).count();
    let letters = prepared().deeds.iter().filter(|d| matches!(d, Deed::Notify(_))).count();
    receipts + letters
}
